/* test-exporter-kitti.c: KITTI's object layout, out and in again
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-ingest.h"
#include "quarry-kitti-line.h"
#include "quarry-test-export.h"

#define CLOSE 1e-6

typedef struct
{
  QuarryTestSite      site;
  QuarryExportRequest request;
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  quarry_test_site_init (&self->site, (const guint[]) { 5, 0 });
  self->request = (QuarryExportRequest) { .dataset = quarry_test_site_dataset (&self->site, "d", 5) };
  self->request.folder = g_build_filename (self->site.folder, "out", NULL);
}

static void
teardown (Fixture *self, gconstpointer data)
{
  quarry_export_request_clear (&self->request);
  quarry_test_site_clear (&self->site);
}

typedef struct
{
  QuarryCatalog *catalog;
  const char    *path;
} Import;

static gboolean
run_import (QuarryOperation *operation, gpointer data, GError **error)
{
  const Import *import = data;

  return quarry_ingest_import (import->catalog, import->path, NULL, operation, error) != 0;
}

/* Returns: (transfer full): a catalog at @name in @folder with what is in @path */
static QuarryCatalog *
import_path (const char *folder, const char *name, const char *path)
{
  g_autofree char *file = g_build_filename (folder, name, NULL);
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Import");
  g_autoptr(GError) error = NULL;
  QuarryCatalog *catalog = quarry_catalog_open (file, &error);
  Import import = { catalog, path };

  g_assert_no_error (error);
  quarry_operation_run (operation, run_import, &import, &error);
  g_assert_no_error (error);
  return catalog;
}

static GArray *
all_frames (QuarryCatalog *catalog, const char *text)
{
  const QuarryTestSite site = { .catalog = catalog };

  return quarry_test_site_query (&site, text);
}

static const QuarryMedia *
find_media (GPtrArray *media, const char *sensor)
{
  for (guint i = 0; i < media->len; i++)
    if (g_str_equal (((QuarryMedia *) media->pdata[i])->sensor_name, sensor))
      return media->pdata[i];
  return NULL;
}

static void
assert_close (const double *a, const double *b, gsize n, const char *what)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabs (a[i] - b[i]) <= CLOSE))
      g_error ("%s: number %" G_GSIZE_FORMAT " is %.12g, was %.12g", what, i, b[i], a[i]);
}

/* q and −q turn alike */
static void
assert_pose (const double *t_a, const double *q_a, const double *t_b, const double *q_b)
{
  const double dot = q_a[0] * q_b[0] + q_a[1] * q_b[1] + q_a[2] * q_b[2] + q_a[3] * q_b[3];
  double turned[4];

  for (int i = 0; i < 4; i++)
    turned[i] = dot < 0 ? -q_b[i] : q_b[i];
  assert_close (t_a, t_b, 3, "place");
  assert_close (q_a, turned, 4, "quaternion");
}

static void
assert_media (GPtrArray *before, GPtrArray *after, const char *sensor)
{
  const QuarryMedia *a = find_media (before, sensor);
  const QuarryMedia *b = find_media (after, sensor);

  if (a == NULL || b == NULL)
    g_error ("no media of '%s'", sensor);
  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->n_points, ==, b->n_points);
  g_assert_cmpstr (a->format, ==, b->format);
  assert_pose (a->calibration.body_from_sensor.t, a->calibration.body_from_sensor.q, b->calibration.body_from_sensor.t,
               b->calibration.body_from_sensor.q);
  if (a->kind == QUARRY_SENSOR_CAMERA)
    assert_close (&a->calibration.camera.fx, &b->calibration.camera.fx, 5, "camera");
}

static GPtrArray *
list_things (QuarryCatalog *catalog, QuarryId frame)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = quarry_catalog_list_annotations (catalog, frame, 0, &error);
  GPtrArray *things = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++)
    if (!g_str_has_prefix (((QuarryAnnotation *) all->pdata[i])->class_name, "dump"))
      g_ptr_array_add (things, quarry_annotation_copy (all->pdata[i]));
  return things;
}

static void
assert_things (QuarryCatalog *before, QuarryId frame_before, QuarryCatalog *after, QuarryId frame_after)
{
  g_autoptr(GPtrArray) a = list_things (before, frame_before);
  g_autoptr(GPtrArray) b = list_things (after, frame_after);

  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      const QuarryAnnotation *x = a->pdata[i], *y = b->pdata[i];

      g_assert_cmpint (x->kind, ==, y->kind);
      g_assert_cmpstr (x->class_name, ==, y->class_name);
      g_assert_cmpstr (x->attributes, ==, y->attributes);
      g_assert_cmpuint (x->n_geometry, ==, y->n_geometry);
      if (x->kind == QUARRY_ANNOTATION_CUBOID)
        {
          assert_pose (x->geometry, x->geometry + 6, y->geometry, y->geometry + 6);
          assert_close (x->geometry + 3, y->geometry + 3, 3, "size");
        }
      else
        assert_close (x->geometry, y->geometry, x->n_geometry, "box");
    }
}

/* @sensors: those that KITTI carries, ended by NULL */
static void
assert_same (QuarryCatalog *before, const char *query, QuarryCatalog *after, const char * const *sensors)
{
  g_autoptr(GArray) frames_before = all_frames (before, query);
  g_autoptr(GArray) frames_after = all_frames (after, "");

  g_assert_cmpuint (frames_before->len, ==, frames_after->len);
  for (guint i = 0; i < frames_before->len; i++)
    {
      const QuarryId id_before = g_array_index (frames_before, QuarryId, i), id_after = g_array_index (frames_after, QuarryId, i);
      g_autoptr(QuarryFrame) a = quarry_catalog_get_frame (before, id_before, NULL);
      g_autoptr(QuarryFrame) b = quarry_catalog_get_frame (after, id_after, NULL);
      g_autoptr(GPtrArray) media_before = quarry_catalog_list_media (before, id_before, NULL);
      g_autoptr(GPtrArray) media_after = quarry_catalog_list_media (after, id_after, NULL);

      g_assert_cmpstr (a->key, ==, b->key);
      for (guint s = 0; sensors[s] != NULL; s++)
        if (find_media (media_before, sensors[s]) != NULL)
          assert_media (media_before, media_after, sensors[s]);
      assert_things (before, id_before, after, id_after);
    }
}

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  static const char * const sensors[] = { "image_2", "velodyne", NULL };
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "kitti", &self->request);
  g_autofree char *train = g_build_filename (self->request.folder, "train", NULL);
  QuarryCatalog *again = import_path (self->site.folder, "again.db", train);

  assert_same (self->site.catalog, "split:train", again, sensors);
  g_assert_true (quarry_catalog_close (again, NULL));
  g_object_unref (again);
}

static void
test_losses (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_test_export_good (&self->site, "kitti", &self->request);
  g_autofree char *names = quarry_test_export_text (&self->request, "val/frames.csv");
  g_autofree char *labels = quarry_test_export_text (&self->request, "train/label_2/000000.txt");

  quarry_test_report_has (report, "4 × sensor 'left': KITTI has one camera and one lidar");
  quarry_test_report_has (report, "1 × mask of class 'dump truck': KITTI has no such thing");
  quarry_test_report_has (report, "1 × box2d of class 'dump truck' in another camera");
  quarry_test_report_has (report, "1 × turned box of class 'dump truck': carried as an upright one");
  quarry_test_report_has (report, "1 × attribute 'colour'");
  quarry_test_report_has (report, "a type has no blanks, carried as 'dump_truck'");
  g_assert_nonnull (strstr (names, "000004,\"scene 0\",\"000004\",1000000000004,\"image_2\","));
  g_assert_nonnull (strstr (labels, "dump_truck -1 -1 -10 "));
}

static void
test_other_camera (Fixture *self, gconstpointer data)
{
  g_autoptr(QuarryReport) report = NULL;
  g_autofree char *labels = NULL;

  self->request.camera = g_strdup ("left");
  report = quarry_test_export_good (&self->site, "kitti", &self->request);
  labels = quarry_test_export_text (&self->request, "train/label_2/000001.txt");
  quarry_test_report_has (report, "picture of 'left' with distortion up to");
  quarry_test_report_has (report, "cuboid of class 'car' without a box: its projection was taken");
  g_assert_true (g_str_has_prefix (labels, "car ") || g_str_has_prefix (labels, "person "));
}

/* A camera that is nowhere is refused, a picture that is gone is told */
static void
test_nothing_to_see (Fixture *self, gconstpointer data)
{
  g_autofree char *source = g_build_filename (self->site.folder, "source", "000002-image_2.png", NULL);
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(QuarryOperation) none = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_unlink (source), ==, 0);
  report = quarry_test_export_good (&self->site, "kitti", &self->request);
  quarry_test_report_has (report, "000002-image_2.png");
  g_assert_false (quarry_test_export_has (&self->request, "train/label_2/000002.txt"));
  g_assert_true (quarry_test_export_has (&self->request, "train/label_2/000003.txt"));
  self->request.camera = g_strdup ("rear");
  none = quarry_test_export (&self->site, "kitti", &self->request, &error);
  g_assert_error (error, QUARRY_EXPORT_ERROR, QUARRY_EXPORT_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "there is no sensor 'rear'");
}

static void
test_turned_alike (void)
{
  const QuarryPose camera_from_body = quarry_pose_invert (&(QuarryPose) { { 0, 0, 0 }, { 0.5, -0.5, 0.5, -0.5 } });
  const QuarryCuboid ahead = { { { 20, 0, 0.75 }, { 1, 0, 0, 0 } }, { 4, 2, 1.5 } };
  const QuarryCuboid leaning = { { { 20, 0, 0.75 }, { cos (0.1), sin (0.1), 0, 0 } }, { 4, 2, 1.5 } };
  g_autofree char *text = NULL;
  QuarryKittiLine line;

  quarry_kitti_clear (&line);
  quarry_kitti_set_box (&line, (const double[]) { 10.5, 20.5, 30, 40 });
  g_assert_cmpfloat (quarry_kitti_set_cuboid (&line, &ahead, &camera_from_body), <, 1e-9);
  line.rotation_y = round (line.rotation_y * 1e6) / 1e6;
  line.alpha = round (line.alpha * 1e6) / 1e6;
  for (int i = 0; i < 3; i++)
    line.bottom[i] = round (line.bottom[i] * 1e6) / 1e6 + 0.0;
  text = quarry_kitti_format (&line, "Car");
  g_assert_cmpstr (text, ==, "Car -1 -1 -1.570796 10 20 40 60 1.5 2 4 0 0 20 -1.570796\n");
  g_assert_cmpfloat_with_epsilon (quarry_kitti_set_cuboid (&line, &leaning, &camera_from_body), 0.2, 1e-9);
}

/* Real recordings: in, out, in again */
static void
test_shared (void)
{
  static const char * const sensors[] = { "image_2", "velodyne", NULL };
  g_autofree char *path = quarry_test_shared ("kitti/object/training");
  g_autofree char *folder = NULL;
  g_autofree char *out = NULL;
  g_autofree char *text = NULL;
  QuarryTestSite site = { 0 };
  QuarryExportRequest request = { 0 };
  QuarryCatalog *again = NULL;

  if (path == NULL)
    return;
  folder = quarry_test_folder ();
  site.catalog = import_path (folder, "catalog.db", path);
  request.dataset = quarry_test_site_dataset (&site, "d", 0);
  request.folder = g_build_filename (folder, "out", NULL);
  g_object_unref (quarry_test_export_good (&site, "kitti", &request));
  out = g_build_filename (request.folder, "unsplit", NULL);
  again = import_path (folder, "again.db", out);
  assert_same (site.catalog, "", again, sensors);
  text = quarry_test_export_text (&request, "unsplit/label_2/000001.txt");
  g_assert_nonnull (strstr (text, "DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10"));
  g_assert_true (quarry_catalog_close (again, NULL) && quarry_catalog_close (site.catalog, NULL));
  g_object_unref (again);
  g_object_unref (site.catalog);
  quarry_export_request_clear (&request);
  quarry_test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/kitti/what-is-exported-comes-back", Fixture, NULL, setup, test_round_trip, teardown);
  g_test_add ("/kitti/nothing-is-lost-in-silence", Fixture, NULL, setup, test_losses, teardown);
  g_test_add ("/kitti/another-camera-with-projected-boxes", Fixture, NULL, setup, test_other_camera, teardown);
  g_test_add ("/kitti/what-has-no-picture-is-told", Fixture, NULL, setup, test_nothing_to_see, teardown);
  g_test_add_func ("/kitti/lines-turn-as-in-kitti", test_turned_alike);
  g_test_add_func ("/kitti/real-recordings-come-back", test_shared);
  return g_test_run ();
}
