/* quarry-diff.c: what changed between two states of a dataset
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-diff.h"

#include <jansson.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static const char * const kind_names[] = { "added", "removed", "moved" };

const char *
quarry_diff_kind_name (QuarryDiffKind kind)
{
  return kind_names[kind];
}

static void
row_free (gpointer data)
{
  QuarryDiffRow *row = data;

  g_free (row->from);
  g_free (row->to);
  g_free (row);
}

static void
add_row (GPtrArray *rows, QuarryDiffKind kind, QuarryId frame, const char *from, const char *to)
{
  QuarryDiffRow *row = g_new0 (QuarryDiffRow, 1);

  *row = (QuarryDiffRow) { kind, frame, g_strdup (from), g_strdup (to) };
  g_ptr_array_add (rows, row);
}

/* Returns: (transfer full) (element-type QuarryDiffRow): added and moved in the order of the newer state, then removed;
 *   empty where nothing changed */
GPtrArray *
quarry_diff_versions (QuarryCatalog *catalog, QuarryId from_dataset, int from_version, QuarryId to_dataset, int to_version, GError **error)
{
  g_autoptr(GPtrArray) from = quarry_catalog_list_dataset_frames (catalog, from_dataset, from_version, error);
  g_autoptr(GPtrArray) to = from != NULL ? quarry_catalog_list_dataset_frames (catalog, to_dataset, to_version, error) : NULL;
  g_autoptr(GHashTable) before = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func (row_free);

  if (to == NULL)
    return NULL;
  for (guint i = 0; i < from->len; i++)
    g_hash_table_insert (before, &((QuarryDatasetFrame *) from->pdata[i])->frame, from->pdata[i]);
  for (guint i = 0; i < to->len; i++)
    {
      const QuarryDatasetFrame *now = to->pdata[i];
      const QuarryDatasetFrame *then = g_hash_table_lookup (before, &now->frame);

      if (then == NULL)
        add_row (rows, QUARRY_DIFF_ADDED, now->frame, NULL, now->split);
      else if (g_strcmp0 (then->split, now->split) != 0)
        add_row (rows, QUARRY_DIFF_MOVED, now->frame, then->split, now->split);
      g_hash_table_remove (before, &now->frame);
    }
  for (guint i = 0; i < from->len; i++)
    {
      const QuarryDatasetFrame *then = from->pdata[i];

      if (g_hash_table_contains (before, &then->frame))
        add_row (rows, QUARRY_DIFF_REMOVED, then->frame, then->split, NULL);
    }
  return g_steal_pointer (&rows);
}

/* Returns: (transfer full): "+ scene frame (train)", "- …", "~ scene frame (train → val)" */
char *
quarry_diff_to_text (QuarryCatalog *catalog, GPtrArray *rows, GError **error)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryDiffRow *row = rows->pdata[i];
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, row->frame, error);

      if (frame == NULL)
        return NULL;
      g_string_append_printf (text, "%c %s %s (%s%s%s)\n", "+-~"[row->kind], frame->scene_name, frame->key,
                              row->kind == QUARRY_DIFF_ADDED ? "" : row->from != NULL ? row->from : "no split",
                              row->kind == QUARRY_DIFF_MOVED ? " → " : "",
                              row->kind == QUARRY_DIFF_REMOVED ? "" : row->to != NULL ? row->to : "no split");
    }
  return g_strdup (text->str);
}

/* Returns: (transfer full): [{id, change, scene, frame, from, to}] */
char *
quarry_diff_to_json (QuarryCatalog *catalog, GPtrArray *rows, GError **error)
{
  g_autoptr(json_t) root = json_array ();
  g_autofree char *dump = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      const QuarryDiffRow *row = rows->pdata[i];
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, row->frame, error);

      if (frame == NULL)
        return NULL;
      json_array_append_new (root, json_pack ("{s:I, s:s, s:s, s:s, s:s?, s:s?}", "id", (json_int_t) row->frame, "change",
                                              kind_names[row->kind], "scene", frame->scene_name, "frame", frame->key, "from", row->from,
                                              "to", row->to));
    }
  dump = json_dumps (root, JSON_INDENT (1));
  return g_strdup (dump);
}
