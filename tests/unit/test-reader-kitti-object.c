/* test-reader-kitti-object.c: KITTI's object layout, real and generated
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-media.h"
#include "quarry-test-import.h"

/* The calibration of training/000001 and 000008, rounded; see the development kit for the format */
#define P_ZERO "7.0e+02 0 6.0e+02 0 0 7.0e+02 1.8e+02 0 0 0 1 0"
#define P_TWO "7.0e+02 0 6.0e+02 4.5e+01 0 7.0e+02 1.8e+02 2.0e-01 0 0 1 3.0e-03"
static const char calibration[] = "P0: " P_ZERO "\nP1: " P_ZERO "\nP2: " P_TWO "\nP3: " P_ZERO "\n"
                                  "R0_rect: 1 0 0 0 1 0 0 0 1\n"
                                  "Tr_velo_to_cam: 0 -1 0 0.01 0 0 -1 -0.08 1 0 0 "
                                  "-0.27\nTr_imu_to_velo: 1 0 0 -0.8 0 1 0 0.3 0 0 1 -0.8\n\n";

/* A frame as other code sees it */
typedef struct
{
  QuarryFrame       *frame;
  GPtrArray         *media;
  GPtrArray         *labels;
  const QuarryMedia *camera;
  QuarryCloud       *cloud;
  QuarryPose         camera_from_body;
} Seen;

static void
see (QuarryTestImport *self, const char *key, Seen *out)
{
  g_autoptr(GError) error = NULL;
  const QuarryMedia *lidar = NULL;

  out->frame = quarry_test_find_frame (self, key);
  out->media = quarry_catalog_list_media (self->test.catalog, out->frame->id, &error);
  g_assert_no_error (error);
  out->labels = quarry_catalog_list_annotations (self->test.catalog, out->frame->id, 0, &error);
  g_assert_no_error (error);
  out->camera = quarry_test_find_media (out->media, "image_2");
  lidar = quarry_test_find_media (out->media, "velodyne");
  out->cloud = quarry_media_load_cloud (NULL, self->test.catalog, out->frame->scene, lidar, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint ((gint64) out->cloud->n, ==, lidar->n_points);
  g_assert_true (out->camera->calibration_id != 0 && out->camera->calibration.has_camera);
  quarry_media_get_camera_from_body (self->test.catalog, out->frame->scene, out->camera,
                                     out->frame->stamp_ns, &out->camera_from_body);
}

static void
seen_clear (Seen *self)
{
  quarry_frame_free (self->frame);
  g_ptr_array_unref (self->media);
  g_ptr_array_unref (self->labels);
  quarry_cloud_free (self->cloud);
}

static gboolean
project_point (const Seen *seen, gsize i, double body[3], double pixel[2])
{
  double camera[3];

  for (gsize k = 0; k < 3; k++)
    body[k] = (double) seen->cloud->xyz[3 * i + k];
  quarry_pose_apply (&seen->camera_from_body, body, camera);
  return quarry_camera_project (&seen->camera->calibration.camera, camera, pixel);
}

static int
count_inside_picture (const Seen *seen)
{
  int n = 0;

  for (gsize i = 0; i < seen->cloud->n; i++)
    {
      double body[3], pixel[2];

      /* the published counts are of pixel centres: −0.5 … size − 0.5 in corner-origin pixels is 0 …
       * size */
      if (project_point (seen, i, body, pixel))
        n += pixel[0] - QUARRY_PIXEL_CENTRE >= 0 &&
             pixel[0] - QUARRY_PIXEL_CENTRE < seen->camera->width &&
             pixel[1] - QUARRY_PIXEL_CENTRE >= 0 &&
             pixel[1] - QUARRY_PIXEL_CENTRE < seen->camera->height;
    }
  return n;
}

static const QuarryAnnotation *
find_label (const Seen *seen, const char *id)
{
  for (guint i = 0; i < seen->labels->len; i++)
    if (g_str_equal (((QuarryAnnotation *) seen->labels->pdata[i])->external_id, id))
      return seen->labels->pdata[i];
  g_error ("no label '%s'", id);
}

static gboolean
get_cuboid (const Seen *seen, guint line, QuarryCuboid *out)
{
  g_autofree char *id = g_strdup_printf ("training/%s/%u/cuboid", seen->frame->key, line);

  return quarry_annotation_get_cuboid (find_label (seen, id), out);
}

static int
count_in_cuboid (const Seen *seen, const QuarryCuboid *cuboid)
{
  int n = 0;

  for (gsize i = 0; i < seen->cloud->n; i++)
    {
      const double body[3] = { (double) seen->cloud->xyz[3 * i],
                               (double) seen->cloud->xyz[3 * i + 1],
                               (double) seen->cloud->xyz[3 * i + 2] };

      n += quarry_cuboid_contains (cuboid, body, 0);
    }
  return n;
}

static void
check_hull (const Seen *seen, guint line, const double expected[4])
{
  QuarryCuboid cuboid;
  double box[4];

  g_assert_true (get_cuboid (seen, line, &cuboid));
  g_assert_true (quarry_cuboid_project_box (&cuboid, &seen->camera->calibration.camera,
                                            &seen->camera_from_body, FALSE, box));
  g_assert_cmpfloat_with_epsilon (box[0] - QUARRY_PIXEL_CENTRE, expected[0], 0.02);
  g_assert_cmpfloat_with_epsilon (box[1] - QUARRY_PIXEL_CENTRE, expected[1], 0.02);
  g_assert_cmpfloat_with_epsilon (box[0] + box[2] - QUARRY_PIXEL_CENTRE, expected[2], 0.02);
  g_assert_cmpfloat_with_epsilon (box[1] + box[3] - QUARRY_PIXEL_CENTRE, expected[3], 0.02);
}

static double
overlap (const double a[4], const double b[4])
{
  const double width = MIN (a[0] + a[2], b[0] + b[2]) - MAX (a[0], b[0]);
  const double height = MIN (a[1] + a[3], b[1] + b[3]) - MAX (a[1], b[1]);
  const double both = MAX (width, 0) * MAX (height, 0);

  return both / (a[2] * a[3] + b[2] * b[3] - both);
}

/* Cuboids against the boxes that people drew, and each cuboid's points against them. Returns: how
 * many were compared */
static int
check_labels (const Seen *seen, guint n_lines)
{
  int n = 0;

  for (guint line = 0; line < n_lines; line++)
    {
      g_autofree char *id = g_strdup_printf ("training/%s/%u/box", seen->frame->key, line);
      const QuarryAnnotation *label = find_label (seen, id);
      QuarryCuboid cuboid;
      double box[4];

      g_assert_true (get_cuboid (seen, line, &cuboid));
      for (gsize i = 0; i < seen->cloud->n; i++)
        {
          double body[3], pixel[2];

          if (project_point (seen, i, body, pixel) &&
              quarry_camera_is_inside (&seen->camera->calibration.camera, pixel) &&
              quarry_cuboid_contains (&cuboid, body, 0))
            {
              g_assert_cmpfloat (pixel[0], >=, label->geometry[0] - 4);
              g_assert_cmpfloat (pixel[0], <=, label->geometry[0] + label->geometry[2] + 4);
              g_assert_cmpfloat (pixel[1], >=, label->geometry[1] - 4);
              g_assert_cmpfloat (pixel[1], <=, label->geometry[1] + label->geometry[3] + 4);
            }
        }
      if (strstr (label->attributes, "\"truncated\":0.0") == NULL ||
          strstr (label->attributes, "\"occluded\":0") == NULL ||
          !g_str_equal (label->class_name, "Car"))
        continue;
      g_assert_true (quarry_cuboid_project_box (&cuboid, &seen->camera->calibration.camera,
                                                &seen->camera_from_body, TRUE, box));
      g_assert_cmpfloat (overlap (box, label->geometry), >=, 0.7);
      n++;
    }
  return n;
}

static void
test_real_first_frame (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("kitti/object");
  static const double hulls[3][4] = {
    { 599.85, 157.34, 629.84, 189.85 },
    { 387.88, 181.46, 423.77, 203.29 },
    { 676.86, 164.16, 688.89, 194.10 },
  };
  static const int points[3] = { 70, 9, 18 };
  Seen seen;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  see (self, "000001", &seen);
  g_assert_cmpint ((gint64) seen.cloud->n, ==, 120268);
  g_assert_cmpint (count_inside_picture (&seen), ==, 18630);
  for (guint i = 0; i < 3; i++)
    {
      QuarryCuboid cuboid;

      check_hull (&seen, i, hulls[i]);
      g_assert_true (get_cuboid (&seen, i, &cuboid));
      g_assert_cmpint (count_in_cuboid (&seen, &cuboid), ==, points[i]);
    }
  g_assert_cmpint (check_labels (&seen, 3), ==, 1);
  g_assert_cmpstr (find_label (&seen, "training/000001/3/box")->class_name, ==, "DontCare");
  g_assert_cmpint (seen.labels->len, ==, 3 * 2 + 4);
  seen_clear (&seen);
}

static void
test_real_second_frame (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("kitti/object");
  static const struct { guint line; double box[4];
  } hulls[] = {
    { 1, { 335.78, 178.69, 624.54, 375.31 } },
    { 3, { 598.07, 176.35, 721.28, 262.64 } },
    { 4, { 741.67, 169.36, 792.29, 208.92 } },
    { 5, { 885.38, 178.24, 956.12, 240.95 } },
  };
  static const int points[6] = { 1424, 1940, 878, 668, 53, 164 };
  Seen seen;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  see (self, "000008", &seen);
  g_assert_cmpint ((gint64) seen.cloud->n, ==, 17238);
  g_assert_cmpint (count_inside_picture (&seen), ==, 17238);
  for (guint i = 0; i < G_N_ELEMENTS (hulls); i++)
    check_hull (&seen, hulls[i].line, hulls[i].box);
  for (guint i = 0; i < 6; i++)
    {
      QuarryCuboid cuboid;

      g_assert_true (get_cuboid (&seen, i, &cuboid));
      g_assert_cmpint (count_in_cuboid (&seen, &cuboid), ==, points[i]);
    }
  g_assert_cmpint (check_labels (&seen, 6), ==, 2);
  seen_clear (&seen);
}

static const char label_text[] =
  "Car 0.25 1 -1.5 100.00 120.00 200.00 180.00 1.50 1.60 4.00 2.00 1.70 20.00 0.30\n"
  "Pedestrian 0.00 0 0.2 10.00 20.00 30.00 60.00 1.80 0.60 0.80 -5.00 1.60 12.00 -2.90 0.75\n"
  "DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10\n";

static void
write_frame (QuarryTestImport *self, const char *split, const char *key, gboolean with_calibration)
{
  g_autofree char *image = g_strdup_printf ("%s/image_2/%s.png", split, key);
  g_autofree char *cloud = g_strdup_printf ("%s/velodyne/%s.bin", split, key);
  g_autofree char *calib = g_strdup_printf ("%s/calib/%s.txt", split, key);
  g_autofree char *label = g_strdup_printf ("%s/label_2/%s.txt", split, key);

  quarry_test_write_image (self, image, 120, 40);
  quarry_test_write_cloud (self, cloud, 100, 10, 0, 0);
  quarry_test_write (self, label, label_text, -1);
  if (with_calibration)
    quarry_test_write (self, calib, calibration, -1);
}

static void
test_labels_are_converted (QuarryTestImport *self, gconstpointer unused)
{
  const QuarryAnnotation *box = NULL;
  const QuarryAnnotation *cuboid = NULL;
  QuarryCuboid shape;
  Seen seen;

  write_frame (self, "training", "000000", TRUE);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_LOSS), ==, 0);
  see (self, "000000", &seen);
  g_assert_cmpint (seen.labels->len, ==, 5);
  box = find_label (&seen, "training/000000/0/box");
  g_assert_cmpint (box->media, ==, seen.camera->id);
  g_assert_cmpfloat (box->geometry[0], ==, 100.5);
  g_assert_cmpfloat (box->geometry[2], ==, 100);
  g_assert_cmpfloat (box->geometry[3], ==, 60);
  g_assert_cmpstr (box->attributes, ==, "{\"alpha\":-1.5,\"occluded\":1,\"truncated\":0.25}");
  g_assert_true (isnan (box->score));
  cuboid = find_label (&seen, "training/000000/0/cuboid");
  g_assert_cmpint (cuboid->media, ==, 0);
  g_assert_cmpstr (cuboid->track, ==, box->track);
  quarry_annotation_get_cuboid (cuboid, &shape);
  g_assert_cmpfloat_with_epsilon (shape.size[0], 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (shape.size[1], 1.6, 1e-12);
  g_assert_cmpfloat_with_epsilon (shape.size[2], 1.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[0], 20.27, 1e-9);         /* z + 0.27 */
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[1], 0.01 - 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (shape.body_from_cuboid.t[2], -(1.7 - 0.75) - 0.08, 1e-9);
  g_assert_cmpfloat_with_epsilon (quarry_pose_get_yaw (&shape.body_from_cuboid), -0.3 - G_PI / 2,
                                  1e-9);
  g_assert_cmpfloat (find_label (&seen, "training/000000/1/cuboid")->score, ==, 0.75);
  g_assert_cmpstr (find_label (&seen, "training/000000/2/box")->class_name, ==, "DontCare");
  g_assert_cmpfloat (seen.camera->calibration.camera.cx, ==, 600.5);
  seen_clear (&seen);
}

static void
test_split_folder_itself_can_be_imported (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *training = g_build_filename (self->site, "training", NULL);
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) labels = NULL;

  write_frame (self, "training", "000000", TRUE);
  quarry_test_import (self, training);
  frame = quarry_test_find_frame (self, "000000");
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpstr (((QuarryAnnotation *) labels->pdata[0])->external_id, ==, "000000/0/box");
}

static void
test_sources_of_one_name_keep_their_labels_apart (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *first = g_build_filename (self->site, "a", "training", NULL);
  g_autofree char *second = g_build_filename (self->site, "b", "training", NULL);
  g_autoptr(GPtrArray) sets = NULL;

  write_frame (self, "a/training", "000000", TRUE);
  write_frame (self, "b/training", "000000", TRUE);
  quarry_test_import (self, first);
  quarry_test_import (self, second);
  quarry_test_import (self, second);
  sets = quarry_catalog_list_sets (self->test.catalog, NULL);
  g_assert_cmpint (sets->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpint (((QuarryAnnotationSet *) sets->pdata[i])->n_annotations, ==, 5);
}

static void
test_damage_is_reported_and_the_rest_goes_on (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *key = g_strdup_printf ("%06d", i);

      write_frame (self, "training", key, i != 1);
    }
  quarry_test_write (self, "training/velodyne/000000.bin", "0123456789abcdefXYZ", 19);
  quarry_test_write (self, "training/image_2/000002.png", "\x89PNG\r\n\x1A\n...", -1);
  quarry_test_write (self, "training/label_2/000003.txt",
                     "Car 0 0 nonsense\nCar 0.0 0 0 1 2 3 4 1 1 1 1 1 10 0\n", -1);
  quarry_test_write (self, "training/calib/000004.txt", "P2: 1 2 3\n", -1);
  quarry_test_write (self, "training/label_2/000009.txt", label_text, -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 5);
  quarry_test_assert_issue (
      self, "skipped",
      "training/velodyne/000000.bin: byte 16: the last point is cut off (3 of 16 bytes)");
  quarry_test_assert_issue (self, "skipped",
                            "training/calib/000001.txt: the calibration is missing");
  quarry_test_assert_issue (self, "skipped",
                            "training/label_2/000001.txt: no cuboids, for want of a calibration");
  quarry_test_assert_issue (self, "skipped", "training/image_2/000002.png: ");
  quarry_test_assert_issue (
      self, "skipped", "training/label_2/000002.txt: line 1: the 2D box has no picture in image_2");
  quarry_test_assert_issue (
      self, "skipped", "training/label_2/000003.txt: line 1: not the 15 or 16 columns of a label");
  quarry_test_assert_issue (self, "skipped",
                            "training/calib/000004.txt: no R0_rect and Tr_velo_to_cam");
  quarry_test_assert_issue (self, "skipped",
                            "training/label_2/000009.txt: labels without a picture or a cloud");
  frame = quarry_test_find_frame (self, "000001");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (media->len, ==, 2);
  g_assert_cmpint (quarry_test_find_media (media, "image_2")->calibration_id, ==, 0);
  labels = quarry_catalog_list_annotations (self->test.catalog, frame->id, 0, NULL);
  g_assert_cmpint (labels->len, ==, 3);
}

static void
test_labels_that_came_later_are_added (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *label = g_build_filename (self->site, "training/label_2/000000.txt", NULL);

  write_frame (self, "training", "000000", TRUE);
  g_remove (label);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 0);
  quarry_test_write (self, "training/label_2/000000.txt", label_text, -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 5);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "annotations"), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/kitti-object/" name, QuarryTestImport, NULL, quarry_test_import_setup, func,       \
              quarry_test_import_teardown)
  ADD ("real-frame-with-120268-points", test_real_first_frame);
  ADD ("real-frame-with-17238-points", test_real_second_frame);
  ADD ("labels-are-converted", test_labels_are_converted);
  ADD ("split-folder-itself-can-be-imported", test_split_folder_itself_can_be_imported);
  ADD ("sources-of-one-name-keep-their-labels-apart",
       test_sources_of_one_name_keep_their_labels_apart);
  ADD ("damage-is-reported-and-the-rest-goes-on", test_damage_is_reported_and_the_rest_goes_on);
  ADD ("labels-that-came-later-are-added", test_labels_that_came_later_are_added);
#undef ADD
  return g_test_run ();
}
