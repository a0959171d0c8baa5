/* quarry-command-labels.c: quarry labels: classes, their aliases, annotation sets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

#include <jansson.h>

extern const QuarryCommand quarry_command_labels;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static void
print_json (json_t *root)
{
  g_autofree char *text = json_dumps (root, JSON_INDENT (1));

  g_print ("%s\n", text);
}

static const QuarryFacetRow *
find_count (GPtrArray *counts, QuarryId class)
{
  for (guint i = 0; i < counts->len; i++)
    if (((QuarryFacetRow *) counts->pdata[i])->id == class)
      return counts->pdata[i];
  return NULL;
}

static gboolean
list_classes (QuarryCatalog *catalog, gboolean json, GError **error)
{
  g_autoptr(QuarryQuery) all = quarry_query_parse ("", error);
  g_autoptr(GPtrArray) classes = all != NULL ? quarry_catalog_list_classes (catalog, error) : NULL;
  g_autoptr(GPtrArray) counts = classes != NULL ? quarry_catalog_count_facet (catalog, QUARRY_FACET_CLASS, all, NULL, error) : NULL;
  g_autoptr(json_t) root = json_array ();

  if (counts == NULL)
    return FALSE;
  for (guint i = 0; i < classes->len; i++)
    {
      const QuarryLabelClass *class = classes->pdata[i];
      const QuarryFacetRow *count = find_count (counts, class->id);
      const gint64 n = count != NULL ? count->n_annotations : 0;

      json_array_append_new (root, json_pack ("{s:I, s:s, s:s, s:I}", "id", (json_int_t) class->id, "name", class->name, "color",
                                              class->color, "annotations", (json_int_t) n));
      if (!json)
        g_print ("%s  %-24s %8" G_GINT64_FORMAT "\n", class->color, class->name, n);
    }
  if (json)
    print_json (root);
  return TRUE;
}

static gboolean
list_sets (QuarryCatalog *catalog, gboolean json, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (catalog, error);
  g_autoptr(json_t) root = json_array ();

  if (sets == NULL)
    return FALSE;
  for (guint i = 0; i < sets->len; i++)
    {
      const QuarryAnnotationSet *set = sets->pdata[i];

      json_array_append_new (root, json_pack ("{s:I, s:s, s:s, s:I, s:I}", "id", (json_int_t) set->id, "name", set->name, "origin",
                                              set->origin, "created_ns", (json_int_t) set->created_ns, "annotations",
                                              (json_int_t) set->n_annotations));
      if (!json)
        g_print ("%-32s %-8s %8" G_GINT64_FORMAT "\n", set->name, set->origin, set->n_annotations);
    }
  if (json)
    print_json (root);
  return TRUE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean json = FALSE;
  g_autofree char *origin = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "list: id, name, color, annotations; sets: id, name, origin, created_ns, annotations", NULL },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &origin, "map: only names of this format or vendor", "ID" },
    { NULL },
  };
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;
  gboolean done = FALSE;

  if (!quarry_command_parse (&quarry_command_labels, entries, &argc, &argv, 1, 3, &code))
    return code;
  if (g_str_equal (argv[1], "map") || g_str_equal (argv[1], "color") ? argc != 4
                                                                     : argc != 2 || (!g_str_equal (argv[1], "list") && !g_str_equal (argv[1], "sets")))
    return quarry_command_usage (&quarry_command_labels, "'%s' is not understood, or has the wrong number of words", argv[1]);
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (g_str_equal (argv[1], "map"))
    done = quarry_catalog_map_alias (catalog, argv[2], origin != NULL ? origin : "", argv[3], &error);
  else if (g_str_equal (argv[1], "color"))
    done = quarry_catalog_set_class_color (catalog, argv[2], argv[3], &error);
  else
    done = g_str_equal (argv[1], "list") ? list_classes (catalog, json, &error) : list_sets (catalog, json, &error);
  return done ? QUARRY_EXIT_DONE : quarry_command_fail (error);
}

const QuarryCommand quarry_command_labels = {
  .name = "labels",
  .usage = "list | sets | map ALIAS CLASS [--origin ID] | color CLASS #RRGGBB",
  .summary = "List classes and annotation sets; map a foreign class name to one of ours",
  .help = "A mapped name becomes its class in all imports and pulls from then on.",
  .run = run,
  .begins = TRUE,
};
