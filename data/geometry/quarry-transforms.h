/* quarry-transforms.h: frames of reference as a tree, each edge over time
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Edges are parent_from_child, static or stamped; between stamps translation is linear and rotation is slerp (nothing is
 * extrapolated, but a dynamic edge holds for QUARRY_TRANSFORMS_HOLD_NS beyond its ends; stamps farther apart than
 * QUARRY_TRANSFORMS_GAP_NS are a gap, in which nothing is known). A static edge may be stated again with another pose, which
 * holds from then on (quarry_transforms_add_static). A stamped edge whose pose never changes counts as static: many drivers
 * repeat what is bolted on. Names are without a slash in front.
 *
 * A frame with two parents, or a circle, is a fault that is named; look-ups then go the way with the fewest dynamic edges, then
 * the fewest edges. Not thread-safe: look-ups sort and remember ways.
 */

#pragma once

#include "quarry-pose.h"
#include "quarry-trajectory.h"

G_BEGIN_DECLS

/* As far as a trajectory holds, see quarry-trajectory.c */
#define QUARRY_TRANSFORMS_HOLD_NS (QUARRY_NS_PER_S / 20)
#define QUARRY_TRANSFORMS_GAP_NS  (10 * QUARRY_NS_PER_S)

typedef struct _QuarryTransforms QuarryTransforms;

QuarryTransforms *quarry_transforms_new         (void);
void              quarry_transforms_free        (QuarryTransforms *self);
void              quarry_transforms_add         (QuarryTransforms *self,
                                                 const char       *parent,
                                                 const char       *child,
                                                 gint64            stamp_ns,      /* QUARRY_NO_TIME: static */
                                                 const QuarryPose *parent_from_child);
gboolean          quarry_transforms_add_static  (QuarryTransforms *self,          /* TRUE: it was there with another pose */
                                                 const char       *parent,
                                                 const char       *child,
                                                 gint64            from_ns,       /* holds from here; the first also before */
                                                 const QuarryPose *parent_from_child);
GPtrArray        *quarry_transforms_find_faults (QuarryTransforms *self);         /* char *: "'lidar' has two parents: 'base_link' and 'roof'"; circles; frames apart from the rest */
gboolean          quarry_transforms_has_frame   (QuarryTransforms *self,
                                                 const char       *name);
char            **quarry_transforms_list_frames (QuarryTransforms *self);         /* sorted */
const char       *quarry_transforms_get_parent  (QuarryTransforms *self,
                                                 const char       *name);         /* nullable */
gboolean          quarry_transforms_lookup      (QuarryTransforms *self,          /* FALSE: not connected, or not at that time */
                                                 const char       *to,
                                                 const char       *from,
                                                 gint64            stamp_ns,
                                                 QuarryPose       *out_to_from_from);
gboolean          quarry_transforms_lookup_nearest (QuarryTransforms *self,       /* where nothing is known of that time, an edge's nearest pose */
                                                 const char       *to,
                                                 const char       *from,
                                                 gint64            stamp_ns,
                                                 QuarryPose       *out_to_from_from);
gboolean          quarry_transforms_is_connected (QuarryTransforms *self,         /* at whatever time */
                                                 const char       *to,
                                                 const char       *from);
gboolean          quarry_transforms_is_static   (QuarryTransforms *self,          /* the whole way */
                                                 const char       *to,
                                                 const char       *from);
QuarryTrajectory *quarry_transforms_get_trajectory (QuarryTransforms *self,       /* at every stamp of the edges between; empty where not connected */
                                                 const char       *world,
                                                 const char       *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryTransforms, quarry_transforms_free)

G_END_DECLS
