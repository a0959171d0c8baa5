/* quarry-cards.h: cards in as many columns as fit, each under the shortest column so far
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_CARDS (quarry_cards_get_type ())
G_DECLARE_FINAL_TYPE (QuarryCards, quarry_cards, QUARRY, CARDS, GtkWidget)

/* Properties: "column-width" (int, px: columns are never narrower while there is more than one), "spacing" (int, px) */

void quarry_cards_append (QuarryCards *self,
                          GtkWidget   *child);

G_END_DECLS
