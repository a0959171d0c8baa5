/* quarry-split.c: a dataset's frames into train, val, test … without leakage
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-split.h"

#include <jansson.h>
#include <math.h>

#define BALANCE_FRAMES 100000   /* beyond, classes are not looked at while choosing */
#define FAR            0.05     /* a share this far from its ratio is worth a note */

G_DEFINE_QUARK (quarry-split-error-quark, quarry_split_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  guint  first, n;      /* rows of the dataset's list */
} Group;

static void
class_clear (gpointer data)
{
  g_free (((QuarrySplitClass *) data)->name);
}

static void
row_free (gpointer data)
{
  QuarrySplitRow *row = data;

  g_free (row->name);
  g_array_unref (row->classes);
  g_free (row);
}

void
quarry_split_summary_free (QuarrySplitSummary *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self->note);
  g_free (self);
}

static gboolean
check_parts (const QuarrySplitPart *parts, gsize n_parts, GError **error)
{
  if (n_parts == 0)
    {
      g_set_error (error, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_PARTS, "no splits were named");
      return FALSE;
    }
  for (gsize i = 0; i < n_parts; i++)
    {
      if (parts[i].name == NULL || *parts[i].name == '\0')
        g_set_error (error, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_PARTS, "a split has no name");
      else if (!isfinite (parts[i].ratio) || parts[i].ratio <= 0)
        g_set_error (error, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_PARTS, "split '%s': the ratio must be above 0", parts[i].name);
      else
        {
          gsize j = 0;

          while (j < i && !g_str_equal (parts[i].name, parts[j].name))
            j++;
          if (j == i)
            continue;
          g_set_error (error, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_PARTS, "split '%s' is named twice", parts[i].name);
        }
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_scene (QuarryCatalog *catalog, GPtrArray *rows, guint i, QuarryId *out_scene, GError **error)
{
  const QuarryDatasetFrame *row = rows->pdata[i];
  g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, row->frame, error);

  if (frame == NULL)
    return FALSE;
  *out_scene = frame->scene;
  return TRUE;
}

/* The list is in order of scenes: where both ends are of one scene, so is all between */
static gboolean
find_scenes (QuarryCatalog *catalog, GPtrArray *rows, guint first, guint last, QuarryId first_scene, QuarryId last_scene,
             GArray *scenes, GError **error)
{
  const guint middle = first + (last - first) / 2;
  QuarryId left = first_scene, right = last_scene;

  if (first_scene == last_scene)
    {
      for (guint i = first; i <= last; i++)
        g_array_index (scenes, QuarryId, i) = first_scene;
      return TRUE;
    }
  if (last == first + 1)
    {
      g_array_index (scenes, QuarryId, first) = first_scene;
      g_array_index (scenes, QuarryId, last) = last_scene;
      return TRUE;
    }
  return read_scene (catalog, rows, middle, &left, error) && read_scene (catalog, rows, middle + 1, &right, error) &&
         find_scenes (catalog, rows, first, middle, first_scene, left, scenes, error) &&
         find_scenes (catalog, rows, middle + 1, last, right, last_scene, scenes, error);
}

/* Returns: (element-type QuarryId): the scene of each row */
static GArray *
list_scenes (QuarryCatalog *catalog, GPtrArray *rows, GError **error)
{
  g_autoptr(GArray) scenes = g_array_sized_new (FALSE, TRUE, sizeof (QuarryId), rows->len);
  QuarryId first = 0, last = 0;

  g_array_set_size (scenes, rows->len);
  if (!read_scene (catalog, rows, 0, &first, error) || !read_scene (catalog, rows, rows->len - 1, &last, error) ||
      !find_scenes (catalog, rows, 0, rows->len - 1, first, last, scenes, error))
    return NULL;
  return g_steal_pointer (&scenes);
}

static GArray *
make_groups (const GArray *scenes)
{
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (Group));

  for (guint i = 0; i < scenes->len; i++)
    if (i > 0 && g_array_index (scenes, QuarryId, i) == g_array_index (scenes, QuarryId, i - 1))
      g_array_index (groups, Group, groups->len - 1).n++;
    else
      {
        const Group group = { i, 1 };

        g_array_append_val (groups, group);
      }
  return groups;
}

/* Annotations by class of each group, n_groups × *out_n_classes.
 * Returns: (transfer full): NULL on error */
static double *
count_classes (QuarryCatalog *catalog, GPtrArray *rows, const GArray *groups, gsize *out_n_classes, GError **error)
{
  g_autoptr(GPtrArray) classes = quarry_catalog_list_classes (catalog, error);
  g_autoptr(GHashTable) index = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autofree double *counts = NULL;

  if (classes == NULL)
    return NULL;
  counts = g_new0 (double, (gsize) groups->len * classes->len + 1);
  *out_n_classes = 0;
  if (rows->len > BALANCE_FRAMES)
    return g_steal_pointer (&counts);
  for (guint k = 0; k < classes->len; k++)
    g_hash_table_insert (index, &((QuarryLabelClass *) classes->pdata[k])->id, GUINT_TO_POINTER (k));
  for (guint g = 0; g < groups->len; g++)
    {
      const Group *group = &g_array_index (groups, Group, g);

      for (guint i = group->first; i < group->first + group->n; i++)
        {
          const QuarryDatasetFrame *row = rows->pdata[i];
          g_autoptr(GPtrArray) annotations = quarry_catalog_list_annotations (catalog, row->frame, 0, error);

          if (annotations == NULL)
            return NULL;
          for (guint a = 0; a < annotations->len; a++)
            {
              gpointer k = NULL;

              if (g_hash_table_lookup_extended (index, &((QuarryAnnotation *) annotations->pdata[a])->class_id, NULL, &k))
                counts[(gsize) g * classes->len + GPOINTER_TO_UINT (k)] += 1;
            }
        }
    }
  *out_n_classes = classes->len;
  return g_steal_pointer (&counts);
}

static gboolean
choose_by_scene (QuarryCatalog *catalog, GPtrArray *rows, const GArray *scenes, const QuarrySplitPart *parts, gsize n_parts,
                 guint64 seed, guint *out_part, GError **error)
{
  g_autoptr(GArray) groups = make_groups (scenes);
  g_autofree gint64 *sizes = g_new (gint64, groups->len);
  g_autofree double *ratios = g_new (double, n_parts);
  g_autofree guint *chosen = g_new0 (guint, groups->len);
  gsize n_classes = 0;
  g_autofree double *classes = count_classes (catalog, rows, groups, &n_classes, error);

  if (classes == NULL)
    return FALSE;
  for (guint g = 0; g < groups->len; g++)
    sizes[g] = g_array_index (groups, Group, g).n;
  for (gsize p = 0; p < n_parts; p++)
    ratios[p] = parts[p].ratio;
  quarry_split_choose (sizes, classes, groups->len, n_classes, ratios, n_parts, seed, chosen);
  for (guint g = 0; g < groups->len; g++)
    {
      const Group *group = &g_array_index (groups, Group, g);

      for (guint i = group->first; i < group->first + group->n; i++)
        out_part[i] = chosen[g];
    }
  return TRUE;
}

/* Shuffled, then cut where the running ratios say: each part is within one frame of its share */
static void
choose_by_frame (guint n, const QuarrySplitPart *parts, gsize n_parts, guint64 seed, guint *out_part)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed_array ((const guint32[]) { (guint32) seed, (guint32) (seed >> 32) }, 2);
  g_autofree guint *order = g_new (guint, n);
  double sum = 0, upto = 0;
  guint at = 0;

  for (guint i = 0; i < n; i++)
    {
      const guint other = (guint) g_rand_int_range (rand, 0, (gint32) i + 1);

      order[i] = order[other];
      order[other] = i;
    }
  for (gsize p = 0; p < n_parts; p++)
    sum += parts[p].ratio;
  for (guint p = 0; p < n_parts; p++)
    {
      upto += parts[p].ratio / sum;
      for (const guint end = p + 1 == n_parts ? n : (guint) lround (upto * n); at < end && at < n; at++)
        out_part[order[at]] = p;
    }
}

static gboolean
assign (QuarryCatalog *catalog, QuarryId dataset, GPtrArray *rows, const QuarrySplitPart *parts, const guint *part, GError **error)
{
  g_autoptr(GArray) frames = g_array_sized_new (FALSE, FALSE, sizeof (QuarryId), rows->len);
  g_autofree const char **names = g_new0 (const char *, rows->len + 1);

  for (guint i = 0; i < rows->len; i++)
    {
      g_array_append_val (frames, ((QuarryDatasetFrame *) rows->pdata[i])->frame);
      names[i] = parts[part[i]].name;
    }
  return quarry_catalog_assign_splits (catalog, dataset, frames, names, error);
}

static const char *
find_name (QuarryCatalog *catalog, QuarryId dataset, GPtrArray **out_datasets, GError **error)
{
  *out_datasets = quarry_catalog_list_datasets (catalog, error);
  for (guint i = 0; *out_datasets != NULL && i < (*out_datasets)->len; i++)
    {
      const QuarryDataset *candidate = (*out_datasets)->pdata[i];

      if (candidate->id == dataset)
        return candidate->name;
    }
  if (*out_datasets != NULL)
    g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "there is no dataset %" G_GINT64_FORMAT, dataset);
  return NULL;
}

static gboolean
count_row_classes (QuarryCatalog *catalog, const char *dataset, QuarrySplitRow *row, GError **error)
{
  g_autofree char *quoted_dataset = quarry_query_quote (dataset);
  g_autofree char *quoted_split = quarry_query_quote (row->name);
  g_autofree char *text = g_strdup_printf ("dataset:%s split:%s", quoted_dataset, quoted_split);
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, error);
  g_autoptr(GPtrArray) facet = NULL;

  if (query == NULL)
    return FALSE;
  facet = quarry_catalog_count_facet (catalog, QUARRY_FACET_CLASS, query, NULL, error);
  if (facet == NULL)
    return FALSE;
  for (guint i = 0; i < facet->len; i++)
    {
      const QuarryFacetRow *class = facet->pdata[i];
      const QuarrySplitClass fresh = { class->n_annotations > 0 ? g_strdup (class->name) : NULL, class->n_annotations };

      if (class->n_annotations == 0)
        continue;
      row->n_annotations += class->n_annotations;
      g_array_append_val (row->classes, fresh);
    }
  return TRUE;
}

static char *
make_note (const QuarrySplitSummary *self, gboolean by_scene, gsize n_scenes)
{
  g_autoptr(GString) note = g_string_new (NULL);

  if (!by_scene)
    return g_strdup ("split by single frames: neighbouring frames of one scene lie in different splits, so that what is "
                     "measured on one split is too good (leakage); split by scene to avoid it");
  if (n_scenes == 1 && self->rows->len > 1)
    return g_strdup ("there is only one scene, and a scene is not torn apart: all frames are in one split");
  for (guint i = 0; i < self->rows->len; i++)
    {
      const QuarrySplitRow *row = self->rows->pdata[i];

      if (row->n_frames == 0)
        g_string_append_printf (note, "%ssplit '%s' is empty: fewer scenes than splits", note->len > 0 ? "; " : "", row->name);
      else if (fabs (row->share - row->wanted) > FAR)
        g_string_append_printf (note, "%ssplit '%s' has %.0f %% of the frames instead of %.0f %%: whole scenes come no nearer",
                                note->len > 0 ? "; " : "", row->name, 100 * row->share, 100 * row->wanted);
    }
  return note->len > 0 ? g_strdup (note->str) : NULL;
}

static QuarrySplitSummary *
summarize (const GArray *scenes, const QuarrySplitPart *parts, gsize n_parts, const guint *part, gboolean by_scene)
{
  QuarrySplitSummary *summary = g_new0 (QuarrySplitSummary, 1);
  gsize n_scenes = 0;
  double sum = 0;

  summary->rows = g_ptr_array_new_with_free_func (row_free);
  for (gsize p = 0; p < n_parts; p++)
    sum += parts[p].ratio;
  for (guint p = 0; p < n_parts; p++)
    {
      QuarrySplitRow *row = g_new0 (QuarrySplitRow, 1);
      QuarryId last = 0;

      row->name = g_strdup (parts[p].name);
      row->wanted = parts[p].ratio / sum;
      row->classes = g_array_new (FALSE, FALSE, sizeof (QuarrySplitClass));
      g_array_set_clear_func (row->classes, class_clear);
      for (guint i = 0; i < scenes->len; i++)
        if (part[i] == p)
          {
            row->n_frames++;
            row->n_scenes += g_array_index (scenes, QuarryId, i) != last;
            last = g_array_index (scenes, QuarryId, i);
          }
      row->share = (double) row->n_frames / scenes->len;
      g_ptr_array_add (summary->rows, row);
    }
  for (guint i = 0; i < scenes->len; i++)
    n_scenes += i == 0 || g_array_index (scenes, QuarryId, i) != g_array_index (scenes, QuarryId, i - 1);
  summary->note = make_note (summary, by_scene, n_scenes);
  return summary;
}

/**
 * quarry_split_assign:
 * @by_scene: whole scenes to one split; else every frame by lot
 * @seed: the same dataset, parts and seed give the same splits
 * @out_summary: (out) (transfer full) (optional): what came of it
 *
 * Puts every frame of @dataset into one of @parts, as one undoable edit. Blocking; any thread.
 *
 * Returns: FALSE with QUARRY_SPLIT_ERROR or QUARRY_CATALOG_ERROR; then nothing has changed, unless only counting for the summary failed
 */
gboolean
quarry_split_assign (QuarryCatalog          *catalog,
                     QuarryId                dataset,
                     const QuarrySplitPart  *parts,
                     gsize                   n_parts,
                     gboolean                by_scene,
                     guint64                 seed,
                     QuarrySplitSummary    **out_summary,
                     GError                **error)
{
  g_autoptr(GPtrArray) datasets = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(GArray) scenes = NULL;
  g_autofree guint *part = NULL;
  g_autoptr(QuarrySplitSummary) summary = NULL;
  const char *name = NULL;

  if (!check_parts (parts, n_parts, error) || (name = find_name (catalog, dataset, &datasets, error)) == NULL ||
      (rows = quarry_catalog_list_dataset_frames (catalog, dataset, 0, error)) == NULL)
    return FALSE;
  if (rows->len == 0)
    {
      g_set_error (error, QUARRY_SPLIT_ERROR, QUARRY_SPLIT_ERROR_EMPTY, "dataset '%s' has no frames", name);
      return FALSE;
    }
  part = g_new0 (guint, rows->len);
  scenes = list_scenes (catalog, rows, error);
  if (scenes == NULL)
    return FALSE;
  if (!by_scene)
    choose_by_frame (rows->len, parts, n_parts, seed, part);
  else if (!choose_by_scene (catalog, rows, scenes, parts, n_parts, seed, part, error))
    return FALSE;
  if (!assign (catalog, dataset, rows, parts, part, error))
    return FALSE;
  summary = summarize (scenes, parts, n_parts, part, by_scene);
  for (guint p = 0; out_summary != NULL && p < n_parts; p++)
    if (!count_row_classes (catalog, name, summary->rows->pdata[p], error))
      return FALSE;
  if (out_summary != NULL)
    *out_summary = g_steal_pointer (&summary);
  return TRUE;
}

/* Returns: (transfer full): one line a split, its classes below, then the note */
char *
quarry_split_summary_to_text (const QuarrySplitSummary *self)
{
  GString *text = g_string_new (NULL);
  int width = 5;

  for (guint i = 0; i < self->rows->len; i++)
    width = MAX (width, (int) g_utf8_strlen (((QuarrySplitRow *) self->rows->pdata[i])->name, -1));
  for (guint i = 0; i < self->rows->len; i++)
    {
      const QuarrySplitRow *row = self->rows->pdata[i];

      g_string_append_printf (text, "%-*s  %5.1f %% (wanted %.1f %%)  %" G_GINT64_FORMAT " frames, %" G_GINT64_FORMAT
                              " scenes, %" G_GINT64_FORMAT " annotations\n", width, row->name, 100 * row->share,
                              100 * row->wanted, row->n_frames, row->n_scenes, row->n_annotations);
      for (guint k = 0; k < row->classes->len; k++)
        {
          const QuarrySplitClass *class = &g_array_index (row->classes, QuarrySplitClass, k);

          g_string_append_printf (text, "%*s  %s %" G_GINT64_FORMAT "\n", width, "", class->name, class->n);
        }
    }
  if (self->note != NULL)
    g_string_append_printf (text, "note: %s\n", self->note);
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full): an array of splits, each with its id (the name), shares, counts and classes */
char *
quarry_split_summary_to_json (const QuarrySplitSummary *self)
{
  g_autoptr(json_t) root = json_array ();
  g_autofree char *dump = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const QuarrySplitRow *row = self->rows->pdata[i];
      json_t *classes = json_object ();

      for (guint k = 0; k < row->classes->len; k++)
        {
          const QuarrySplitClass *class = &g_array_index (row->classes, QuarrySplitClass, k);

          json_object_set_new (classes, class->name, json_integer (class->n));
        }
      json_array_append_new (root, json_pack ("{s:s, s:f, s:f, s:I, s:I, s:I, s:o, s:s?}", "id", row->name, "wanted", row->wanted,
                                              "share", row->share, "frames", (json_int_t) row->n_frames, "scenes",
                                              (json_int_t) row->n_scenes, "annotations", (json_int_t) row->n_annotations,
                                              "classes", classes, "note", self->note));
    }
  dump = json_dumps (root, JSON_INDENT (1));
  return g_strdup (dump);
}
