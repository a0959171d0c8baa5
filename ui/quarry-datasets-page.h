/* quarry-datasets-page.h: named collections of frames: their splits and versions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_DATASETS_PAGE (quarry_datasets_page_get_type ())
G_DECLARE_FINAL_TYPE (QuarryDatasetsPage, quarry_datasets_page, QUARRY, DATASETS_PAGE, GtkWidget)

/* Property "selected" (string, nullable): the dataset that is shown, by name.
 * Actions: datasets.new, .create (s), .rename (s), .delete, .add-frames, .remove-frames, .show-frames, .show-split (s),
 * .split, .freeze, .freeze-as (s), .export, .export-version (i), .push */

GtkWidget *quarry_datasets_page_new (QuarrySession *session);

G_END_DECLS
