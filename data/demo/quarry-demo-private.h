/* quarry-demo-private.h: inside the synthetic site: for data/demo and for tests of everything that projects
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A site is what stands still: ground, piles, sky, sensors, our own way. A scene is the site at one frame: every
 * machine and person posed at the frame's stamp. Both are read-only once made, so any thread may cast rays.
 * Ids in pictures and clouds: 0 ground, sky or what has no label, else index in scene->objects + 1.
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-demo-model.h"
#include "quarry-demo.h"
#include "quarry-image.h"

G_BEGIN_DECLS

#define QUARRY_DEMO_N_CAMERAS 3
#define QUARRY_DEMO_LIDAR     "lidar_top"
#define QUARRY_DEMO_N_RINGS   64
#define QUARRY_DEMO_FRAME_NS  (100 * 1000 * 1000)      /* between frames; also one turn of the lidar */
#define QUARRY_DEMO_MIN_BOX   30                       /* visible pixels below which there is no 2D box */

typedef struct _QuarryDemoGround QuarryDemoGround;
typedef struct _QuarryDemoSky    QuarryDemoSky;
typedef struct _QuarryDemoSun    QuarryDemoSun;

typedef struct
{
  const char   *key;
  QuarryCamera  camera;
  QuarryPose    body_from_sensor;     /* from the optical frame */
  gint64        delay_ns;             /* after the frame's stamp */
  Vec3         *rays;                 /* width × height, through the pixels' centres, optical frame, length 1 */
} QuarryDemoCamera;

typedef struct
{
  QuarryDemoField *field;
  Vec3             color;
  Vec3             centre;
} QuarryDemoPile;

typedef struct
{
  guint              n_frames;
  guint64            seed;
  guint32            noise;           /* seed of everything random */
  gint64             start_ns;        /* stamp of frame 0 */
  QuarryTrajectory  *trajectory;
  QuarryDemoCamera   cameras[QUARRY_DEMO_N_CAMERAS];
  QuarryPose         body_from_lidar;
  QuarryDemoGround  *ground;
  QuarryDemoSky     *sky;
  GArray            *piles;           /* QuarryDemoPile */
} QuarryDemoSite;

typedef struct
{
  const char *class_name;             /* NULL: scenery without a label */
  char        track[24];
  Frame3      world_from_object;
  Vec3        low, high;              /* tight extents in its own frame */
  guint       first_part, n_parts;
  Vec3        centre;                 /* bounding sphere, world */
  float       radius;
} QuarryDemoObject;

typedef struct
{
  const QuarryDemoSite *site;
  guint                 frame;
  gint64                stamp_ns;
  QuarryPose            world_from_body;       /* at the stamp */
  GArray               *parts;                 /* QuarryDemoPart */
  GArray               *objects;               /* QuarryDemoObject */
  QuarryDemoSun        *sun;
} QuarryDemoScene;

/* What a ray meets first */
typedef struct
{
  float    t;                         /* metres along the ray */
  guint16  part;                      /* QUARRY_DEMO_SKY, _GROUND or index + QUARRY_DEMO_PARTS */
  guint8   face;
  guint8   flags;
} QuarryDemoHit;
enum { QUARRY_DEMO_SKY, QUARRY_DEMO_GROUND, QUARRY_DEMO_PARTS };

typedef struct
{
  QuarryImage *image;                 /* NULL where only ids were asked for */
  int          width, height;
  guint16     *ids;                   /* width × height: what is seen at the pixel's centre */
} QuarryDemoPicture;

/* site */
QuarryDemoSite    *quarry_demo_site_new           (const QuarryDemoOptions *options);
void               quarry_demo_site_free          (QuarryDemoSite          *self);

/* scene */
QuarryDemoScene   *quarry_demo_scene_new          (const QuarryDemoSite    *site,
                                                   guint                    frame);
void               quarry_demo_scene_free         (QuarryDemoScene         *self);
QuarryCuboid       quarry_demo_scene_get_cuboid   (const QuarryDemoScene   *self,           /* in the body frame at the frame's stamp */
                                                   guint                    object);
gint64             quarry_demo_scene_get_stamp    (const QuarryDemoScene   *self,
                                                   int                      camera);
QuarryPose         quarry_demo_scene_get_camera   (const QuarryDemoScene   *self,           /* world_from_camera at the camera's stamp */
                                                   int                      camera);

/* rays; @only: an id, to see that object alone (where it is above the ground), or 0 */
gboolean           quarry_demo_scene_cast         (const QuarryDemoScene   *self,
                                                   Vec3                     origin,
                                                   Vec3                     direction,      /* length 1 */
                                                   guint16                  only,
                                                   QuarryDemoHit           *out_hit);
guint16            quarry_demo_scene_get_id       (const QuarryDemoScene   *self,
                                                   const QuarryDemoHit     *hit);
gboolean           quarry_demo_scene_sees         (const QuarryDemoScene   *self,           /* @object alone, at @pixel, which may lie outside */
                                                   int                      camera,
                                                   guint16                  only,
                                                   const double             pixel[2]);
double             quarry_demo_scene_silhouette   (const QuarryDemoScene   *self,           /* px from @pixel to that object's silhouette; */
                                                   int                      camera,         /* INFINITY beyond @reach */
                                                   guint16                  only,
                                                   const double             pixel[2],
                                                   double                   reach);

/* pictures and clouds */
QuarryDemoPicture *quarry_demo_picture_new        (const QuarryDemoScene   *scene,
                                                   int                      camera,
                                                   gboolean                 shaded,
                                                   GCancellable            *cancellable);   /* NULL only when cancelled */
void               quarry_demo_picture_free       (QuarryDemoPicture       *self);
QuarryCloud       *quarry_demo_scan               (const QuarryDemoScene   *scene,          /* points with a return */
                                                   guint16                **out_ids);       /* one a point; nullable */
char              *quarry_demo_labels_to_json     (const QuarryDemoScene   *scene,
                                                   QuarryDemoPicture      **pictures,       /* one a camera */
                                                   const QuarryCloud       *cloud,
                                                   const guint16           *ids);
char              *quarry_demo_site_to_json       (const QuarryDemoSite    *site);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDemoSite, quarry_demo_site_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDemoScene, quarry_demo_scene_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryDemoPicture, quarry_demo_picture_free)

G_END_DECLS
