/* quarry-s3-upload.c: files of this machine to S3, large ones in parts
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An upload in parts that was cut off stays on the server and is found there by the next try: a part that is there already
 * (its ETag is the MD5 of ours) is not sent again. Where parts have other ETags (KMS) none is known, and all are sent. What nobody takes up
 * again costs storage until a lifecycle rule of the bucket (AbortIncompleteMultipartUpload) removes it.
 */

#include "config.h"
#include "quarry-s3-private.h"
#include "quarry-s3-xml.h"
#include "quarry-storage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHOLE       (G_GINT64_CONSTANT (16) << 20)     /* up to here in one request */
#define PART        (G_GINT64_CONSTANT (8) << 20)
#define MAX_PARTS   10000
#define MAX_OBJECT  (G_GINT64_CONSTANT (5) << 40)
#define PARALLEL    4
#define COMPLETIONS 3

typedef struct
{
  QuarryS3     *s3;
  const char   *bucket, *key, *path;
  int           fd;
  struct stat   before;
  gint64        size, part_size;
  guint         n_parts;
  char         *id;
  GCancellable *cancellable;      /* the caller's, nullable */
  GMutex        lock;             /* of what follows */
  guint         next;             /* part to be done, from 0 */
  char        **etags;            /* of the parts that are there */
  GArray       *there;            /* QuarryS3Part of an earlier try; nullable */
  GError       *error;            /* the first */
} Upload;

static gboolean
fail_errno (GError **error, const char *what, const char *path)
{
  const int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "cannot %s '%s': %s", what, path, g_strerror (code));
  return FALSE;
}

static GBytes *
read_part (const Upload *self, gint64 offset, gint64 length, GError **error)
{
  g_autofree guint8 *data = g_malloc ((gsize) MAX (length, 1));
  gint64 done = 0;

  while (done < length)
    {
      const gssize n = pread (self->fd, data + done, (gsize) (length - done), offset + done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          fail_errno (error, "read", self->path);
          return NULL;
        }
      if (n == 0)
        {
          g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED, "%s: byte %" G_GINT64_FORMAT ": the file became shorter",
                       self->path, offset + done);
          return NULL;
        }
      done += n;
    }
  return g_bytes_new_take (g_steal_pointer (&data), (gsize) length);
}

/* Returns: (transfer full) (nullable): the ETag */
static char *
send_part (Upload *self, guint number, GBytes *bytes, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  const char *query[] = { "partNumber", text, "uploadId", self->id, NULL };
  const QuarrySigv4Header headers[] = { { "content-type", "application/octet-stream" } };
  const QuarryS3Call call = { .method = "PUT", .bucket = self->bucket, .key = self->key, .query = query, .headers = headers, .n_headers = 1, .body = bytes };
  g_auto(QuarryHttpReply) reply = { 0 };
  const char *etag = NULL;

  if (!quarry_s3_call (self->s3, &call, self->cancellable, &reply, error))
    return NULL;
  etag = g_hash_table_lookup (reply.headers, "etag");
  if (etag == NULL)
    g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "s3://%s/%s: part %u got no ETag", self->bucket, self->key, number);
  return g_strdup (etag);
}

/* Returns: (transfer full) (nullable): the ETag of an equal part that is there */
static char *
find_part (Upload *self, guint number, GBytes *bytes)
{
  const QuarryS3Part *part = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *etag = NULL;

  for (guint i = 0; self->there != NULL && i < self->there->len && part == NULL; i++)
    if (g_array_index (self->there, QuarryS3Part, i).number == number)
      part = &g_array_index (self->there, QuarryS3Part, i);
  if (part == NULL || part->size != (gint64) g_bytes_get_size (bytes))
    return NULL;
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, bytes);
  etag = g_strdup (part->etag);
  g_strdelimit (etag, "\"", ' ');
  return g_str_equal (g_strstrip (etag), sum) ? g_strdup (part->etag) : NULL;
}

static gpointer
send_parts (gpointer data)
{
  Upload *self = data;

  for (;;)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = NULL;
      char *etag = NULL;
      guint i = 0;
      gint64 offset = 0;

      g_mutex_lock (&self->lock);
      i = self->error == NULL ? self->next++ : self->n_parts;
      g_mutex_unlock (&self->lock);
      if (i >= self->n_parts)
        return NULL;
      offset = (gint64) i * self->part_size;
      bytes = read_part (self, offset, MIN (self->part_size, self->size - offset), &error);
      if (bytes != NULL && (etag = find_part (self, i + 1, bytes)) == NULL)
        etag = send_part (self, i + 1, bytes, &error);
      g_mutex_lock (&self->lock);
      self->etags[i] = etag;
      if (error != NULL && self->error == NULL)
        self->error = g_steal_pointer (&error);
      g_mutex_unlock (&self->lock);
    }
}

static void
clear_part (gpointer data)
{
  g_free (((QuarryS3Part *) data)->etag);
}

/* The parts of an earlier try. Returns: FALSE where it is of no use: its parts are of another size */
static gboolean
list_parts (Upload *self, const char *id)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryS3Part));
  gboolean more = TRUE;

  g_array_set_clear_func (parts, clear_part);
  while (more)
    {
      g_autofree char *marker = g_strdup_printf ("%u", parts->len > 0 ? g_array_index (parts, QuarryS3Part, parts->len - 1).number : 0);
      const char *query[] = { "part-number-marker", marker, "uploadId", id, NULL };
      const QuarryS3Call call = { .method = "GET", .bucket = self->bucket, .key = self->key, .query = query };
      g_auto(QuarryHttpReply) reply = { 0 };
      const guint before = parts->len;

      if (!quarry_s3_call (self->s3, &call, self->cancellable, &reply, NULL) || !quarry_s3_parts_parse (reply.body, parts, &more, NULL))
        return FALSE;
      if (parts->len == before)
        break;
    }
  for (guint i = 0; i < parts->len; i++)
    {
      const QuarryS3Part *part = &g_array_index (parts, QuarryS3Part, i);
      const gint64 offset = ((gint64) part->number - 1) * self->part_size;

      if (part->number < 1 || part->number > self->n_parts || part->size != MIN (self->part_size, self->size - offset))
        return FALSE;
    }
  self->there = g_steal_pointer (&parts);
  return TRUE;
}

/* An earlier try's, or a new one */
static gboolean
begin (Upload *self, GError **error)
{
  const char *list[] = { "prefix", self->key, "uploads", "", NULL };
  const QuarryS3Call find = { .method = "GET", .bucket = self->bucket, .key = "", .query = list };
  const QuarrySigv4Header headers[] = { { "content-type", "application/octet-stream" } };
  const QuarryS3Call create = { .method = "POST", .bucket = self->bucket, .key = self->key, .query = (const char *[]) { "uploads", "", NULL },
                                .headers = headers, .n_headers = 1 };
  g_auto(QuarryHttpReply) found = { 0 };
  g_auto(QuarryHttpReply) created = { 0 };
  g_autofree char *earlier = NULL;

  if (quarry_s3_call (self->s3, &find, self->cancellable, &found, NULL))       /* not every login may list them: then without */
    earlier = quarry_s3_find_upload (found.body, self->key);
  if (earlier != NULL && list_parts (self, earlier))
    {
      self->id = g_steal_pointer (&earlier);
      return TRUE;
    }
  if (!quarry_s3_call (self->s3, &create, self->cancellable, &created, error))
    return FALSE;
  self->id = quarry_s3_upload_id_parse (created.body, error);
  if (self->id == NULL)
    g_prefix_error (error, "s3://%s/%s: ", self->bucket, self->key);
  return self->id != NULL;
}

/* An answer that was lost: the parts are gone because they have become the object */
static gboolean
is_complete (Upload *self)
{
  g_auto(QuarryS3Object) object = { 0 };
  g_autofree char *ending = g_strdup_printf ("-%u", self->n_parts);

  return quarry_s3_head (self->s3, self->bucket, self->key, &object, self->cancellable, NULL) && object.size == self->size &&
         strstr (object.etag, ending) != NULL;
}

/* The answer begins with 200 before the work is done, and may end in an error */
static gboolean
complete (Upload *self, GError **error)
{
  const char *query[] = { "uploadId", self->id, NULL };
  const QuarrySigv4Header headers[] = { { "content-type", "application/xml" } };
  g_autoptr(GString) xml = g_string_new ("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
  g_autoptr(GBytes) body = NULL;

  for (guint i = 0; i < self->n_parts; i++)
    {
      g_autofree char *etag = g_markup_escape_text (self->etags[i], -1);

      g_string_append_printf (xml, "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag></Part>", i + 1, etag);
    }
  g_string_append (xml, "</CompleteMultipartUpload>");
  body = g_bytes_new (xml->str, xml->len);
  for (guint n = 1; ; n++)
    {
      const QuarryS3Call call = { .method = "POST", .bucket = self->bucket, .key = self->key, .query = query, .headers = headers, .n_headers = 1,
                                  .body = body };
      g_auto(QuarryHttpReply) reply = { 0 };
      g_auto(QuarryS3Trouble) trouble = { 0 };
      g_autoptr(GError) local = NULL;

      if (!quarry_s3_call (self->s3, &call, self->cancellable, &reply, &local))
        {
          if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && is_complete (self))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (!quarry_s3_trouble_parse (reply.body, &trouble))
        return TRUE;
      if (n < COMPLETIONS && g_str_equal (trouble.code, "InternalError"))
        continue;
      g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "s3://%s/%s: the parts could not be put together: %s (%s)",
                   self->bucket, self->key, trouble.message, trouble.code);
      return FALSE;
    }
}

static gboolean
check_unchanged (Upload *self, GError **error)
{
  struct stat now;

  if (fstat (self->fd, &now) != 0)
    return fail_errno (error, "read", self->path);
  if (now.st_size == self->before.st_size && now.st_mtim.tv_sec == self->before.st_mtim.tv_sec && now.st_mtim.tv_nsec == self->before.st_mtim.tv_nsec)
    return TRUE;
  g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_CHANGED, "'%s' was changed while it was sent: try again", self->path);
  return FALSE;
}

static gboolean
send_in_parts (Upload *self, GError **error)
{
  GThread *threads[PARALLEL] = { NULL };
  const gint64 least = (self->size + MAX_PARTS - 1) / MAX_PARTS;
  gboolean done = FALSE;

  self->part_size = MAX (PART, (least + (1 << 20) - 1) >> 20 << 20);
  self->n_parts = (guint) ((self->size + self->part_size - 1) / self->part_size);
  self->etags = g_new0 (char *, self->n_parts + 1);
  g_mutex_init (&self->lock);
  if (begin (self, error))
    {
      for (guint i = 0; i < MIN (PARALLEL, self->n_parts); i++)
        threads[i] = g_thread_new ("s3-upload", send_parts, self);
      for (guint i = 0; i < PARALLEL; i++)
        if (threads[i] != NULL)
          g_thread_join (threads[i]);
      if (self->error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->error));
      else
        done = check_unchanged (self, error) && complete (self, error);
    }
  for (guint i = 0; i < self->n_parts; i++)
    g_free (self->etags[i]);
  g_free (self->etags);
  g_free (self->id);
  g_clear_pointer (&self->there, g_array_unref);
  g_mutex_clear (&self->lock);
  return done;
}

gboolean
quarry_s3_upload (QuarryS3 *self, const char *bucket, const char *key, const char *path, GCancellable *cancellable, GError **error)
{
  Upload upload = { .s3 = self, .bucket = bucket, .key = key, .path = path, .cancellable = cancellable };
  g_autoptr(GBytes) bytes = NULL;
  gboolean done = FALSE;

  upload.fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (upload.fd < 0)
    return fail_errno (error, "read", path);
  if (fstat (upload.fd, &upload.before) != 0)
    fail_errno (error, "read", path);
  else if (!S_ISREG (upload.before.st_mode))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "cannot read '%s': no regular file", path);
  else if ((upload.size = upload.before.st_size) > MAX_OBJECT)
    g_set_error (error, QUARRY_STORAGE_ERROR, QUARRY_STORAGE_ERROR_FAILED, "'%s' is larger than an object may be (5 TiB)", path);
  else if (upload.size > WHOLE)
    done = send_in_parts (&upload, error);
  else
    {
      bytes = read_part (&upload, 0, upload.size, error);
      done = bytes != NULL && check_unchanged (&upload, error) && quarry_s3_put (self, bucket, key, bytes, cancellable, error);
    }
  close (upload.fd);
  return done;
}
