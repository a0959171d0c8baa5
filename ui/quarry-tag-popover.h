/* quarry-tag-popover.h: a tag or a dataset for some frames: a name typed or picked
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-facets.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Signal "chosen" (char *name). "-name" of a tag means: take it away */
#define QUARRY_TYPE_TAG_POPOVER (quarry_tag_popover_get_type ())
G_DECLARE_FINAL_TYPE (QuarryTagPopover, quarry_tag_popover, QUARRY, TAG_POPOVER, GtkPopover)

GtkWidget *quarry_tag_popover_new       (QuarrySession    *session,
                                         QuarryFacet       facet);       /* QUARRY_FACET_TAG or _DATASET */
void       quarry_tag_popover_set_text  (QuarryTagPopover *self,
                                         const char       *text);
guint      quarry_tag_popover_get_n     (QuarryTagPopover *self);        /* rows offered */
void       quarry_tag_popover_accept    (QuarryTagPopover *self);        /* what Enter does */

G_END_DECLS
