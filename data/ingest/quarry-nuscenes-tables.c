/* quarry-nuscenes-tables.c: the small tables of nuScenes, and what reading any of them takes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-nuscenes.h"
#include "quarry-json-file.h"
#include "quarry-json-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Of one table so many bad rows are told one by one */
#define MAX_TOLD 50
#define CHECK_ROWS 4096

QuarryNuscenesToken
quarry_nuscenes_token (const char *text)
{
  const XXH128_hash_t hash = XXH3_128bits (text, strlen (text));

  return (QuarryNuscenesToken) { hash.high64, hash.low64 };
}

static int
compare_tokens (gconstpointer a, gconstpointer b)
{
  const QuarryNuscenesToken *x = a;
  const QuarryNuscenesToken *y = b;

  if (x->high != y->high)
    return x->high < y->high ? -1 : 1;
  return (x->low > y->low) - (x->low < y->low);
}

void
quarry_nuscenes_sort (GArray *table)
{
  g_array_sort (table, compare_tokens);
}

gint32
quarry_nuscenes_find_token (GArray *table, const QuarryNuscenesToken *token)
{
  const gsize size = g_array_get_element_size (table);
  const char *found = table->len > 0 ? bsearch (token, table->data, table->len, size, compare_tokens) : NULL;

  return found != NULL ? (gint32) ((gsize) (found - table->data) / size) : -1;
}

gint32
quarry_nuscenes_find (GArray *table, const char *token)
{
  const QuarryNuscenesToken key = token != NULL ? quarry_nuscenes_token (token) : (QuarryNuscenesToken) { 0, 0 };

  return token != NULL ? quarry_nuscenes_find_token (table, &key) : -1;
}

const char *
quarry_nuscenes_text (gconstpointer row, const char *key)
{
  return json_string_value (json_object_get ((const json_t *) row, key));
}

/* nuScenes writes whole microseconds, Lyft fractions of them */
gboolean
quarry_nuscenes_stamp (gconstpointer row, gint64 *out_ns)
{
  const json_t *value = json_object_get ((const json_t *) row, "timestamp");
  const double us = json_number_value (value);

  if (!json_is_number (value) || !(us > -9e15 && us < 9e15))
    return FALSE;
  *out_ns = json_is_integer (value) ? json_integer_value (value) * 1000
                                    : (gint64) floor (us) * 1000 + llround ((us - floor (us)) * 1000);
  return TRUE;
}

/**
 * quarry_nuscenes_walk:
 * @table: "sample_data"
 * @needed: nothing can be read without it
 * @read: called for each row
 *
 * A table that is missing or damaged is reported, and what was read of it stays.
 *
 * Returns: FALSE with @error where it is needed and cannot be opened, or the import is cancelled
 */
gboolean
quarry_nuscenes_walk (QuarryNuscenes *self, const char *table, gboolean needed, QuarryNuscenesRowFunc read, gpointer data,
                      GError **error)
{
  g_autofree char *name = g_strconcat (table, ".json", NULL);
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr(GError) failure = NULL;
  g_autoptr(QuarryJsonRows) rows = quarry_json_rows_open (quarry_ingest_get_storage (self->ingest), path, NULL, &failure);
  guint64 n = 0, n_bad = 0;

  if (rows == NULL && needed)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (rows == NULL)
    {
      quarry_ingest_skip_error (self->ingest, path, failure);
      return TRUE;
    }
  for (;; n++)
    {
      json_t *row = NULL;
      const QuarryJsonStep step = quarry_json_rows_next (rows, &row, &failure);
      const char *fault = step == QUARRY_JSON_ROW ? read (self, row, data) : NULL;

      if (step == QUARRY_JSON_END)
        break;
      if (failure != NULL && (step == QUARRY_JSON_BROKEN || n_bad++ < MAX_TOLD))
        quarry_ingest_skip_error (self->ingest, path, failure);
      g_clear_error (&failure);
      if (fault != NULL && n_bad++ < MAX_TOLD)
        {
          g_autofree char *place = quarry_json_rows_dup_place (rows);

          quarry_ingest_skip (self->ingest, path, place, "%s", fault);
        }
      if (step == QUARRY_JSON_BROKEN)
        break;
      if (n % CHECK_ROWS == 0)
        quarry_ingest_progress (self->ingest, (guint64) (quarry_json_rows_fraction (rows) * 1000), 1000, name);
      if (n % CHECK_ROWS == 0 && quarry_ingest_is_cancelled (self->ingest, error))
        return FALSE;
    }
  if (n_bad > MAX_TOLD)
    quarry_ingest_skip (self->ingest, path, NULL, "%" G_GUINT64_FORMAT " bad rows in all", n_bad);
  return TRUE;
}

/* --- tables of names --- */

typedef struct
{
  GArray     *table;
  const char *key;           /* of the name */
} Names;

static const char *
read_name (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const Names *names = data;
  const char *token = quarry_nuscenes_text (row, "token");
  const char *name = quarry_nuscenes_text (row, names->key);
  const char *modality = quarry_nuscenes_text (row, "modality");
  const json_t *index = json_object_get ((const json_t *) row, "index");
  QuarryNuscenesName made = { 0 };

  if (token == NULL || name == NULL || *name == 0)
    return "no 'token' or no name";
  made.token = quarry_nuscenes_token (token);
  made.name = g_string_chunk_insert (self->texts, name);
  made.modality = modality != NULL ? g_string_chunk_insert_const (self->texts, modality) : NULL;
  made.index = json_is_integer (index) ? json_integer_value (index) : -1;
  g_array_append_val (names->table, made);
  return NULL;
}

static gboolean
read_names (QuarryNuscenes *self, const char *table, const char *key, gboolean needed, GArray **out, GError **error)
{
  Names names = { g_array_new (FALSE, FALSE, sizeof (QuarryNuscenesName)), key };
  const gboolean done = quarry_nuscenes_walk (self, table, needed, read_name, &names, error);

  quarry_nuscenes_sort (names.table);
  *out = names.table;
  return done;
}

/* Returns: (transfer full) (nullable): {"0":"noise", …}; NULL where the categories have no index */
static char *
make_names (GArray *categories)
{
  json_t *root = json_object ();
  char *text = NULL;
  char *copy = NULL;

  for (guint i = 0; i < categories->len; i++)
    {
      const QuarryNuscenesName *category = &g_array_index (categories, QuarryNuscenesName, i);
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, category->index);

      if (category->index >= 0 && category->index <= 255)
        json_object_set_new (root, number, json_string (category->name));
    }
  if (json_object_size (root) > 0)
    text = json_dumps (root, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref (root);
  copy = g_strdup (text);
  (free) (text);
  return copy;
}

/* --- instance, calibrated_sensor, scene, sample --- */

static const char *
read_instance (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  QuarryNuscenesInstance made = { .category = quarry_nuscenes_find (self->categories, quarry_nuscenes_text (row, "category_token")) };

  if (token == NULL)
    return "no 'token'";
  made.token = quarry_nuscenes_token (token);
  made.text = g_string_chunk_insert (self->texts, token);
  g_array_append_val (self->instances, made);
  return made.category < 0 ? "its 'category_token' is not in category.json" : NULL;
}

/* [[fx, s, cx], [0, fy, cy], [0, 0, 1]]; of other sensors [] */
static gboolean
read_intrinsic (gconstpointer row, QuarryNuscenesCalibrated *out)
{
  const json_t *matrix = json_object_get ((const json_t *) row, "camera_intrinsic");
  double k[9];

  if (!json_is_array (matrix) || json_array_size (matrix) == 0)
    return TRUE;
  for (guint i = 0; i < 9; i++)
    {
      const json_t *value = json_array_get (json_array_get (matrix, i / 3), i % 3);

      if (!json_is_number (value) || !isfinite (k[i] = json_number_value (value)))
        return FALSE;
    }
  if (!(k[0] > 0) || !(k[4] > 0) || k[3] != 0 || k[6] != 0 || k[7] != 0 || k[8] != 1)
    return FALSE;
  out->has_camera = TRUE;
  out->fx = k[0];
  out->skew = k[1];
  out->cx = k[2];
  out->fy = k[4];
  out->cy = k[5];
  return TRUE;
}

static const char *
read_calibrated (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  QuarryNuscenesCalibrated made = { .sensor = quarry_nuscenes_find (self->sensors, quarry_nuscenes_text (row, "sensor_token")) };

  if (token == NULL || made.sensor < 0)
    return "no 'token', or its 'sensor_token' is not in sensor.json";
  if (!quarry_json_numbers (row, "translation", made.body_from_sensor.t, 3) ||
      !quarry_json_numbers (row, "rotation", made.body_from_sensor.q, 4) || !quarry_pose_normalize (&made.body_from_sensor))
    return "no 'translation' of 3 or no 'rotation' of 4 numbers";
  made.token = quarry_nuscenes_token (token);
  if (!read_intrinsic (row, &made))
    {
      g_array_append_val (self->calibrated, made);
      return "'camera_intrinsic' is no 3 × 3 matrix of a camera: the camera has no lens";
    }
  g_array_append_val (self->calibrated, made);
  return NULL;
}

static const char *
read_scene (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  const char *name = quarry_nuscenes_text (row, "name");
  QuarryNuscenesScene made = { .lead = -1 };

  if (token == NULL)
    return "no 'token'";
  made.token = quarry_nuscenes_token (token);
  made.text = g_string_chunk_insert (self->texts, token);
  made.name = name != NULL && *name != 0 ? g_string_chunk_insert (self->texts, name) : made.text;
  g_array_append_val (self->scenes, made);
  return NULL;
}

static const char *
read_sample (QuarryNuscenes *self, gconstpointer row, gpointer data)
{
  const char *token = quarry_nuscenes_text (row, "token");
  QuarryNuscenesSample made = { .scene = quarry_nuscenes_find (self->scenes, quarry_nuscenes_text (row, "scene_token")) };

  if (token == NULL || made.scene < 0)
    return "no 'token', or its 'scene_token' is not in scene.json";
  if (!quarry_nuscenes_stamp (row, &made.stamp_ns))
    return "'timestamp' is no time in microseconds";
  made.token = quarry_nuscenes_token (token);
  made.text = g_string_chunk_insert (self->texts, token);
  g_array_append_val (self->samples, made);
  return NULL;
}

static gboolean
read_rows (QuarryNuscenes *self, const char *table, gboolean needed, QuarryNuscenesRowFunc read, GArray **out, gsize size,
           GError **error)
{
  *out = g_array_new (FALSE, FALSE, (guint) size);
  if (!quarry_nuscenes_walk (self, table, needed, read, NULL, error))
    return FALSE;
  quarry_nuscenes_sort (*out);
  return TRUE;
}

/* In the order in which they name each other */
gboolean
quarry_nuscenes_read_tables (QuarryNuscenes *self, GError **error)
{
  if (!read_names (self, "category", "name", FALSE, &self->categories, error) ||
      !read_names (self, "attribute", "name", FALSE, &self->attributes, error) ||
      !read_names (self, "visibility", "level", FALSE, &self->visibilities, error) ||
      !read_names (self, "sensor", "channel", TRUE, &self->sensors, error))
    return FALSE;
  self->names = make_names (self->categories);
  return read_rows (self, "instance", FALSE, read_instance, &self->instances, sizeof (QuarryNuscenesInstance), error) &&
         read_rows (self, "calibrated_sensor", TRUE, read_calibrated, &self->calibrated, sizeof (QuarryNuscenesCalibrated), error) &&
         read_rows (self, "scene", TRUE, read_scene, &self->scenes, sizeof (QuarryNuscenesScene), error) &&
         read_rows (self, "sample", TRUE, read_sample, &self->samples, sizeof (QuarryNuscenesSample), error);
}

void
quarry_nuscenes_clear (QuarryNuscenes *self)
{
  GArray **tables[] = { &self->categories, &self->attributes, &self->visibilities, &self->sensors, &self->instances,
                        &self->calibrated, &self->samples, &self->media, &self->uses, &self->labels };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    g_clear_pointer (tables[i], g_array_unref);
  for (guint i = 0; self->scenes != NULL && i < self->scenes->len; i++)
    g_clear_pointer (&g_array_index (self->scenes, QuarryNuscenesScene, i).poses, g_array_unref);
  g_clear_pointer (&self->scenes, g_array_unref);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  g_free (self->folder);
  g_free (self->root);
  g_free (self->names);
}
