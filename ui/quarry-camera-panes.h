/* quarry-camera-panes.h: one camera large, all of them small beside or below it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_CAMERA_PANES (quarry_camera_panes_get_type ())
G_DECLARE_FINAL_TYPE (QuarryCameraPanes, quarry_camera_panes, QUARRY, CAMERA_PANES, GtkWidget)

/* Property "main" (GtkWidget): the large one */

void       quarry_camera_panes_set_main      (QuarryCameraPanes *self,
                                              GtkWidget         *main);
void       quarry_camera_panes_set_aspect    (QuarryCameraPanes *self,
                                              double             aspect);
void       quarry_camera_panes_set_beside    (QuarryCameraPanes *self,
                                              gboolean           beside);
void       quarry_camera_panes_set_camera    (QuarryCameraPanes *self,
                                              guint              index,
                                              const char        *name,
                                              GdkTexture        *texture);
void       quarry_camera_panes_set_n_cameras (QuarryCameraPanes *self,
                                              guint              n_cameras);
guint      quarry_camera_panes_get_n_cameras (QuarryCameraPanes *self);
GtkWidget *quarry_camera_panes_get_camera    (QuarryCameraPanes *self,
                                              guint              index);

G_END_DECLS
