/* test-exporter.c: the folder of an export, links and copies, and the plain lists
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-export-private.h"
#include "quarry-test-export.h"

#include <sys/stat.h>

typedef struct
{
  QuarryTestSite      site;
  QuarryExportRequest request;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  quarry_test_site_init (&self->site, (const guint[]) { 4, 2, 0 });
  self->request = (QuarryExportRequest) { .dataset = quarry_test_site_dataset (&self->site, "d", 2) };
  self->request.folder = g_build_filename (self->site.folder, "out", NULL);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_export_request_clear (&self->request);
  quarry_test_site_clear (&self->site);
}

static void
assert_refused (Fixture *self, const char *format, QuarryExportError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryOperation) operation = quarry_test_export (&self->site, format, &self->request, &error);

  g_assert_error (error, QUARRY_EXPORT_ERROR, (int) code);
}

static void
test_formats (void)
{
  for (guint i = 0; quarry_exporter_list ()[i] != NULL; i++)
    g_assert_true (quarry_exporter_find (quarry_exporter_list ()[i]->id) == quarry_exporter_list ()[i]);
  g_assert_null (quarry_exporter_find ("nonsense"));
}

static void
test_foreign_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *other = g_build_filename (self->request.folder, "mine.txt", NULL);
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir (self->request.folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (other, "mine", -1, NULL));
  assert_refused (self, "coco", QUARRY_EXPORT_ERROR_NOT_EMPTY);
  g_assert_true (g_file_get_contents (other, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
}

static void
test_other_format (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "csv", &self->request);

  assert_refused (self, "coco", QUARRY_EXPORT_ERROR_NOT_EMPTY);
}

static void
test_source_folder (Fixture *self, gconstpointer data)
{
  g_free (self->request.folder);
  self->request.folder = g_build_filename (self->site.folder, "source", "out", NULL);
  assert_refused (self, "csv", QUARRY_EXPORT_ERROR_NOT_EMPTY);
  g_assert_false (g_file_test (self->request.folder, G_FILE_TEST_EXISTS));
}

static void
test_cannot_write (Fixture *self, gconstpointer data)
{
  g_autofree char *file = g_build_filename (self->site.folder, "file", NULL);

  g_assert_true (g_file_set_contents (file, "x", -1, NULL));
  g_free (self->request.folder);
  self->request.folder = g_build_filename (file, "out", NULL);
  assert_refused (self, "csv", QUARRY_EXPORT_ERROR_FAILED);
}

static void
test_no_split (Fixture *self, gconstpointer data)
{
  self->request.splits = g_strsplit ("train,nowhere", ",", -1);
  assert_refused (self, "csv", QUARRY_EXPORT_ERROR_NOTHING);
}

static void
test_one_split (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = NULL;

  self->request.splits = g_strsplit ("val,val", ",", -1);
  report = quarry_test_export_good (&self->site, "csv", &self->request);
  g_assert_cmpint (quarry_report_get_count (report, "frames"), ==, 3);
  g_assert_true (quarry_test_export_has (&self->request, "val/frames.csv"));
  g_assert_false (quarry_test_export_has (&self->request, "train"));
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}

static void
test_csv (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "csv", &self->request);
  g_autofree char *frames = quarry_test_export_text (&self->request, "train/frames.csv");
  g_autofree char *media = quarry_test_export_text (&self->request, "train/media.csv");
  g_autofree char *annotations = quarry_test_export_text (&self->request, "train/annotations.csv");
  g_autofree char *calibrations = quarry_test_export_text (&self->request, "train/calibrations.csv");

  g_assert_cmpuint (count_lines (frames), ==, 1 + 3);
  g_assert_cmpuint (count_lines (media), ==, 1 + 3 * 3);
  g_assert_cmpuint (count_lines (annotations), ==, 1 + 3 * 4 + 8);
  g_assert_cmpuint (count_lines (calibrations), ==, 1 + 6);
  g_assert_nonnull (strstr (frames, "scene 0,000000,1000000000000,train,0,0,\r\n"));
  g_assert_nonnull (strstr (annotations, "dump truck,polygon,10 10 60 10 60 50 10 50 nan nan 20 20 30 20 30 30 20 30,,\"{\"\"colour\"\":\"\"red\"\"}\","));
  g_assert_nonnull (strstr (calibrations, ",brown_conrady,"));
  g_assert_nonnull (strstr (media, "media/scene_0-"));
  g_assert_cmpint (quarry_report_get_count (report, "annotations"), ==, 6 * 4 + 8);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, 0);
}

/* Reads RFC 4180 text. Returns: (transfer full) (element-type GPtrArray of utf8) */
static GPtrArray *
parse_csv (const char *text)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  GPtrArray *row = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) cell = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *c = text; *c != '\0'; c++)
    {
      if (quoted && c[0] == '"' && c[1] == '"')
        g_string_append_c (cell, *c++);
      else if (*c == '"')
        quoted = !quoted;
      else if (quoted || strchr (",\r\n", *c) == NULL)
        g_string_append_c (cell, *c);
      else if (*c != '\r')
        {
          g_ptr_array_add (row, g_strdup (cell->str));
          g_string_truncate (cell, 0);
          if (*c == ',')
            continue;
          g_ptr_array_add (rows, row);
          row = g_ptr_array_new_with_free_func (g_free);
        }
    }
  g_assert_cmpuint (row->len, ==, 0);
  g_ptr_array_unref (row);
  return rows;
}

static void
assert_numbers (const char *text, const double *numbers, gsize n)
{
  g_auto(GStrv) words = g_strsplit (text, " ", -1);

  g_assert_cmpuint (*text == '\0' ? 0 : g_strv_length (words), ==, n);
  for (gsize i = 0; i < n; i++)
    if (isnan (numbers[i]))
      g_assert_cmpstr (words[i], ==, "nan");
    else
      g_assert_cmpfloat (g_ascii_strtod (words[i], NULL), ==, numbers[i]);
}

/* Names and attributes that need quotes come back as they were, and every number bit for bit */
static void
test_csv_comes_back (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = quarry_test_site_query (&self->site, "split:val");
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autoptr(GPtrArray) expected = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *text = NULL;
  guint at = 1;
  QuarryAnnotation *odd = quarry_annotation_new (QUARRY_ANNOTATION_CLASS, "dust, \"thick\"\nand grey", "od,d", NULL, 0);

  odd->frame = g_array_index (frames, QuarryId, 0);
  odd->attributes = g_strdup ("{\"a\":\"b,\\\"c\"}");
  odd->annotator = g_strdup ("Zoë, \"Z\"");
  odd->made_ns = 123456789;
  odd->score = 0.1;
  g_ptr_array_add (drafts, odd);
  g_assert_true (quarry_catalog_store_annotations (self->site.catalog, self->site.set, drafts, "test", report, &error));
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  text = quarry_test_export_text (&self->request, "val/annotations.csv");
  rows = parse_csv (text);
  for (guint f = 0; f < frames->len; f++)
    {
      expected = quarry_catalog_list_annotations (self->site.catalog, g_array_index (frames, QuarryId, f), 0, &error);
      for (guint i = 0; i < expected->len; i++, at++)
        {
          const QuarryAnnotation *a = expected->pdata[i];
          char **cells = (char **) ((GPtrArray *) rows->pdata[at])->pdata;

          g_assert_cmpuint (((GPtrArray *) rows->pdata[at])->len, ==, 13);
          g_assert_cmpstr (cells[4], ==, a->external_id);
          g_assert_cmpstr (cells[5], ==, a->class_name);
          g_assert_cmpstr (cells[6], ==, quarry_annotation_kind_name (a->kind));
          assert_numbers (cells[7], a->geometry, a->n_geometry);
          g_assert_cmpstr (cells[9], ==, a->attributes);
          g_assert_cmpstr (cells[11], ==, a->annotator != NULL ? a->annotator : "");
        }
      g_clear_pointer (&expected, g_ptr_array_unref);
    }
  g_assert_cmpuint (at, ==, rows->len);
}

static void
test_file_names (void)
{
  static const char * const texts[] = {
    "plain-1.png", "a b", "a/b", "a_b", "a\\b", "..", ".", "", ".hidden", "Straße", "日本", "x\ny", "CON:", "~", "-rf",
  };
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *long_text = g_strnfill (4000, 'x');
  g_autofree char *longer = g_strconcat (long_text, "y", NULL);
  g_autofree char *long_name = quarry_export_file_name (long_text);
  g_autofree char *longer_name = quarry_export_file_name (longer);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char *name = quarry_export_file_name (texts[i]);

      g_assert_cmpuint (strlen (name), >, 0);
      g_assert_true (*name != '.');
      g_assert_cmpuint (strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."), ==, strlen (name));
      g_assert_true (g_hash_table_add (names, name));      /* no two alike */
    }
  g_assert_true (g_hash_table_contains (names, "plain-1.png"));
  g_assert_cmpuint (strlen (long_name), <, 200);
  g_assert_cmpstr (long_name, !=, longer_name);
}

/* A range of a larger file is copied even where links are wanted, and the copy has just these bytes */
static void
test_ranges (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryReport) stored = quarry_report_new ();
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autofree char *path = g_build_filename (self->site.folder, "log.bag", NULL);
  g_autofree char *text = NULL;
  g_autofree char *copy = NULL;
  g_autofree char *frame = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  const QuarryId scene = quarry_catalog_store_scene (self->site.catalog, self->site.source, "log", "scene 0", &error);
  const QuarryId sensor = quarry_catalog_store_sensor (self->site.catalog, scene, "cam", QUARRY_SENSOR_CAMERA, &error);
  QuarryFrameDraft *draft = quarry_frame_draft_new (scene, "one", QUARRY_NO_TIME);
  QuarryMedia *media = quarry_test_site_media (path, "cam", sensor, QUARRY_SENSOR_CAMERA, 0, "jpeg");

  g_assert_true (g_file_set_contents (path, "before|picture|after", -1, NULL));
  media->offset = 7;
  media->length = 7;
  g_ptr_array_add (draft->media, media);
  g_ptr_array_add (drafts, draft);
  g_assert_true (quarry_catalog_store_frames (self->site.catalog, drafts, "test", stored, &error));
  g_assert_no_error (error);
  self->request.dataset = quarry_test_site_dataset (&self->site, "with a log", 0);
  report = quarry_test_export_good (&self->site, "csv", &self->request);
  quarry_test_report_has (report, "1 × a file that is only a part of another");
  text = quarry_test_export_text (&self->request, "unsplit/media.csv");
  rows = parse_csv (text);
  frame = g_build_filename ("unsplit", ((GPtrArray *) rows->pdata[rows->len - 1])->pdata[13], NULL);
  copy = quarry_test_export_text (&self->request, frame);
  g_assert_cmpstr (copy, ==, "picture");
  g_assert_nonnull (strstr (frame, "~2/cam/one.jpg"));         /* two scenes of one name */
}

/* Every number of every label comes back bit for bit */
static void
test_json (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "json", &self->request);
  g_autofree char *text = quarry_test_export_text (&self->request, "train/frames.jsonl");
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr(GArray) frames = quarry_test_site_query (&self->site, "split:train");

  g_assert_cmpuint (g_strv_length (lines), ==, frames->len + 1);
  for (guint i = 0; i < frames->len; i++)
    {
      g_autoptr(json_t) root = json_loads (lines[i], 0, NULL);
      g_autoptr(GPtrArray) annotations = quarry_catalog_list_annotations (self->site.catalog, g_array_index (frames, QuarryId, i), 0, NULL);
      const json_t *list = json_object_get (root, "annotations");

      g_assert_cmpuint (json_array_size (list), ==, annotations->len);
      g_assert_cmpuint (json_array_size (json_object_get (root, "media")), ==, 3);
      for (guint a = 0; a < annotations->len; a++)
        {
          const QuarryAnnotation *annotation = annotations->pdata[a];
          const json_t *geometry = json_object_get (json_array_get (list, a), "geometry");

          g_assert_cmpstr (json_string_value (json_object_get (json_array_get (list, a), "external_id")), ==, annotation->external_id);
          g_assert_cmpuint (json_array_size (geometry), ==, annotation->n_geometry);
          for (gsize k = 0; k < annotation->n_geometry; k++)
            if (isnan (annotation->geometry[k]))
              g_assert_true (json_is_null (json_array_get (geometry, k)));
            else
              g_assert_cmpfloat (json_number_value (json_array_get (geometry, k)), ==, annotation->geometry[k]);
        }
    }
}

static char *
first_picture (const Fixture *self)
{
  g_autofree char *media = quarry_test_export_text (&self->request, "val/media.csv");
  g_auto(GStrv) lines = g_strsplit (media, "\r\n", -1);
  const char *file = strrchr (lines[1], ',') + 1;

  return g_build_filename (self->request.folder, "val", file, NULL);
}

static void
test_links (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "csv", &self->request);
  g_autofree char *path = first_picture (self);
  g_autofree char *target = g_file_read_link (path, NULL);
  g_autofree char *expected = g_build_filename (self->site.folder, "source", "000001-image_2.png", NULL);

  g_assert_cmpstr (target, ==, expected);
}

static void
test_copies (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *source = g_build_filename (self->site.folder, "source", "000001-image_2.png", NULL);
  g_autofree char *copied = NULL;
  g_autofree char *original = NULL;
  gsize n_copied = 0, n_original = 0;
  struct stat first, second;

  self->request.copy = TRUE;
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  path = first_picture (self);
  g_assert_cmpint (lstat (path, &first), ==, 0);
  g_assert_true (S_ISREG (first.st_mode));
  g_assert_true (g_file_get_contents (path, &copied, &n_copied, NULL) && g_file_get_contents (source, &original, &n_original, NULL));
  g_assert_cmpmem (copied, n_copied, original, n_original);
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  g_assert_cmpint (lstat (path, &second), ==, 0);
  g_assert_true (first.st_ino == second.st_ino);      /* not copied again */
  self->request.copy = FALSE;
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
}

static void
test_left_over (Fixture *self, gconstpointer data)
{
  g_autofree char *mine = g_build_filename (self->request.folder, "mine.txt", NULL);
  g_autofree char *path = NULL;
  g_autoptr(GArray) gone = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryReport) report = NULL;

  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  path = first_picture (self);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (mine, "mine", -1, NULL));
  gone = quarry_test_site_query (&self->site, "split:val");
  g_assert_true (quarry_catalog_dataset_remove (self->site.catalog, self->request.dataset, gone, &error));
  report = quarry_test_export_good (&self->site, "csv", &self->request);
  g_assert_false (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_false (quarry_test_export_has (&self->request, "val"));
  g_assert_true (quarry_test_export_has (&self->request, "train/frames.csv"));
  g_assert_true (quarry_test_export_has (&self->request, "mine.txt"));
  g_assert_cmpint (quarry_report_get_count (report, "left-over files removed"), ==, 3 * 3 + 4);
}

static void
test_missing_media (Fixture *self, gconstpointer data)
{
  g_autofree char *source = g_build_filename (self->site.folder, "source", "000001-image_2.png", NULL);
  g_autoptr(QuarryReport) linked = NULL;
  g_autoptr(QuarryReport) copied = NULL;

  g_assert_cmpint (g_unlink (source), ==, 0);
  linked = quarry_test_export_good (&self->site, "csv", &self->request);
  quarry_test_report_has (linked, "000001-image_2.png");
  g_assert_cmpuint (quarry_report_get_n_issues (linked, QUARRY_ISSUE_SKIPPED), ==, 1);
  self->request.copy = TRUE;
  copied = quarry_test_export_good (&self->site, "csv", &self->request);
  g_assert_cmpuint (quarry_report_get_n_issues (copied, QUARRY_ISSUE_SKIPPED), ==, 1);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Export");
  QuarryTestExport export = { self->site.catalog, quarry_exporter_find ("csv"), &self->request };
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryReport) report = NULL;

  quarry_operation_cancel (operation);
  g_assert_false (quarry_operation_run (operation, quarry_test_export_run, &export, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (quarry_test_export_has (&self->request, "train/frames.csv"));
  report = quarry_test_export_good (&self->site, "csv", &self->request);
  g_assert_cmpint (quarry_report_get_count (report, "frames"), ==, 6);
  g_assert_false (quarry_test_export_has (&self->request, ".quarry-export.old"));
}

/* What kills can leave at the worst moments is taken over */
static void
test_debris (Fixture *self, gconstpointer data)
{
  static const char * const names[] = { ".quarry-export.part", "train/frames.csv.part", "report.json.part" };
  g_autofree char *first = g_build_filename (self->request.folder, names[0], NULL);

  g_assert_cmpint (g_mkdir (self->request.folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (first, "quarry-exp", -1, NULL));
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->request.folder, names[i], NULL);

      g_assert_true (g_file_set_contents (path, "half", -1, NULL));
    }
  g_object_unref (quarry_test_export_good (&self->site, "csv", &self->request));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_false (quarry_test_export_has (&self->request, names[i]));
}

static void
test_report_file (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "coco", &self->request);
  g_autoptr(json_t) root = quarry_test_export_json (&self->request, "report.json");
  const json_t *export = json_object_get (root, "export");

  g_assert_cmpstr (json_string_value (json_object_get (export, "format")), ==, "coco");
  g_assert_cmpstr (json_string_value (json_object_get (export, "dataset")), ==, "d");
  g_assert_cmpuint (json_array_size (json_object_get (root, "issues")), >, 3);
}

static void
test_unsplit_and_versions (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) all = quarry_test_site_query (&self->site, "");

  self->request.dataset = quarry_test_site_dataset (&self->site, "loose", 0);
  self->request.version = quarry_catalog_freeze_dataset (self->site.catalog, self->request.dataset, "", &error);
  g_assert_no_error (error);
  g_assert_true (quarry_catalog_dataset_remove (self->site.catalog, self->request.dataset, all, &error));
  report = quarry_test_export_good (&self->site, "csv", &self->request);
  quarry_test_report_has (report, "6 frames are in no split");
  g_assert_cmpint (quarry_report_get_count (report, "frames"), ==, 6);
  g_assert_true (quarry_test_export_has (&self->request, "unsplit/frames.csv"));
  self->request.version = 0;
  assert_refused (self, "csv", QUARRY_EXPORT_ERROR_NOTHING);
}

/* A second set beside the first is told, and can be left out */
static void
test_sets (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) frames = quarry_test_site_query (&self->site, "");
  g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autoptr(QuarryReport) stored = quarry_report_new ();
  g_autoptr(QuarryReport) both = NULL;
  g_autoptr(QuarryReport) one = NULL;
  QuarryAnnotation *annotation = quarry_annotation_new (QUARRY_ANNOTATION_CLASS, "night", "n", NULL, 0);

  annotation->frame = g_array_index (frames, QuarryId, 0);
  g_ptr_array_add (more, annotation);
  self->request.set = quarry_catalog_store_set (self->site.catalog, "second", "person", 0, 0, &error);
  g_assert_true (quarry_catalog_store_annotations (self->site.catalog, self->request.set, more, "test", stored, &error));
  g_assert_no_error (error);
  one = quarry_test_export_good (&self->site, "csv", &self->request);
  g_assert_cmpint (quarry_report_get_count (one, "annotations"), ==, 1);
  self->request.set = 0;
  both = quarry_test_export_good (&self->site, "csv", &self->request);
  quarry_test_report_has (both, "labels of 2 sets lie side by side ('second', 'truth')");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exporter/each-is-found-by-its-id", test_formats);
  g_test_add_func ("/exporter/file-names-are-safe-and-no-two-alike", test_file_names);
#define ADD(claim, function) g_test_add ("/exporter/" claim, Fixture, NULL, setup, function, teardown)
  ADD ("a-folder-with-other-things-is-refused-and-kept", test_foreign_folder);
  ADD ("a-folder-with-another-format-is-refused", test_other_format);
  ADD ("a-source-is-never-written", test_source_folder);
  ADD ("a-folder-that-cannot-be-made-is-an-error", test_cannot_write);
  ADD ("an-unknown-split-is-an-error", test_no_split);
  ADD ("only-the-chosen-splits-are-written", test_one_split);
  ADD ("csv-has-a-row-for-everything", test_csv);
  ADD ("csv-comes-back-as-it-was", test_csv_comes_back);
  ADD ("ranges-of-files-are-copied", test_ranges);
  ADD ("json-keeps-every-bit", test_json);
  ADD ("media-are-linked", test_links);
  ADD ("copies-are-equal-and-made-once", test_copies);
  ADD ("what-left-the-dataset-leaves-the-folder", test_left_over);
  ADD ("missing-media-are-named-and-the-rest-goes-on", test_missing_media);
  ADD ("cancelled-it-leaves-no-half-file-and-goes-on-later", test_cancel);
  ADD ("what-a-kill-left-is-taken-over", test_debris);
  ADD ("the-report-lies-beside-the-files", test_report_file);
  ADD ("unsplit-frames-and-versions", test_unsplit_and_versions);
  ADD ("two-sets-side-by-side-are-told", test_sets);
  return g_test_run ();
}
