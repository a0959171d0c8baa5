/* quarry-label-studio-answer.c: one task of Label Studio's JSON as an answer in our pixels
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A task has annotations (one a person), an annotation has results, and results of one id are one region: its shape, its label and
 * its choices may come apart. The reader is tolerant of spellings and strict about what would move a label.
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const char *id;
  json_t     *shape;       /* borrowed: the result with the geometry; NULL: none */
  GPtrArray  *labels;      /* borrowed strings */
  json_t     *attributes;
  GPtrArray  *choices;     /* borrowed: results that may be the whole picture's or this region's */
} Region;

typedef struct
{
  QuarryVendorAnswer *answer;
  QuarryReport       *report;
  const char         *annotator;
  gint64              made_ns;
  GPtrArray          *regions;      /* Region, in the order of first sight */
  GHashTable         *by_id;
} Reader;

static void
region_free (gpointer data)
{
  Region *region = data;

  g_ptr_array_unref (region->labels);
  g_ptr_array_unref (region->choices);
  json_decref (region->attributes);
  g_free (region);
}

static const char *
get_string (json_t *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/* Returns: (transfer full) (nullable): an id, a number or a text in different versions */
static char *
dup_id (json_t *value)
{
  if (json_is_integer (value))
    return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
  return g_strdup (json_string_value (value));
}

static gboolean
get_number (json_t *object, const char *key, double *out_value)
{
  json_t *value = json_object_get (object, key);

  if (!json_is_number (value))
    return FALSE;
  *out_value = json_number_value (value);
  return TRUE;
}

static gint64
parse_time_ns (const char *text)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr(GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * QUARRY_NS_PER_S + (gint64) g_date_time_get_microsecond (time) * 1000
                      : QUARRY_NO_TIME;
}

static void
add_issue (Reader *self, QuarryIssueLevel level, const char *place, const char *message)
{
  quarry_report_add (self->report, level, self->answer->key != NULL ? self->answer->key : self->answer->external_id, place, "%s", message);
}

/* --- regions --- */

static Region *
ensure_region (Reader *self, const char *id)
{
  Region *region = g_hash_table_lookup (self->by_id, id);

  if (region == NULL)
    {
      region = g_new0 (Region, 1);
      region->id = id;
      region->labels = g_ptr_array_new ();
      region->choices = g_ptr_array_new ();
      region->attributes = json_object ();
      g_ptr_array_add (self->regions, region);
      g_hash_table_insert (self->by_id, (gpointer) id, region);
    }
  return region;
}

static gboolean
is_shape (const char *type)
{
  static const char * const shapes[] = { "rectangle", "polygon", "keypoint", "brush", "ellipse", "vector", "bitmask", NULL };

  for (int i = 0; shapes[i] != NULL; i++)
    if (g_str_has_prefix (type, shapes[i]) && (type[strlen (shapes[i])] == '\0' || g_str_equal (type + strlen (shapes[i]), "labels")))
      return TRUE;
  return FALSE;
}

static void
collect_labels (Region *region, json_t *value, const char *type)
{
  json_t *labels = json_object_get (value, type);
  gsize i = 0;
  json_t *label = NULL;

  if (labels == NULL)
    labels = json_object_get (value, "labels");
  json_array_foreach (labels, i, label)
    if (json_is_string (label) && !g_ptr_array_find_with_equal_func (region->labels, json_string_value (label), g_str_equal, NULL))
      g_ptr_array_add (region->labels, (gpointer) json_string_value (label));
}

/* What is written about a region: text, number, rating */
static void
collect_attribute (Region *region, json_t *result, const char *type)
{
  json_t *value = json_object_get (json_object_get (result, "value"), g_str_equal (type, "textarea") ? "text" : type);
  const char *name = get_string (result, "from_name");

  if (value != NULL && name != NULL)
    json_object_set (region->attributes, name, value);
}

static void
note_size (Reader *self, json_t *result)
{
  const int width = (int) json_integer_value (json_object_get (result, "original_width"));
  const int height = (int) json_integer_value (json_object_get (result, "original_height"));
  const gint64 turned = (gint64) json_number_value (json_object_get (result, "image_rotation"));
  QuarryVendorAnswer *answer = self->answer;

  if (turned != 0 && answer->problem == NULL)
    answer->problem = g_strdup_printf ("labelled on a picture turned by %" G_GINT64_FORMAT " degrees in the editor", turned);
  if (width <= 0 || height <= 0)
    return;
  if (answer->width != 0 && (answer->width != width || answer->height != height) && answer->problem == NULL)
    answer->problem = g_strdup ("its labels name different sizes of the picture");
  answer->width = width;
  answer->height = height;
}

static void
collect_result (Reader *self, json_t *result)
{
  const char *type = get_string (result, "type");
  const char *from_name = get_string (result, "from_name");
  const char *id = get_string (result, "id");
  Region *region = NULL;

  if (type == NULL || !json_is_object (json_object_get (result, "value")))
    {
      add_issue (self, QUARRY_ISSUE_LOSS, id, g_strcmp0 (type, "relation") == 0 ? "a relation is not kept" : "a result has no type or no value");
      return;
    }
  note_size (self, result);
  region = ensure_region (self, id != NULL ? id : from_name != NULL ? from_name : "result");
  if (is_shape (type))
    {
      if (region->shape != NULL && !g_str_equal (get_string (region->shape, "type"), type))
        add_issue (self, QUARRY_ISSUE_LOSS, id, "a region has two shapes; the first counts");
      else if (region->shape == NULL)
        region->shape = result;
      collect_labels (region, json_object_get (result, "value"), type);
    }
  else if (g_str_equal (type, "labels"))
    collect_labels (region, json_object_get (result, "value"), type);
  else if (g_str_equal (type, "choices"))
    g_ptr_array_add (region->choices, result);
  else if (g_str_equal (type, "textarea") || g_str_equal (type, "number") || g_str_equal (type, "rating"))
    collect_attribute (region, result, type);
  else
    add_issue (self, QUARRY_ISSUE_LOSS, id, "a result is of a type that is not read");
}

/* --- shapes --- */

typedef struct
{
  QuarryAnnotationKind  kind;
  double               *geometry;     /* owned */
  gsize                 n;
} Shape;

static const char *
read_box (json_t *value, int width, int height, Shape *out)
{
  double p[5] = { 0 };

  if (!get_number (value, "x", &p[0]) || !get_number (value, "y", &p[1]) || !get_number (value, "width", &p[2]) ||
      !get_number (value, "height", &p[3]))
    return "a rectangle without x, y, width and height";
  get_number (value, "rotation", &p[4]);
  out->kind = QUARRY_ANNOTATION_BOX2D;
  out->n = 5;
  out->geometry = g_new (double, 5);
  quarry_label_studio_box_to_pixels (p, width, height, out->geometry);
  return NULL;
}

static const char *
read_polygon (json_t *value, int width, int height, Shape *out)
{
  json_t *points = json_object_get (value, "points");
  gsize i = 0;
  json_t *point = NULL;

  out->kind = QUARRY_ANNOTATION_POLYGON;
  out->n = 2 * json_array_size (points);
  out->geometry = g_new0 (double, out->n + 1);
  json_array_foreach (points, i, point)
    {
      if (!json_is_number (json_array_get (point, 0)) || !json_is_number (json_array_get (point, 1)))
        return "a polygon's point is not two numbers";
      out->geometry[2 * i] = json_number_value (json_array_get (point, 0)) * width / 100;
      out->geometry[2 * i + 1] = json_number_value (json_array_get (point, 1)) * height / 100;
    }
  return NULL;
}

static const char *
read_keypoint (json_t *value, int width, int height, Shape *out)
{
  double x = 0, y = 0;

  if (!get_number (value, "x", &x) || !get_number (value, "y", &y))
    return "a key point without x and y";
  out->kind = QUARRY_ANNOTATION_KEYPOINTS;
  out->n = 3;
  out->geometry = g_new (double, 3);
  out->geometry[0] = x * width / 100;
  out->geometry[1] = y * height / 100;
  out->geometry[2] = 2;
  return NULL;
}

static const char *
read_brush (json_t *value, int width, int height, Shape *out)
{
  json_t *rle = json_object_get (value, "rle");
  const gsize n = json_array_size (rle);
  g_autofree guint8 *bytes = g_malloc (n + 1);
  gsize i = 0;
  json_t *byte = NULL;

  if (!json_is_array (rle))
    return "a brush mask that is not run-length coded";
  json_array_foreach (rle, i, byte)
    {
      if (!json_is_integer (byte) || json_integer_value (byte) < 0 || json_integer_value (byte) > 255)
        return "a brush mask with something else than bytes";
      bytes[i] = (guint8) json_integer_value (byte);
    }
  out->kind = QUARRY_ANNOTATION_MASK;
  out->geometry = quarry_label_studio_decode_brush (bytes, n, width, height, &out->n, NULL);
  return out->geometry != NULL ? NULL : "a brush mask is damaged or does not fit the picture";
}

/* Returns: what is wrong, NULL where @out is filled */
static const char *
read_shape (json_t *result, Shape *out)
{
  const char *type = get_string (result, "type");
  json_t *value = json_object_get (result, "value");
  const int width = (int) json_integer_value (json_object_get (result, "original_width"));
  const int height = (int) json_integer_value (json_object_get (result, "original_height"));

  if (width <= 0 || height <= 0)
    return "a shape without the size of its picture";
  if (g_str_has_prefix (type, "rectangle"))
    return read_box (value, width, height, out);
  if (g_str_has_prefix (type, "polygon"))
    return read_polygon (value, width, height, out);
  if (g_str_has_prefix (type, "keypoint"))
    return read_keypoint (value, width, height, out);
  if (g_str_has_prefix (type, "brush"))
    return read_brush (value, width, height, out);
  return "a shape of a kind that is not read";
}

/* --- annotations --- */

static char *
dump_attributes (json_t *attributes)
{
  char *text = json_object_size (attributes) > 0 ? json_dumps (attributes, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  char *copy = g_strdup (text);

  free (text);
  return copy;
}

static QuarryAnnotation *
add_annotation (Reader *self, const Shape *shape, const char *class_name, const char *id, json_t *attributes)
{
  g_autofree char *external_id = g_strdup_printf ("%s/%s", self->answer->key != NULL ? self->answer->key : "", id);
  QuarryAnnotation *annotation = quarry_annotation_new (shape->kind, class_name, external_id, shape->geometry, shape->n);

  annotation->annotator = g_strdup (self->annotator);
  annotation->made_ns = self->made_ns;
  annotation->attributes = dump_attributes (attributes);
  g_ptr_array_add (self->answer->annotations, annotation);
  return annotation;
}

/* Choices about one region are its attributes: one as text, several as a list */
static void
merge_choices (Region *region)
{
  for (guint i = 0; i < region->choices->len; i++)
    {
      json_t *list = json_object_get (json_object_get (region->choices->pdata[i], "value"), "choices");
      const char *name = get_string (region->choices->pdata[i], "from_name");

      if (name != NULL && json_array_size (list) == 1)
        json_object_set (region->attributes, name, json_array_get (list, 0));
      else if (name != NULL && json_is_array (list))
        json_object_set (region->attributes, name, list);
    }
}

static void
add_shape (Reader *self, Region *region)
{
  Shape shape = { 0 };
  const char *problem = region->labels->len == 0 ? "a region without a label" : read_shape (region->shape, &shape);

  if (problem != NULL)
    add_issue (self, QUARRY_ISSUE_SKIPPED, region->id, problem);
  else
    {
      if (region->labels->len > 1)
        add_issue (self, QUARRY_ISSUE_LOSS, region->id, "a region has several labels; the first counts");
      merge_choices (region);
      add_annotation (self, &shape, region->labels->pdata[0], region->id, region->attributes);
    }
  g_free (shape.geometry);
}

/* Choices about the whole picture are classes of it */
static void
add_classes (Reader *self, Region *region)
{
  static const Shape none = { QUARRY_ANNOTATION_CLASS, NULL, 0 };

  for (guint i = 0; i < region->choices->len; i++)
    {
      json_t *list = json_object_get (json_object_get (region->choices->pdata[i], "value"), "choices");
      const char *name = get_string (region->choices->pdata[i], "from_name");
      gsize n = 0;
      json_t *choice = NULL;

      json_array_foreach (list, n, choice)
        {
          const char *class_name = json_string_value (choice);
          g_autofree char *id = g_strdup_printf ("%s/%s", region->id, class_name != NULL ? class_name : "");
          g_autoptr(json_t) attributes = json_object ();

          if (class_name == NULL)
            continue;
          if (g_strcmp0 (name, QUARRY_LS_CLASS) != 0)
            json_object_set_new (attributes, "choices", json_string (name));
          add_annotation (self, &none, class_name, id, attributes);
        }
    }
  if (json_object_size (region->attributes) > 0)
    add_issue (self, QUARRY_ISSUE_LOSS, region->id, "a text or number about the whole picture is not kept");
}

/* "q12.3" is the fourth key point of our annotation 12. Returns: its index, −1 for any other id */
static gint64
point_index (const char *id, const char *end)
{
  const char *dot = strrchr (id, '.');
  gint64 index = -1;

  if (dot == NULL || *end != 'q' || !g_ascii_string_to_signed (dot + 1, 10, 0, 9999, &index, NULL))
    return -1;
  return index;
}

/* Puts the key points of one of our annotations together again; a deleted one is absent (0 0 0) */
static void
join_keypoints (QuarryVendorAnswer *answer)
{
  g_autoptr(GHashTable) whole = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < answer->annotations->len; )
    {
      QuarryAnnotation *point = answer->annotations->pdata[i];
      const char *slash = strrchr (point->external_id, '/');
      const gint64 index = point->kind == QUARRY_ANNOTATION_KEYPOINTS ? point_index (point->external_id, slash + 1) : -1;
      g_autofree char *stem = NULL;
      QuarryAnnotation *group = NULL;
      const gsize n = (gsize) (index + 1) * 3;

      if (index < 0)
        {
          i++;
          continue;
        }
      stem = g_strndup (point->external_id, (gsize) (strrchr (point->external_id, '.') - point->external_id));
      group = g_hash_table_lookup (whole, stem);
      if (group == NULL)
        {
          const double at[3] = { point->geometry[0], point->geometry[1], point->geometry[2] };

          g_free (point->external_id);
          point->external_id = g_strdup (stem);
          point->geometry = g_renew (double, point->geometry, n);
          memset (point->geometry, 0, n * sizeof (double));
          memcpy (point->geometry + n - 3, at, sizeof at);
          point->n_geometry = n;
          g_hash_table_insert (whole, g_steal_pointer (&stem), point);
          i++;
          continue;
        }
      if (group->n_geometry < n)
        {
          group->geometry = g_renew (double, group->geometry, n);
          memset (group->geometry + group->n_geometry, 0, (n - group->n_geometry) * sizeof (double));
          group->n_geometry = n;
        }
      memcpy (group->geometry + n - 3, point->geometry, 3 * sizeof (double));
      g_ptr_array_remove_index (answer->annotations, i);
    }
}

static void
read_results (Reader *self, json_t *annotation)
{
  json_t *results = json_object_get (annotation, "result");
  gsize i = 0;
  json_t *result = NULL;

  self->regions = g_ptr_array_new_with_free_func (region_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  json_array_foreach (results, i, result)
    collect_result (self, result);
  for (guint n = 0; n < self->regions->len; n++)
    {
      Region *region = self->regions->pdata[n];

      if (region->shape != NULL)
        add_shape (self, region);
      else if (region->choices->len > 0 || json_object_size (region->attributes) > 0)
        add_classes (self, region);
      else
        add_issue (self, QUARRY_ISSUE_SKIPPED, region->id, "a label without a shape");
    }
  join_keypoints (self->answer);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->regions);
}

/* --- the task --- */

static char *
dup_annotator (json_t *annotation, GHashTable *email_by_user)
{
  json_t *by = json_object_get (annotation, "completed_by");
  g_autofree char *id = dup_id (json_is_object (by) ? json_object_get (by, "id") : by);
  const char *email = json_is_object (by) ? get_string (by, "email") : NULL;

  if (email == NULL && id != NULL && email_by_user != NULL)
    email = g_hash_table_lookup (email_by_user, id);
  return email != NULL ? g_strdup (email) : id != NULL ? g_strdup_printf ("user %s", id) : NULL;
}

static gint64
annotation_time_ns (json_t *annotation)
{
  const gint64 updated = parse_time_ns (get_string (annotation, "updated_at"));

  return updated != QUARRY_NO_TIME ? updated : parse_time_ns (get_string (annotation, "created_at"));
}

/* Returns: (transfer none) (nullable): what counts: the latest that was not cancelled */
static json_t *
find_latest (json_t *annotations, guint *out_n, gboolean *out_skipped)
{
  gsize i = 0;
  json_t *annotation = NULL;
  json_t *latest = NULL;

  *out_n = 0;
  *out_skipped = FALSE;
  json_array_foreach (annotations, i, annotation)
    if (json_is_true (json_object_get (annotation, "was_cancelled")))
      *out_skipped = TRUE;
    else if (json_is_object (annotation))
      {
        (*out_n)++;
        if (latest == NULL || annotation_time_ns (annotation) >= annotation_time_ns (latest))
          latest = annotation;
      }
  return latest;
}

/**
 * quarry_label_studio_read_task:
 * @task: as /api/tasks?fields=all or the JSON export has it
 * @email_by_user: (nullable): user id as text → e-mail
 * @report: takes what could not be read of it
 *
 * Returns: (transfer full): the answer; NULL where @task is no task
 */
QuarryVendorAnswer *
quarry_label_studio_read_task (json_t *task, GHashTable *email_by_user, QuarryReport *report)
{
  g_autofree char *id = dup_id (json_object_get (task, "id"));
  const char *key = get_string (json_object_get (task, "data"), QUARRY_LS_KEY);
  Reader reader = { .report = report, .made_ns = QUARRY_NO_TIME };
  g_autofree char *annotator = NULL;
  gboolean skipped = FALSE;
  guint n = 0;
  json_t *latest = find_latest (json_object_get (task, "annotations"), &n, &skipped);

  if (id == NULL)
    return NULL;
  reader.answer = quarry_vendor_answer_new (id, key);
  reader.answer->state = latest != NULL ? QUARRY_ANSWER_LABELLED : skipped ? QUARRY_ANSWER_SKIPPED : QUARRY_ANSWER_PENDING;
  if (latest == NULL)
    return reader.answer;
  if (n > 1)
    quarry_report_add (report, QUARRY_ISSUE_NOTE, key != NULL ? key : id, NULL, "has %u annotations; the latest counts", n);
  reader.annotator = annotator = dup_annotator (latest, email_by_user);
  reader.made_ns = annotation_time_ns (latest);
  read_results (&reader, latest);
  return reader.answer;
}
