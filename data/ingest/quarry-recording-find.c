/* quarry-recording-find.c: which recordings lie in a folder
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording-find.h"
#include "quarry-ingest.h"

#include <string.h>

#define MAX_DEPTH 8
/* Between the last message of a part and the first of the next */
#define MAX_PAUSE_NS (5 * QUARRY_NS_PER_S)

static const struct { const char *ending; QuarryLogKind kind; } endings[] = {
  { ".mcap", QUARRY_LOG_KIND_MCAP },         { ".bag", QUARRY_LOG_KIND_ROSBAG1 },        { ".bag.active", QUARRY_LOG_KIND_ROSBAG1 },
  { ".db3", QUARRY_LOG_KIND_ROSBAG2 },       { ".mcap.zstd", QUARRY_LOG_KIND_ROSBAG2 },  { ".db3.zstd", QUARRY_LOG_KIND_ROSBAG2 },
  { ".mcap.active", QUARRY_LOG_KIND_MCAP },
};

static const char *
find_ending (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i].ending) && strlen (name) > strlen (endings[i].ending))
      return name + strlen (name) - strlen (endings[i].ending);
  return NULL;
}

QuarryLogKind
quarry_log_place_find_kind (const char *name)
{
  const char *ending = find_ending (name);

  for (gsize i = 0; ending != NULL && i < G_N_ELEMENTS (endings); i++)
    if (g_str_equal (endings[i].ending, ending))
      return endings[i].kind;
  return QUARRY_LOG_KIND_NONE;
}

static void
free_place (gpointer data)
{
  QuarryLogPlace *self = data;

  g_free (self->path);
  g_free (self->key);
  g_free (self);
}

static void
add_place (GPtrArray *places, const char *path, const char *key, QuarryLogKind kind, gboolean is_bag)
{
  QuarryLogPlace *place = g_new0 (QuarryLogPlace, 1);

  place->path = g_strdup (path);
  place->key = g_strdup (key);
  place->kind = kind;
  place->is_bag = is_bag;
  g_ptr_array_add (places, place);
}

static gboolean
is_bag (GPtrArray *entries)
{
  gboolean described = FALSE, has_log = FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];

      described |= !entry->is_folder && g_str_equal (entry->name, "metadata.yaml");
      has_log |= !entry->is_folder && quarry_log_place_find_kind (entry->name) != QUARRY_LOG_KIND_NONE;
    }
  return described && has_log;
}

static void
walk (GPtrArray *places, const char *path, const char *relative, int depth, QuarryLogListFunc list, gpointer data)
{
  g_autoptr(GPtrArray) entries = list (path, data);

  if (is_bag (entries))
    {
      g_autofree char *name = g_path_get_basename (path);

      add_place (places, path, relative[0] != '\0' ? relative : name, QUARRY_LOG_KIND_ROSBAG2, TRUE);
      return;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      const QuarryIngestEntry *entry = entries->pdata[i];
      g_autofree char *below = relative[0] != '\0' ? g_strconcat (relative, "/", entry->name, NULL) : g_strdup (entry->name);
      const QuarryLogKind kind = entry->is_folder ? QUARRY_LOG_KIND_NONE : quarry_log_place_find_kind (entry->name);

      if (entry->is_folder && depth < MAX_DEPTH)
        walk (places, entry->path, below, depth + 1, list, data);
      else if (kind != QUARRY_LOG_KIND_NONE)
        add_place (places, entry->path, below, kind, FALSE);
    }
}

/* Returns: (transfer full) */
GPtrArray *
quarry_log_place_list (const char *root, QuarryLogListFunc list, gpointer data)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (free_place);

  walk (places, root, "", 0, list, data);
  return places;
}

/* Returns: (transfer full) */
GPtrArray *
quarry_log_place_new_list (const char *path, QuarryLogKind kind, gboolean bag)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (free_place);
  g_autofree char *name = g_path_get_basename (path);

  add_place (places, path, name, kind, bag);
  return places;
}

/* "day1/run_12.bag": the stem's length is that of "day1/run". Returns: FALSE without a number */
static gboolean
split_key (const char *key, gsize *out_stem, guint64 *out_number)
{
  const char *end = find_ending (key);
  const char *start = end;

  while (start != NULL && start > key && g_ascii_isdigit (start[-1]))
    start--;
  if (start == NULL || start == end || end - start > 9 || start == key || start[-1] != '_')
    return FALSE;
  *out_number = g_ascii_strtoull (start, NULL, 10);
  *out_stem = (gsize) (start - 1 - key);
  return TRUE;
}

gboolean
quarry_log_place_may_follow (const QuarryLogPlace *before, const QuarryLogPlace *after)
{
  gsize a = 0, b = 0;
  guint64 m = 0, n = 0;

  return !before->is_bag && !after->is_bag && split_key (before->key, &a, &m) && split_key (after->key, &b, &n) && a == b && n == m + 1 &&
         strncmp (before->key, after->key, a) == 0 && strcmp (find_ending (before->key), find_ending (after->key)) == 0;
}

/* Unknown times say nothing against it */
gboolean
quarry_log_place_is_next (gint64 end_ns, gint64 start_ns)
{
  gint64 pause = 0;

  return end_ns == QUARRY_NO_TIME || start_ns == QUARRY_NO_TIME ||
         (!__builtin_sub_overflow (start_ns, end_ns, &pause) && pause <= MAX_PAUSE_NS && pause >= -MAX_PAUSE_NS);
}

/* Returns: (transfer full): for people; the key is the same with all that */
char *
quarry_log_place_dup_name (const QuarryLogPlace *self, gboolean is_split)
{
  const char *end = self->is_bag ? NULL : find_ending (self->key);
  gsize stem = 0;
  guint64 number = 0;

  if (is_split && split_key (self->key, &stem, &number) && stem > 0)
    return g_strndup (self->key, stem);
  return end != NULL ? g_strndup (self->key, (gsize) (end - self->key)) : g_strdup (self->key);
}
