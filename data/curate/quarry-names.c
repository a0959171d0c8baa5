/* quarry-names.c: what people type for datasets, versions and annotation sets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-names.h"

#include <string.h>

static gboolean
has_version (QuarryCatalog *catalog, const QuarryDataset *dataset, int version, GError **error)
{
  g_autoptr(GPtrArray) versions = quarry_catalog_list_versions (catalog, dataset->id, error);

  for (guint i = 0; versions != NULL && i < versions->len; i++)
    if (((QuarryDatasetVersion *) versions->pdata[i])->number == version)
      return TRUE;
  if (versions != NULL)
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "dataset '%s' has no version %d", dataset->name, version);
  return FALSE;
}

/**
 * quarry_names_find_dataset:
 *
 * A name may hold an '@' itself: the whole text is tried first.
 *
 * Returns: (transfer full): NULL with QUARRY_CATALOG_ERROR_NOT_FOUND
 */
QuarryDataset *
quarry_names_find_dataset (QuarryCatalog *catalog, const char *text, int *out_version, GError **error)
{
  g_autoptr(GError) first = NULL;
  g_autoptr(QuarryDataset) dataset = quarry_catalog_find_dataset (catalog, text, &first);
  const char *at = strrchr (text, '@');
  g_autofree char *name = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  guint64 version = 0;

  *out_version = 0;
  if (dataset != NULL)
    return g_steal_pointer (&dataset);
  if (at == NULL || !g_error_matches (first, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND) ||
      !g_ascii_string_to_unsigned (at + 1, 10, 1, G_MAXINT, &version, NULL))
    {
      g_propagate_error (error, g_steal_pointer (&first));
      return NULL;
    }
  dataset = quarry_catalog_find_dataset (catalog, name, error);
  if (dataset == NULL || !has_version (catalog, dataset, (int) version, error))
    return NULL;
  *out_version = (int) version;
  return g_steal_pointer (&dataset);
}

QuarryId
quarry_names_find_set (QuarryCatalog *catalog, const char *name, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (catalog, error);

  for (guint i = 0; sets != NULL && i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      if (g_str_equal (set->name, name))
        return set->id;
    }
  if (sets != NULL)
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "there is no annotation set '%s'", name);
  return 0;
}
