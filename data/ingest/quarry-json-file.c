/* quarry-json-file.c: small JSON files of recordings
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-json-file.h"

#include <math.h>

#define MAX_JSON (16u << 20)

json_t *
quarry_json_load (QuarryIngest *ingest, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = quarry_ingest_read_text (ingest, path, MAX_JSON, &error);
  json_error_t fault;
  json_t *root = text != NULL ? json_loads (text, JSON_REJECT_DUPLICATES, &fault) : NULL;

  if (text == NULL)
    quarry_ingest_skip_error (ingest, path, error);
  else if (root == NULL)
    {
      g_autofree char *place = g_strdup_printf ("line %d", fault.line);

      quarry_ingest_skip (ingest, path, place, "%s", fault.text);
    }
  return root;
}

gboolean
quarry_json_numbers (const json_t *object, const char *key, double *out, guint n)
{
  const json_t *array = json_object_get (object, key);

  if (!json_is_array (array) || json_array_size (array) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const json_t *item = json_array_get (array, i);

      out[i] = json_number_value (item);
      if (!json_is_number (item) || !isfinite (out[i]))
        return FALSE;
    }
  return TRUE;
}
