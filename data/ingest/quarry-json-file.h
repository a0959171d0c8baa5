/* quarry-json-file.h: small JSON files of recordings
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <jansson.h>

#include "quarry-ingest.h"

G_BEGIN_DECLS

json_t  *quarry_json_load    (QuarryIngest  *ingest,       /* (nullable): NULL, reported with its line, where it cannot be read */
                              const char    *path);
gboolean quarry_json_numbers (const json_t  *object,       /* an array of exactly @n finite numbers */
                              const char    *key,
                              double        *out,
                              guint          n);

G_END_DECLS
