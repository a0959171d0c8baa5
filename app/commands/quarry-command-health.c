/* quarry-command-health.c: quarry health: how healthy sensors are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command-health.h"
#include "quarry-command-output.h"
#include "quarry-health.h"

extern const QuarryCommand quarry_command_health;

typedef struct
{
  QuarryCatalog       *catalog;
  QuarryQuery         *query;
  QuarryHealthOptions  options;
} Measure;

static gboolean
measure_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Measure *measure = data;

  return quarry_health_run (measure->catalog, measure->query, &measure->options, operation, error);
}

/* Measures what was not measured yet, with a bar on a terminal; Ctrl-C keeps what is done */
QuarryExit
quarry_command_measure (QuarryCatalog *catalog, QuarryQuery *query, gboolean again, gboolean quiet)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Measure sensor health");
  g_autoptr(GError) error = NULL;
  Measure measure = { catalog, query, { again, FALSE } };
  g_autofree char *text = NULL;

  if (!quiet)
    return quarry_command_operate (operation, measure_in_thread, &measure);
  if (!quarry_operation_run (operation, measure_in_thread, &measure, &error))
    return quarry_command_fail (error);
  if (quarry_report_get_n_issues (quarry_operation_get_report (operation), QUARRY_ISSUE_LOSS) == 0)
    return QUARRY_EXIT_DONE;
  text = quarry_report_to_text (quarry_operation_get_report (operation));
  g_printerr ("%s", text);
  return QUARRY_EXIT_SKIPPED;
}

static json_t *
bound_to_json (double bound)
{
  return bound > -G_MAXDOUBLE && bound < G_MAXDOUBLE ? json_real (bound) : json_null ();
}

static json_t *
normal_to_json (const QuarryNormal *normal)
{
  const QuarryMeasure *measure = quarry_measure_get (normal->measure);

  return json_pack ("{s:s, s:s, s:I, s:I, s:o, s:o, s:o, s:o, s:o}", "id", measure->name, "unit", quarry_measure_get_unit (normal->measure),
                    "n", (json_int_t) normal->n, "odd", (json_int_t) normal->n_odd, "median", quarry_json_number (normal->median),
                    "least", quarry_json_number (normal->least), "most", quarry_json_number (normal->most),
                    "low", bound_to_json (normal->low), "high", bound_to_json (normal->high));
}

/* Rows of one sensor follow each other */
static void
print_json (GPtrArray *health)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };
  QuarryJsonList list = { FALSE };

  for (guint i = 0; i < health->len;)
    {
      const QuarrySensorHealth *first = health->pdata[i];
      json_t *measures = json_array ();

      for (; i < health->len && ((QuarrySensorHealth *) health->pdata[i])->sensor == first->sensor; i++)
        json_array_append_new (measures, normal_to_json (&((QuarrySensorHealth *) health->pdata[i])->normal));
      quarry_json_list_add (&list, json_pack ("{s:I, s:s, s:s, s:I, s:s, s:o}", "id", (json_int_t) first->sensor, "sensor", first->sensor_name,
                                              "kind", kinds[first->kind], "scene", (json_int_t) first->scene, "scene_name",
                                              first->scene_name, "measures", measures));
    }
  quarry_json_list_end (&list);
}

/* Units and degrees have letters of several bytes: fields are padded by what is seen */
static void
print_cell (const char *text, int width)
{
  const int missing = width - (int) g_utf8_strlen (text, -1);

  g_print ("%*s%s", MAX (missing, 0), "", text);
}

static void
print_normal (const QuarryNormal *normal)
{
  g_autofree char *median = quarry_measure_format (normal->measure, normal->median);
  g_autofree char *least = quarry_measure_format (normal->measure, normal->least);
  g_autofree char *most = quarry_measure_format (normal->measure, normal->most);
  g_autofree char *range = quarry_measure_format_normal (normal);

  g_print ("  %-14s", quarry_measure_get (normal->measure)->name);
  print_cell (median, 14);
  print_cell (least, 14);
  print_cell (most, 14);
  print_cell (range != NULL ? range : "-", 26);
  if (normal->n_odd > 0)
    g_print ("%10" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " odd\n", normal->n_odd, normal->n);
  else
    g_print ("%10s of %" G_GINT64_FORMAT "\n", "-", normal->n);
}

static void
print_table (GPtrArray *health)
{
  QuarryId sensor = 0;

  for (guint i = 0; i < health->len; i++)
    {
      const QuarrySensorHealth *row = health->pdata[i];

      if (row->sensor != sensor)
        g_print ("%s%s · %s\n  %-14s%14s%14s%14s%26s\n", i > 0 ? "\n" : "", row->scene_name, row->sensor_name, "", "median", "least", "most",
                 "normal");
      sensor = row->sensor;
      print_normal (&row->normal);
    }
}

static int
list_measures (gboolean as_json)
{
  QuarryJsonList list = { FALSE };

  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    {
      const QuarryMeasure *measure = quarry_measure_get (i);

      if (as_json)
        quarry_json_list_add (&list, json_pack ("{s:s, s:s, s:s, s:s, s:s}", "id", measure->name, "title", measure->title, "unit",
                                                quarry_measure_get_unit (i), "what", measure->what, "origin", measure->origin));
      else
        g_print ("%-14s %-5s %s\n", measure->name, quarry_measure_get_unit (i), measure->what);
    }
  if (as_json)
    quarry_json_list_end (&list);
  return QUARRY_EXIT_DONE;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  gboolean as_json = FALSE, again = FALSE, only_list = FALSE, measures = FALSE;
  const GOptionEntry entries[] = {
    { "again", 0, 0, G_OPTION_ARG_NONE, &again, "Measure also what has been measured", NULL },
    { "no-measure", 0, 0, G_OPTION_ARG_NONE, &only_list, "Only print what is known", NULL },
    { "list-measures", 0, 0, G_OPTION_ARG_NONE, &measures, "Print what can be measured, with units", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "An array of objects", NULL },
    { NULL }
  };
  g_autoptr(QuarryQuery) query = NULL;
  g_autoptr(GPtrArray) health = NULL;
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_health, entries, &argc, &argv, 0, 1, &code))
    return code;
  if (measures)
    return list_measures (as_json);
  query = quarry_query_parse (argc > 1 ? argv[1] : "", &error);
  if (query == NULL)
    {
      g_prefix_error (&error, "query '%s': ", argv[1]);
      return quarry_command_fail (error);
    }
  if ((catalog = quarry_command_open (context)) == NULL)
    return QUARRY_EXIT_FAILED;
  if (!only_list)
    code = quarry_command_measure (catalog, query, again, as_json);
  if (code != QUARRY_EXIT_DONE && code != QUARRY_EXIT_SKIPPED)
    return code;
  health = quarry_catalog_list_health (catalog, query, &error);
  if (health == NULL)
    return quarry_command_fail (error);
  if (as_json)
    print_json (health);
  else
    print_table (health);
  return code;
}

const QuarryCommand quarry_command_health = {
  .name = "health",
  .usage = "[QUERY] [--again] [--no-measure] [--list-measures] [--json]",
  .summary = "Measure pictures, clouds and stamps, and tell what is odd",
  .help = "Measures the media of the query's frames that were not measured yet (without a query: all), then prints for each of their\n"
          "sensors the median, the least, the most, the range that is normal in the scene, and how many are odd. Ctrl-C keeps what\n"
          "is done. The numbers are words of queries: \"quarry frames 'blur>0.5'\", 'sync>20ms', stuck, odd, odd:sharpness.\n"
          "JSON keys: id (sensor), sensor, kind, scene, scene_name, measures (id, unit, n, odd, median, least, most, low, high;\n"
          "low and high are null where there is no bound).",
  .run = run,
};
