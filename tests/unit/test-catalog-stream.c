/* test-catalog-stream.c: topics of recordings in the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-catalog.h"

static void
free_stream (gpointer data)
{
  quarry_stream_free (data);
}

static QuarryStream *
new_stream (const char *name, const char *type, QuarryId sensor, gint64 n)
{
  QuarryStream *s = g_new0 (QuarryStream, 1);

  s->name = g_strdup (name);
  s->type = g_strdup (type);
  s->sensor = sensor;
  s->n_messages = n;
  s->start_ns = s->end_ns = s->offset_mean_ns = s->offset_max_ns = QUARRY_NO_TIME;
  return s;
}

static QuarryId
make_scene (QuarryTestCatalog *test, QuarryId *out_sensor)
{
  g_autoptr(GError) error = NULL;
  const QuarryId source = quarry_catalog_store_source (test->catalog, "/bags/a.mcap", "a.mcap", "mcap", "{}", &error);
  const QuarryId scene = quarry_catalog_store_scene (test->catalog, source, "a.mcap", "a", &error);

  *out_sensor = quarry_catalog_store_sensor (test->catalog, scene, "front", QUARRY_SENSOR_CAMERA, &error);
  g_assert_no_error (error);
  return scene;
}

static void
test_back (QuarryTestCatalog *test, gconstpointer data)
{
  static const char * const fields[] = { "header.stamp: time", "data: uint8[]", NULL };
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (free_stream);
  g_autoptr(GPtrArray) back = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId sensor = 0;
  const QuarryId scene = make_scene (test, &sensor);
  QuarryStream *s = new_stream ("/front/image", "sensor_msgs/msg/Image", sensor, 7);

  s->encoding = g_strdup ("cdr");
  s->fields = g_strdupv ((char **) fields);
  s->start_ns = -5;
  s->end_ns = 1700000000000000000;
  s->n_matched = 1;
  s->n_unmatched = 2;
  s->n_stale = 3;
  s->n_late = 4;
  s->n_repeated = 5;
  s->offset_mean_ns = 0;
  s->offset_max_ns = -12;
  g_ptr_array_add (streams, s);
  g_ptr_array_add (streams, new_stream ("/a \"topic\"\n", NULL, 0, 0));
  g_assert_true (quarry_catalog_store_streams (test->catalog, scene, streams, &error));
  g_assert_no_error (error);
  back = quarry_catalog_list_streams (test->catalog, scene, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->len, ==, 2);
  s = back->pdata[0];
  g_assert_cmpstr (s->name, ==, "/a \"topic\"\n");
  g_assert_cmpstr (s->type, ==, "");
  g_assert_cmpint (s->start_ns, ==, QUARRY_NO_TIME);
  g_assert_cmpint (s->offset_max_ns, ==, QUARRY_NO_TIME);
  g_assert_null (s->sensor_name);
  g_assert_cmpuint (g_strv_length (s->fields), ==, 0);
  s = back->pdata[1];
  g_assert_cmpstr (s->type, ==, "sensor_msgs/msg/Image");
  g_assert_cmpstr (s->encoding, ==, "cdr");
  g_assert_true (g_strv_equal ((const char * const *) s->fields, fields));
  g_assert_cmpint (s->sensor, ==, sensor);
  g_assert_cmpstr (s->sensor_name, ==, "front");
  g_assert_cmpint (s->n_messages, ==, 7);
  g_assert_cmpint (s->start_ns, ==, -5);
  g_assert_cmpint (s->end_ns, ==, 1700000000000000000);
  g_assert_cmpint (s->n_matched * 10000 + s->n_unmatched * 1000 + s->n_stale * 100 + s->n_late * 10 + s->n_repeated, ==, 12345);
  g_assert_cmpint (s->offset_mean_ns, ==, 0);
  g_assert_cmpint (s->offset_max_ns, ==, -12);
}

static void
test_replaced (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func (free_stream);
  g_autoptr(GPtrArray) back = NULL;
  g_autoptr(GError) error = NULL;
  QuarryId sensor = 0;
  const QuarryId scene = make_scene (test, &sensor);

  g_ptr_array_add (streams, new_stream ("/old", "x", 0, 1));
  g_ptr_array_add (streams, new_stream ("/stays", "x", 0, 1));
  g_assert_true (quarry_catalog_store_streams (test->catalog, scene, streams, &error));
  g_ptr_array_remove_index (streams, 0);
  ((QuarryStream *) streams->pdata[0])->n_messages = 2;
  g_assert_true (quarry_catalog_store_streams (test->catalog, scene, streams, &error));
  /* one commit: of a name that comes twice nothing is stored */
  g_ptr_array_add (streams, new_stream ("/stays", "x", 0, 3));
  g_assert_false (quarry_catalog_store_streams (test->catalog, scene, streams, &error));
  g_assert_error (error, QUARRY_CATALOG_ERROR, QUARRY_CATALOG_ERROR_FAILED);
  g_clear_error (&error);
  back = quarry_catalog_list_streams (test->catalog, scene, &error);
  g_assert_cmpuint (back->len, ==, 1);
  g_assert_cmpint (((QuarryStream *) back->pdata[0])->n_messages, ==, 2);
}

static void
test_options (QuarryTestCatalog *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarrySource) none = quarry_catalog_find_source (test->catalog, "/bags/b.mcap", &error);
  g_autoptr(QuarrySource) source = NULL;
  g_autoptr(QuarrySource) again = NULL;
  QuarryId sensor = 0;

  g_assert_no_error (error);
  g_assert_null (none);
  make_scene (test, &sensor);
  source = quarry_catalog_find_source (test->catalog, "/bags/a.mcap", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (source->format, ==, "mcap");
  g_assert_cmpstr (source->options, ==, "{}");
  g_assert_true (quarry_catalog_store_options (test->catalog, source->id, "{\"sync\":\"lidar\"}", &error));
  again = quarry_catalog_find_source (test->catalog, "/bags/a.mcap", &error);
  g_assert_cmpstr (again->options, ==, "{\"sync\":\"lidar\"}");
  g_assert_cmpstr (again->state, ==, "importing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, QuarryTestCatalog, NULL, quarry_test_catalog_setup, func, quarry_test_catalog_teardown)
  ADD ("/catalog-stream/comes-back-as-it-was", test_back);
  ADD ("/catalog-stream/stored-again-takes-the-place-of-what-was", test_replaced);
  ADD ("/catalog-stream/options-stay-with-their-source", test_options);
  return g_test_run ();
}
