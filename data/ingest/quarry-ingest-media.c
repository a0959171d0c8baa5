/* quarry-ingest-media.c: media, calibrations and label sets for readers, and what is known already
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-ingest-private.h"
#include "quarry-cloud.h"
#include "quarry-image.h"

#include <string.h>

typedef struct
{
  QuarryId id;           /* of the calibration in the catalog */
  QuarryId sensor;
  double values[28]; /* pose, model, size, intrinsics, distortion: all that makes two calibrations
                        differ */
} Calibrated;

static guint
calibrated_hash (gconstpointer data)
{
  const Calibrated *self = data;
  guint hash = (guint) self->sensor;

  for (guint i = 0; i < G_N_ELEMENTS (self->values); i++)
    hash = hash * 31 + g_double_hash (&self->values[i]);
  return hash;
}

static gboolean
calibrated_equal (gconstpointer a, gconstpointer b)
{
  const Calibrated *x = a;
  const Calibrated *y = b;

  return x->sensor == y->sensor && memcmp (x->values, y->values, sizeof x->values) == 0;
}

static void
fill_values (const QuarryCalibration *calibration, double *out)
{
  const QuarryCamera *camera = &calibration->camera;

  memcpy (out, calibration->body_from_sensor.t, 3 * sizeof (double));
  memcpy (out + 3, calibration->body_from_sensor.q, 4 * sizeof (double));
  if (!calibration->has_camera)
    return;
  out[7] = 1 + (double) camera->model;
  out[8] = camera->width;
  out[9] = camera->height;
  out[10] = camera->fx;
  out[11] = camera->fy;
  out[12] = camera->cx;
  out[13] = camera->cy;
  out[14] = camera->skew;
  memcpy (out + 15, camera->k, sizeof camera->k);
}

/* Equal ones of a sensor are sent to the catalog once. Returns: the calibration's id, 0 on error */
QuarryId
quarry_ingest_calibration (QuarryIngest *self, QuarryId sensor,
                           const QuarryCalibration *calibration, GError **error)
{
  Calibrated key = { 0, sensor, { 0 } };
  const Calibrated *found = NULL;

  if (self->calibrations == NULL)
    self->calibrations = g_hash_table_new_full (calibrated_hash, calibrated_equal, NULL, g_free);
  fill_values (calibration, key.values);
  found = g_hash_table_lookup (self->calibrations, &key);
  if (found != NULL)
    return found->id;
  key.id = quarry_catalog_store_calibration (self->catalog, sensor, calibration, error);
  if (key.id != 0)
    {
      Calibrated *kept = g_memdup2 (&key, sizeof key);

      g_hash_table_insert (self->calibrations, kept, kept);
    }
  return key.id;
}

/* A set's name is unique in the catalog: another source's of the same name gets a number. Returns:
 * (transfer full) (nullable) */
static char *
find_set_name (QuarryIngest *self, GError **error)
{
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (self->catalog, error);
  char *name = g_strdup_printf ("%s labels", self->name);

  for (guint n = 2; sets != NULL; n++)
    {
      const QuarryAnnotationSet *taken = NULL;

      for (guint i = 0; i < sets->len && taken == NULL; i++)
        if (g_str_equal (((QuarryAnnotationSet *) sets->pdata[i])->name, name))
          taken = sets->pdata[i];
      if (taken == NULL || taken->source == self->source)
        return name;
      g_free (name);
      name = g_strdup_printf ("%s labels (%u)", self->name, n);
    }
  g_free (name);
  return NULL;
}

/* After the first scene. Returns: the set for the labels that this source holds, 0 on error */
QuarryId
quarry_ingest_label_set (QuarryIngest *self, GError **error)
{
  g_autofree char *name = NULL;

  g_assert (self->source != 0);
  if (self->set != 0)
    return self->set;
  name = find_set_name (self, error);
  if (name != NULL)
    self->set = quarry_catalog_store_set (self->catalog, name, "import", self->source, 0, error);
  return self->set;
}

static QuarryMedia *
new_media (QuarryId sensor, QuarryId calibration, const char *path, const char *format,
           gint64 stamp_ns)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->sensor = sensor;
  media->calibration_id = calibration;
  media->uri = g_strdup (path);
  media->length = -1;
  media->format = g_strdup (format);
  media->stamp_ns = stamp_ns;
  return media;
}

static gboolean
check_name (QuarryIngest *self, const char *path)
{
  if (g_utf8_validate (path, -1, NULL))
    return TRUE;
  quarry_ingest_skip (self, path, NULL, "the file's name is not UTF-8");
  return FALSE;
}

QuarryMedia *
quarry_ingest_image (QuarryIngest *self, QuarryId sensor, QuarryId calibration, const char *path,
                     gint64 stamp_ns)
{
  g_autoptr(GError) error = NULL;
  QuarryMedia *media = NULL;
  const char *format = NULL;
  int width = 0, height = 0;
  g_autoptr(QuarryFile) file = NULL;

  if (!check_name (self, path))
    return NULL;
  file = quarry_storage_open (quarry_ingest_get_storage (self), path, quarry_operation_get_cancellable (self->operation), &error);
  if (file == NULL || !quarry_image_read_size_file (file, 0, -1, NULL, &width, &height, &format, &error))
    {
      quarry_ingest_skip_error (self, path, error);
      return NULL;
    }
  media = new_media (sensor, calibration, path, format, stamp_ns);
  media->kind = QUARRY_SENSOR_CAMERA;
  media->width = width;
  media->height = height;
  return media;
}

QuarryMedia *
quarry_ingest_cloud (QuarryIngest *self, QuarryId sensor, QuarryId calibration, const char *path,
                     const char *format, gint64 stamp_ns)
{
  g_autoptr(GError) error = NULL;
  QuarryMedia *media = NULL;
  gint64 n_points = 0;

  if (!check_name (self, path))
    return NULL;
  if (!quarry_cloud_count (quarry_ingest_get_storage (self), path, format, &n_points, &error))
    {
      quarry_ingest_skip_error (self, path, error);
      return NULL;
    }
  media = new_media (sensor, calibration, path, format, stamp_ns);
  media->kind = QUARRY_SENSOR_LIDAR;
  media->n_points = n_points;
  return media;
}

QuarryMedia *
quarry_ingest_known_media (QuarryIngest *self, QuarryId sensor, const char *path)
{
  return new_media (sensor, 0, path, "", QUARRY_NO_TIME);
}

gboolean
quarry_ingest_is_known (QuarryIngest *self, QuarryId scene, const char *frame_key, guint n_media)
{
  gpointer found = NULL;

  if (self->known_scene != scene)
    {
      g_clear_pointer (&self->known, g_hash_table_unref);
      self->known = quarry_catalog_list_frame_keys (self->catalog, scene, NULL);
      self->known_scene = scene;
    }
  return self->known != NULL &&
         g_hash_table_lookup_extended (self->known, frame_key, NULL, &found) &&
         GPOINTER_TO_UINT (found) == n_media;
}

void
quarry_ingest_clear_lookups (QuarryIngest *self)
{
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_pointer (&self->folders, g_hash_table_unref);
  g_clear_pointer (&self->calibrations, g_hash_table_unref);
}
