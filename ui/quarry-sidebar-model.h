/* quarry-sidebar-model.h: the sidebar's sections and rows as one list
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A header a section, its rows, and a row "show all" where a section is long. Rows live as long as their name is
 * there: new counts change them in place, the list changes only when names come or go.
 */

#pragma once

#include "quarry-facets.h"

G_BEGIN_DECLS

typedef enum { QUARRY_SIDEBAR_KIND_HEADER, QUARRY_SIDEBAR_KIND_ROW, QUARRY_SIDEBAR_KIND_MORE } QuarrySidebarKind;
typedef enum { QUARRY_NARROW_ALONE, QUARRY_NARROW_ADD, QUARRY_NARROW_EXCLUDE } QuarryNarrow;

/* Signal "changed": anything but kind, facet and name */
#define QUARRY_TYPE_SIDEBAR_ITEM (quarry_sidebar_item_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySidebarItem, quarry_sidebar_item, QUARRY, SIDEBAR_ITEM, GObject)

struct _QuarrySidebarItem
{
  GObject           parent_instance;
  QuarrySidebarKind kind;
  QuarryFacet       facet;
  QuarryId          id;
  char             *name;        /* row: as in the catalog; header: its title */
  char             *label;       /* what is shown: the name, with its source where scenes share it */
  char             *source;      /* nullable: of a scene whose name others have, too */
  guint             shared;      /* bytes of the label's beginning that a neighbour begins with, too, up to a separator */
  char             *color;       /* nullable */
  gint64            n;           /* frames; header and more: rows */
  double            share;       /* 0…1 of the longest bar of the section */
  int               active;      /* 1 a term of the query, −1 excluded by it, 0 neither */
  gboolean          open;        /* header, more: unfolded */
};

#define QUARRY_TYPE_SIDEBAR_MODEL (quarry_sidebar_model_get_type ())
G_DECLARE_FINAL_TYPE (QuarrySidebarModel, quarry_sidebar_model, QUARRY, SIDEBAR_MODEL, GObject)

#define QUARRY_SIDEBAR_SHORT 12      /* rows of a section before "show all" */

QuarrySidebarModel *quarry_sidebar_model_new        (QuarrySession      *session);
void                quarry_sidebar_model_set_filter (QuarrySidebarModel *self,
                                                     const char         *text);          /* rows whose name has it, whatever the case */
void                quarry_sidebar_model_toggle     (QuarrySidebarModel *self,
                                                     QuarrySidebarItem  *item);          /* folds a header, unfolds "show all" */
guint               quarry_sidebar_model_get_longest (QuarrySidebarModel *self);         /* rows of the longest section */
guint               quarry_sidebar_shared           (const char         *label,          /* bytes; 0 where nothing worth leaving out */
                                                     const char         *other);
char               *quarry_sidebar_narrow_item      (QuarrySidebarModel *self,           /* the query's new text */
                                                     const char         *text,
                                                     QuarrySidebarItem  *item,
                                                     QuarryNarrow        how);
QuarryQueryField    quarry_sidebar_field            (QuarryFacet         facet);
char               *quarry_sidebar_narrow           (const char         *text,           /* the query's new text */
                                                     QuarryQueryField    field,
                                                     const char         *value,
                                                     QuarryNarrow        how);

G_END_DECLS
