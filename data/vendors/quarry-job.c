/* quarry-job.c: the manifest of a job, the items made from its ledger, and who may work on it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-job.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

void
quarry_manifest_free (QuarryManifest *self)
{
  g_free (self->text);
  g_free (self->hash);
  g_clear_pointer (&self->media, g_array_unref);
  g_free (self);
}

typedef struct
{
  QuarryCatalog           *catalog;
  const QuarryPushRequest *request;
  guint                    kinds;
  json_t                  *items;
  GArray                  *media;
  guint64                  lost[QUARRY_N_ANNOTATION_KINDS];
} Builder;

/* Two labels that differ in anything that is sent have different digests */
static char *
digest_label (const QuarryAnnotation *annotation)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *attributes = annotation->attributes != NULL ? annotation->attributes : "{}";

  g_checksum_update (sum, (const guchar *) annotation->geometry, (gssize) (annotation->n_geometry * sizeof (double)));
  g_checksum_update (sum, (const guchar *) attributes, -1);
  return g_strndup (g_checksum_get_string (sum), 16);
}

static gboolean
is_carried (const QuarryAnnotation *annotation, guint kinds)
{
  return annotation->media != 0 && (kinds & (1u << annotation->kind)) != 0;
}

static json_t *
labels_of (GPtrArray *annotations, QuarryId media, guint kinds)
{
  json_t *labels = json_array ();

  for (guint i = 0; annotations != NULL && i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];
      g_autofree char *digest = NULL;

      if (annotation->media != media || !is_carried (annotation, kinds))
        continue;
      digest = digest_label (annotation);
      json_array_append_new (labels, json_pack ("[ssss]", annotation->external_id, quarry_annotation_kind_name (annotation->kind),
                                                annotation->class_name, digest));
    }
  return labels;
}

static void
count_lost (Builder *self, GPtrArray *annotations)
{
  for (guint i = 0; annotations != NULL && i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];

      if (!is_carried (annotation, self->kinds))
        self->lost[annotation->kind]++;
    }
}

static gboolean
is_wanted (const Builder *self, const QuarryMedia *media)
{
  return media->kind == QUARRY_SENSOR_CAMERA &&
         (self->request->sensors == NULL || self->request->sensors[0] == NULL ||
          g_strv_contains ((const char * const *) self->request->sensors, media->sensor_name));
}

static gboolean
add_frame (Builder *self, QuarryId id, GError **error)
{
  g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (self->catalog, id, error);
  g_autoptr(GPtrArray) media = frame != NULL ? quarry_catalog_list_media (self->catalog, id, error) : NULL;
  g_autoptr(GPtrArray) annotations = NULL;

  if (media == NULL)
    return FALSE;
  if (self->request->set != 0)
    {
      annotations = quarry_catalog_list_annotations (self->catalog, id, self->request->set, error);
      if (annotations == NULL)
        return FALSE;
    }
  count_lost (self, annotations);
  for (guint i = 0; i < media->len; i++)
    {
      const QuarryMedia *one = media->pdata[i];

      if (!is_wanted (self, one))
        continue;
      g_array_append_val (self->media, one->id);
      json_array_append_new (self->items, json_pack ("{sI ss ss sI ss ss sI sI so}",
        "frame", (json_int_t) id, "scene", frame->scene_name, "frame_key", frame->key, "media", (json_int_t) one->id,
        "sensor", one->sensor_name, "uri", one->uri, "offset", (json_int_t) one->offset, "length", (json_int_t) one->length,
        "labels", labels_of (annotations, one->id, self->kinds)));
    }
  return TRUE;
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const QuarryId x = *(const QuarryId *) a;
  const QuarryId y = *(const QuarryId *) b;

  return x < y ? -1 : x > y;
}

/* Returns: (transfer full): ascending without repeats, so that the order of a selection makes no other manifest */
static GArray *
sorted_frames (const GArray *frames)
{
  GArray *sorted = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  guint n = 0;

  g_array_append_vals (sorted, frames->data, frames->len);
  g_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    if (n == 0 || g_array_index (sorted, QuarryId, n - 1) != g_array_index (sorted, QuarryId, i))
      g_array_index (sorted, QuarryId, n++) = g_array_index (sorted, QuarryId, i);
  g_array_set_size (sorted, n);
  return sorted;
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer unused)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

static json_t *
sensors_json (char **sensors)
{
  const guint n = sensors != NULL ? g_strv_length (sensors) : 0;
  g_autofree char **sorted = g_memdup2 (sensors, n * sizeof *sensors);
  json_t *list = n > 0 ? json_array () : json_null ();

  if (n > 1)
    g_qsort_with_data (sorted, (gint) n, sizeof *sorted, compare_names, NULL);
  for (guint i = 0; i < n; i++)
    json_array_append_new (list, json_string (sorted[i]));
  return list;
}

static void
report_lost (const Builder *self, const char *vendor_name, QuarryReport *report)
{
  for (guint kind = 0; kind < QUARRY_N_ANNOTATION_KINDS; kind++)
    if (self->lost[kind] > 0 && (self->kinds & (1u << kind)) == 0)
      quarry_report_add (report, QUARRY_ISSUE_LOSS, "labels", NULL, "%" G_GUINT64_FORMAT " of kind %s are not sent: %s has no such kind",
                         self->lost[kind], quarry_annotation_kind_name (kind), vendor_name);
    else if (self->lost[kind] > 0)
      quarry_report_add (report, QUARRY_ISSUE_LOSS, "labels", NULL,
                         "%" G_GUINT64_FORMAT " of kind %s are not sent: they belong to a frame, not to one of its images",
                         self->lost[kind], quarry_annotation_kind_name (kind));
}

/**
 * quarry_manifest_new:
 * @kinds: what the vendor can carry; the rest is reported as lost
 *
 * Returns: (transfer full): what to send; NULL with @error where there is nothing to send
 */
QuarryManifest *
quarry_manifest_new (QuarryCatalog            *catalog,
                     const QuarryAccount      *account,
                     const QuarryPushRequest  *request,
                     guint                     kinds,
                     const char               *vendor_name,
                     QuarryOperation          *operation,
                     GError                  **error)
{
  g_autoptr(QuarryManifest) self = g_new0 (QuarryManifest, 1);
  g_autoptr(GArray) frames = sorted_frames (request->frames);
  g_autoptr(json_t) root = json_pack ("{si ss so sI so so}", "version", 1, "vendor", account->vendor,
                                      "name", request->job_name != NULL ? json_string (request->job_name) : json_null (),
                                      "set", (json_int_t) request->set, "sensors", sensors_json (request->sensors), "items", json_array ());
  Builder builder = { catalog, request, kinds, json_object_get (root, "items"), NULL, { 0 } };
  char *text = NULL;

  self->media = builder.media = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  self->n_frames = frames->len;
  for (guint i = 0; i < frames->len; i++)
    if (quarry_operation_is_cancelled (operation, error) || !add_frame (&builder, g_array_index (frames, QuarryId, i), error))
      return NULL;
  if (self->media->len == 0)
    {
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_NOT_FOUND, "nothing to send: %u frames have no image%s", frames->len,
                   request->sensors != NULL ? " of these sensors" : "");
      return NULL;
    }
  report_lost (&builder, vendor_name, quarry_operation_get_report (operation));
  text = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
  self->text = g_strdup (text);
  free (text);
  self->hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, self->text, -1);
  return g_steal_pointer (&self);
}

static QuarryVendorItem *
make_item (QuarryCatalog *catalog, const QuarryTask *task, QuarryId set, guint kinds, GError **error)
{
  QuarryVendorItem *item = quarry_vendor_item_new ();
  g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (catalog, task->frame, error);
  g_autoptr(GPtrArray) annotations = NULL;

  item->media = frame != NULL ? quarry_catalog_get_media (catalog, task->media, error) : NULL;
  if (item->media != NULL && set != 0)
    annotations = quarry_catalog_list_annotations (catalog, task->frame, set, error);
  if (item->media == NULL || (set != 0 && annotations == NULL))
    {
      quarry_vendor_item_free (item);
      return NULL;
    }
  item->storage = quarry_catalog_get_storage (catalog);
  item->scene_name = g_strdup (frame->scene_name);
  item->frame_key = g_strdup (frame->key);
  item->name = g_strdup_printf ("%s %s %s", frame->scene_name, frame->key, item->media->sensor_name);
  for (guint i = 0; annotations != NULL && i < annotations->len; i++)
    {
      const QuarryAnnotation *annotation = annotations->pdata[i];

      if (annotation->media == task->media && is_carried (annotation, kinds))
        g_ptr_array_add (item->annotations, quarry_annotation_copy (annotation));
    }
  return item;
}

static QuarryTask *
copy_task (const QuarryTask *task)
{
  QuarryTask *copy = g_memdup2 (task, sizeof *task);

  copy->key = g_strdup (task->key);
  copy->upload = g_strdup (task->upload);
  copy->external_id = g_strdup (task->external_id);
  copy->state = g_strdup (task->state);
  copy->error = g_strdup (task->error);
  return copy;
}

/**
 * quarry_job_make_items:
 * @from: first of @tasks, @to: one past the last
 * @set: whose labels go along; 0 none
 *
 * Returns: (transfer full): QuarryVendorItem; each has its own copy of the task
 */
GPtrArray *
quarry_job_make_items (QuarryCatalog  *catalog,
                       GPtrArray      *tasks,
                       guint           from,
                       guint           to,
                       QuarryId        set,
                       guint           kinds,
                       GError        **error)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_vendor_item_free);

  for (guint i = from; i < to; i++)
    {
      QuarryVendorItem *item = make_item (catalog, tasks->pdata[i], set, kinds, error);

      if (item == NULL)
        return NULL;
      item->task = copy_task (tasks->pdata[i]);
      g_ptr_array_add (items, item);
    }
  return g_steal_pointer (&items);
}

/**
 * quarry_job_lock:
 *
 * Two pushes of one job at once would each see what the other has not sent yet. The lock goes with the process,
 * however that ends. Returns: a file descriptor to close, −1 with @error where somebody else works on the job
 */
int
quarry_job_lock (QuarryCatalog *catalog, QuarryId job, GError **error)
{
  g_autofree char *real = realpath (quarry_catalog_get_path (catalog), NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, real != NULL ? real : quarry_catalog_get_path (catalog), -1);
  g_autofree char *name = g_strdup_printf ("quarry-%.16s-job-%" G_GINT64_FORMAT ".lock", hash, job);
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), name, NULL);
  int fd = -1;

  g_mkdir_with_parents (g_get_user_runtime_dir (), 0700);
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "cannot open '%s': %s", path, g_strerror (errno));
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      g_set_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_FAILED,
                   "job %" G_GINT64_FORMAT " is being pushed or pulled elsewhere at this moment", job);
      return -1;
    }
  return fd;
}

QuarryVendor *
quarry_job_open_vendor (const QuarryAccount *account, GCancellable *cancellable, GError **error)
{
  g_autofree char *secret = quarry_secret_lookup (account->name, cancellable, error);

  return secret != NULL ? quarry_vendor_new (account, secret, error) : NULL;
}
