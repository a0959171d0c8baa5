/* quarry-catalog-read.c: typed reads
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-catalog-private.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* --- frames of a query --- */

typedef struct
{
  QuarryId  id;
  QuarryId  scene;
  gint64    stamp_ns;
  char     *key;
} Place;

static void
clear_place (gpointer data)
{
  Place *place = data;

  g_free (place->key);
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *x = a, *y = b;

  if (x->scene != y->scene)
    return x->scene < y->scene ? -1 : 1;
  if (x->stamp_ns != y->stamp_ns)
    return x->stamp_ns < y->stamp_ns ? -1 : 1;      /* QUARRY_NO_TIME is the smallest, as NULL sorts first */
  return strcmp (x->key, y->key);
}

/* Few frames: look each up and sort */
static GArray *
order_few (QuarryDb *db, const QuarryFrameSet *set, GError **error)
{
  g_autoptr(GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT scene, stamp_ns, key FROM frame WHERE id = ?1", "");

  g_array_set_clear_func (places, clear_place);
  if (stmt == NULL)
    return NULL;
  for (QuarryId id = 0; (id = quarry_frame_set_next (set, id)) != 0;)
    {
      Place place = { id, 0, 0, NULL };

      if (!quarry_db_bind (db, stmt, error, "i", id) || quarry_db_step (db, stmt, error) < 0)
        return NULL;
      place.scene = quarry_stmt_int (stmt, 0);
      place.stamp_ns = quarry_stmt_time (stmt, 1);
      place.key = quarry_stmt_dup (stmt, 2);
      g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++)
    g_array_append_val (ids, g_array_index (places, Place, i).id);
  return g_steal_pointer (&ids);
}

/* Many, or all where @set is NULL: along the index that has them in order */
static GArray *
order_many (QuarryDb *db, const QuarryFrameSet *set, guint n, GError **error)
{
  g_autoptr(GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (QuarryId), n);
  g_autoptr(QuarryStmt) stmt =
      quarry_db_prepare (db, error, "SELECT id FROM frame ORDER BY scene, stamp_ns, key", "");
  int row = 0;

  if (stmt == NULL)
    return NULL;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryId id = quarry_stmt_int (stmt, 0);

      if (set == NULL || quarry_frame_set_has (set, id))
        g_array_append_val (ids, id);
    }
  return row == 0 ? g_steal_pointer (&ids) : NULL;
}

/**
 * quarry_catalog_query:
 * @query: (nullable): NULL is every frame
 *
 * Returns: (transfer full): the frames' ids by scene, time, key
 */
GArray *
quarry_catalog_query (QuarryCatalog *self,
                      QuarryQuery *query,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr(QuarryReadDb) db = NULL;
  g_autoptr(QuarryFrameSet) set = NULL;
  gint64 n = 0;

  g_return_val_if_fail (QUARRY_IS_CATALOG (self), NULL);
  db = quarry_catalog_borrow (self, error);
  if (db == NULL)
    return NULL;
  db->cancellable = cancellable;
  if (quarry_query_is_empty (query))
    return order_many (db, NULL, 0, error);
  set = quarry_query_evaluate (db, query, error);
  if (set == NULL)
    return NULL;
  n = quarry_frame_set_count (set);
  return n < set->size / 16 ? order_few (db, set, error) : order_many (db, set, n, error);
}

/* --- sources, scenes, sensors --- */

static gpointer
read_source (QuarryStmt *stmt)
{
  QuarrySource *source = g_new0 (QuarrySource, 1);

  source->id = quarry_stmt_int (stmt, 0);
  source->uri = quarry_stmt_dup (stmt, 1);
  source->name = quarry_stmt_dup (stmt, 2);
  source->format = quarry_stmt_dup (stmt, 3);
  source->options = quarry_stmt_dup (stmt, 4);
  source->state = quarry_stmt_dup (stmt, 5);
  source->imported_ns = quarry_stmt_int (stmt, 6);
  source->n_scenes = quarry_stmt_int (stmt, 7);
  source->n_frames = quarry_stmt_int (stmt, 8);
  source->n_issues = quarry_stmt_int (stmt, 9);
  return source;
}

/* Returns: (transfer full): QuarrySource by id */
GPtrArray *
quarry_catalog_list_sources (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_source, (GDestroyNotify) quarry_source_free, error,
      "SELECT id, uri, name, format, options, state, imported_ns,"
      " (SELECT count(*) FROM scene WHERE source = s.id),"
      " (SELECT count(*) FROM frame f JOIN scene c ON c.id = f.scene WHERE c.source = s.id),"
      " (SELECT count(*) FROM source_issue WHERE source = s.id)"
      " FROM source s ORDER BY id",
      "");
}

static void
free_issue (gpointer data)
{
  QuarryIssue *issue = data;

  g_free (issue->path);
  g_free (issue->place);
  g_free (issue->message);
  g_free (issue);
}

static gpointer
read_issue (QuarryStmt *stmt)
{
  QuarryIssue *issue = g_new0 (QuarryIssue, 1);
  const char *level = quarry_stmt_text (stmt, 0);

  for (int i = QUARRY_ISSUE_NOTE; i <= QUARRY_ISSUE_SKIPPED; i++)
    if (g_str_equal (level, quarry_issue_level_name (i)))
      issue->level = i;
  issue->path = quarry_stmt_dup (stmt, 1);
  issue->place = quarry_stmt_dup (stmt, 2);
  issue->message = quarry_stmt_dup (stmt, 3);
  return issue;
}

/* Returns: (transfer full): QuarryIssue in the order they came */
GPtrArray *
quarry_catalog_list_issues (QuarryCatalog *self, QuarryId source, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_issue, free_issue, error,
      "SELECT level, path, place, message FROM source_issue WHERE source = ?1 ORDER BY id", "i",
      source);
}

static gpointer
read_scene (QuarryStmt *stmt)
{
  QuarryScene *scene = g_new0 (QuarryScene, 1);

  scene->id = quarry_stmt_int (stmt, 0);
  scene->source = quarry_stmt_int (stmt, 1);
  scene->key = quarry_stmt_dup (stmt, 2);
  scene->name = quarry_stmt_dup (stmt, 3);
  scene->site = quarry_stmt_dup (stmt, 4);
  scene->machine = quarry_stmt_dup (stmt, 5);
  scene->start_ns = quarry_stmt_time (stmt, 6);
  scene->end_ns = quarry_stmt_time (stmt, 7);
  scene->n_frames = quarry_stmt_int (stmt, 8);
  return scene;
}

/* Returns: (transfer full): QuarryScene by id, the order of frames in a query's result */
GPtrArray *
quarry_catalog_list_scenes (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_scene, (GDestroyNotify) quarry_scene_free, error,
                         "SELECT id, source, key, name, site, machine,"
                         " (SELECT min(stamp_ns) FROM frame WHERE scene = s.id),"
                         " (SELECT max(stamp_ns) FROM frame WHERE scene = s.id),"
                         " (SELECT count(*) FROM frame WHERE scene = s.id)"
                         " FROM scene s ORDER BY id", "");
}

QuarrySensorKind
quarry_catalog_parse_kind (const char *name)
{
  return g_strcmp0 (name, "lidar") == 0   ? QUARRY_SENSOR_LIDAR
         : g_strcmp0 (name, "radar") == 0 ? QUARRY_SENSOR_RADAR
                                          : QUARRY_SENSOR_CAMERA;
}

static gpointer
read_sensor (QuarryStmt *stmt)
{
  QuarrySensor *sensor = g_new0 (QuarrySensor, 1);

  sensor->id = quarry_stmt_int (stmt, 0);
  sensor->scene = quarry_stmt_int (stmt, 1);
  sensor->name = quarry_stmt_dup (stmt, 2);
  sensor->kind = quarry_catalog_parse_kind (quarry_stmt_text (stmt, 3));
  return sensor;
}

/* @scene 0: of all scenes. Returns: (transfer full): QuarrySensor by id */
GPtrArray *
quarry_catalog_list_sensors (QuarryCatalog *self, QuarryId scene, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  if (scene == 0)
    return quarry_db_list (db, read_sensor, (GDestroyNotify) quarry_sensor_free, error,
                           "SELECT id, scene, name, kind FROM sensor ORDER BY id", "");
  return quarry_db_list (db, read_sensor, (GDestroyNotify) quarry_sensor_free, error,
                         "SELECT id, scene, name, kind FROM sensor WHERE scene = ?1 ORDER BY id",
                         "i", scene);
}

/* --- one frame --- */

static gboolean
read_frame_tags (QuarryDb *db, QuarryFrame *frame, GError **error)
{
  g_autoptr(GStrvBuilder) tags = g_strv_builder_new ();
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT t.name FROM frame_tag ft JOIN tag t ON t.id = ft.tag WHERE ft.frame = ?1 ORDER BY t.name",
      "i", frame->id);
  int row = 0;

  if (stmt == NULL)
    return FALSE;
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    g_strv_builder_add (tags, quarry_stmt_text (stmt, 0));
  frame->tags = g_strv_builder_end (tags);
  return row == 0;
}

static gboolean
read_frame_cover (QuarryDb *db, QuarryFrame *frame, GError **error)
{
  g_autoptr(QuarryStmt) stmt = quarry_db_prepare (
      db, error,
      "SELECT m.id, m.uri, m.byte_offset, m.byte_length, m.format FROM media m JOIN sensor s ON s.id = m.sensor"
      " WHERE m.frame = ?1 AND s.kind = 'camera' ORDER BY m.sensor LIMIT 1",
      "i", frame->id);
  int row = 0;

  if (stmt == NULL || (row = quarry_db_step (db, stmt, error)) < 0)
    return FALSE;
  if (row == 0)
    return TRUE;
  frame->cover_media = quarry_stmt_int (stmt, 0);
  frame->cover_uri = quarry_stmt_dup (stmt, 1);
  frame->cover_offset = quarry_stmt_int (stmt, 2);
  frame->cover_length = quarry_stmt_int (stmt, 3);
  frame->cover_format = quarry_stmt_dup (stmt, 4);
  return TRUE;
}

/**
 * quarry_catalog_get_frame:
 *
 * Returns: (transfer full): the frame with its tags and cover, or NULL with QUARRY_CATALOG_ERROR_NOT_FOUND
 */
QuarryFrame *
quarry_catalog_get_frame (QuarryCatalog *self, QuarryId id, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(QuarryStmt) stmt = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (db, error,
                            "SELECT f.scene, s.name, f.key, f.stamp_ns, f.rating, f.flag,"
                            " (SELECT count(*) FROM annotation WHERE frame = f.id)"
                            " FROM frame f JOIN scene s ON s.id = f.scene WHERE f.id = ?1",
                            "i", id);
  if (stmt == NULL || (row = quarry_db_step (db, stmt, error)) < 0)
    return NULL;
  if (row == 0)
    {
      g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
                   "no frame %" G_GINT64_FORMAT, id);
      return NULL;
    }
  frame = g_new0 (QuarryFrame, 1);
  frame->id = id;
  frame->scene = quarry_stmt_int (stmt, 0);
  frame->scene_name = quarry_stmt_dup (stmt, 1);
  frame->key = quarry_stmt_dup (stmt, 2);
  frame->stamp_ns = quarry_stmt_time (stmt, 3);
  frame->rating = quarry_stmt_int (stmt, 4);
  frame->flag = quarry_stmt_int (stmt, 5);
  frame->n_annotations = quarry_stmt_int (stmt, 6);
  if (!read_frame_tags (db, frame, error) || !read_frame_cover (db, frame, error))
    return NULL;
  return g_steal_pointer (&frame);
}

/* --- media --- */

QuarryPose
quarry_catalog_read_pose (QuarryStmt *stmt, int column)
{
  QuarryPose pose = QUARRY_POSE_IDENTITY;

  for (int i = 0; i < 3; i++)
    pose.t[i] = sqlite3_column_double (stmt, column + i);
  for (int i = 0; i < 4; i++)
    pose.q[i] = sqlite3_column_double (stmt, column + 3 + i);
  return pose;
}

/* Returns: FALSE where there is no camera model (a lidar's calibration) */
gboolean
quarry_catalog_read_camera (QuarryStmt *stmt, int column, QuarryCamera *out_camera)
{
  QuarryCamera camera = { 0 };
  const char *model = quarry_stmt_text (stmt, column);
  const char *k = quarry_stmt_text (stmt, column + 8);
  g_autoptr(json_t) numbers = k != NULL ? json_loads (k, 0, NULL) : NULL;

  if (model == NULL || !quarry_camera_model_parse (model, &camera.model))
    return FALSE;
  camera.width = quarry_stmt_int (stmt, column + 1);
  camera.height = quarry_stmt_int (stmt, column + 2);
  camera.fx = sqlite3_column_double (stmt, column + 3);
  camera.fy = sqlite3_column_double (stmt, column + 4);
  camera.cx = sqlite3_column_double (stmt, column + 5);
  camera.cy = sqlite3_column_double (stmt, column + 6);
  camera.skew = sqlite3_column_double (stmt, column + 7);
  for (gsize i = 0; i < MIN (json_array_size (numbers), G_N_ELEMENTS (camera.k)); i++)
    camera.k[i] = json_number_value (json_array_get (numbers, i));
  quarry_camera_prepare (&camera);
  *out_camera = camera;
  return TRUE;
}

#define MEDIA_SQL                                                                                                 \
  "SELECT m.id, m.frame, m.sensor, s.name, s.kind, m.calibration, m.uri, m.byte_offset, m.byte_length, m.format," \
  " m.stamp_ns, m.width, m.height, m.n_points, c.tx, c.ty, c.tz, c.qw, c.qx, c.qy, c.qz,"                         \
  " c.model, c.width, c.height, c.fx, c.fy, c.cx, c.cy, c.skew, c.k"                                              \
  " FROM media m JOIN sensor s ON s.id = m.sensor LEFT JOIN calibration c ON c.id = m.calibration "

static gpointer
read_media (QuarryStmt *stmt)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->id = quarry_stmt_int (stmt, 0);
  media->frame = quarry_stmt_int (stmt, 1);
  media->sensor = quarry_stmt_int (stmt, 2);
  media->sensor_name = quarry_stmt_dup (stmt, 3);
  media->kind = quarry_catalog_parse_kind (quarry_stmt_text (stmt, 4));
  media->calibration_id = quarry_stmt_int (stmt, 5);
  media->uri = quarry_stmt_dup (stmt, 6);
  media->offset = quarry_stmt_int (stmt, 7);
  media->length = quarry_stmt_int (stmt, 8);
  media->format = quarry_stmt_dup (stmt, 9);
  media->stamp_ns = quarry_stmt_time (stmt, 10);
  media->width = quarry_stmt_int (stmt, 11);
  media->height = quarry_stmt_int (stmt, 12);
  media->n_points = quarry_stmt_int (stmt, 13);
  media->calibration.id = media->calibration_id;
  media->calibration.body_from_sensor = QUARRY_POSE_IDENTITY;
  if (media->calibration_id != 0)
    {
      media->calibration.body_from_sensor = quarry_catalog_read_pose (stmt, 14);
      media->calibration.has_camera =
          quarry_catalog_read_camera (stmt, 21, &media->calibration.camera);
    }
  return media;
}

/* Returns: (transfer full): QuarryMedia, cameras first, then by sensor id */
GPtrArray *
quarry_catalog_list_media (QuarryCatalog *self, QuarryId frame, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_media, (GDestroyNotify) quarry_media_free, error,
      MEDIA_SQL "WHERE m.frame = ?1 ORDER BY CASE s.kind WHEN 'camera' THEN 0 ELSE 1 END, m.sensor",
      "i", frame);
}

QuarryMedia *
quarry_catalog_get_media (QuarryCatalog *self, QuarryId media, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GPtrArray) list = NULL;

  if (db == NULL)
    return NULL;
  list = quarry_db_list (db, read_media, (GDestroyNotify) quarry_media_free, error,
                         MEDIA_SQL "WHERE m.id = ?1", "i", media);
  if (list == NULL)
    return NULL;
  if (list->len == 1)
    return g_ptr_array_steal_index (list, 0);
  g_set_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND,
               "no media %" G_GINT64_FORMAT, media);
  return NULL;
}

/* --- annotations --- */

/* Returns: (transfer full): @out_n doubles of a blob of little-endian ones */
double *
quarry_geometry_from_blob (gconstpointer blob, gsize size, gsize *out_n)
{
  const gsize n = size / sizeof (double);
  double *geometry = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    {
      guint64 bits = 0;

      memcpy (&bits, (const guint8 *) blob + i * sizeof bits, sizeof bits);
      bits = GUINT64_FROM_LE (bits);
      memcpy (&geometry[i], &bits, sizeof bits);
    }
  *out_n = n;
  return geometry;
}

guint8 *
quarry_geometry_to_blob (const double *geometry, gsize n)
{
  guint8 *blob = g_malloc (n * sizeof (double));

  for (gsize i = 0; i < n; i++)
    {
      guint64 bits = 0;

      memcpy (&bits, &geometry[i], sizeof bits);
      bits = GUINT64_TO_LE (bits);
      memcpy (blob + i * sizeof bits, &bits, sizeof bits);
    }
  return blob;
}

#define ANNOTATION_SQL                                                                                                   \
  "SELECT a.id, a.annotation_set, a.frame, a.media, a.kind, a.class, c.name, c.color, a.external_id, a.track,"           \
  " a.geometry, a.attributes, a.score, a.task, a.annotator, a.made_ns"                                                   \
  " FROM annotation a JOIN label_class c ON c.id = a.class "

static gpointer
read_annotation (QuarryStmt *stmt)
{
  QuarryAnnotation *annotation = g_new0 (QuarryAnnotation, 1);

  annotation->id = quarry_stmt_int (stmt, 0);
  annotation->set = quarry_stmt_int (stmt, 1);
  annotation->frame = quarry_stmt_int (stmt, 2);
  annotation->media = quarry_stmt_int (stmt, 3);
  if (!quarry_annotation_kind_parse (quarry_stmt_text (stmt, 4), &annotation->kind))
    annotation->kind = QUARRY_ANNOTATION_CLASS;
  annotation->class_id = quarry_stmt_int (stmt, 5);
  annotation->class_name = quarry_stmt_dup (stmt, 6);
  annotation->class_color = quarry_stmt_dup (stmt, 7);
  annotation->external_id = quarry_stmt_dup (stmt, 8);
  annotation->track = quarry_stmt_dup (stmt, 9);
  annotation->geometry =
      quarry_geometry_from_blob (sqlite3_column_blob (stmt, 10), sqlite3_column_bytes (stmt, 10),
                                 &annotation->n_geometry);
  annotation->attributes = quarry_stmt_dup (stmt, 11);
  annotation->score = quarry_stmt_double (stmt, 12);
  annotation->task = quarry_stmt_int (stmt, 13);
  annotation->annotator = quarry_stmt_dup (stmt, 14);
  annotation->made_ns = quarry_stmt_time (stmt, 15);
  return annotation;
}

/**
 * quarry_catalog_list_annotations:
 * @set: 0 for all sets
 *
 * Returns: (transfer full): QuarryAnnotation by id
 */
GPtrArray *
quarry_catalog_list_annotations (QuarryCatalog *self, QuarryId frame, QuarryId set, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_annotation, (GDestroyNotify) quarry_annotation_free, error,
                         ANNOTATION_SQL
                         "WHERE a.frame = ?1 AND (?2 = 0 OR a.annotation_set = ?2) ORDER BY a.id",
                         "ii", frame, set);
}

static gpointer
read_set (QuarryStmt *stmt)
{
  QuarryAnnotationSet *set = g_new0 (QuarryAnnotationSet, 1);

  set->id = quarry_stmt_int (stmt, 0);
  set->name = quarry_stmt_dup (stmt, 1);
  set->origin = quarry_stmt_dup (stmt, 2);
  set->source = quarry_stmt_int (stmt, 3);
  set->job = quarry_stmt_int (stmt, 4);
  set->created_ns = quarry_stmt_int (stmt, 5);
  set->n_annotations = quarry_stmt_int (stmt, 6);
  return set;
}

/* Returns: (transfer full): QuarryAnnotationSet by name */
GPtrArray *
quarry_catalog_list_sets (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (
      db, read_set, (GDestroyNotify) quarry_annotation_set_free, error,
      "SELECT id, name, origin, source, job, created_ns,"
      " (SELECT count(*) FROM annotation WHERE annotation_set = s.id) FROM annotation_set s ORDER BY name",
      "");
}

static gpointer
read_class (QuarryStmt *stmt)
{
  QuarryLabelClass *label_class = g_new0 (QuarryLabelClass, 1);

  label_class->id = quarry_stmt_int (stmt, 0);
  label_class->name = quarry_stmt_dup (stmt, 1);
  label_class->parent = quarry_stmt_int (stmt, 2);
  label_class->color = quarry_stmt_dup (stmt, 3);
  return label_class;
}

/* Returns: (transfer full): QuarryLabelClass by name */
GPtrArray *
quarry_catalog_list_classes (QuarryCatalog *self, GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);

  if (db == NULL)
    return NULL;
  return quarry_db_list (db, read_class, (GDestroyNotify) quarry_label_class_free, error,
                         "SELECT id, name, parent, color FROM label_class ORDER BY name", "");
}

/**
 * quarry_catalog_get_trajectory:
 *
 * Returns: (transfer full): the scene's poses from @from_ns to @to_ns and one more beyond each end, for interpolation
 */
QuarryTrajectory *
quarry_catalog_get_trajectory (QuarryCatalog *self,
                               QuarryId scene,
                               gint64 from_ns,
                               gint64 to_ns,
                               GError **error)
{
  g_autoptr(QuarryReadDb) db = quarry_catalog_borrow (self, error);
  g_autoptr(GArray) poses = NULL;
  g_autoptr(QuarryStmt) stmt = NULL;
  int row = 0;

  if (db == NULL)
    return NULL;
  stmt = quarry_db_prepare (
      db, error,
      "SELECT stamp_ns, tx, ty, tz, qw, qx, qy, qz FROM ego_pose WHERE scene = ?1"
      " AND stamp_ns >= coalesce((SELECT max(stamp_ns) FROM ego_pose WHERE scene = ?1 AND stamp_ns < ?2), ?2)"
      " AND stamp_ns <= coalesce((SELECT min(stamp_ns) FROM ego_pose WHERE scene = ?1 AND stamp_ns > ?3), ?3)"
      " ORDER BY stamp_ns",
      "iii", scene, from_ns, to_ns);
  if (stmt == NULL)
    return NULL;
  poses = quarry_trajectory_new ();
  while ((row = quarry_db_step (db, stmt, error)) == 1)
    {
      const QuarryStampedPose pose = { quarry_stmt_int (stmt, 0),
                                       quarry_catalog_read_pose (stmt, 1) };

      g_array_append_val (poses, pose);
    }
  return row == 0 ? g_steal_pointer (&poses) : NULL;
}
