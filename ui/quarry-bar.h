/* quarry-bar.h: a thin horizontal bar of coloured parts
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  double   share;     /* 0…1 of the whole bar */
  GdkRGBA  color;
} QuarryBarPart;

#define QUARRY_TYPE_BAR (quarry_bar_get_type ())
G_DECLARE_FINAL_TYPE (QuarryBar, quarry_bar, QUARRY, BAR, GtkWidget)

GtkWidget *quarry_bar_new         (void);
void       quarry_bar_set_parts   (QuarryBar            *self,
                                   const QuarryBarPart  *parts,
                                   guint                 n_parts);
guint      quarry_bar_get_n_parts (QuarryBar            *self);
void       quarry_bar_set_share   (QuarryBar            *self,
                                   double                share,
                                   const GdkRGBA        *color);
double     quarry_bar_get_share   (QuarryBar            *self);
void       quarry_bar_color_of    (const char           *split,
                                   guint                 index,
                                   GdkRGBA              *out_color);

G_END_DECLS
