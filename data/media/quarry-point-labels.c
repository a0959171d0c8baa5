/* quarry-point-labels.c: files with a class and an instance for each point of a cloud
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-point-labels.h"

const char quarry_semantickitti_names[] =
  "{\"0\":\"unlabeled\",\"1\":\"outlier\",\"10\":\"car\",\"11\":\"bicycle\",\"13\":\"bus\",\"15\":\"motorcycle\",\"16\":\"on-rails\","
  "\"18\":\"truck\",\"20\":\"other-vehicle\",\"30\":\"person\",\"31\":\"bicyclist\",\"32\":\"motorcyclist\",\"40\":\"road\",\"44\":\"parking\","
  "\"48\":\"sidewalk\",\"49\":\"other-ground\",\"50\":\"building\",\"51\":\"fence\",\"52\":\"other-structure\",\"60\":\"lane-marking\","
  "\"70\":\"vegetation\",\"71\":\"trunk\",\"72\":\"terrain\",\"80\":\"pole\",\"81\":\"traffic-sign\",\"99\":\"other-object\","
  "\"252\":\"moving-car\",\"253\":\"moving-bicyclist\",\"254\":\"moving-person\",\"255\":\"moving-motorcyclist\",\"256\":\"moving-on-rails\","
  "\"257\":\"moving-bus\",\"258\":\"moving-truck\",\"259\":\"moving-other-vehicle\"}";

gsize
quarry_point_labels_size (const char *format)
{
  return g_str_equal (format, "semantickitti") ? 4 : g_str_equal (format, "nuscenes-lidarseg") ? 1 : 0;
}

/**
 * quarry_point_labels_decode:
 *
 * Returns: (transfer full) (nullable): NULL where the file has not one value for each of @n_points
 */
QuarryPointClasses *
quarry_point_labels_decode (GBytes *bytes, const char *format, gint64 n_points, const char *name, GError **error)
{
  const gsize size = quarry_point_labels_size (format);
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  QuarryPointClasses *self = NULL;

  if (size == 0)
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_UNSUPPORTED, "%s: point labels of the unknown format '%s'", name, format);
      return NULL;
    }
  if (length % size != 0 || (n_points >= 0 && length / size != (guint64) n_points))
    {
      g_set_error (error, QUARRY_MEDIA_ERROR, QUARRY_MEDIA_ERROR_BROKEN,
                   "%s: %" G_GSIZE_FORMAT " bytes, where each of %" G_GINT64_FORMAT " points has %" G_GSIZE_FORMAT, name, length,
                   n_points, size);
      return NULL;
    }
  self = g_new0 (QuarryPointClasses, 1);
  self->n = length / size;
  self->classes = g_new (guint16, self->n);
  self->instances = size == 4 ? g_new (guint16, self->n) : NULL;
  for (gsize i = 0; i < self->n; i++)
    {
      const guint8 *at = data + size * i;

      self->classes[i] = size == 4 ? (guint16) (at[0] | at[1] << 8) : at[0];
      if (size == 4)
        self->instances[i] = (guint16) (at[2] | at[3] << 8);
    }
  return self;
}

void
quarry_point_classes_free (QuarryPointClasses *self)
{
  if (self == NULL)
    return;
  g_free (self->classes);
  g_free (self->instances);
  g_free (self);
}
