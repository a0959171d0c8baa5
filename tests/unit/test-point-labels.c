/* test-point-labels.c: a class and an instance for each point: reading, storing, listing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-point-labels.h"
#include "quarry-test-catalog.h"
#include "quarry-test-damage.h"

#include <jansson.h>

static void
test_low_half_is_class_and_high_half_instance (void)
{
  const guint8 data[] = { 0xFC, 0, 3, 0, 10, 0, 0, 1, 0x34, 0x12, 0xFF, 0xFF };
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryPointClasses) labels = quarry_point_labels_decode (bytes, "semantickitti", 3, "a.label", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (labels->n, ==, 3);
  g_assert_cmpuint (labels->classes[0], ==, 252);
  g_assert_cmpuint (labels->instances[0], ==, 3);
  g_assert_cmpuint (labels->classes[1], ==, 10);
  g_assert_cmpuint (labels->instances[1], ==, 256);
  g_assert_cmpuint (labels->classes[2], ==, 0x1234);
  g_assert_cmpuint (labels->instances[2], ==, 0xFFFF);
}

static void
test_lidarseg_has_classes_only (void)
{
  const guint8 data[] = { 0, 31, 255 };
  g_autoptr(GBytes) bytes = g_bytes_new_static (data, sizeof data);
  g_autoptr(QuarryPointClasses) labels = quarry_point_labels_decode (bytes, "nuscenes-lidarseg", -1, "a.bin", NULL);

  g_assert_cmpuint (labels->n, ==, 3);
  g_assert_cmpuint (labels->classes[1], ==, 31);
  g_assert_cmpuint (labels->classes[2], ==, 255);
  g_assert_null (labels->instances);
}

static void
test_wrong_sizes_are_errors (void)
{
  static const struct { gsize length; const char *format; gint64 n; } cases[] = {
    { 5, "semantickitti", -1 }, { 8, "semantickitti", 3 }, { 8, "semantickitti", 1 }, { 4, "nuscenes-lidarseg", 5 },
    { 0, "nuscenes-lidarseg", 1 }, { 8, "panoptic", -1 }, { 8, "", 2 },
  };
  static const guint8 zeros[16];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (zeros, cases[i].length);
      g_autoptr(GError) error = NULL;

      g_assert_null (quarry_point_labels_decode (bytes, cases[i].format, cases[i].n, "x.label", &error));
      g_assert_true (g_str_has_prefix (error->message, "x.label: "));
    }
}

static void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryPointClasses) labels = quarry_point_labels_decode (bytes, data, 100, what, &error);

  g_assert_true ((labels == NULL) == (error != NULL));
  g_assert_true (labels == NULL || labels->n == 100);
}

static void
test_damage_is_an_error_or_other_numbers (void)
{
  guint8 sample[400];

  for (guint i = 0; i < sizeof sample; i++)
    sample[i] = (guint8) (i * 7);
  quarry_test_damage (sample, sizeof sample, read_damaged, (gpointer) "semantickitti");
  quarry_test_damage (sample, 100, read_damaged, (gpointer) "nuscenes-lidarseg");
}

static void
test_names_are_json_of_numbers (void)
{
  json_t *root = json_loads (quarry_semantickitti_names, JSON_REJECT_DUPLICATES, NULL);

  g_assert_nonnull (root);
  g_assert_cmpuint (json_object_size (root), ==, 34);
  g_assert_cmpstr (json_string_value (json_object_get (root, "18")), ==, "truck");
  json_decref (root);
}

static QuarryPointLabels *
new_labels (QuarryId media, QuarryId set, const char *uri)
{
  QuarryPointLabels *labels = g_new0 (QuarryPointLabels, 1);

  labels->media = media;
  labels->set = set;
  labels->uri = g_strdup (uri);
  labels->format = g_strdup ("semantickitti");
  return labels;
}

static void
test_stored_once_a_set_and_listed (QuarryTestCatalog *self, gconstpointer unused)
{
  const QuarryTestContent content = { .n_scenes = 1, .n_frames = 2, .seed = 1 };
  g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_point_labels_free);
  g_autoptr(GPtrArray) sets = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(GPtrArray) found = NULL;
  g_autoptr(GArray) frames = NULL;
  g_autofree char *dump = NULL;
  QuarryId cloud, set;

  quarry_test_fill (self->catalog, &content, NULL);
  frames = quarry_test_query (self->catalog, "");
  media = quarry_catalog_list_media (self->catalog, g_array_index (frames, QuarryId, 0), NULL);
  sets = quarry_catalog_list_sets (self->catalog, NULL);
  cloud = ((QuarryMedia *) media->pdata[1])->id;
  set = ((QuarryAnnotationSet *) sets->pdata[0])->id;
  g_ptr_array_add (labels, new_labels (cloud, set, "/data/site/a.label"));
  g_ptr_array_add (labels, new_labels (cloud, set, "/data/site/b.label"));
  quarry_test_ok (quarry_catalog_store_point_labels (self->catalog, labels, &error));
  found = quarry_catalog_list_point_labels (self->catalog, cloud, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpstr (((QuarryPointLabels *) found->pdata[0])->uri, ==, "/data/site/b.label");
  g_assert_cmpstr (((QuarryPointLabels *) found->pdata[0])->names, ==, "{}");
  g_assert_cmpint (((QuarryPointLabels *) found->pdata[0])->set, ==, set);
  dump = quarry_test_dump (self->catalog);
  g_assert_nonnull (strstr (dump, "points \"site\" \"scene-0\" \"0000\" \"top\" \"truth\" \"b.label\" \"semantickitti\" \"{}\""));
  g_clear_pointer (&found, g_ptr_array_unref);
  found = quarry_catalog_list_point_labels (self->catalog, ((QuarryMedia *) media->pdata[0])->id, NULL);
  g_assert_cmpuint (found->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/point-labels/low-half-is-class-and-high-half-instance", test_low_half_is_class_and_high_half_instance);
  g_test_add_func ("/point-labels/lidarseg-has-classes-only", test_lidarseg_has_classes_only);
  g_test_add_func ("/point-labels/wrong-sizes-are-errors", test_wrong_sizes_are_errors);
  g_test_add_func ("/point-labels/damage-is-an-error-or-other-numbers", test_damage_is_an_error_or_other_numbers);
  g_test_add_func ("/point-labels/names-are-json-of-numbers", test_names_are_json_of_numbers);
  g_test_add ("/point-labels/stored-once-a-set-and-listed", QuarryTestCatalog, NULL, quarry_test_catalog_setup,
              test_stored_once_a_set_and_listed, quarry_test_catalog_teardown);
  return g_test_run ();
}
