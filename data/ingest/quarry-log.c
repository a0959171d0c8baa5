/* quarry-log.c: the kinds of logs, and what they share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-log.h"
#include "quarry-container.h"
#include "quarry-log-private.h"

#include <string.h>

#define HEAD_BYTES (64u << 10)

/* The one list of kinds of files */
static const QuarryLogFormat * const formats[] = {
  &quarry_log_mcap,
  &quarry_log_rosbag1,
  &quarry_log_db3,
};

G_DEFINE_QUARK (quarry-log-error-quark, quarry_log_error)

static void
channel_free (gpointer data)
{
  QuarryLogChannel *channel = data;

  g_free (channel->topic);
  g_free (channel->type);
  g_free (channel->encoding);
  g_free (channel->schema_encoding);
  g_clear_pointer (&channel->schema, g_bytes_unref);
  g_free (channel);
}

void
quarry_log_free (QuarryLog *self)
{
  if (self->format != NULL && self->data != NULL)
    self->format->close (self);
  g_clear_pointer (&self->file, quarry_file_unref);
  g_clear_object (&self->storage);
  g_clear_object (&self->report);
  g_ptr_array_unref (self->channels);
  g_hash_table_unref (self->told);
  g_free (self->uri);
  g_free (self);
}

static QuarryLog *
log_new (QuarryStorage *storage, const char *uri, QuarryReport *report)
{
  QuarryLog *self = g_new0 (QuarryLog, 1);

  self->storage = storage != NULL ? g_object_ref (storage) : NULL;
  self->uri = g_strdup (uri);
  self->report = report != NULL ? g_object_ref (report) : quarry_report_new ();
  self->channels = g_ptr_array_new_with_free_func (channel_free);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->n_messages = -1;
  self->start_ns = self->end_ns = QUARRY_NO_TIME;
  return self;
}

/* Text in a file may be anything; what is shown and stored is UTF-8 */
static char *
dup_valid (const char *text)
{
  return g_utf8_validate (text, -1, NULL) ? g_strdup (text) : g_utf8_make_valid (text, -1);
}

static gboolean
is_channel (const QuarryLogChannel *channel, const char *topic, const char *type, const char *encoding)
{
  return strcmp (channel->topic, topic) == 0 && strcmp (channel->type, type) == 0 && strcmp (channel->encoding, encoding) == 0;
}

/**
 * quarry_log_add_channel:
 *
 * The same topic with the same type and encoding is one channel, however many connections or files it comes from.
 *
 * Returns: (transfer none): the new one or the one that was there
 */
QuarryLogChannel *
quarry_log_add_channel (QuarryLog *self, const char *topic, const char *type, const char *encoding,
                        const char *schema_encoding, GBytes *schema)
{
  g_autofree char *valid_topic = dup_valid (topic);
  g_autofree char *valid_type = dup_valid (type);
  g_autofree char *valid_encoding = dup_valid (encoding);
  QuarryLogChannel *channel = NULL;

  for (guint i = 0; i < self->channels->len && channel == NULL; i++)
    if (is_channel (self->channels->pdata[i], valid_topic, valid_type, valid_encoding))
      channel = self->channels->pdata[i];
  if (channel == NULL)
    {
      channel = g_new0 (QuarryLogChannel, 1);
      channel->id = self->channels->len;
      channel->topic = g_steal_pointer (&valid_topic);
      channel->type = g_steal_pointer (&valid_type);
      channel->encoding = g_steal_pointer (&valid_encoding);
      channel->schema_encoding = dup_valid (schema_encoding);
      channel->n_messages = -1;
      channel->start_ns = channel->end_ns = QUARRY_NO_TIME;
      g_ptr_array_add (self->channels, channel);
    }
  if (channel->schema == NULL && schema != NULL)
    {
      g_free (channel->schema_encoding);
      channel->schema_encoding = dup_valid (schema_encoding);
      channel->schema = g_bytes_ref (schema);
    }
  return channel;
}

void
quarry_log_forget_counts (QuarryLog *self)
{
  self->n_messages = 0;
  self->start_ns = self->end_ns = QUARRY_NO_TIME;
  for (guint i = 0; i < self->channels->len; i++)
    {
      QuarryLogChannel *channel = self->channels->pdata[i];

      channel->n_messages = 0;
      channel->start_ns = channel->end_ns = QUARRY_NO_TIME;
    }
}

static void
widen (gint64 *start, gint64 *end, gint64 ns)
{
  if (*start == QUARRY_NO_TIME || ns < *start)
    *start = ns;
  if (*end == QUARRY_NO_TIME || ns > *end)
    *end = ns;
}

void
quarry_log_count (QuarryLog *self, QuarryLogChannel *channel, gint64 log_ns)
{
  channel->n_messages = MAX (channel->n_messages, 0) + 1;
  self->n_messages = MAX (self->n_messages, 0) + 1;
  widen (&channel->start_ns, &channel->end_ns, log_ns);
  widen (&self->start_ns, &self->end_ns, log_ns);
}

gboolean
quarry_log_count_cb (const QuarryLogMessage *message, gpointer user_data, GError **error)
{
  QuarryLog *self = user_data;

  quarry_log_count (self, self->channels->pdata[message->channel->id], message->log_ns);
  return TRUE;
}

gboolean
quarry_log_is_stopped (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
tell (QuarryLog *self, QuarryIssueLevel level, gint64 byte, const char *message)
{
  g_autofree char *place = byte >= 0 ? g_strdup_printf ("byte %" G_GINT64_FORMAT, byte) : NULL;

  if (g_hash_table_add (self->told, g_strdup_printf ("%" G_GINT64_FORMAT " %s", byte, message)))
    quarry_report_add (self->report, level, self->uri, place, "%s", message);
}

/**
 * quarry_log_issue:
 * @byte: in the log's file; −1 nowhere in particular
 */
void
quarry_log_issue (QuarryLog *self, QuarryIssueLevel level, gint64 byte, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tell (self, level, byte, message);
}

void
quarry_log_issue_error (QuarryLog *self, QuarryIssueLevel level, gint64 byte, const GError *failure)
{
  g_autofree char *place = g_strdup_printf ("byte %" G_GINT64_FORMAT ": ", byte);
  const char *message = failure->message;

  if (g_str_has_prefix (message, self->uri) && g_str_has_prefix (message + strlen (self->uri), ": "))
    message += strlen (self->uri) + 2;
  if (g_str_has_prefix (message, place))
    message += strlen (place);
  tell (self, level, byte, message);
}

gboolean
quarry_log_unpack_message (QuarryLog *self, const QuarryLogMessage *message, QuarryLogMessage *out_message, GBytes **out_bytes)
{
  static const guint8 magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
  g_autoptr(GError) error = NULL;
  gsize length = 0;

  *out_message = *message;
  *out_bytes = NULL;
  if (message->length < sizeof magic || memcmp (message->data, magic, sizeof magic) != 0)
    return TRUE;
  *out_bytes = quarry_codec_unpack (QUARRY_CODEC_ZSTD, message->data, message->length, &error);
  if (*out_bytes == NULL)
    {
      quarry_log_issue (self, QUARRY_ISSUE_SKIPPED, -1, "message of %s: %s", message->uri, error->message);
      return FALSE;
    }
  out_message->data = g_bytes_get_data (*out_bytes, &length);
  out_message->length = length;
  return TRUE;
}

static const QuarryLogFormat *
find_format (const guint8 *head, gsize length, const char *uri)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i]->probe (head, length, uri))
      return formats[i];
  return NULL;
}

/**
 * quarry_log_open_file:
 * @storage: (nullable): not needed for bytes in memory
 *
 * Returns: (transfer full) (nullable): NULL with an error that names the file
 */
QuarryLog *
quarry_log_open_file (QuarryStorage *storage, QuarryFile *file, QuarryReport *report, GCancellable *cancellable, GError **error)
{
  g_autoptr(QuarryLog) self = log_new (storage, quarry_file_get_uri (file), report);
  g_autoptr(GBytes) head = NULL;

  self->file = quarry_file_ref (file);
  head = quarry_file_read_bytes (file, 0, MIN (quarry_file_get_size (file), HEAD_BYTES), cancellable, error);
  if (head == NULL)
    return NULL;
  self->format = find_format (g_bytes_get_data (head, NULL), g_bytes_get_size (head), self->uri);
  if (self->format == NULL)
    {
      g_set_error (error, QUARRY_LOG_ERROR, QUARRY_LOG_ERROR_UNSUPPORTED,
                   "%s: %s", self->uri, g_bytes_get_size (head) == 0 ? "the file is empty" : "no log of a kind that is known");
      return NULL;
    }
  return self->format->open (self, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

/* Returns: (transfer full): what is to be opened for it, a compressed file being what is in it */
static char *
dup_inner_uri (const char *uri)
{
  return g_str_has_suffix (uri, ".zstd") || g_str_has_suffix (uri, ".zst") ? g_strconcat (uri, "#zstd", NULL) : g_strdup (uri);
}

QuarryLog *
quarry_log_open_part (QuarryStorage *storage, const char *uri, QuarryReport *report, GCancellable *cancellable, GError **error)
{
  g_autofree char *inner = dup_inner_uri (uri);
  g_autoptr(QuarryFile) file = quarry_container_open (storage, inner, cancellable, error);

  return file != NULL ? quarry_log_open_file (storage, file, report, cancellable, error) : NULL;
}

/* A folder, or its metadata.yaml. Returns: (transfer full) (nullable): the folder, NULL where @uri is neither */
static char *
dup_bag_folder (QuarryStorage *storage, const char *uri, GCancellable *cancellable)
{
  QuarryStorageKind kind = QUARRY_STORAGE_ABSENT;
  char *folder = NULL;

  if (g_str_has_suffix (uri, "/metadata.yaml"))
    return g_strndup (uri, strlen (uri) - strlen ("/metadata.yaml"));
  if (!quarry_storage_find (storage, uri, &kind, cancellable, NULL) || kind != QUARRY_STORAGE_FOLDER)
    return NULL;
  folder = g_strdup (uri);
  while (strlen (folder) > 1 && g_str_has_suffix (folder, "/"))
    folder[strlen (folder) - 1] = '\0';
  return folder;
}

/**
 * quarry_log_open:
 * @report: (nullable): what is damaged is told there
 *
 * Returns: (transfer full) (nullable): NULL with an error that names the file
 */
QuarryLog *
quarry_log_open (QuarryStorage *storage, const char *uri, QuarryReport *report, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = NULL;
  g_autoptr(QuarryLog) self = NULL;

  g_return_val_if_fail (QUARRY_IS_STORAGE (storage) && uri != NULL, NULL);

  folder = dup_bag_folder (storage, uri, cancellable);
  if (folder == NULL)
    return quarry_log_open_part (storage, uri, report, cancellable, error);
  self = log_new (storage, folder, report);
  self->format = &quarry_log_rosbag2;
  return self->format->open (self, cancellable, error) ? g_steal_pointer (&self) : NULL;
}

/* Any SQLite file begins like a bag: only its name tells that it is one. What is compressed is known by its name alone */
static int
probe_file (const char *path)
{
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryFile) file = quarry_storage_open (storage, path, NULL, NULL);
  g_autoptr(GBytes) head = NULL;
  const QuarryLogFormat *format = NULL;

  if (file == NULL)
    return 0;
  if (g_str_has_suffix (path, ".db3.zstd") || g_str_has_suffix (path, ".mcap.zstd"))
    return 90;
  head = quarry_file_read_bytes (file, 0, MIN (quarry_file_get_size (file), 4096), NULL, NULL);
  format = head != NULL ? find_format (g_bytes_get_data (head, NULL), g_bytes_get_size (head), path) : NULL;
  return format != NULL && (format != &quarry_log_db3 || g_str_has_suffix (path, ".db3")) ? 100 : 0;
}

int
quarry_log_probe (const char *path)
{
  g_autofree char *metadata = g_build_filename (path, "metadata.yaml", NULL);
  g_autofree char *text = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return probe_file (path);
  return g_file_test (metadata, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (metadata, &text, NULL, NULL) &&
         strstr (text, "rosbag2_bagfile_information") != NULL ? 100 : 0;
}

/**
 * quarry_log_scan:
 * @wanted: (nullable): one flag for each channel that was there at opening
 *
 * Returns: FALSE with @error; what is damaged is told in the report and is no error
 */
gboolean
quarry_log_scan (QuarryLog *self, const gboolean *wanted, QuarryLogFunc func, gpointer user_data,
                 QuarryOperation *operation, GError **error)
{
  g_return_val_if_fail (self != NULL && func != NULL, FALSE);

  return self->format->scan (self, wanted, func, user_data, operation, error);
}
