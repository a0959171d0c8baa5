/* quarry-loose.h: what the names of loose files say, and calibration.json
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A name holds a moment: a time, else its last number, else all of it. What is left of the name may tell the sensor.
 * Times (UTC): 19, 16, 13 or 10 digits that are ns, µs, ms or s since 1970 of a year from 2000 to 2099, the last also with a
 * fraction ("1532402927.647951", "1532402927_647951"); else a date and a time, with a fraction where wanted:
 * "2026-01-02_13-04-05.678", "2026-01-02T13:04:05Z", "20260102_130405_678", "20260102130405678".
 *
 * calibration.json, in the folder that holds the sensors' folders:
 *
 *   {
 *     "cameras": {
 *       "front": {
 *         "model": "plumb_bob",                    as in ROS: plumb_bob, rational_polynomial, equidistant; may be left out
 *         "fx": 1200, "fy": 1200, "cx": 959.5, "cy": 539.5,    pixels, (0,0) the centre of the first pixel, as in ROS and OpenCV
 *         "skew": 0,                               may be left out
 *         "distortion": [k1, k2, p1, p2, k3],      may be left out
 *         "body_from_sensor": { "translation": [x, y, z], "rotation": [w, x, y, z] }
 *       }
 *     },
 *     "lidars": { "top": { "body_from_sensor": … } },
 *     "poses": "poses.csv"                         may be left out; poses.csv and poses.json are looked for anyway
 *   }
 *
 * Metres; the body is x forward, y left, z up; a camera looks along its z, x right, y down. poses.csv has lines of
 * "stamp_ns,tx,ty,tz,qw,qx,qy,qz" (world_from_body; a first line with these names may be there), poses.json a list of
 * {"stamp_ns": …, "translation": […], "rotation": […]}.
 */

#pragma once

#include "quarry-ingest.h"

G_BEGIN_DECLS

typedef struct
{
  gint64  stamp_ns;      /* QUARRY_NO_TIME: the name has none */
  char   *moment;        /* what is equal in the names of one frame; a number without zeros in front */
  char   *text;          /* the moment as written */
  char   *rest;          /* the name without it, without separators at its ends */
} QuarryLooseName;

void       quarry_loose_name_parse       (const char       *stem,         /* a file's name without its ending */
                                          QuarryLooseName  *out);
void       quarry_loose_name_clear       (QuarryLooseName  *self);

/* Sensor name → QuarryCalibration; cameras have no width and height yet. Empty where the file cannot be read, which is reported */
GHashTable *quarry_loose_calibration_read (QuarryIngest    *ingest,
                                          const char       *path,
                                          char            **out_poses);   /* (nullable): the file named in it */
QuarryTrajectory *quarry_loose_poses_read (QuarryIngest    *ingest,       /* (nullable) */
                                          const char       *path);

G_END_DECLS
