/* quarry-test-export.h: running an export in a test
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-exporter.h"
#include "quarry-test-site.h"

#include <jansson.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

typedef struct
{
  QuarryCatalog             *catalog;
  const QuarryExporter      *exporter;
  const QuarryExportRequest *request;
} QuarryTestExport;

static inline gboolean
quarry_test_export_run (QuarryOperation *operation, gpointer data, GError **error)
{
  const QuarryTestExport *export = data;

  return quarry_export (export->catalog, export->exporter, export->request, operation, error);
}

/* Returns: (transfer full): the operation, done; @out_error takes the failure */
static inline QuarryOperation *
quarry_test_export (const QuarryTestSite *site, const char *format, const QuarryExportRequest *request, GError **out_error)
{
  QuarryOperation *operation = quarry_operation_new ("Export");
  QuarryTestExport export = { site->catalog, quarry_exporter_find (format), request };

  quarry_operation_run (operation, quarry_test_export_run, &export, out_error);
  return operation;
}

/* Returns: (transfer full): the report; the export must succeed */
static inline QuarryReport *
quarry_test_export_good (const QuarryTestSite *site, const char *format, const QuarryExportRequest *request)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryOperation) operation = quarry_test_export (site, format, request, &error);

  g_assert_no_error (error);
  return g_object_ref (quarry_operation_get_report (operation));
}

static inline void
quarry_test_report_has (QuarryReport *report, const char *message)
{
  g_autofree char *text = quarry_report_to_text (report);

  if (strstr (text, message) == NULL)
    g_error ("'%s' is not in the report:\n%s", message, text);
}

/* Returns: (transfer full): text of a file in the export */
static inline char *
quarry_test_export_text (const QuarryExportRequest *request, const char *relative)
{
  g_autofree char *path = g_build_filename (request->folder, relative, NULL);
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static inline json_t *
quarry_test_export_json (const QuarryExportRequest *request, const char *relative)
{
  g_autofree char *text = quarry_test_export_text (request, relative);
  json_error_t at;
  json_t *root = json_loads (text, JSON_REJECT_DUPLICATES, &at);

  if (root == NULL)
    g_error ("%s: line %d: %s", relative, at.line, at.text);
  return root;
}

static inline gboolean
quarry_test_export_has (const QuarryExportRequest *request, const char *relative)
{
  g_autofree char *path = g_build_filename (request->folder, relative, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}
