/* quarry-frame-page-private.h: what the files of the frame page share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-color-legend.h"
#include "quarry-frame-page-loader.h"
#include "quarry-frame-page.h"
#include "quarry-image-viewport.h"
#include "quarry-space-viewport.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _QuarryFramePage
{
  GtkWidget            parent_instance;
  QuarrySession       *session;
  QuarryFrameLoader   *loader;
  GSettings           *settings;         /* NULL where the schema is not installed */
  QuarryDrawing       *drawing;          /* what is on the screen; nullable */
  char                *camera;           /* the one the person chose; nullable: the first */
  QuarryStyle          style;
  gint64               held_since;       /* µs, B is down; 0 it is not */
  gboolean             updating;         /* we move the scrubber */
  gboolean             placed;           /* the divider has been put where it was last time */

  GtkStack            *stack;
  GtkLabel            *title;
  GtkSpinner          *spinner;
  GtkPaned            *paned;
  GtkWidget           *pictures;
  QuarryImageViewport *image;
  GtkLabel            *camera_label;
  GtkLabel            *zoom_label;
  QuarryColorLegend   *legend;
  GtkWidget           *strip_scroller;
  GtkBox              *strip;
  GtkWidget           *space_area;
  QuarrySpaceViewport *space;
  GtkLabel            *space_label;
  GtkRevealer         *warning_revealer;
  GtkLabel            *warning;
  GtkRange            *scrubber;
  GtkAdjustment       *position;
  GtkAdjustment       *point_size_adjustment;
};

void quarry_frame_page_show_drawing (QuarryFramePage *self,       /* quarry-frame-page-show.c */
                                     QuarryDrawing   *drawing,
                                     GPtrArray       *previews);
void quarry_frame_page_show_style   (QuarryFramePage *self);
void quarry_frame_page_show_camera  (QuarryFramePage *self);
void quarry_frame_page_show_place   (QuarryFramePage *self);
void quarry_frame_page_install_keys (GtkWidgetClass  *widget_class);   /* quarry-frame-page-actions.c */
void quarry_frame_page_add_keys     (QuarryFramePage *self);

G_END_DECLS
