/* quarry-datasets-page-private.h: what the files of the datasets page share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-bar.h"
#include "quarry-datasets-page.h"
#include "quarry-page-reader.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _QuarryDatasetsPage
{
  GtkWidget            parent_instance;
  QuarrySession       *session;
  QuarryPageReader    *reader;
  char                *wanted;          /* name to select once the catalog has it, nullable: the first */
  char                *selected;        /* name of the one that is shown, nullable */
  GPtrArray           *datasets;        /* QuarryDataset by name; nullable until read */
  GPtrArray           *version_rows;    /* GtkWidget, unowned: rows in @versions */
  gboolean             updating;        /* the list is being filled */

  GtkStack            *stack;
  GtkListBox          *list;
  GtkLabel            *name;
  GtkLabel            *facts;
  QuarryBar           *bar;
  GtkFlowBox          *legend;
  AdwPreferencesGroup *versions;
  AdwEntryRow         *name_entry;
  AdwActionRow        *notes;
};

QuarryDataset *quarry_datasets_page_get_dataset     (QuarryDatasetsPage *self);
void           quarry_datasets_page_select          (QuarryDatasetsPage *self,
                                                     const char         *name);
void           quarry_datasets_page_install_actions (GtkWidgetClass     *widget_class);

G_END_DECLS
