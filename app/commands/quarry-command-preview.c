/* quarry-command-preview.c: quarry import --preview: what a source holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command-preview.h"
#include "quarry-command-output.h"
#include "quarry-ingest.h"

static const char * const kinds[] = { "camera", "lidar", "radar" };

static json_t *
number_or_null (gint64 n)
{
  return n >= 0 ? json_integer (n) : json_null ();
}

static json_t *
stream_to_json (const QuarryIngestStream *stream)
{
  return json_pack ("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "name", stream->name, "type", quarry_json_text (stream->type), "sensor",
                    quarry_json_text (stream->sensor), "kind", stream->is_sensor ? json_string (kinds[stream->kind]) : json_null (), "messages",
                    number_or_null (stream->n), "start_ns", quarry_json_time (stream->start_ns), "end_ns", quarry_json_time (stream->end_ns));
}

static json_t *
preview_to_json (const QuarryIngestPreview *preview, const char *path)
{
  json_t *streams = json_array ();
  json_t *notes = json_array ();

  for (guint i = 0; i < preview->streams->len; i++)
    json_array_append_new (streams, stream_to_json (preview->streams->pdata[i]));
  for (guint i = 0; i < preview->notes->len; i++)
    json_array_append_new (notes, json_string (preview->notes->pdata[i]));
  return json_pack ("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:n}", "path", path, "format", preview->reader->id, "bytes",
                    number_or_null (preview->bytes), "scenes", number_or_null (preview->n_scenes), "frames",
                    number_or_null (preview->n_frames), "streams", streams, "notes", notes, "error");
}

static char *
format_count (gint64 n)
{
  return n >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, n) : g_strdup ("?");
}

static char *
format_rate (const QuarryIngestStream *stream)
{
  const double seconds = stream->start_ns != QUARRY_NO_TIME ? (double) (stream->end_ns - stream->start_ns) / 1e9 : 0;

  return seconds > 0 && stream->n > 1 ? g_strdup_printf ("%.1f Hz", (double) (stream->n - 1) / seconds) : g_strdup ("");
}

static void
print_preview (const QuarryIngestPreview *preview, const char *path)
{
  g_autofree char *frames = format_count (preview->n_frames);
  g_autofree char *scenes = format_count (preview->n_scenes);
  g_autofree char *size = preview->bytes >= 0 ? g_format_size ((guint64) preview->bytes) : g_strdup ("?");

  g_print ("%s: %s, %s, scenes %s, frames about %s\n", path, preview->reader->name, size, scenes, frames);
  for (guint i = 0; i < preview->streams->len; i++)
    {
      const QuarryIngestStream *stream = preview->streams->pdata[i];
      g_autofree char *n = format_count (stream->n);
      g_autofree char *rate = format_rate (stream);

      g_print ("  %-36s %-32s %9s %10s  %s%s%s\n", stream->name, stream->type != NULL ? stream->type : "", n, rate,
               stream->is_sensor ? kinds[stream->kind] : "", stream->sensor != NULL ? " " : "", stream->sensor != NULL ? stream->sensor : "");
    }
  for (guint i = 0; i < preview->notes->len; i++)
    g_print ("  note: %s\n", (const char *) preview->notes->pdata[i]);
}

/* One after the other; what cannot be looked at is told, and the rest goes on */
QuarryExit
quarry_command_preview (QuarryStorage *storage, char **paths, int n, const char *format, json_t *array)
{
  QuarryExit worst = QUARRY_EXIT_DONE;

  for (int i = 0; i < n; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *path = g_strstr_len (paths[i], -1, "://") != NULL ? g_strdup (paths[i]) : g_canonicalize_filename (paths[i], NULL);
      g_autoptr(QuarryIngestPreview) preview = quarry_ingest_preview (storage, path, format, NULL, &error);

      if (preview == NULL)
        {
          if (array != NULL)
            json_array_append_new (array, json_pack ("{s:s, s:s}", "path", path, "error", error->message));
          worst = quarry_command_fail (error);
        }
      else if (array != NULL)
        json_array_append_new (array, preview_to_json (preview, path));
      else
        print_preview (preview, path);
    }
  return worst;
}
