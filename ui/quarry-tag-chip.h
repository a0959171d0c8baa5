/* quarry-tag-chip.h: a coloured dot, and a tag with its dot that can be taken away
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_TAG_DOT (quarry_tag_dot_get_type ())
G_DECLARE_FINAL_TYPE (QuarryTagDot, quarry_tag_dot, QUARRY, TAG_DOT, GtkWidget)

GtkWidget *quarry_tag_dot_new (const char *color);      /* "#rrggbb", nullable */

/* Signal "removed" */
#define QUARRY_TYPE_TAG_CHIP (quarry_tag_chip_get_type ())
G_DECLARE_FINAL_TYPE (QuarryTagChip, quarry_tag_chip, QUARRY, TAG_CHIP, GtkWidget)

GtkWidget  *quarry_tag_chip_new      (const char    *name,
                                      const char    *color);     /* nullable */
const char *quarry_tag_chip_get_name (QuarryTagChip *self);

G_END_DECLS
