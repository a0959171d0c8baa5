/* quarry-frame-page-loader.h: drawings of frames, read in workers; the newest wish wins, neighbours are read ahead
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-drawing.h"
#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_FRAME_LOADER (quarry_frame_loader_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFrameLoader, quarry_frame_loader, QUARRY, FRAME_LOADER, GObject)

/* Signal "loaded": the frame asked for last is there (or its labels are others now). Signal "failed" (char *message).
 * Property "busy" (boolean): it is still being read */

QuarryFrameLoader *quarry_frame_loader_new          (QuarrySession     *session);
void               quarry_frame_loader_request      (QuarryFrameLoader *self,
                                                     QuarryId           frame,
                                                     const QuarryId    *neighbours,
                                                     guint              n_neighbours);
QuarryDrawing     *quarry_frame_loader_get_drawing  (QuarryFrameLoader *self);
GPtrArray         *quarry_frame_loader_get_previews (QuarryFrameLoader *self);
gboolean           quarry_frame_loader_has          (QuarryFrameLoader *self,
                                                     QuarryId           frame);
gboolean           quarry_frame_loader_is_busy      (QuarryFrameLoader *self);

G_END_DECLS
