/* quarry-ingest-sync.c: how a source's streams became frames, kept with it as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * {"sync": "default", "pick": "nearest", "tolerance_ns": 0, "scenes": {KEY: {"leader": "lidar", "pick": "nearest", "tolerance_ns": 50000000}}}
 *
 * What the person asked for, and what it became in each scene: frames of a scene are made one way only, since frames made another way
 * would stand beside them and double it.
 */

#include "config.h"
#include "quarry-ingest-private.h"

#include <stdlib.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define CAMERA "camera:"

/* Returns: (transfer full): "lidar", "camera:front", "none" or "default" */
char *
quarry_ingest_sync_to_text (const QuarryIngestOptions *options)
{
  switch (options->sync)
    {
    case QUARRY_SYNC_LIDAR:
      return g_strdup ("lidar");
    case QUARRY_SYNC_SENSOR:
      return g_strconcat (CAMERA, options->sync_sensor, NULL);
    case QUARRY_SYNC_NONE:
      return g_strdup ("none");
    case QUARRY_SYNC_DEFAULT:
    default:
      return g_strdup ("default");
    }
}

/**
 * quarry_ingest_sync_parse:
 * @text: as quarry_ingest_sync_to_text writes it
 * @options: whose sync is set; sync_sensor points into @text
 */
gboolean
quarry_ingest_sync_parse (const char *text, QuarryIngestOptions *options)
{
  options->sync_sensor = NULL;
  if (g_str_equal (text, "lidar"))
    options->sync = QUARRY_SYNC_LIDAR;
  else if (g_str_equal (text, "none"))
    options->sync = QUARRY_SYNC_NONE;
  else if (g_str_equal (text, "default"))
    options->sync = QUARRY_SYNC_DEFAULT;
  else if (g_str_has_prefix (text, CAMERA) && text[strlen (CAMERA)] != '\0')
    {
      options->sync = QUARRY_SYNC_SENSOR;
      options->sync_sensor = text + strlen (CAMERA);
    }
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_default (const QuarryIngestOptions *options)
{
  return options->sync == QUARRY_SYNC_DEFAULT && !options->latest_before && options->tolerance_ns == 0;
}

static gboolean
is_latest_before (const json_t *object)
{
  const char *pick = json_string_value (json_object_get (object, "pick"));

  return pick != NULL && g_str_equal (pick, "latest-before");
}

static json_t *
make_pick (gboolean latest_before)
{
  return json_string (latest_before ? "latest-before" : "nearest");
}

/* Before reading: what was asked for the last time counts, unless the person says otherwise now. @text: (nullable): of the source */
void
quarry_ingest_load_sync (QuarryIngest *self, const char *text)
{
  const json_t *sync = NULL;

  self->kept = text != NULL ? json_loads (text, 0, NULL) : NULL;
  if (!json_is_object (self->kept))
    {
      json_decref (self->kept);
      self->kept = json_object ();
    }
  sync = json_object_get (self->kept, "sync");
  if (!json_is_string (sync))
    return;
  if (!is_default (&self->options))
    {
      g_autofree char *now = quarry_ingest_sync_to_text (&self->options);

      self->is_kept = g_str_equal (now, json_string_value (sync)) && self->options.latest_before == is_latest_before (self->kept) &&
                      self->options.tolerance_ns == json_integer_value (json_object_get (self->kept, "tolerance_ns"));
      return;
    }
  self->kept_sync = g_strdup (json_string_value (sync));
  if (!quarry_ingest_sync_parse (self->kept_sync, &self->options))
    return;
  self->options.latest_before = is_latest_before (self->kept);
  self->options.tolerance_ns = MAX (json_integer_value (json_object_get (self->kept, "tolerance_ns")), 0);
  self->is_kept = TRUE;
}

/* Returns: (transfer full): for the catalog */
char *
quarry_ingest_dup_kept (QuarryIngest *self)
{
  char *text = json_dumps (self->kept, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup (text);

  (free) (text);
  return copy;
}

static const json_t *
find_scene (QuarryIngest *self, const char *key)
{
  return json_object_get (json_object_get (self->kept, "scenes"), key);
}

/**
 * quarry_ingest_get_scene_sync:
 * @key: the scene's
 * @out_leader: (transfer full) (nullable): the sensor named in the options
 *
 * Returns: how to make this scene's frames: as it was done before, else as the options say
 */
QuarryIngestOptions
quarry_ingest_get_scene_sync (QuarryIngest *self, const char *key, char **out_leader)
{
  QuarryIngestOptions options = self->options;
  const json_t *scene = find_scene (self, key);
  const char *leader = json_string_value (json_object_get (scene, "leader"));

  *out_leader = NULL;
  if (!json_is_object (scene) || !self->is_kept)
    return options;
  options.sync = leader != NULL ? QUARRY_SYNC_SENSOR : QUARRY_SYNC_NONE;
  options.sync_sensor = *out_leader = g_strdup (leader);
  options.latest_before = is_latest_before (scene);
  options.tolerance_ns = MAX (json_integer_value (json_object_get (scene, "tolerance_ns")), 0);
  return options;
}

static char *
describe (const json_t *scene)
{
  const char *leader = json_string_value (json_object_get (scene, "leader"));

  if (leader == NULL)
    return g_strdup ("a frame for each media");
  return g_strdup_printf ("a frame for each media of '%s', %s, within %g ms", leader, is_latest_before (scene) ? "latest before" : "nearest",
                          (double) json_integer_value (json_object_get (scene, "tolerance_ns")) / 1e6);
}

/**
 * quarry_ingest_keep_scene_sync:
 * @leader: (nullable): the sensor that led; NULL: a frame for each media
 *
 * After quarry_ingest_scene and before the scene's first frame.
 *
 * Returns: FALSE with @error: its frames were made otherwise before
 */
gboolean
quarry_ingest_keep_scene_sync (QuarryIngest *self, const char *key, const char *leader, gboolean latest_before, gint64 tolerance_ns,
                               GError **error)
{
  g_autoptr(json_t) scene = json_object ();
  const json_t *before = find_scene (self, key);
  g_autofree char *sync = quarry_ingest_sync_to_text (&self->options);
  g_autofree char *text = NULL;
  json_t *scenes = json_object_get (self->kept, "scenes");

  json_object_set_new (scene, "leader", leader != NULL ? json_string (leader) : json_null ());
  json_object_set_new (scene, "pick", make_pick (latest_before));
  json_object_set_new (scene, "tolerance_ns", json_integer (tolerance_ns));
  if (json_is_object (before) && !json_equal (before, scene))
    {
      g_autofree char *then = describe (before);
      g_autofree char *now = describe (scene);

      g_set_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED,
                   "was imported with %s; with %s its frames would be there twice: import it into another catalog, or without saying how",
                   then, now);
      return FALSE;
    }
  if (scenes == NULL)
    {
      scenes = json_object ();
      json_object_set_new (self->kept, "scenes", scenes);
    }
  json_object_set (scenes, key, scene);
  json_object_set_new (self->kept, "sync", json_string (sync));
  json_object_set_new (self->kept, "pick", make_pick (self->options.latest_before));
  json_object_set_new (self->kept, "tolerance_ns", json_integer (self->options.tolerance_ns));
  text = quarry_ingest_dup_kept (self);
  return quarry_catalog_store_options (self->catalog, self->source, text, error);
}

gboolean
quarry_ingest_streams (QuarryIngest *self, QuarryId scene, GPtrArray *streams, GError **error)
{
  return quarry_catalog_store_streams (self->catalog, scene, streams, error);
}
