/* fuzz-json.c: any bytes as a table: an array of objects, row by row
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-fuzz.h"
#include "quarry-json-rows.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(QuarryJsonRows) rows = quarry_json_rows_new (bytes, "fuzz.json");

  for (;;)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *place = NULL;
      json_t *row = NULL;
      const QuarryJsonStep step = quarry_json_rows_next (rows, &row, &error);

      place = quarry_json_rows_dup_place (rows);
      g_assert_nonnull (place);
      g_assert_true ((error != NULL) == (step == QUARRY_JSON_ROW_BAD || step == QUARRY_JSON_BROKEN));
      if (step == QUARRY_JSON_END || step == QUARRY_JSON_BROKEN)
        return 0;
    }
}
