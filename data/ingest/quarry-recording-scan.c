/* quarry-recording-scan.c: a log's messages into a recording
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-recording.h"
#include "quarry-image.h"

#include <string.h>

/* Broken messages of one topic that are told one by one; the others are counted */
#define MAX_TOLD 5

typedef struct
{
  QuarryRecording       *recording;
  QuarryLog             *log;
  QuarryRecordingTopic **topics;        /* by channel */
  QuarryMessageType    **types;         /* by channel; NULL: not to be decoded */
  guint                  n;             /* channels at opening */
  gint64                 unit;          /* of log times, to ns; 0 not known yet */
} Scan;

static void
tell_broken (Scan *scan, QuarryRecordingTopic *topic, gint64 log_ns, const char *message)
{
  g_autofree char *place = g_strdup_printf ("%s, message %" G_GINT64_FORMAT, topic->name, topic->n_messages);

  topic->n_messages++;
  topic->n_broken++;
  topic->start_ns = topic->start_ns == QUARRY_NO_TIME ? log_ns : MIN (topic->start_ns, log_ns);
  topic->end_ns = topic->end_ns == QUARRY_NO_TIME ? log_ns : MAX (topic->end_ns, log_ns);
  if (topic->n_told >= MAX_TOLD || g_strcmp0 (topic->last_told, message) == 0)
    return;
  topic->n_told++;
  g_free (topic->last_told);
  topic->last_told = g_strdup (message);
  quarry_report_add (scan->recording->report, QUARRY_ISSUE_SKIPPED, scan->log->uri, place, "%s", message);
}

/* A picture's file tells its size in its header. Returns: FALSE with @error: it is none, or cut off */
static gboolean
read_size (const QuarryLogMessage *message, QuarryObservation *o, GError **error)
{
  const gboolean base64 = g_str_has_prefix (o->format, "base64+");
  g_autoptr(GBytes) bytes = NULL;
  const char *format = NULL;

  if (o->offset > message->length || o->length > message->length - o->offset)
    {
      g_set_error (error, QUARRY_MESSAGE_ERROR, QUARRY_MESSAGE_ERROR_BROKEN, "the picture goes beyond the message");
      return FALSE;
    }
  if (base64)
    {
      g_autofree char *text = g_strndup ((const char *) message->data + o->offset, o->length);
      gsize n = 0;
      guchar *decoded = g_base64_decode (text, &n);

      bytes = g_bytes_new_take (decoded, n);
    }
  else
    bytes = g_bytes_new_static (message->data + o->offset, o->length);
  return quarry_image_read_size_bytes (bytes, "picture", &o->width, &o->height, &format, error);
}

static gboolean
is_file_format (const char *format)
{
  if (g_str_has_prefix (format, "base64+"))
    format += strlen ("base64+");
  return g_str_equal (format, "jpeg") || g_str_equal (format, "png") || g_str_equal (format, "webp") || g_str_equal (format, "tiff");
}

static void
observe (Scan *scan, const QuarryLogMessage *message, gint64 log_ns)
{
  const QuarryLogChannel *channel = message->channel;
  QuarryRecordingTopic *topic = scan->topics[channel->id];
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessage) decoded = quarry_message_decode (scan->types[channel->id], message->data, message->length, &error);
  g_auto(QuarryObservation) o = { 0 };

  if (decoded == NULL ||
      !quarry_observation_read (channel->type, quarry_message_get_root (decoded), message->data, &o, &error))
    {
      tell_broken (scan, topic, log_ns, error->message);
      return;
    }
  if (o.kind == QUARRY_OBSERVATION_IMAGE && o.width == 0 && is_file_format (o.format) && !read_size (message, &o, &error))
    {
      tell_broken (scan, topic, log_ns, error->message);
      return;
    }
  quarry_recording_observe (scan->recording, topic, &o, message->uri, message->offset, log_ns);
}

static gboolean
message_cb (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  Scan *scan = user_data;
  gint64 log_ns = 0;

  if (scan->unit == 0)
    scan->unit = quarry_recording_find_unit (message->log_ns, QUARRY_NO_TIME);
  if (message->channel->id < scan->n && scan->types[message->channel->id] != NULL)
    {
      if (__builtin_mul_overflow (message->log_ns, scan->unit, &log_ns))
        log_ns = message->log_ns;
      observe (scan, message, log_ns);
    }
  return TRUE;
}

static void
tell_unit (Scan *scan)
{
  static const struct { gint64 unit; const char *name; } names[] = {
    { 1000, "microseconds" }, { 1000000, "milliseconds" }, { 1000000000, "seconds" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].unit == scan->unit)
      quarry_report_add (scan->recording->report, QUARRY_ISSUE_NOTE, scan->log->uri, NULL,
                         "log times are written in %s, not nanoseconds; taken as such", names[i].name);
}

/* What Quarry has a use for is decoded; of the others the fields are listed */
static void
prepare_channel (Scan *scan, guint i)
{
  const QuarryLogChannel *channel = scan->log->channels->pdata[i];
  QuarryRecordingTopic *topic = quarry_recording_get_topic (scan->recording, channel->topic, channel->type, channel->encoding);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryMessageType) type =
      quarry_message_type_new (channel->type, channel->encoding, channel->schema_encoding, channel->schema, &error);

  scan->topics[i] = topic;
  if (type != NULL && topic->fields == NULL)
    topic->fields = quarry_message_type_list_fields (type);
  if (topic->kind == QUARRY_OBSERVATION_NONE)
    return;
  if (type == NULL)
    quarry_report_add (scan->recording->report, QUARRY_ISSUE_SKIPPED, scan->log->uri, topic->name, "%s", error->message);
  scan->types[i] = g_steal_pointer (&type);
}

/* Messages that were not decoded are known by the log's own count */
static void
count_others (Scan *scan, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const QuarryLogChannel *channel = scan->log->channels->pdata[i];
      QuarryRecordingTopic *topic = scan->topics[i];
      gint64 start = 0, end = 0;

      if (scan->types[i] != NULL)
        continue;
      topic->n_messages += MAX (channel->n_messages, 0);
      if (channel->start_ns == QUARRY_NO_TIME || channel->end_ns == QUARRY_NO_TIME || channel->n_messages == 0 ||
          __builtin_mul_overflow (channel->start_ns, MAX (scan->unit, 1), &start) ||
          __builtin_mul_overflow (channel->end_ns, MAX (scan->unit, 1), &end))
        continue;
      topic->start_ns = topic->start_ns == QUARRY_NO_TIME ? start : MIN (topic->start_ns, start);
      topic->end_ns = topic->end_ns == QUARRY_NO_TIME ? end : MAX (topic->end_ns, end);
    }
}

static void
tell_rest (Scan *scan)
{
  for (guint i = 0; i < scan->recording->topics->len; i++)
    {
      const QuarryRecordingTopic *topic = scan->recording->topics->pdata[i];

      if (topic->n_broken > topic->n_told)
        quarry_report_add (scan->recording->report, QUARRY_ISSUE_SKIPPED, scan->log->uri, topic->name,
                           "%" G_GINT64_FORMAT " messages in all could not be read", topic->n_broken);
    }
}

/**
 * quarry_recording_scan:
 *
 * May be called for each part of a recording, in their order. What is broken is told in the report.
 *
 * Returns: FALSE with @error: the log cannot be read at all, or cancelled
 */
gboolean
quarry_recording_scan (QuarryRecording *self, QuarryLog *log, QuarryOperation *operation, GError **error)
{
  const guint n = log->channels->len;
  g_autofree gboolean *wanted = g_new0 (gboolean, n + 1);
  Scan scan = { .recording = self, .log = log, .n = n };
  gboolean done;

  scan.topics = g_new0 (QuarryRecordingTopic *, n + 1);
  scan.types = g_new0 (QuarryMessageType *, n + 1);
  if (log->start_ns != QUARRY_NO_TIME)
    scan.unit = quarry_recording_find_unit (log->start_ns, log->end_ns);
  for (guint i = 0; i < n; i++)
    {
      prepare_channel (&scan, i);
      wanted[i] = scan.types[i] != NULL;
    }
  done = quarry_log_scan (log, wanted, message_cb, &scan, operation, error);
  tell_unit (&scan);
  count_others (&scan, n);
  tell_rest (&scan);
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&scan.types[i], quarry_message_type_unref);
  g_free (scan.types);
  g_free (scan.topics);
  return done;
}
