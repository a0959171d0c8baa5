/* test-exporter-coco.c: COCO JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-export.h"

typedef struct
{
  QuarryTestSite      site;
  QuarryExportRequest request;
  QuarryReport       *report;
  json_t             *root;      /* of split "train" */
} Fixture;

static void
setup (Fixture *self, gconstpointer data)
{
  quarry_test_site_init (&self->site, (const guint[]) { 3, 0 });
  self->request = (QuarryExportRequest) { .dataset = quarry_test_site_dataset (&self->site, "d", 3) };
  self->request.folder = g_build_filename (self->site.folder, "out", NULL);
  self->report = quarry_test_export_good (&self->site, "coco", &self->request);
  self->root = quarry_test_export_json (&self->request, "annotations/instances_train.json");
}

static void
teardown (Fixture *self, gconstpointer data)
{
  json_decref (self->root);
  g_object_unref (self->report);
  quarry_export_request_clear (&self->request);
  quarry_test_site_clear (&self->site);
}

static const json_t *
find_image (const Fixture *self, gint64 id)
{
  json_t *image = NULL;
  gsize i = 0;

  json_array_foreach (json_object_get (self->root, "images"), i, image)
    if (json_integer_value (json_object_get (image, "id")) == id)
      return image;
  return NULL;
}

static void
test_whole (Fixture *self, gconstpointer data)
{
  json_t *annotation = NULL, *category = NULL, *image = NULL;
  gsize i = 0;

  g_assert_cmpuint (json_array_size (json_object_get (self->root, "images")), ==, 2 * 2);
  g_assert_cmpuint (json_array_size (json_object_get (self->root, "annotations")), ==, 2 * 2 + 6);
  json_array_foreach (json_object_get (self->root, "annotations"), i, annotation)
    {
      g_assert_cmpint (json_integer_value (json_object_get (annotation, "id")), ==, (gint64) i + 1);
      g_assert_nonnull (find_image (self, json_integer_value (json_object_get (annotation, "image_id"))));
      g_assert_cmpint (json_integer_value (json_object_get (annotation, "iscrowd")), ==, 0);
      g_assert_cmpuint (json_array_size (json_object_get (annotation, "bbox")), ==, 4);
      g_assert_cmpfloat (json_number_value (json_object_get (annotation, "area")), >, 0);
    }
  json_array_foreach (json_object_get (self->root, "categories"), i, category)
    g_assert_cmpint (json_integer_value (json_object_get (category, "id")), ==, (gint64) i + 1);
  g_assert_cmpuint (i, ==, 3);
  json_array_foreach (json_object_get (self->root, "images"), i, image)
    {
      g_autofree char *path = g_build_filename ("train", "images", json_string_value (json_object_get (image, "file_name")), NULL);

      g_assert_true (quarry_test_export_has (&self->request, path));
      g_assert_cmpint (json_integer_value (json_object_get (image, "width")), ==, 320);
    }
}

static json_t *
dump_truck (const Fixture *self, guint which)
{
  json_t *annotation = NULL;
  gsize i = 0;

  json_array_foreach (json_object_get (self->root, "annotations"), i, annotation)
    if (json_object_get (json_object_get (annotation, "attributes"), "colour") != NULL && which-- == 0)
      return annotation;
  return NULL;
}

static void
test_geometry (Fixture *self, gconstpointer data)
{
  const json_t *plain = dump_truck (self, 0), *holed = dump_truck (self, 1), *mask = dump_truck (self, 2);
  const json_t *points = dump_truck (self, 3), *turned = dump_truck (self, 4);

  g_assert_cmpuint (json_array_size (json_array_get (json_object_get (plain, "segmentation"), 0)), ==, 8);
  g_assert_cmpfloat (json_number_value (json_object_get (plain, "area")), ==, 2000);
  g_assert_cmpfloat (json_number_value (json_object_get (holed, "area")), ==, 2000 - 100);
  g_assert_true (json_is_string (json_object_get (json_object_get (holed, "segmentation"), "counts")));
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (mask, "segmentation"), "counts")), ==, "543");
  g_assert_cmpint (json_integer_value (json_array_get (json_object_get (json_object_get (mask, "segmentation"), "size"), 0)), ==, 3);
  g_assert_cmpint (json_integer_value (json_object_get (points, "num_keypoints")), ==, 2);
  g_assert_cmpuint (json_array_size (json_object_get (points, "keypoints")), ==, 9);
  g_assert_cmpuint (json_array_size (json_array_get (json_object_get (turned, "segmentation"), 0)), ==, 8);
  g_assert_cmpfloat (json_number_value (json_object_get (turned, "area")), ==, 200);
}

static void
test_losses (Fixture *self, gconstpointer data)
{
  quarry_test_report_has (self->report, "loss: train: 2 × cuboid of class 'car': COCO has no boxes in space");
  quarry_test_report_has (self->report, "loss: train: 1 × polyline of class 'dump truck': COCO has no such thing");
  quarry_test_report_has (self->report, "loss: train: 1 × class of class 'dump truck' that lies in no picture");
  quarry_test_report_has (self->report, "loss: train: 2 × cloud of sensor 'velodyne'");
  quarry_test_report_has (self->report, "loss: train: 1 × polygon with holes");
  quarry_test_report_has (self->report, "loss: train: 1 × turned box");
}

static void
test_missing_picture (void)
{
  Fixture self;
  g_autofree char *source = NULL;
  g_autoptr(QuarryReport) report = NULL;
  g_autoptr(json_t) root = NULL;

  setup (&self, NULL);
  source = g_build_filename (self.site.folder, "source", "000000-image_2.png", NULL);
  g_assert_cmpint (g_unlink (source), ==, 0);
  report = quarry_test_export_good (&self.site, "coco", &self.request);
  quarry_test_report_has (report, "skipped: train: 1 × box2d of class 'car': its picture is not there");
  root = quarry_test_export_json (&self.request, "annotations/instances_train.json");
  g_assert_cmpuint (json_array_size (json_object_get (root, "images")), ==, 3);
  teardown (&self, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/coco/ids-and-files-fit-together", Fixture, NULL, setup, test_whole, teardown);
  g_test_add ("/coco/every-kind-has-its-form", Fixture, NULL, setup, test_geometry, teardown);
  g_test_add ("/coco/nothing-is-lost-in-silence", Fixture, NULL, setup, test_losses, teardown);
  g_test_add_func ("/coco/a-missing-picture-takes-its-labels-along", test_missing_picture);
  return g_test_run ();
}
