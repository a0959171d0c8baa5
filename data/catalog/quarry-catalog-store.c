/* quarry-catalog-store.c: what readers bring: sources, scenes, sensors, frames, media
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Storing twice is storing once: known rows are found by the source's own keys and stay as they are. Nothing here
 * is an edit, and nothing touches what people did (tags, ratings, datasets).
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <jansson.h>
#include <math.h>
#include <xxhash.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static void
free_media (gpointer data)
{
  quarry_media_free (data);
}

QuarryFrameDraft *
quarry_frame_draft_new (QuarryId scene, const char *key, gint64 stamp_ns)
{
  QuarryFrameDraft *self = g_new0 (QuarryFrameDraft, 1);

  self->scene = scene;
  self->key = g_strdup (key);
  self->stamp_ns = stamp_ns;
  self->media = g_ptr_array_new_with_free_func (free_media);
  return self;
}

void
quarry_frame_draft_free (QuarryFrameDraft *self)
{
  if (self == NULL)
    return;
  g_free (self->key);
  g_clear_pointer (&self->media, g_ptr_array_unref);
  g_clear_pointer (&self->annotations, g_ptr_array_unref);
  g_free (self);
}

/* --- rows that are found by a key or made: one shape for all --- */

typedef struct
{
  QuarryId                 id;           /* out */
  QuarryId                 parent, job;
  const char              *key, *name, *format, *options;
  const QuarryCalibration *calibration;
} Row;

static QuarryId
store_row (QuarryCatalog *self, QuarryWriteFunc func, Row *row, GError **error)
{
  g_return_val_if_fail (QUARRY_IS_CATALOG (self), 0);
  return quarry_catalog_write (self, func, row, error) ? row->id : 0;
}

static gboolean
store_source (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
             db, error,
             "INSERT INTO source (uri, name, format, options, state, imported_ns) VALUES (?1, ?2, ?3, ?4, 'importing', ?5)"
             " ON CONFLICT (uri) DO UPDATE SET format = excluded.format, options = excluded.options, state = 'importing'",
             "ssssi", row->key, row->name, row->format, row->options != NULL ? row->options : "{}",
             quarry_catalog_now ()) &&
         quarry_db_get_int (db, &row->id, error, "SELECT id FROM source WHERE uri = ?1", "s",
                            row->key);
}

/**
 * quarry_catalog_store_source:
 * @uri: absolute path or URI; a slash at the end does not count
 * @options: (nullable): JSON
 *
 * Returns: the source's id, 0 on error; its state is "importing" until quarry_catalog_finish_source
 */
QuarryId
quarry_catalog_store_source (QuarryCatalog *self,
                             const char *uri,
                             const char *name,
                             const char *format,
                             const char *options,
                             GError **error)
{
  g_autofree char *bare = g_strdup (uri);
  Row row = { .key = bare, .name = name, .format = format, .options = options };

  for (gsize n = strlen (bare); n > 1 && bare[n - 1] == '/'; n--)
    bare[n - 1] = '\0';
  return store_row (self, store_source, &row, error);
}

typedef struct
{
  QuarryId   source;
  gboolean   complete;
  GPtrArray *issues;       /* nullable */
} Finish;

static gboolean
finish_source (QuarryDb *db, gpointer data, GError **error)
{
  Finish *finish = data;

  if (!quarry_db_run (db, error, "UPDATE source SET state = ?2, imported_ns = ?3 WHERE id = ?1",
                      "isi", finish->source, finish->complete ? "complete" : "partial",
                      quarry_catalog_now ()))
    return FALSE;
  if (finish->issues == NULL)
    return TRUE;
  if (!quarry_db_run (db, error, "DELETE FROM source_issue WHERE source = ?1", "i", finish->source))
    return FALSE;
  for (guint i = 0; i < finish->issues->len; i++)
    {
      const QuarryIssue *issue = finish->issues->pdata[i];

      if (!quarry_db_run (
              db, error,
              "INSERT INTO source_issue (source, level, path, place, message) VALUES (?1, ?2, ?3, ?4, ?5)",
              "issss", finish->source, quarry_issue_level_name (issue->level), issue->path,
              issue->place, issue->message))
        return FALSE;
    }
  return TRUE;
}

gboolean
quarry_catalog_count_shared_media (QuarryCatalog *self, QuarryId source, gint64 *out_n, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  return db != NULL &&
         quarry_db_get_int (db, out_n, error,
                            "SELECT count(*) FROM (SELECT m.uri FROM media m JOIN frame f ON f.id = m.frame JOIN scene s ON s.id = f.scene"
                            " GROUP BY m.uri, m.byte_offset, m.byte_length"
                            " HAVING max(CASE WHEN s.source = ?1 THEN 1 ELSE 0 END) = 1"
                            " AND max(CASE WHEN s.source <> ?1 THEN 1 ELSE 0 END) = 1)",
                            "i", source);
}

/* @report: (nullable): its issues take the place of those of the last import */
gboolean
quarry_catalog_finish_source (QuarryCatalog *self,
                              QuarryId source,
                              gboolean complete,
                              QuarryReport *report,
                              GError **error)
{
  g_autoptr(GPtrArray) issues = report != NULL ? quarry_report_dup_issues (report) : NULL;
  Finish finish = { source, complete, issues };

  return quarry_catalog_write (self, finish_source, &finish, error);
}

static gboolean
store_scene (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
             db, error,
             "INSERT INTO scene (source, key, name) VALUES (?1, ?2, ?3) ON CONFLICT (source, key) DO NOTHING",
             "iss", row->parent, row->key, row->name) &&
         quarry_db_get_int (db, &row->id, error,
                            "SELECT id FROM scene WHERE source = ?1 AND key = ?2", "is",
                            row->parent, row->key);
}

/* Returns: the scene's id, 0 on error */
QuarryId
quarry_catalog_store_scene (QuarryCatalog *self,
                            QuarryId source,
                            const char *key,
                            const char *name,
                            GError **error)
{
  Row row = { .parent = source, .key = key, .name = name };

  return store_row (self, store_scene, &row, error);
}

static gboolean
store_sensor (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;

  return quarry_db_run (
             db, error,
             "INSERT INTO sensor (scene, name, kind) VALUES (?1, ?2, ?3) ON CONFLICT (scene, name) DO NOTHING",
             "iss", row->parent, row->name, row->format) &&
         quarry_db_get_int (db, &row->id, error,
                            "SELECT id FROM sensor WHERE scene = ?1 AND name = ?2", "is",
                            row->parent, row->name);
}

/* Returns: the sensor's id, 0 on error */
QuarryId
quarry_catalog_store_sensor (QuarryCatalog *self,
                             QuarryId scene,
                             const char *name,
                             QuarrySensorKind kind,
                             GError **error)
{
  static const char * const kinds[] = { "camera", "lidar", "radar" };
  Row row = { .parent = scene, .name = name, .format = kinds[kind] };

  return store_row (self, store_sensor, &row, error);
}

/* --- calibrations --- */

static char *
coefficients_to_json (const QuarryCamera *camera)
{
  g_autoptr(json_t) array = json_array ();
  const gsize n = camera->model == QUARRY_CAMERA_KANNALA_BRANDT ? 4 : G_N_ELEMENTS (camera->k);
  char *text = NULL;

  for (gsize i = 0; i < n; i++)
    json_array_append_new (array, json_real (camera->k[i]));
  text = json_dumps (array, JSON_COMPACT | JSON_REAL_PRECISION (17));
  return text;
}

static char *
hash_calibration (const QuarryCalibration *calibration, const char *k)
{
  g_autoptr(GString) text = g_string_new (NULL);
  const QuarryPose *pose = &calibration->body_from_sensor;
  const QuarryCamera *camera = &calibration->camera;
  XXH128_hash_t hash;

  for (int i = 0; i < 3; i++)
    g_string_append_printf (text, "%.17g ", pose->t[i]);
  for (int i = 0; i < 4; i++)
    g_string_append_printf (text, "%.17g ", pose->q[i]);
  if (calibration->has_camera)
    g_string_append_printf (text, "%s %d %d %.17g %.17g %.17g %.17g %.17g %s",
                            quarry_camera_model_name (camera), camera->width, camera->height,
                            camera->fx, camera->fy, camera->cx, camera->cy, camera->skew, k);
  hash = XXH3_128bits (text->str, text->len);
  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                          (guint64) hash.high64, (guint64) hash.low64);
}

static gboolean
store_calibration (QuarryDb *db, gpointer data, GError **error)
{
  Row *row = data;
  const QuarryPose *pose = &row->calibration->body_from_sensor;
  const gboolean has_camera = row->calibration->has_camera;
  const QuarryCamera *camera = &row->calibration->camera;
  const double none = NAN;      /* is NULL in the catalog */
  g_autofree char *k = has_camera ? coefficients_to_json (camera) : NULL;
  g_autofree char *hash = hash_calibration (row->calibration, k);

  return quarry_db_run (
             db, error,
             "INSERT INTO calibration (sensor, hash, tx, ty, tz, qw, qx, qy, qz, model, width, height, fx, fy, cx, cy, skew, k)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
             " ON CONFLICT (sensor, hash) DO NOTHING",
             "isdddddddsrrddddds", row->parent, hash, pose->t[0], pose->t[1], pose->t[2],
             pose->q[0], pose->q[1], pose->q[2], pose->q[3],
             has_camera ? quarry_camera_model_name (camera) : NULL,
             (gint64) (has_camera ? camera->width : 0), (gint64) (has_camera ? camera->height : 0),
             has_camera ? camera->fx : none, has_camera ? camera->fy : none,
             has_camera ? camera->cx : none, has_camera ? camera->cy : none,
             has_camera ? camera->skew : none, k) &&
         quarry_db_get_int (db, &row->id, error,
                            "SELECT id FROM calibration WHERE sensor = ?1 AND hash = ?2", "is",
                            row->parent, hash);
}

/* Returns: the id of this calibration of the sensor, known or new; 0 on error */
QuarryId
quarry_catalog_store_calibration (QuarryCatalog *self,
                                  QuarryId sensor,
                                  const QuarryCalibration *calibration,
                                  GError **error)
{
  Row row = { .parent = sensor, .calibration = calibration };

  return store_row (self, store_calibration, &row, error);
}

/* --- poses --- */

typedef struct
{
  QuarryId                scene;
  const QuarryTrajectory *poses;
} Poses;

static gboolean
store_poses (QuarryDb *db, gpointer data, GError **error)
{
  Poses *poses = data;
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "INSERT INTO ego_pose (scene, stamp_ns, tx, ty, tz, qw, qx, qy, qz)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (scene, stamp_ns) DO NOTHING",
      "");

  for (guint i = 0; stmt != NULL && i < poses->poses->len; i++)
    {
      const QuarryStampedPose *stamped = &g_array_index (poses->poses, QuarryStampedPose, i);
      const QuarryPose *pose = &stamped->world_from_body;

      if (!quarry_db_bind (db, stmt, error, "iiddddddd", poses->scene, stamped->stamp_ns,
                           pose->t[0], pose->t[1], pose->t[2], pose->q[0], pose->q[1], pose->q[2],
                           pose->q[3]) ||
          quarry_db_step (db, stmt, error) < 0)
        return FALSE;
    }
  return stmt != NULL;
}

/* Poses at known times stay */
gboolean
quarry_catalog_store_poses (QuarryCatalog *self,
                            QuarryId scene,
                            const QuarryTrajectory *poses,
                            GError **error)
{
  Poses data = { scene, poses };

  return quarry_catalog_write (self, store_poses, &data, error);
}

/* --- frames --- */

typedef struct
{
  GPtrArray        *drafts;
  const char       *origin;
  QuarryLabelStore  labels;
  gint64            n_scenes, n_frames, n_known, n_media, n_point_labels;
} Frames;

static gboolean
insert_frame (QuarryDb *db,
              Frames *frames,
              const QuarryFrameDraft *draft,
              QuarryId *out_frame,
              GError **error)
{
  gint64 others = 0;

  if (!quarry_db_get_int (db, out_frame, error,
                          "SELECT id FROM frame WHERE scene = ?1 AND key = ?2", "is", draft->scene,
                          draft->key))
    return FALSE;
  if (*out_frame != 0)
    {
      frames->n_known++;
      return TRUE;
    }
  if (!quarry_db_get_int (db, &others, error, "SELECT 1 FROM frame WHERE scene = ?1 LIMIT 1", "i",
                          draft->scene) ||
      !quarry_db_run (db, error, "INSERT INTO frame (scene, key, stamp_ns) VALUES (?1, ?2, ?3)",
                      "ist", draft->scene, draft->key, draft->stamp_ns))
    return FALSE;
  *out_frame = sqlite3_last_insert_rowid (db->handle);
  frames->n_scenes += others == 0;
  frames->n_frames++;
  return TRUE;
}

static gboolean
insert_media (QuarryDb *db,
              Frames *frames,
              QuarryId frame,
              const QuarryMedia *media,
              QuarryId *out_media,
              GError **error)
{
  if (!quarry_db_run (
          db, error,
          "INSERT INTO media (frame, sensor, calibration, uri, byte_offset, byte_length, format, stamp_ns, width, height, n_points)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (frame, sensor) DO NOTHING",
          "iirsiistrrr", frame, media->sensor, media->calibration_id, media->uri, media->offset,
          media->length, media->format, media->stamp_ns, (gint64) media->width,
          (gint64) media->height, media->n_points))
    return FALSE;
  if (sqlite3_changes (db->handle) == 0)
    return quarry_db_get_int (db, out_media, error,
                              "SELECT id FROM media WHERE frame = ?1 AND sensor = ?2", "ii", frame,
                              media->sensor);
  *out_media = sqlite3_last_insert_rowid (db->handle);
  frames->n_media++;
  return TRUE;
}

/* Returns: (transfer full): an id for a label that came without one: its scene, frame and place in the list */
static char *
make_label_id (QuarryDb *db, const QuarryFrameDraft *draft, guint n, GError **error)
{
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT key FROM scene WHERE id = ?1", "i", draft->scene);

  if (stmt == NULL || quarry_db_step (db, stmt, error) < 0)
    return NULL;
  return g_strdup_printf ("%s/%s#%u", quarry_stmt_text (stmt, 0), draft->key, n);
}

static gboolean
insert_label (QuarryDb *db,
              Frames *frames,
              const QuarryFrameDraft *draft,
              QuarryId frame,
              GArray *media,
              guint n,
              GError **error)
{
  const QuarryAnnotation *annotation = draft->annotations->pdata[n];
  const gboolean in_image = annotation->media > 0 && annotation->media <= media->len;
  const QuarryId image = in_image ? g_array_index (media, QuarryId, annotation->media - 1) : 0;
  g_autofree char *id = annotation->external_id != NULL ? g_strdup (annotation->external_id)
                                                        : make_label_id (db, draft, n, error);

  return id != NULL && quarry_label_store_put (&frames->labels, db, annotation, draft->set, frame,
                                               image, id, FALSE, error);
}

static gboolean
store_frame (QuarryDb *db, Frames *frames, const QuarryFrameDraft *draft, GError **error)
{
  g_autoptr(GArray) media = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  QuarryId frame = 0;

  if (!insert_frame (db, frames, draft, &frame, error))
    return FALSE;
  for (guint i = 0; draft->media != NULL && i < draft->media->len; i++)
    {
      const QuarryMedia *item = draft->media->pdata[i];
      QuarryId id = 0;

      if (!insert_media (db, frames, frame, item, &id, error) ||
          (item->point_labels != NULL && draft->set != 0 &&
           !quarry_db_add_point_labels (db, item->point_labels, draft->set, id, FALSE,
                                        &frames->n_point_labels, error)))
        return FALSE;
      g_array_append_val (media, id);
    }
  for (guint i = 0; draft->annotations != NULL && i < draft->annotations->len; i++)
    if (!insert_label (db, frames, draft, frame, media, i, error))
      return FALSE;
  return TRUE;
}

static gboolean
store_frames (QuarryDb *db, gpointer data, GError **error)
{
  Frames *frames = data;

  if (!quarry_label_store_begin (&frames->labels, db, error))
    return FALSE;
  for (guint i = 0; i < frames->drafts->len; i++)
    if (!store_frame (db, frames, frames->drafts->pdata[i], error))
      return FALSE;
  return TRUE;
}

/**
 * quarry_catalog_store_frames:
 * @drafts: QuarryFrameDraft; not changed
 * @origin: (nullable): the format or vendor id whose class names these are
 * @report: (nullable): counts what was added: "scenes" (that had no frame before), "frames", "media", "annotations", "point labels" (files), "new classes";
 *   and "known frames". Labels with broken geometry or an id used twice are issues and are left out.
 *
 * One commit. Known frames, media and annotations stay as they are.
 */
gboolean
quarry_catalog_store_frames (QuarryCatalog *self,
                             GPtrArray *drafts,
                             const char *origin,
                             QuarryReport *report,
                             GError **error)
{
  Frames frames = { .drafts = drafts, .origin = origin };
  gboolean ok = FALSE;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), FALSE);
  quarry_label_store_init (&frames.labels, origin, report);
  ok = quarry_catalog_write (self, store_frames, &frames, error);
  if (ok && report != NULL)
    {
      const struct { const char *what; gint64 n; } counts[] = {
        { "scenes", frames.n_scenes },
        { "frames", frames.n_frames },
        { "known frames", frames.n_known },
        { "media", frames.n_media },
        { "annotations", frames.labels.n_added },
        { "point labels", frames.n_point_labels },
        { "new classes", frames.labels.n_new_classes },
      };

      for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
        if (counts[i].n > 0)
          quarry_report_count (report, counts[i].what, counts[i].n);
    }
  quarry_label_store_clear (&frames.labels);
  return ok;
}

/**
 * quarry_catalog_list_frame_keys:
 *
 * Returns: (transfer full): the keys of a scene's frames (char *) to how many media each has (GPOINTER_TO_UINT)
 */
GHashTable *
quarry_catalog_list_frame_keys (QuarryCatalog *self, QuarryId scene, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (
      db, error,
      "SELECT f.key, (SELECT count(*) FROM media WHERE frame = f.id) FROM frame f WHERE f.scene = ?1",
      "i", scene);
  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    g_hash_table_insert (keys, quarry_stmt_dup (stmt, 0),
                         GUINT_TO_POINTER ((guint) quarry_stmt_int (stmt, 1)));
  return row == 0 ? g_steal_pointer (&keys) : NULL;
}
