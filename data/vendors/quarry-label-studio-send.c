/* quarry-label-studio-send.c: images and tasks up to a Label Studio project
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images go up first without becoming tasks; tasks that name them follow as JSON. Uploads and tasks are known again by our
 * own numbers in their names and data, never by their order.
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <string.h>

#define UPLOAD_FILES   20                    /* images a form; the server takes 100 */
#define UPLOAD_BYTES   ((gsize) 32 << 20)
#define IMPORT_POLLS   600
#define NEWEST_FIRST   "&query=%7B%22ordering%22%3A%5B%22-tasks%3Aid%22%5D%7D"      /* {"ordering":["-tasks:id"]} */

typedef struct
{
  QuarryLabelStudioClient *client;
  const char         *project;
  QuarryVendorSaved   saved;
  gpointer            data;
  QuarryReport       *report;
  GCancellable       *cancellable;
} Sending;

/* Returns: (transfer full): "q12-site-7_000012_cam_front.jpg": known by its number again, readable by people, kept as it is by the server */
static char *
make_file_name (const QuarryVendorItem *item, const char *ending)
{
  g_autofree char *name = g_strndup (item->name, 40);

  g_strcanon (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-", '_');
  return g_strdup_printf ("q%" G_GINT64_FORMAT "-%s%s", item->task->id, name, ending);
}

/* The server puts eight random digits in front of a name */
static gboolean
is_upload_of (const char *file, const QuarryVendorItem *item)
{
  g_autofree char *mark = g_strdup_printf ("q%" G_GINT64_FORMAT "-", item->task->id);
  const char *name = strrchr (file, '/');
  const char *found = strstr (name != NULL ? name : file, mark);

  return found != NULL && found > file && !g_ascii_isalnum (found[-1]);
}

/* @upload: what the server says about one uploaded file */
static void
note_upload (GPtrArray *items, json_t *upload)
{
  const char *file = json_string_value (json_object_get (upload, "file"));

  for (guint i = 0; file != NULL && i < items->len; i++)
    {
      QuarryVendorItem *item = items->pdata[i];

      if (is_upload_of (file, item))
        {
          g_free (item->task->upload);
          item->task->upload = g_str_has_prefix (file, "/") ? g_strdup (file) : g_strconcat ("/data/", file, NULL);
        }
    }
}

/* One request for all. Returns: FALSE with @error set; a server that has no such list is fine: then nothing is noted */
static gboolean
note_uploads_at_once (Sending *sending, json_t *ids, GPtrArray *items, GError **error)
{
  char *list = json_dumps (ids, JSON_COMPACT);
  g_autofree char *escaped = g_uri_escape_string (list, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/api/projects/%s/file-uploads?ids=%s", sending->project, escaped);
  g_autoptr(GError) local = NULL;
  g_autoptr(json_t) root = quarry_label_studio_get (sending->client, path, sending->cancellable, &local);
  gsize i = 0;
  json_t *upload = NULL;

  free (list);
  json_array_foreach (root, i, upload)
    note_upload (items, upload);
  if (root != NULL || g_error_matches (local, QUARRY_HTTP_ERROR, QUARRY_HTTP_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
note_uploads_one_by_one (Sending *sending, json_t *ids, GPtrArray *items, GError **error)
{
  gsize i = 0;
  json_t *id = NULL;

  json_array_foreach (ids, i, id)
    {
      g_autofree char *path = g_strdup_printf ("/api/import/file-upload/%" JSON_INTEGER_FORMAT, json_integer_value (id));
      g_autoptr(json_t) upload = quarry_label_studio_get (sending->client, path, sending->cancellable, error);

      if (upload == NULL)
        return FALSE;
      note_upload (items, upload);
    }
  return TRUE;
}

static const QuarryVendorItem *
find_without_upload (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (((QuarryVendorItem *) items->pdata[i])->task->upload == NULL)
      return items->pdata[i];
  return NULL;
}

/* Uploads the images of @items without making tasks of them */
static gboolean
upload (Sending *sending, GPtrArray *items, const QuarryHttpPart *parts, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/api/projects/%s/import?commit_to_project=false", sending->project);
  g_autoptr(json_t) root = quarry_label_studio_post_parts (sending->client, path, parts, items->len, sending->cancellable, error);
  json_t *ids = json_object_get (root, "file_upload_ids");
  const QuarryVendorItem *missing = NULL;

  if (root == NULL)
    return FALSE;
  if (!json_is_array (ids))
    {
      quarry_label_studio_set_answer_error (error, path, "answer has no list of uploads");
      return FALSE;
    }
  if (!note_uploads_at_once (sending, ids, items, error) ||
      (find_without_upload (items) != NULL && !note_uploads_one_by_one (sending, ids, items, error)))
    return FALSE;
  missing = find_without_upload (items);
  if (missing != NULL)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER, "%s: the server does not name the upload of '%s'", path, missing->name);
      return FALSE;
    }
  return sending->saved (sending->data, items, error);
}

static void
part_clear (gpointer data)
{
  QuarryHttpPart *part = data;

  g_free ((char *) part->name);
  g_free ((char *) part->file_name);
  g_bytes_unref (part->bytes);
}

/* A picture that cannot be read is left out and named; the others go */
static gboolean
add_part (Sending *sending, QuarryVendorItem *item, GArray *parts, gsize *size, GError **error)
{
  const char *ending = NULL;
  const char *type = NULL;
  g_autoptr(GError) local = NULL;
  GBytes *bytes = quarry_vendor_read_image (item->storage, item->media, &ending, &type, sending->cancellable, &local);
  QuarryHttpPart part = { NULL, NULL, NULL, bytes };

  if (bytes == NULL)
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      quarry_report_add (sending->report, QUARRY_ISSUE_SKIPPED, item->media->uri, NULL, "%s", local->message);
      g_free (item->task->error);
      item->task->error = g_strdup (local->message);
      g_free (item->task->state);
      item->task->state = g_strdup ("failed");
      return TRUE;
    }
  part.name = g_strdup_printf ("file%u", parts->len);      /* of equal names the server keeps the last only */
  part.file_name = make_file_name (item, ending);
  part.type = type;
  *size += g_bytes_get_size (bytes);
  g_array_append_val (parts, part);
  return TRUE;
}

static gboolean
upload_images (Sending *sending, GPtrArray *items, GError **error)
{
  for (guint i = 0; i < items->len; )
    {
      g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryHttpPart));
      g_autoptr(GPtrArray) group = g_ptr_array_new ();
      g_autoptr(GPtrArray) failed = g_ptr_array_new ();
      gsize size = 0;

      g_array_set_clear_func (parts, part_clear);
      for (; i < items->len && parts->len < UPLOAD_FILES && size < UPLOAD_BYTES; i++)
        {
          QuarryVendorItem *item = items->pdata[i];
          const guint before = parts->len;

          if (item->task->upload != NULL)
            continue;
          if (!add_part (sending, item, parts, &size, error))
            return FALSE;
          g_ptr_array_add (parts->len > before ? group : failed, item);
        }
      if (group->len > 0 && !upload (sending, group, (const QuarryHttpPart *) (gpointer) parts->data, error))
        return FALSE;
      if (failed->len > 0 && !sending->saved (sending->data, failed, error))
        return FALSE;
    }
  return TRUE;
}

/* Editions that import in the background answer with a number to ask for */
static gboolean
wait_for_import (Sending *sending, json_int_t import, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/api/projects/%s/imports/%" JSON_INTEGER_FORMAT "/", sending->project, import);

  for (int i = 0; i < IMPORT_POLLS; i++)
    {
      g_autoptr(json_t) root = quarry_label_studio_get (sending->client, path, sending->cancellable, error);
      const char *status = json_string_value (json_object_get (root, "status"));
      const char *reason = json_string_value (json_object_get (root, "error"));

      if (root == NULL)
        return FALSE;
      if (g_strcmp0 (status, "completed") == 0)
        return TRUE;
      if (g_strcmp0 (status, "failed") == 0)
        {
          g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_FAILED, "%s: the import failed: %s", path, reason != NULL ? reason : "no reason given");
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (sending->cancellable, error))
        return FALSE;
      g_usleep (MIN (100000 * (i + 1), G_USEC_PER_SEC));
    }
  quarry_label_studio_set_answer_error (error, path, "the import does not come to an end");
  return FALSE;
}

/* Labels that the server does not take it drops without a word: then this task of its list has no prediction */
static void
check_labels (Sending *sending, const QuarryVendorItem *item, json_t *sent, json_t *listed)
{
  json_t *n = json_object_get (listed, "total_predictions");

  if (json_object_get (sent, "predictions") != NULL && json_is_integer (n) && json_integer_value (n) == 0)
    quarry_report_add (sending->report, QUARRY_ISSUE_LOSS, item->name, NULL, "the server has not taken the labels that were sent along");
}

/* The ids of what was just made, by key: the newest tasks of the project. What is not among them the next survey finds. */
static gboolean
note_ids (Sending *sending, GPtrArray *items, json_t *sent, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/api/tasks?project=%s&fields=task_only&resolve_uri=false&page=1&page_size=%u%s",
                                           sending->project, items->len, NEWEST_FIRST);
  g_autoptr(json_t) root = quarry_label_studio_get (sending->client, path, sending->cancellable, error);
  g_autoptr(GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);      /* key → task, borrowed from @root */
  gsize i = 0;
  json_t *task = NULL;

  if (root == NULL)
    return FALSE;
  json_array_foreach (json_object_get (root, "tasks"), i, task)
    {
      const char *key = json_string_value (json_object_get (json_object_get (task, "data"), QUARRY_LS_KEY));

      if (key != NULL && json_is_integer (json_object_get (task, "id")))
        g_hash_table_insert (listed, (gpointer) key, task);
    }
  for (guint n = 0; n < items->len; n++)
    {
      QuarryVendorItem *item = items->pdata[n];

      task = g_hash_table_lookup (listed, item->task->key);
      g_free (item->task->external_id);
      item->task->external_id = task != NULL ? g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (json_object_get (task, "id"))) : NULL;
      if (task != NULL)
        check_labels (sending, item, json_array_get (sent, n), task);
      g_clear_pointer (&item->task->error, g_free);
    }
  return sending->saved (sending->data, items, error);
}

/**
 * quarry_label_studio_send:
 * @items: QuarryVendorItem; those with an upload are not uploaded again
 *
 * See send in QuarryVendorInterface
 */
gboolean
quarry_label_studio_send (QuarryLabelStudioClient *client,
                   const char         *project,
                   GPtrArray          *items,
                   QuarryVendorSaved   saved,
                   gpointer            data,
                   QuarryReport       *report,
                   GCancellable       *cancellable,
                   GError            **error)
{
  Sending sending = { client, project, saved, data, report, cancellable };
  g_autofree char *path = g_strdup_printf ("/api/projects/%s/import", project);
  g_autoptr(GPtrArray) ready = g_ptr_array_new ();
  g_autoptr(json_t) tasks = json_array ();
  g_autoptr(json_t) root = NULL;

  if (!upload_images (&sending, items, error))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      QuarryVendorItem *item = items->pdata[i];

      if (item->task->upload != NULL)
        {
          json_array_append_new (tasks, quarry_label_studio_make_task (item, report));
          g_ptr_array_add (ready, item);
        }
    }
  if (ready->len == 0)
    return TRUE;
  root = quarry_label_studio_post (sending.client, path, tasks, cancellable, error);
  if (root == NULL)
    return FALSE;
  if (json_is_integer (json_object_get (root, "import")) &&
      !wait_for_import (&sending, json_integer_value (json_object_get (root, "import")), error))
    return FALSE;
  return note_ids (&sending, ready, tasks, error);
}
