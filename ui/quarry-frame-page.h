/* quarry-frame-page.h: one frame: its cameras with lidar and labels on them, and the view in space
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_FRAME_PAGE (quarry_frame_page_get_type ())
G_DECLARE_FINAL_TYPE (QuarryFramePage, quarry_frame_page, QUARRY, FRAME_PAGE, GtkWidget)

/* Properties: "camera" (string: the big one), "show-lidar", "show-boxes", "show-cuboids", "show-names" (booleans), "color-by"
 * (string: depth, height or intensity), "point-size" (double, px), "shown-frame" (int64: whose picture is on the screen).
 * Actions: frame.previous, .next, .close, .fit, .one-to-one, .camera, .show-lidar, .show-boxes, .show-cuboids, .show-names, .color-by */

GtkWidget *quarry_frame_page_new (QuarrySession *session);

G_END_DECLS
