/* quarry-test-import.h: recordings for import tests, and the import in one line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-cloud.h"
#include "quarry-image.h"
#include "quarry-ingest.h"
#include "quarry-test-catalog.h"

typedef struct
{
  QuarryTestCatalog test;
  char             *site;        /* a folder for recordings, beside the catalog's */
  QuarryReport     *report;      /* of the last import */
} QuarryTestImport;

static inline void
quarry_test_import_setup (QuarryTestImport *self, gconstpointer data)
{
  quarry_test_catalog_setup (&self->test, data);
  self->site = quarry_test_folder ();
}

static inline void
quarry_test_import_teardown (QuarryTestImport *self, gconstpointer data)
{
  g_clear_object (&self->report);
  quarry_test_catalog_teardown (&self->test, data);
  quarry_test_remove (self->site);
  g_free (self->site);
}

/* Returns: the source, 0 with @error */
static inline QuarryId
quarry_test_try_import (QuarryTestImport *self, const char *path, const char *format,
                        GError **error)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");

  g_clear_object (&self->report);
  self->report = g_object_ref (quarry_operation_get_report (operation));
  QuarryIngestOptions options = QUARRY_INGEST_OPTIONS_DEFAULT;

  options.format = format;
  return quarry_ingest_import (self->test.catalog, path, &options, operation, error);
}

static inline QuarryId
quarry_test_import (QuarryTestImport *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  const QuarryId source = quarry_test_try_import (self, path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (source, !=, 0);
  return source;
}

/* Whether the last import has an issue that begins with @start after the site's folder */
static inline gboolean
quarry_test_has_issue (QuarryTestImport *self, const char *level, const char *start)
{
  g_autofree char *text = quarry_report_to_text (self->report);
  g_autofree char *line = g_strdup_printf ("%s: %s/%s", level, self->site, start);

  return strstr (text, line) != NULL;
}

#define quarry_test_assert_issue(self, level, start)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!quarry_test_has_issue (self, level, start))                                               \
      {                                                                                            \
        g_autofree char *quarry_text = quarry_report_to_text ((self)->report);                     \
        g_error ("%s:%d: no issue '%s: %s' in\n%s", __FILE__, __LINE__, level, start,              \
                 quarry_text);                                                                     \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Returns: (transfer full): a path below the site, whose folders are made */
static inline char *
quarry_test_site_path (QuarryTestImport *self, const char *relative)
{
  char *path = g_build_filename (self->site, relative, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  return path;
}

static inline void
quarry_test_write (QuarryTestImport *self, const char *relative, const char *text, gssize length)
{
  g_autofree char *path = quarry_test_site_path (self, relative);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, length, &error);
  g_assert_no_error (error);
}

/* A picture; PNG or JPEG by the name */
static inline void
quarry_test_write_image (QuarryTestImport *self, const char *relative, int width, int height)
{
  g_autoptr(QuarryImage) image = quarry_image_new (width, height);
  g_autoptr(GBytes) bytes = g_str_has_suffix (relative, ".png")
                                 ? quarry_image_to_png (image, NULL)
                                 : quarry_image_to_jpeg (image, 80, NULL);

  quarry_test_write (self, relative, g_bytes_get_data (bytes, NULL),
                     (gssize) g_bytes_get_size (bytes));
}

/* A cloud of points around (@x, @y, @z), as .bin or .pcd by the name */
static inline void
quarry_test_write_cloud (QuarryTestImport *self, const char *relative, gsize n, float x, float y,
                         float z)
{
  g_autofree char *path = quarry_test_site_path (self, relative);
  g_autoptr(QuarryCloud) cloud = quarry_cloud_new (n, TRUE, FALSE, FALSE);
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    {
      cloud->xyz[3 * i] = x + (float) (i % 7) * 0.01f;
      cloud->xyz[3 * i + 1] = y + (float) (i % 5) * 0.01f;
      cloud->xyz[3 * i + 2] = z;
    }
  if (g_str_has_suffix (relative, ".pcd"))
    quarry_cloud_write_pcd (cloud, path, &error);
  else
    quarry_cloud_write_kitti (cloud, path, &error);
  g_assert_no_error (error);
}

/* Returns: (transfer full): the frame with this key, of which there is one in the catalog */
static inline QuarryFrame *
quarry_test_find_frame (QuarryTestImport *self, const char *key)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse ("", NULL);
  g_autoptr(GArray) ids = quarry_catalog_query (self->test.catalog, query, NULL, NULL);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr(QuarryFrame) frame = quarry_catalog_get_frame (
          self->test.catalog, g_array_index (ids, QuarryId, i), NULL);

      if (g_str_equal (frame->key, key))
        return g_steal_pointer (&frame);
    }
  g_error ("no frame '%s'", key);
}

/* Returns: (transfer none): the media of this sensor among @media */
static inline const QuarryMedia *
quarry_test_find_media (GPtrArray *media, const char *sensor)
{
  for (guint i = 0; i < media->len; i++)
    if (g_str_equal (((QuarryMedia *) media->pdata[i])->sensor_name, sensor))
      return media->pdata[i];
  g_error ("no media of '%s'", sensor);
}
