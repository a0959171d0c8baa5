/* quarry-frame-page-private.h: what the files of the frame page share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-camera-panes.h"
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
  gboolean             cuboids_chosen;   /* a person said whether cuboids are on the picture; else: where it has no boxes */
  guint                turn_source;      /* the panes are to be turned */

  GtkStack            *stack;
  GtkLabel            *title;
  GtkSpinner          *spinner;
  GtkPaned            *paned;
  QuarryCameraPanes   *pictures;
  QuarryImageViewport *image;
  GtkLabel            *camera_label;
  GtkLabel            *zoom_label;
  QuarryColorLegend   *legend;
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
void quarry_frame_page_choose_cuboids (QuarryFramePage *self,     /* quarry-frame-page.c */
                                       gboolean         show);
void quarry_frame_page_install_keys (GtkWidgetClass  *widget_class);   /* quarry-frame-page-actions.c */
void quarry_frame_page_add_keys     (QuarryFramePage *self);

G_END_DECLS
