/* test-operation.c: operations and reports
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-operation.h"
#include "quarry-test.h"

static gboolean
count_to_ten (QuarryOperation *operation, gpointer data, GError **error)
{
  for (int i = 1; i <= 10; i++)
    quarry_operation_set_progress (operation, i, 10, "counting");
  quarry_report_count (quarry_operation_get_report (operation), "steps", 10);
  return TRUE;
}

static gboolean
wait_for_cancel (QuarryOperation *operation, gpointer data, GError **error)
{
  while (!quarry_operation_is_cancelled (operation, error))
    g_usleep (100);
  return FALSE;
}

static void
test_progress (void)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Count");
  g_autofree char *detail = NULL;

  quarry_operation_start (operation, count_to_ten, NULL, NULL);
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_DONE);
  detail = quarry_operation_dup_detail (operation);
  g_assert_cmpstr (detail, ==, "counting");
  g_assert_cmpfloat (quarry_operation_get_fraction (operation), ==, 1);
  g_assert_cmpint (quarry_report_get_count (quarry_operation_get_report (operation), "steps"), ==, 10);
  g_assert_null (quarry_operation_get_error (operation));
}

static void
test_cancel (void)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("Wait");

  quarry_operation_start (operation, wait_for_cancel, NULL, NULL);
  quarry_operation_cancel (operation);
  quarry_test_wait (quarry_operation_get_state (operation) == QUARRY_OPERATION_CANCELLED);
  g_assert_error (quarry_operation_get_error (operation), G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_report (void)
{
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  quarry_report_count (report, "frames", 3);
  quarry_report_add (report, QUARRY_ISSUE_SKIPPED, "a\xff.jpg", "byte 12", "not a %s", "JPEG");
  quarry_report_add (report, QUARRY_ISSUE_NOTE, "b", NULL, "fine");
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_SKIPPED), ==, 1);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE), ==, 2);
  text = quarry_report_to_text (report);
  g_assert_cmpstr (text, ==, "3 frames\nskipped: a\357\277\275.jpg: byte 12: not a JPEG\nnote: b: fine\n");
  json = quarry_report_to_json (report);
  g_assert_nonnull (strstr (json, "not a JPEG"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operation/reports-progress-and-ends", test_progress);
  g_test_add_func ("/operation/cancel-ends-it", test_cancel);
  g_test_add_func ("/report/keeps-every-issue", test_report);
  return g_test_run ();
}
