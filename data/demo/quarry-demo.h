/* quarry-demo.h: a synthetic construction site recorded by a moving machine
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One geometry (ray cast) gives pictures and lidar, so that points fall exactly on what is seen: the demo is the first
 * thing a person sees and the test bed of every projection test. Within a frame other things stand still; our own
 * machine moves all the time, so cameras (each at its own stamp) and each lidar point see it from elsewhere.
 * Layout written, read by data/ingest/quarry-reader-demo.c:
 *   DIR/demo.json                    { format: "quarry-demo", version: 1, seed, frames,
 *                                      scene: { key, name, site, machine },
 *                                      sensors: [ { key, kind: "camera" | "lidar", body_from_sensor: { t: [x y z], q: [w x y z] },
 *                                        cameras: model (as quarry_camera_model_parse), width, height, fx, fy, cx, cy, skew,
 *                                                 k: [12 numbers, order as QuarryCamera.k]; corner-origin pixels,
 *                                        lidar:   rings } ] }   body_from_sensor of a camera: from its optical frame
 *   DIR/poses.csv                    stamp_ns,tx,ty,tz,qw,qx,qy,qz at 100 Hz, world_from_body
 *   DIR/frames.csv                   key,stamp_ns, then one column a sensor named by its key: that sensor's stamp_ns
 *   DIR/cam_front/000000.jpg …       plumb_bob; cam_left: rational; cam_right: fisheye (file name: the frame's key)
 *   DIR/lidar_top/000000.pcd …       x y z intensity t ring, sensor frame at the point's own time, t = ns minus the lidar's stamp
 *   DIR/labels/000000.json …         { stamp_ns,
 *                                      cuboids: [ { class, track, center: [x y z], size: [l w h], q: [w x y z], points } ],
 *                                        in the body frame at the frame's stamp; points: lidar returns on the object
 *                                      boxes: [ { sensor, class, track, box: [x y width height], occlusion, truncated } ] }
 *                                        box of the visible part, px, corner origin; occlusion: share of what is inside the
 *                                        picture hidden by other things; truncated: share outside of the picture; both 0…1
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-operation.h"

G_BEGIN_DECLS

typedef struct
{
  guint    n_frames;      /* 10 a second */
  guint64  seed;
  int      width;         /* of the pictures, px; height follows as 10 : 16 */
} QuarryDemoOptions;
#define QUARRY_DEMO_DEFAULT ((QuarryDemoOptions) { 40, 7, 1280 })

gboolean quarry_demo_write (const char              *folder,
                            const QuarryDemoOptions *options,
                            QuarryOperation         *operation,
                            GError                 **error);      /* blocking, both cores; same seed and options, same bytes */

G_END_DECLS
