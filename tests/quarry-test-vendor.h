/* quarry-test-vendor.h: a small site with labels of every kind, and pushes and pulls of it in one line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-image.h"
#include "quarry-test-catalog.h"
#include "quarry-vendor.h"

/* Frame "%04u" has cameras front (64 × 48) and rear (33 × 57) and a lidar. Labels: on front two boxes (one turned, one with odd
 * numbers) and a class; on rear a polygon, a mask and key points; in space a cuboid. */
typedef struct
{
  char          *folder;
  char          *path;        /* of the catalog */
  QuarryCatalog *catalog;
  GArray        *frames;
  QuarryId       set;
  guint          n_frames;
} QuarryTestYard;

#define QUARRY_TEST_FRONT_WIDTH  64
#define QUARRY_TEST_FRONT_HEIGHT 48
#define QUARRY_TEST_REAR_WIDTH   33
#define QUARRY_TEST_REAR_HEIGHT  57

static inline void
quarry_test_write_image (const char *path, int width, int height, guint seed)
{
  g_autoptr(QuarryImage) image = quarry_image_new (width, height);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) png = NULL;

  for (gsize i = 0; i < image->stride * (gsize) height; i++)
    image->rgb[i] = (guint8) (i * 7 + seed * 31);
  png = quarry_image_to_png (image, &error);
  g_assert_no_error (error);
  g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), &error);
  g_assert_no_error (error);
}

static inline void
quarry_test_add_label (QuarryFrameDraft *draft, guint media, QuarryAnnotationKind kind, const char *class_name, const double *geometry, gsize n)
{
  g_autofree char *id = g_strdup_printf ("%s/%u", draft->key, draft->annotations->len);
  QuarryAnnotation *annotation = quarry_annotation_new (kind, class_name, id, geometry, n);

  annotation->media = media;
  g_ptr_array_add (draft->annotations, annotation);
}

static inline void
quarry_test_add_labels (QuarryFrameDraft *draft, guint frame)
{
  const double w = QUARRY_TEST_REAR_WIDTH;
  const double h = QUARRY_TEST_REAR_HEIGHT;
  const double odd[5] = { 1.37 + frame, 2.71, 11.13, 7.77, 0 };
  const double turned[5] = { 20.5, 10.25, 17.3, 9.1, 0.7 + frame };
  const double polygon[8] = { 1, 1, 32.9, 2.2, 30, 56.5, 2, 50 };
  const double mask[6] = { w, h, 60 + frame, 57, 1, w * h - 118 - frame };
  const double points[9] = { 3.3, 4.4, 2, 0, 0, 0, 30.1, 50.2, 2 };
  const double cuboid[10] = { 5, 0, 1, 4, 2, 3, 1, 0, 0, 0 };

  draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  quarry_test_add_label (draft, 1, QUARRY_ANNOTATION_BOX2D, "excavator", odd, 5);
  quarry_test_add_label (draft, 1, QUARRY_ANNOTATION_BOX2D, "Haul <Truck> & \"co\"", turned, 5);
  quarry_test_add_label (draft, 1, QUARRY_ANNOTATION_CLASS, "fog", NULL, 0);
  quarry_test_add_label (draft, 2, QUARRY_ANNOTATION_POLYGON, "road", polygon, 8);
  quarry_test_add_label (draft, 2, QUARRY_ANNOTATION_MASK, "dust", mask, 6);
  quarry_test_add_label (draft, 2, QUARRY_ANNOTATION_KEYPOINTS, "bucket tip", points, 9);
  quarry_test_add_label (draft, 0, QUARRY_ANNOTATION_CUBOID, "excavator", cuboid, 10);
}

static inline QuarryFrameDraft *
quarry_test_yard_draft (QuarryTestYard *self, QuarryId scene, const QuarryId sensors[3], guint frame)
{
  static const int sizes[2][2] = { { QUARRY_TEST_FRONT_WIDTH, QUARRY_TEST_FRONT_HEIGHT }, { QUARRY_TEST_REAR_WIDTH, QUARRY_TEST_REAR_HEIGHT } };
  g_autofree char *key = g_strdup_printf ("%04u", frame);
  QuarryFrameDraft *draft = quarry_frame_draft_new (scene, key, 1700000000 * QUARRY_NS_PER_S + frame);

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u.png", key, i);
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      QuarryMedia *media = quarry_test_media (sensors[i], 0, path, "png", draft->stamp_ns);

      quarry_test_write_image (path, sizes[i][0], sizes[i][1], frame * 2 + i);
      media->width = sizes[i][0];
      media->height = sizes[i][1];
      g_ptr_array_add (draft->media, media);
    }
  g_ptr_array_add (draft->media, quarry_test_media (sensors[2], 0, "/nowhere/cloud.pcd", "pcd", draft->stamp_ns));
  quarry_test_add_labels (draft, frame);
  draft->set = self->set;
  return draft;
}

static inline void
quarry_test_yard_fill (QuarryTestYard *self)
{
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(GError) error = NULL;
  const QuarryId source = quarry_catalog_store_source (self->catalog, self->folder, "site", "test", "{}", &error);
  const QuarryId scene = quarry_catalog_store_scene (self->catalog, source, "s", "site", &error);
  const QuarryId sensors[3] = { quarry_catalog_store_sensor (self->catalog, scene, "front", QUARRY_SENSOR_CAMERA, &error),
                                quarry_catalog_store_sensor (self->catalog, scene, "rear", QUARRY_SENSOR_CAMERA, &error),
                                quarry_catalog_store_sensor (self->catalog, scene, "top", QUARRY_SENSOR_LIDAR, &error) };

  self->set = quarry_catalog_store_set (self->catalog, "truth", "import", source, 0, &error);
  for (guint i = 0; i < self->n_frames; i++)
    g_ptr_array_add (drafts, quarry_test_yard_draft (self, scene, sensors, i));
  quarry_catalog_store_frames (self->catalog, drafts, "test", NULL, &error);
  g_assert_no_error (error);
  self->frames = quarry_test_query (self->catalog, "");
  g_assert_cmpuint (self->frames->len, ==, self->n_frames);
}

/* @folder: (transfer full): the catalog, the images and nothing else come into it */
static inline QuarryTestYard *
quarry_test_yard_new (char *folder, guint n_frames, const char *url)
{
  QuarryTestYard *self = g_new0 (QuarryTestYard, 1);
  g_autoptr(GError) error = NULL;

  self->folder = folder;
  self->path = g_build_filename (folder, "catalog.db", NULL);
  self->catalog = quarry_test_open (self->path);
  self->n_frames = n_frames;
  quarry_test_yard_fill (self);
  quarry_catalog_add_account (self->catalog, "lab", "label-studio", url, "{}", &error);
  g_assert_no_error (error);
  return self;
}

static inline void
quarry_test_yard_free (QuarryTestYard *self)
{
  quarry_test_close (self->catalog);
  g_array_unref (self->frames);
  quarry_test_remove (self->folder);
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

/* --- pushing and pulling --- */

static inline QuarryPushRequest
quarry_test_request_new (QuarryTestYard *self, const char *name)
{
  return (QuarryPushRequest) { (char *) "lab", (char *) name, self->frames, NULL, self->set, 1200 };      /* borrows all */
}

/* Returns: the job, 0 with @error set. @out_report: (transfer full) (nullable) */
static inline QuarryId
quarry_test_push (QuarryTestYard *self, const QuarryPushRequest *request, QuarryReport **out_report, GError **error)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("push");
  const QuarryId job = quarry_vendor_push (self->catalog, request, operation, error);

  if (out_report != NULL)
    *out_report = g_object_ref (quarry_operation_get_report (operation));
  while (g_main_context_iteration (NULL, FALSE))
    ;      /* the idle that would notify progress */
  return job;
}

static inline gboolean
quarry_test_pull (QuarryTestYard *self, QuarryId job, QuarryReport **out_report, GError **error)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("pull");
  const gboolean done = quarry_vendor_pull (self->catalog, job, operation, error);

  if (out_report != NULL)
    *out_report = g_object_ref (quarry_operation_get_report (operation));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return done;
}

/* Returns: (transfer full): "level place: message; …" of all issues */
static inline char *
quarry_test_issues (QuarryReport *report)
{
  g_autoptr(GPtrArray) issues = quarry_report_dup_issues (report);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < issues->len; i++)
    {
      const QuarryIssue *issue = issues->pdata[i];

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "; " : "", quarry_issue_level_name (issue->level), issue->message);
    }
  return g_string_free (text, FALSE);
}

/* The counts of a pull in their order */
static inline void
quarry_test_assert_pulled (QuarryReport *report, const gint64 expected[7])
{
  static const char * const counts[] = { "tasks labelled", "tasks skipped", "tasks pending", "added", "changed", "same", "removed" };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (quarry_report_get_count (report, counts[i]) != expected[i])
      {
        g_autofree char *text = quarry_report_to_text (report);

        g_error ("%s: expected %" G_GINT64_FORMAT " in %s", counts[i], expected[i], text);
      }
}

static inline QuarryId
quarry_test_find_set (QuarryCatalog *catalog, const char *name)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sets = quarry_catalog_list_sets (catalog, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < sets->len; i++)
    if (g_str_equal (((QuarryAnnotationSet *) sets->pdata[i])->name, name))
      return ((QuarryAnnotationSet *) sets->pdata[i])->id;
  return 0;
}
