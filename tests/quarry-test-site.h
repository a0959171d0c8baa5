/* quarry-test-site.h: a small catalog with every kind of label, for tests of what reads one
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Scenes of given lengths; each frame has a pinhole camera "image_2" (PNG), a second camera "left" with distortion, and a lidar
 * (.bin): the body frame is the lidar's. Labels: a car and a person with box and cuboid, and in each first frame of a
 * scene one label of every other kind.
 */

#pragma once

#include "quarry-catalog.h"
#include "quarry-cloud.h"
#include "quarry-image.h"
#include "quarry-test.h"

#include <math.h>

typedef struct
{
  char          *folder;
  QuarryCatalog *catalog;
  QuarryId       source, set;
  guint          n_frames;
} QuarryTestSite;

static inline void
quarry_test_site_label (GPtrArray *list, QuarryAnnotationKind kind, const char *class_name, const char *id, QuarryId media,
                        const char *attributes, const double *geometry, gsize n)
{
  QuarryAnnotation *annotation = quarry_annotation_new (kind, class_name, id, geometry, n);

  annotation->media = media;
  annotation->attributes = g_strdup (attributes);
  g_ptr_array_add (list, annotation);
}

/* Where the body of the things stands is drawn by lot, in front of the camera */
static inline void
quarry_test_site_labels (GPtrArray *list, GRand *rand, const char *stem, gboolean all_kinds)
{
  static const char *names[] = { "car", "person" };

  for (int i = 0; i < 2; i++)
    {
      const double yaw = g_rand_double_range (rand, -3.1, 3.1);
      const double cuboid[10] = { g_rand_double_range (rand, 8, 40), g_rand_double_range (rand, -4, 4), -0.8, i == 0 ? 4.2 : 0.6,
                                  i == 0 ? 1.8 : 0.7, 1.6, cos (yaw / 2), 0, 0, sin (yaw / 2) };
      const double box[5] = { g_rand_double_range (rand, 0, 200), g_rand_double_range (rand, 0, 100), 30.25, 20.5, 0 };
      const char *attributes = "{\"alpha\":0.25,\"occluded\":1,\"truncated\":0.5}";
      g_autofree char *box_id = g_strdup_printf ("%s/%d/box", stem, i);
      g_autofree char *cuboid_id = g_strdup_printf ("%s/%d/cuboid", stem, i);

      quarry_test_site_label (list, QUARRY_ANNOTATION_BOX2D, names[i], box_id, 1, attributes, box, 5);
      quarry_test_site_label (list, QUARRY_ANNOTATION_CUBOID, names[i], cuboid_id, 0, attributes, cuboid, 10);
    }
  if (!all_kinds)
    return;
  for (int i = 0; i < 8; i++)
    {
      static const struct { QuarryAnnotationKind kind; QuarryId media; double geometry[24]; gsize n; } others[] = {
        { QUARRY_ANNOTATION_POLYGON, 1, { 10, 10, 60, 10, 60, 50, 10, 50 }, 8 },
        { QUARRY_ANNOTATION_POLYGON, 1, { 10, 10, 60, 10, 60, 50, 10, 50, NAN, NAN, 20, 20, 30, 20, 30, 30, 20, 30 }, 18 },
        { QUARRY_ANNOTATION_POLYLINE, 1, { 0, 0, 5.5, 9 }, 4 },
        { QUARRY_ANNOTATION_MASK, 1, { 4, 3, 5, 4, 3 }, 5 },
        { QUARRY_ANNOTATION_KEYPOINTS, 1, { 5, 6, 2, 0, 0, 0, 7, 8, 1 }, 9 },
        { QUARRY_ANNOTATION_BOX2D, 1, { 50, 50, 20, 10, 0.5 }, 5 },
        { QUARRY_ANNOTATION_BOX2D, 2, { 5, 6, 20, 10, 0 }, 5 },
        { QUARRY_ANNOTATION_CLASS, 0, { 0 }, 0 },
      };
      g_autofree char *id = g_strdup_printf ("%s/other-%d", stem, i);

      quarry_test_site_label (list, others[i].kind, "dump truck", id, others[i].media, "{\"colour\":\"red\"}", others[i].geometry, others[i].n);
    }
}

static inline QuarryMedia *
quarry_test_site_media (const char *path, const char *sensor, QuarryId sensor_id, QuarrySensorKind kind, QuarryId calibration, const char *format)
{
  QuarryMedia *media = g_new0 (QuarryMedia, 1);

  media->sensor = sensor_id;
  media->sensor_name = g_strdup (sensor);
  media->kind = kind;
  media->calibration_id = calibration;
  media->uri = g_strdup (path);
  media->length = -1;
  media->format = g_strdup (format);
  media->stamp_ns = QUARRY_NO_TIME;
  media->width = kind == QUARRY_SENSOR_CAMERA ? 320 : 0;
  media->height = kind == QUARRY_SENSOR_CAMERA ? 200 : 0;
  media->n_points = kind == QUARRY_SENSOR_LIDAR ? 3 : 0;
  return media;
}

/* The camera looks along the body's +x: its z is our x, its x our −y, its y our −z */
static inline QuarryCalibration
quarry_test_site_camera (double k1, double up)
{
  QuarryCalibration calibration = { 0, { { 0.3, -0.1, up }, { 0.5, -0.5, 0.5, -0.5 } }, TRUE };

  calibration.camera = (QuarryCamera) { QUARRY_CAMERA_BROWN_CONRADY, 320, 200, 210.5, 211.25, 160.125, 99.875, 0, { k1 } };
  quarry_camera_prepare (&calibration.camera);
  return calibration;
}

static inline void
quarry_test_site_scene (QuarryTestSite *self, guint number, guint n_frames, GRand *rand)
{
  static const char * const names[] = { "image_2", "left", "velodyne" };
  static const char * const formats[] = { "png", "png", "kitti-bin" };
  static const char * const extensions[] = { "png", "png", "bin" };
  g_autofree char *key = g_strdup_printf ("scene %u", number);
  g_autoptr(GError) error = NULL;
  const QuarryId scene = quarry_catalog_store_scene (self->catalog, self->source, key, key, &error);
  const QuarryCalibration calibrations[3] = { quarry_test_site_camera (0, 0.2), quarry_test_site_camera (-0.1, 0.4),
                                              { 0, QUARRY_POSE_IDENTITY, FALSE } };
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  QuarryId sensors[3], ids[3];

  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    {
      sensors[i] = quarry_catalog_store_sensor (self->catalog, scene, names[i], i < 2 ? QUARRY_SENSOR_CAMERA : QUARRY_SENSOR_LIDAR, &error);
      g_assert_no_error (error);
      ids[i] = quarry_catalog_store_calibration (self->catalog, sensors[i], &calibrations[i], &error);
      g_assert_no_error (error);
    }
  for (guint f = 0; f < n_frames; f++, self->n_frames++)
    {
      g_autofree char *frame = g_strdup_printf ("%06u", self->n_frames);
      QuarryFrameDraft *draft = quarry_frame_draft_new (scene, frame, 1000 * QUARRY_NS_PER_S + self->n_frames);

      for (int i = 0; i < 3; i++)
        {
          g_autofree char *name = g_strdup_printf ("source/%s-%s.%s", frame, names[i], extensions[i]);
          g_autofree char *path = g_build_filename (self->folder, name, NULL);
          const gboolean done = i < 2 ? TRUE : g_file_set_contents (path, (const char[48]) { 0 }, 48, NULL);

          g_assert_true (done);
          if (i < 2)
            {
              g_autoptr(QuarryImage) image = quarry_image_new (320, 200);
              g_autoptr(GBytes) bytes = quarry_image_to_png (image, &error);

              g_assert_no_error (error);
              g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
            }
          g_ptr_array_add (draft->media, quarry_test_site_media (path, names[i], sensors[i], i < 2 ? QUARRY_SENSOR_CAMERA : QUARRY_SENSOR_LIDAR,
                                                                 ids[i], formats[i]));
        }
      draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
      draft->set = self->set;
      quarry_test_site_labels (draft->annotations, rand, frame, f == 0 && number == 0);
      g_ptr_array_add (drafts, draft);
    }
  g_assert_true (quarry_catalog_store_frames (self->catalog, drafts, "test", report, &error));
  g_assert_no_error (error);
}

/* @lengths: frames of each scene, ended by 0 */
static inline void
quarry_test_site_init (QuarryTestSite *self, const guint *lengths)
{
  g_autofree char *path = NULL;
  g_autofree char *source = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GRand) rand = g_rand_new_with_seed (11);

  *self = (QuarryTestSite) { quarry_test_folder () };
  path = g_build_filename (self->folder, "catalog.db", NULL);
  source = g_build_filename (self->folder, "source", NULL);
  g_assert_cmpint (g_mkdir (source, 0777), ==, 0);
  self->catalog = quarry_catalog_open (path, &error);
  g_assert_no_error (error);
  self->source = quarry_catalog_store_source (self->catalog, source, "test site", "test", "{}", &error);
  g_assert_no_error (error);
  self->set = quarry_catalog_store_set (self->catalog, "truth", "import", self->source, 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; lengths[i] > 0; i++)
    quarry_test_site_scene (self, i, lengths[i], rand);
}

static inline void
quarry_test_site_clear (QuarryTestSite *self)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (quarry_catalog_close (self->catalog, &error));
  g_assert_no_error (error);
  g_clear_object (&self->catalog);
  quarry_test_remove (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

/* All frames, or those of @text */
static inline GArray *
quarry_test_site_query (const QuarryTestSite *self, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  GArray *frames = NULL;

  g_assert_no_error (error);
  frames = quarry_catalog_query (self->catalog, query, NULL, &error);
  g_assert_no_error (error);
  return frames;
}

/* A dataset of all frames, with every n-th in "val" and the others in "train" where @n is above 0 */
static inline QuarryId
quarry_test_site_dataset (const QuarryTestSite *self, const char *name, guint n)
{
  g_autoptr(GArray) frames = quarry_test_site_query (self, "");
  g_autofree const char **splits = g_new0 (const char *, frames->len + 1);
  g_autoptr(GError) error = NULL;
  const QuarryId dataset = quarry_catalog_create_dataset (self->catalog, name, "", frames, &error);

  g_assert_no_error (error);
  for (guint i = 0; n > 0 && i < frames->len; i++)
    splits[i] = i % n == n - 1 ? "val" : "train";
  g_assert_true (n == 0 || quarry_catalog_assign_splits (self->catalog, dataset, frames, splits, &error));
  g_assert_no_error (error);
  return dataset;
}
