/* quarry-names.h: what people type for datasets, versions and annotation sets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-catalog.h"

G_BEGIN_DECLS

QuarryDataset *quarry_names_find_dataset (QuarryCatalog  *catalog,
                                          const char     *text,          /* "NAME" or "NAME@3" */
                                          int            *out_version,   /* 0: as it is now */
                                          GError        **error);
QuarryId       quarry_names_find_set     (QuarryCatalog  *catalog,
                                          const char     *name,
                                          GError        **error);        /* 0 on error */

G_END_DECLS
