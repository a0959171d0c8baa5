/* test-catalog-store.c: what readers, vendors and models bring is stored once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

static const QuarryTestContent content = { 2, 3, 2, 1 };

static void
assert_counts (QuarryReport *report, const char *expected)
{
  g_autofree char *text = quarry_report_to_text (report);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_twice (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(QuarryReport) first = quarry_report_new ();
  g_autoptr(QuarryReport) second = quarry_report_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  quarry_test_fill (test->catalog, &content, first);
  assert_counts (first, "2 scenes, 6 frames, 12 media, 12 annotations, 4 new classes\n");
  before = quarry_test_dump (test->catalog);
  quarry_test_fill (test->catalog, &content, second);
  assert_counts (second, "6 known frames\n");
  after = quarry_test_dump (test->catalog);
  g_assert_cmpstr (before, ==, after);
}

static void
test_growing (QuarryTestCatalog *test, gconstpointer data)
{
  const QuarryTestContent more = { 3, 4, 2, 1 };
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GArray) frames = NULL;
  const char *add[] = { "mine", NULL };

  quarry_test_fill (test->catalog, &content, NULL);
  frames = quarry_test_query (test->catalog, "");
  quarry_test_ok (quarry_catalog_tag (test->catalog, frames, add, NULL, &error));
  quarry_test_ok (quarry_catalog_set_rating (test->catalog, frames, 5, &error));
  quarry_test_fill (test->catalog, &more, report);
  assert_counts (report, "6 frames, 6 known frames, 12 media, 12 annotations, 1 scenes\n");
  quarry_test_assert_query (test->catalog, "tag:mine rating:5 scene:scene-1",
                            "scene-1/0000 scene-1/0001 scene-1/0002");
}

/* A frame that had one picture gets its second and its labels later */
static void
test_late_media (QuarryTestCatalog *test, gconstpointer data)
{
  const double box[5] = { 1, 1, 2, 2, 0 };
  g_autoptr(GPtrArray) drafts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GHashTable) keys = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) labels = NULL;
  QuarryFrameDraft *draft = quarry_frame_draft_new (1, "0001", QUARRY_NO_TIME);
  QuarryAnnotation *label = quarry_annotation_new (QUARRY_ANNOTATION_BOX2D, "person", NULL, box, 5);
  QuarryId rear = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok ((rear = quarry_catalog_store_sensor (test->catalog, 1, "rear",
                                                       QUARRY_SENSOR_CAMERA, &error)) != 0);
  g_ptr_array_add (draft->media, quarry_test_media (1, 0, "/elsewhere.jpg", "jpeg", 0));      /* known: stays where it was */
  g_ptr_array_add (draft->media, quarry_test_media (rear, 0, "/rear.jpg", "jpeg", 7));
  draft->annotations = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  draft->set = 1;
  label->media = 1;
  g_ptr_array_add (draft->annotations, label);
  g_ptr_array_add (drafts, draft);
  quarry_test_ok (quarry_catalog_store_frames (test->catalog, drafts, NULL, report, &error));
  assert_counts (report, "1 known frames, 1 media, 1 annotations\n");
  keys = quarry_catalog_list_frame_keys (test->catalog, 1, NULL);
  g_assert_cmpuint (g_hash_table_size (keys), ==, 3);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (keys, "0001")), ==, 3);
  media = quarry_catalog_list_media (test->catalog, 2, NULL);
  g_assert_cmpuint (media->len, ==, 3);
  g_assert_cmpstr (((QuarryMedia *) media->pdata[0])->uri, ==,
                   "/data/site/scene-0/camera/0001.jpg");
  g_assert_cmpstr (((QuarryMedia *) media->pdata[1])->uri, ==, "/rear.jpg");
  g_assert_cmpint (((QuarryMedia *) media->pdata[2])->kind, ==, QUARRY_SENSOR_LIDAR);
  labels = quarry_catalog_list_annotations (test->catalog, 2, 1, NULL);
  g_assert_cmpuint (labels->len, ==, 3);
  g_assert_cmpint (((QuarryAnnotation *) labels->pdata[2])->media, ==,
                   ((QuarryMedia *) media->pdata[0])->id);
}

static QuarryAnnotation *
make_label (const char *class_name,
            const char *id,
            QuarryAnnotationKind kind,
            const double *numbers,
            gsize n)
{
  QuarryAnnotation *annotation = quarry_annotation_new (kind, class_name, id, numbers, n);

  annotation->frame = 1;
  return annotation;
}

static GPtrArray *
make_labels (void)
{
  const double box[5] = { 1, 2, 3, 4, 0.5 };
  const double polygon[14] = { 0, 0, 9, 0, 9, 9, (double) NAN, (double) NAN, 2, 2, 4, 2, 4, 4 };
  const double cuboid[10] = { 1.5, -2, 3, 4, 2, 1.5, 1, 0, 0, 0 };
  GPtrArray *labels = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  QuarryAnnotation *last = NULL;

  g_ptr_array_add (labels, make_label ("person", "a", QUARRY_ANNOTATION_BOX2D, box, 5));
  g_ptr_array_add (labels, make_label ("person", "b", QUARRY_ANNOTATION_POLYGON, polygon, 14));
  g_ptr_array_add (labels, make_label ("digger", "c", QUARRY_ANNOTATION_CUBOID, cuboid, 10));
  g_ptr_array_add (labels, make_label ("muddy", "d", QUARRY_ANNOTATION_CLASS, NULL, 0));
  last = labels->pdata[3];
  last->score = 0.25;
  last->annotator = g_strdup ("Ana");
  last->made_ns = 12345;
  last->attributes = g_strdup ("{\"a\":1}");
  last->track = g_strdup ("t");
  return labels;
}

static void
test_labels (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GPtrArray) labels = make_labels ();
  g_autoptr(GPtrArray) back = NULL;
  QuarryId set = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok ((set = quarry_catalog_store_set (test->catalog, "job 1", "vendor", 0, 0,
                                                   &error)) != 0);
  quarry_test_ok (quarry_catalog_store_annotations (test->catalog, set, labels, "x", NULL, &error));
  back = quarry_catalog_list_annotations (test->catalog, 1, set, NULL);
  g_assert_cmpuint (back->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const QuarryAnnotation *in = labels->pdata[i], *out = back->pdata[i];

      g_assert_cmpint (out->kind, ==, in->kind);
      g_assert_cmpint (out->set, ==, set);
      g_assert_cmpstr (out->class_name, ==, in->class_name);
      g_assert_cmpstr (out->external_id, ==, in->external_id);
      g_assert_cmpmem (out->geometry, out->n_geometry * sizeof (double), in->geometry,
                       in->n_geometry * sizeof (double));
      g_assert_cmpstr (out->attributes, ==, in->attributes != NULL ? in->attributes : "{}");
      g_assert_true (isnan (in->score) ? isnan (out->score) : out->score == in->score);
      g_assert_cmpstr (out->annotator, ==, in->annotator);
      g_assert_cmpstr (out->track, ==, in->track);
      g_assert_cmpint (out->made_ns, ==, in->made_ns);
    }
}

static void
test_pull_again (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GPtrArray) labels = make_labels ();
  g_autoptr(QuarryReport) first = quarry_report_new ();
  g_autoptr(QuarryReport) again = quarry_report_new ();
  g_autoptr(QuarryReport) changed = quarry_report_new ();
  g_autoptr(GPtrArray) back = NULL;
  const char *gone[] = { "a", "c", "unknown", NULL };

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok (quarry_catalog_store_annotations (test->catalog, 1, labels, "x", first, &error));
  assert_counts (first, "4 added, 0 changed, 0 same, 2 new classes\n");
  quarry_test_ok (quarry_catalog_store_annotations (test->catalog, 1, labels, "x", again, &error));
  assert_counts (again, "0 added, 0 changed, 4 same\n");
  ((QuarryAnnotation *) labels->pdata[0])->geometry[2] = 30;
  ((QuarryAnnotation *) labels->pdata[3])->score = (double) NAN;
  quarry_test_ok (quarry_catalog_store_annotations (test->catalog, 1, labels, "x", changed,
                                                    &error));
  assert_counts (changed, "0 added, 2 changed, 2 same\n");
  quarry_test_ok (quarry_catalog_remove_annotations (test->catalog, 1, gone, &error));
  back = quarry_catalog_list_annotations (test->catalog, 1, 1, NULL);
  g_assert_cmpuint (back->len, ==, 4);      /* two of the first import and b, d */
  g_assert_true (isnan (((QuarryAnnotation *) back->pdata[3])->score));
}

static void
test_broken_labels (QuarryTestCatalog *test, gconstpointer data)
{
  const double box[5] = { 1, 2, 3, 4, 0 };
  const double flipped[5] = { 1, 2, -3, 4, 0 };
  const double endless[5] = { 1, 2, (double) INFINITY, 4, 0 };
  g_autoptr(GPtrArray) labels =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autoptr(QuarryReport) report = quarry_report_new ();

  quarry_test_fill (test->catalog, &content, NULL);
  g_ptr_array_add (labels, make_label ("person", "flipped", QUARRY_ANNOTATION_BOX2D, flipped, 5));
  g_ptr_array_add (labels, make_label ("person", "endless", QUARRY_ANNOTATION_BOX2D, endless, 5));
  g_ptr_array_add (labels, make_label ("person", "short", QUARRY_ANNOTATION_BOX2D, box, 4));
  g_ptr_array_add (labels, make_label (NULL, "classless", QUARRY_ANNOTATION_BOX2D, box, 5));
  g_ptr_array_add (labels, make_label ("person", NULL, QUARRY_ANNOTATION_BOX2D, box, 5));
  g_ptr_array_add (labels, make_label ("person", "twice", QUARRY_ANNOTATION_BOX2D, box, 5));
  g_ptr_array_add (labels, make_label ("person", "twice", QUARRY_ANNOTATION_BOX2D, box, 5));
  quarry_test_ok (quarry_catalog_store_annotations (test->catalog, 1, labels, "x", report, &error));
  assert_counts (report, "1 added, 0 changed, 0 same\n"
                         "skipped: flipped: box2d 'flipped': negative size\n"
                         "skipped: endless: box2d 'endless': a coordinate is not a number\n"
                         "skipped: short: box2d 'short': a box needs 5 numbers\n"
                         "skipped: classless: the label has no class\n"
                         "skipped: label: the label has no id\n"
                         "skipped: twice: this label's id is used twice\n");
}

static void
test_unknown_frame (QuarryTestCatalog *test, gconstpointer data)
{
  const double box[5] = { 1, 2, 3, 4, 0 };
  g_autoptr(GPtrArray) labels =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_annotation_free);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  QuarryAnnotation *stray = make_label ("new class", "stray", QUARRY_ANNOTATION_BOX2D, box, 5);

  quarry_test_fill (test->catalog, &content, NULL);
  before = quarry_test_dump (test->catalog);
  stray->frame = 4711;
  g_ptr_array_add (labels, make_label ("person", "good", QUARRY_ANNOTATION_BOX2D, box, 5));
  g_ptr_array_add (labels, stray);
  quarry_test_fails (quarry_catalog_store_annotations (test->catalog, 1, labels, "x", NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "*is not there*");
  after = quarry_test_dump (test->catalog);
  g_assert_cmpstr (before, ==, after);
}

static void
test_calibration (QuarryTestCatalog *test, gconstpointer data)
{
  QuarryCalibration fisheye = {
    0,
    { { 1, 2, 3 }, { 0.6, 0, 0.8, 0 } },
    TRUE,
    { .model = QUARRY_CAMERA_KANNALA_BRANDT,
      .width = 640,
      .height = 480,
      .fx = 300.1,
      .fy = 300.2,
      .cx = 320.5,
      .cy = 240.5,
      .k = { 0.1, -0.02, 0.003, -0.0004 } },
  };
  const QuarryCalibration lidar = { 0, { { 0, 0, 1.75 }, { 1, 0, 0, 0 } }, FALSE, { 0 } };
  g_autoptr(GPtrArray) drafts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_frame_draft_free);
  g_autoptr(GPtrArray) media = NULL;
  const QuarryMedia *camera_media = NULL, *lidar_media = NULL;
  QuarryId first = 0, second = 0, third = 0, of_lidar = 0;
  QuarryFrameDraft *draft = quarry_frame_draft_new (1, "new", 99);

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok ((first = quarry_catalog_store_calibration (test->catalog, 1, &fisheye, &error)) !=
                  0);
  quarry_test_ok ((second =
                       quarry_catalog_store_calibration (test->catalog, 1, &fisheye, &error)) != 0);
  fisheye.camera.fx += 1e-9;
  quarry_test_ok ((third = quarry_catalog_store_calibration (test->catalog, 1, &fisheye, &error)) !=
                  0);
  quarry_test_ok ((of_lidar =
                       quarry_catalog_store_calibration (test->catalog, 2, &lidar, &error)) != 0);
  g_assert_cmpint (first, ==, second);
  g_assert_cmpint (first, !=, third);
  g_ptr_array_add (draft->media, quarry_test_media (1, third, "/a.jpg", "jpeg", 98));
  g_ptr_array_add (draft->media, quarry_test_media (2, of_lidar, "/a.pcd", "pcd", QUARRY_NO_TIME));
  g_ptr_array_add (drafts, draft);
  quarry_test_ok (quarry_catalog_store_frames (test->catalog, drafts, NULL, NULL, &error));
  media = quarry_catalog_list_media (test->catalog, 7, NULL);
  camera_media = media->pdata[0];
  lidar_media = media->pdata[1];
  g_assert_cmpint (camera_media->calibration.id, ==, third);
  g_assert_true (camera_media->calibration.has_camera);
  g_assert_cmpint (camera_media->calibration.camera.model, ==, QUARRY_CAMERA_KANNALA_BRANDT);
  g_assert_cmpfloat (camera_media->calibration.camera.fx, ==, fisheye.camera.fx);
  g_assert_cmpmem (camera_media->calibration.camera.k, 12 * sizeof (double), fisheye.camera.k,
                   12 * sizeof (double));
  g_assert_cmpfloat (camera_media->calibration.camera.limit, >, 0);      /* prepared */
  g_assert_cmpmem (&camera_media->calibration.body_from_sensor, sizeof (QuarryPose),
                   &fisheye.body_from_sensor, sizeof (QuarryPose));
  g_assert_false (lidar_media->calibration.has_camera);
  g_assert_cmpfloat (lidar_media->calibration.body_from_sensor.t[2], ==, 1.75);
  g_assert_cmpint (lidar_media->stamp_ns, ==, QUARRY_NO_TIME);
  {
    g_autoptr(QuarryMedia) alone = quarry_catalog_get_media (test->catalog, camera_media->id, NULL);

    g_assert_cmpstr (alone->uri, ==, "/a.jpg");
    g_assert_cmpstr (alone->sensor_name, ==, "front");
  }
  quarry_test_fails (quarry_catalog_get_media (test->catalog, 4711, &error) != NULL,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no media 4711");
}

static void
assert_stamps (QuarryCatalog *catalog, gint64 from, gint64 to, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) poses = quarry_catalog_get_trajectory (catalog, 1, from, to, &error);
  g_autoptr(GString) stamps = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < poses->len; i++)
    {
      const QuarryStampedPose *pose = &g_array_index (poses, QuarryStampedPose, i);

      g_string_append_printf (stamps, "%s%d", i > 0 ? " " : "", (int) pose->stamp_ns);
      g_assert_cmpfloat (pose->world_from_body.t[0], ==, (double) pose->stamp_ns / 10);
    }
  g_assert_cmpstr (stamps->str, ==, expected);
}

static void
test_poses (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) poses = quarry_trajectory_new ();

  quarry_test_fill (test->catalog, &content, NULL);
  for (int i = 1; i <= 5; i++)
    {
      const QuarryStampedPose pose = { i * 100, { { i * 10, 0, 0 }, { 1, 0, 0, 0 } } };

      g_array_append_val (poses, pose);
    }
  quarry_test_ok (quarry_catalog_store_poses (test->catalog, 1, poses, &error));
  quarry_test_ok (quarry_catalog_store_poses (test->catalog, 1, poses, &error));
  assert_stamps (test->catalog, 200, 300, "100 200 300 400");
  assert_stamps (test->catalog, 210, 220, "200 300");
  assert_stamps (test->catalog, 0, 1000, "100 200 300 400 500");
  assert_stamps (test->catalog, 600, 700, "500");
  assert_stamps (test->catalog, -9, 0, "100");
  assert_stamps (test->catalog, QUARRY_NO_TIME + 1, G_MAXINT64, "100 200 300 400 500");
}

static void
test_sources (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(GPtrArray) sources = NULL;
  g_autoptr(GPtrArray) issues = NULL;
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GPtrArray) sensors = NULL;
  const QuarrySource *source = NULL;
  const QuarryScene *scene = NULL;
  const QuarryId id = quarry_test_fill (test->catalog, &content, NULL);
  QuarryId same = 0;

  quarry_test_ok ((same = quarry_catalog_store_source (test->catalog, "/data/site//", "site",
                                                       "images", "{\"a\":1}", &error)) != 0);
  g_assert_cmpint (same, ==, id);
  quarry_report_add (report, QUARRY_ISSUE_SKIPPED, "a.jpg", "byte 3", "broken");
  quarry_report_add (report, QUARRY_ISSUE_NOTE, "b.jpg", NULL, "dark");
  quarry_test_ok (quarry_catalog_finish_source (test->catalog, id, FALSE, report, &error));
  quarry_test_ok (quarry_catalog_finish_source (test->catalog, id, FALSE, report, &error));
  sources = quarry_catalog_list_sources (test->catalog, NULL);
  g_assert_cmpuint (sources->len, ==, 1);
  source = sources->pdata[0];
  g_assert_cmpstr (source->state, ==, "partial");
  g_assert_cmpstr (source->options, ==, "{\"a\":1}");
  g_assert_cmpint (source->n_scenes, ==, 2);
  g_assert_cmpint (source->n_frames, ==, 6);
  g_assert_cmpint (source->n_issues, ==, 2);
  issues = quarry_catalog_list_issues (test->catalog, id, NULL);
  g_assert_cmpuint (issues->len, ==, 2);
  g_assert_cmpint (((QuarryIssue *) issues->pdata[0])->level, ==, QUARRY_ISSUE_SKIPPED);
  g_assert_cmpstr (((QuarryIssue *) issues->pdata[0])->place, ==, "byte 3");
  g_assert_null (((QuarryIssue *) issues->pdata[1])->place);
  scenes = quarry_catalog_list_scenes (test->catalog, NULL);
  scene = scenes->pdata[1];
  g_assert_cmpint (scene->n_frames, ==, 3);
  g_assert_cmpint (scene->end_ns - scene->start_ns, ==, 2 * QUARRY_NS_PER_S / 10);
  sensors = quarry_catalog_list_sensors (test->catalog, scene->id, NULL);
  g_assert_cmpuint (sensors->len, ==, 2);
  g_assert_cmpint (((QuarrySensor *) sensors->pdata[1])->kind, ==, QUARRY_SENSOR_LIDAR);
}

static void
test_frame (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(QuarryFrame) frame = NULL;
  g_autoptr(GArray) frames = NULL;
  const char *add[] = { "z", "a", NULL };

  quarry_test_fill (test->catalog, &content, NULL);
  frames = quarry_test_query (test->catalog, "scene:scene-1 frame:0001");
  quarry_test_ok (quarry_catalog_tag (test->catalog, frames, add, NULL, &error));
  frame = quarry_catalog_get_frame (test->catalog, g_array_index (frames, QuarryId, 0), NULL);
  g_assert_cmpstr (frame->scene_name, ==, "scene-1");
  g_assert_cmpstr (frame->key, ==, "0001");
  g_assert_cmpuint (frame->n_annotations, ==, 2);
  g_assert_cmpstr (frame->tags[0], ==, "a");
  g_assert_cmpstr (frame->tags[1], ==, "z");
  g_assert_cmpstr (frame->cover_uri, ==, "/data/site/scene-1/camera/0001.jpg");
  g_assert_cmpint (frame->cover_length, ==, -1);
  quarry_test_fails (quarry_catalog_get_frame (test->catalog, 99, &error) != NULL,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no frame 99");
}

/* --- the ledger --- */

static void
test_ledger (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GArray) media = g_array_new (FALSE, FALSE, sizeof (QuarryId));
  g_autoptr(GPtrArray) tasks = NULL;
  g_autoptr(GPtrArray) jobs = NULL;
  g_autoptr(QuarryJob) job = NULL;
  g_autoptr(QuarryAccount) account = NULL;
  QuarryTask *task = NULL;
  QuarryId id = 0, again = 0, owner = 0;

  quarry_test_fill (test->catalog, &content, NULL);
  for (QuarryId i = 1; i <= 3; i++)
    g_array_append_val (media, i);
  quarry_test_ok ((owner = quarry_catalog_add_account (test->catalog, "ls", "label-studio",
                                                       "http://localhost", NULL, &error)) != 0);
  quarry_test_fails (quarry_catalog_add_account (test->catalog, "ls", "x", "y", NULL, &error) != 0,
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_EXISTS,
                     "there is an account 'ls' already");
  quarry_test_ok ((id = quarry_catalog_create_job (test->catalog, owner, "job", "{}",
                                                   "0123456789abcdef", media, &error)) != 0);
  quarry_test_ok ((again = quarry_catalog_create_job (test->catalog, owner, "other name", "{}",
                                                      "0123456789abcdef", media, &error)) != 0);
  g_assert_cmpint (id, ==, again);
  tasks = quarry_catalog_list_tasks (test->catalog, id, NULL);
  g_assert_cmpuint (tasks->len, ==, 3);
  task = tasks->pdata[1];
  g_assert_cmpstr (task->state, ==, "queued");
  g_assert_cmpstr (task->key, !=, ((QuarryTask *) tasks->pdata[0])->key);
  g_assert_cmpint (task->frame, ==, 1);
  g_free (task->state);
  task->state = g_strdup ("delivered");
  task->external_id = g_strdup ("77");
  task->upload = g_strdup ("/up/1.jpg");
  quarry_test_ok (quarry_catalog_update_tasks (test->catalog, tasks, &error));
  quarry_test_ok (quarry_catalog_update_job (test->catalog, id, "P1", "sent", NULL, &error));
  quarry_test_ok (quarry_catalog_update_job (test->catalog, id, NULL, NULL, "went away", &error));
  job = quarry_catalog_get_job (test->catalog, id, NULL);
  g_assert_cmpstr (job->external_id, ==, "P1");
  g_assert_cmpstr (job->state, ==, "sent");
  g_assert_cmpstr (job->error, ==, "went away");
  g_assert_cmpstr (job->account_name, ==, "ls");
  g_assert_cmpint (job->n_tasks, ==, 3);
  g_assert_cmpint (job->n_sent, ==, 1);
  g_assert_cmpint (job->n_delivered, ==, 1);
  jobs = quarry_catalog_list_jobs (test->catalog, NULL);
  g_assert_cmpuint (jobs->len, ==, 1);
  quarry_test_fails (quarry_catalog_update_job (test->catalog, id, NULL, "nonsense", NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "*");
  quarry_test_fails (quarry_catalog_update_job (test->catalog, 99, NULL, NULL, NULL, &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no job 99");
  quarry_test_fails (quarry_catalog_remove_account (test->catalog, "ls", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED, "account 'ls' has 1 job and stays*");
  quarry_test_fails (quarry_catalog_remove_account (test->catalog, "xx", &error),
                     QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_NOT_FOUND, "no account 'xx'");
  account = quarry_catalog_find_account (test->catalog, "ls", NULL);
  g_assert_cmpstr (account->options, ==, "{}");
}

static void
test_runs (QuarryTestCatalog *test, gconstpointer data)
{
  QuarryId set = 0;
  g_autofree char *dump = NULL;

  quarry_test_fill (test->catalog, &content, NULL);
  quarry_test_ok ((set = quarry_catalog_store_set (test->catalog, "predictions", "model", 0, 0,
                                                   &error)) != 0);
  quarry_test_ok (quarry_catalog_store_run (test->catalog, "r", 0, 0, "{}", "running", &error));
  quarry_test_ok (quarry_catalog_store_run (test->catalog, "r", set, 0, "{\"loss\":1}", "done",
                                            &error));
  quarry_test_ok (quarry_catalog_store_evaluation (test->catalog, set, 1, "coco", "{\"AP\":0.5}",
                                                   &error));
  dump = quarry_test_dump (test->catalog);
  g_assert_nonnull (strstr (dump, "run \"r\" \"predictions\" \"{\\\"loss\\\":1}\" \"done\"\n"));
  g_assert_nonnull (strstr (dump, "evaluation \"predictions\" \"truth\" \"coco\""));
}

#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/store/importing-twice-is-importing-once", test_twice);
  ADD ("/store/new-frames-are-added-and-marks-stay", test_growing);
  ADD ("/store/late-media-and-labels-join-their-frame", test_late_media);
  ADD ("/store/labels-come-back-as-they-went-in", test_labels);
  ADD ("/store/pulling-again-tells-added-changed-same", test_pull_again);
  ADD ("/store/broken-labels-are-issues", test_broken_labels);
  ADD ("/store/unknown-frame-rolls-back", test_unknown_frame);
  ADD ("/store/equal-calibrations-are-one", test_calibration);
  ADD ("/store/trajectory-has-one-pose-beyond-each-end", test_poses);
  ADD ("/store/sources-know-state-and-issues", test_sources);
  ADD ("/store/frame-has-tags-and-cover", test_frame);
  ADD ("/store/ledger-of-jobs-and-tasks", test_ledger);
  ADD ("/store/runs-and-evaluations", test_runs);
  return g_test_run ();
}
