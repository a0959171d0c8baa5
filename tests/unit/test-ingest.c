/* test-ingest.c: the import around the readers, and folders of pictures
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-test-import.h"

#include <sys/stat.h>
#include <unistd.h>

static void
test_natural_order (void)
{
  static const char * const sorted[] = {
    "a", "a1", "a01b", "a2", "a10", "a10b", "b", "frame 9.png", "frame 10.png", "frame 010.x"
  };

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sorted); k++)
      {
        const int order = quarry_ingest_compare_natural (sorted[i], sorted[k]);

        if (i == k)
          g_assert_cmpint (order, ==, 0);
        else if (i + 1 == k)
          g_assert_cmpint (order, <, 0);
        g_assert_cmpint (order, ==, -quarry_ingest_compare_natural (sorted[k], sorted[i]));
      }
}

static void
test_folders_of_pictures_become_scenes (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GPtrArray) scenes = NULL;
  g_autoptr(GPtrArray) media = NULL;
  g_autoptr(QuarryFrame) frame = NULL;
  g_autofree char *text = NULL;

  quarry_test_write_image (self, "10.jpg", 40, 30);
  quarry_test_write_image (self, "9.png", 41, 30);
  quarry_test_write_image (self, "day/a.JPG", 42, 30);
  quarry_test_write_image (self, "day/deep/b.jpeg", 43, 30);
  quarry_test_write_image (self, "day/.hidden/c.jpg", 43, 30);
  quarry_test_write (self, "notes.txt", "hello", -1);
  quarry_test_import (self, self->site);
  scenes = quarry_catalog_list_scenes (self->test.catalog, NULL);
  g_assert_cmpint (scenes->len, ==, 3);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 4);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_LOSS), ==, 0);
  text = quarry_report_to_text (self->report);
  g_assert_nonnull (strstr (text, ": 1 other files are no pictures"));
  frame = quarry_test_find_frame (self, "9.png");
  media = quarry_catalog_list_media (self->test.catalog, frame->id, NULL);
  g_assert_cmpint (quarry_test_find_media (media, "camera")->width, ==, 41);
  g_assert_cmpstr (quarry_test_find_media (media, "camera")->format, ==, "png");
  g_assert_true (frame->stamp_ns == QUARRY_NO_TIME);
}

static void
test_second_import_adds_only_what_is_new (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *before = NULL;
  g_autofree char *same = NULL;
  QuarryId first, second;

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d.jpg", i);

      quarry_test_write_image (self, name, 40, 30);
    }
  first = quarry_test_import (self, self->site);
  before = quarry_catalog_dump (self->test.catalog, NULL);
  second = quarry_test_import (self, self->site);
  same = quarry_catalog_dump (self->test.catalog, NULL);
  g_assert_cmpint (first, ==, second);
  g_assert_cmpstr (before, ==, same);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 0);
  g_assert_cmpint (quarry_report_get_count (self->report, "known frames"), ==, 5);
  quarry_test_write_image (self, "new.jpg", 40, 30);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
}

static void
test_broken_picture_that_was_mended_is_added (QuarryTestImport *self, gconstpointer unused)
{
  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write (self, "b.jpg", "\xFF\xD8\xFF\xE0 no picture", -1);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  quarry_test_assert_issue (self, "skipped", "b.jpg: ");
  quarry_test_write_image (self, "b.jpg", 40, 30);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_LOSS), ==, 0);
}

static void
test_links_pipes_and_circles_are_told (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *pipe = g_build_filename (self->site, "pipe.jpg", NULL);
  g_autofree char *nowhere = g_build_filename (self->site, "nowhere.jpg", NULL);
  g_autofree char *self_link = g_build_filename (self->site, "self.jpg", NULL);
  g_autofree char *circle = g_build_filename (self->site, "day", "circle", NULL);
  g_autofree char *link = g_build_filename (self->site, "link.jpg", NULL);

  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write_image (self, "day/b.jpg", 40, 30);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all.jpg", nowhere), ==, 0);
  g_assert_cmpint (symlink ("self.jpg", self_link), ==, 0);
  g_assert_cmpint (symlink ("..", circle), ==, 0);
  g_assert_cmpint (symlink ("a.jpg", link), ==, 0);
  quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==,
                   3); /* a, b and the link to a */
  quarry_test_assert_issue (self, "skipped", "pipe.jpg: a FIFO, not a file");
  quarry_test_assert_issue (self, "skipped", "nowhere.jpg: the link leads nowhere");
  quarry_test_assert_issue (self, "skipped", "self.jpg: the link leads back to itself");
  quarry_test_assert_issue (self, "skipped",
                            "day/circle: the link leads to a folder that was read already");
  g_assert_cmpint (quarry_report_get_n_issues (self->report, QUARRY_ISSUE_LOSS), ==, 4);
}

static void
test_unreadable_folder_is_told (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *closed = g_build_filename (self->site, "closed", NULL);

  if (geteuid () == 0)
    {
      g_test_skip ("root reads everything");
      return;
    }
  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write_image (self, "closed/b.jpg", 40, 30);
  g_chmod (closed, 0);
  quarry_test_import (self, self->site);
  quarry_test_assert_issue (self, "skipped", "closed: ");
  g_chmod (closed, 0700);
}

static void
test_issues_are_kept_with_the_source (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GPtrArray) issues = NULL;
  g_autoptr(GPtrArray) sources = NULL;
  QuarryId source;

  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write (self, "b.jpg", "", 0);
  source = quarry_test_import (self, self->site);
  issues = quarry_catalog_list_issues (self->test.catalog, source, NULL);
  g_assert_cmpint (issues->len, ==, 1);
  g_assert_true (g_str_has_suffix (((QuarryIssue *) issues->pdata[0])->path, "/b.jpg"));
  g_assert_cmpstr (((QuarryIssue *) issues->pdata[0])->message, ==, "byte 0: the file is empty");
  sources = quarry_catalog_list_sources (self->test.catalog, NULL);
  g_assert_cmpstr (((QuarrySource *) sources->pdata[0])->state, ==, "complete");
  g_assert_cmpstr (((QuarrySource *) sources->pdata[0])->uri, ==, self->site);
}

static void
test_path_has_one_name (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *odd = g_strdup_printf ("%s/./day/..//", self->site);
  g_autofree char *link = g_build_filename (self->test.folder, "link", NULL);
  QuarryId source;

  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write_image (self, "day/a.jpg", 40, 30);
  source = quarry_test_import (self, self->site);
  g_assert_cmpint (quarry_test_import (self, odd), ==, source);
  g_assert_cmpint (symlink (self->site, link), ==, 0);
  g_assert_cmpint (quarry_test_import (self, link), ==, source);
  g_remove (link);
}

static void
test_one_picture_can_be_imported (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (self->site, "a.jpg", NULL);

  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write_image (self, "b.jpg", 40, 30);
  quarry_test_import (self, path);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), ==, 1);
}

static void
assert_empty (QuarryTestImport *self)
{
  g_autoptr(GPtrArray) sources = quarry_catalog_list_sources (self->test.catalog, NULL);

  g_assert_cmpint (sources->len, ==, 0);
}

static void
test_failures_are_clear_and_leave_nothing (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (quarry_test_try_import (self, "/nowhere/at/all", NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "cannot import '/nowhere/at/all': No such file or directory");
  g_clear_error (&error);
  g_assert_cmpint (quarry_test_try_import (self, self->site, NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_UNKNOWN_FORMAT);
  g_assert_nonnull (strstr (error->message, "--list-formats"));
  g_clear_error (&error);
  g_assert_cmpint (quarry_test_try_import (self, self->site, "bag", &error), ==, 0);
  g_assert_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_UNKNOWN_FORMAT);
  g_assert_true (g_str_has_prefix (error->message, "unknown format 'bag'; known are: demo ("));
  g_clear_error (&error);
  for (const QuarryReader * const *reader = quarry_ingest_list_readers (); *reader != NULL;
       reader++)
    {
      g_assert_cmpint (quarry_test_try_import (self, self->site, (*reader)->id, &error), ==, 0);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, self->site));
      g_clear_error (&error);
    }
  quarry_test_write (self, "a.jpg", "broken", -1);
  g_assert_cmpint (quarry_test_try_import (self, self->site, NULL, &error), ==, 0);
  g_assert_error (error, QUARRY_INGEST_ERROR, QUARRY_INGEST_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "no frame could be read"));
  assert_empty (self);
}

static gboolean
import_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  QuarryTestImport *self = data;

  return quarry_ingest_import (self->test.catalog, self->site, NULL, operation, error) != 0;
}

static void
test_cancel_keeps_what_was_committed (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(QuarryOperation) operation = quarry_operation_new ("import");
  g_autoptr(GPtrArray) sources = NULL;
  QuarryId source;

  quarry_test_write_image (self, "0.jpg", 40, 30);
  for (int i = 1; i < 3000; i++)
    {
      g_autofree char *from = g_build_filename (self->site, "0.jpg", NULL);
      g_autofree char *to = g_strdup_printf ("%s/%d.jpg", self->site, i);

      g_assert_cmpint (link (from, to), ==, 0);
    }
  quarry_operation_start (operation, import_in_thread, self, NULL);
  for (;;)
    {
      QuarryTotals totals;

      g_clear_pointer (&sources, g_ptr_array_unref);
      sources = quarry_catalog_list_sources (self->test.catalog, NULL);
      quarry_catalog_count_totals (self->test.catalog, NULL, &totals, NULL);
      if (totals.frames >= 1000)
        break;
      g_usleep (100);
    }
  quarry_operation_cancel (operation);
  quarry_test_wait (quarry_operation_get_state (operation) > QUARRY_OPERATION_RUNNING);
  g_clear_pointer (&sources, g_ptr_array_unref);
  sources = quarry_catalog_list_sources (self->test.catalog, NULL);
  if (quarry_operation_get_state (operation) ==
      QUARRY_OPERATION_CANCELLED) /* else it was quicker than the cancel */
    {
      g_assert_cmpstr (((QuarrySource *) sources->pdata[0])->state, ==, "partial");
      g_assert_cmpint (((QuarrySource *) sources->pdata[0])->n_frames, >=, 1000);
    }
  source = quarry_test_import (self, self->site);
  g_clear_pointer (&sources, g_ptr_array_unref);
  sources = quarry_catalog_list_sources (self->test.catalog, NULL);
  g_assert_cmpint (sources->len, ==, 1);
  g_assert_cmpint (((QuarrySource *) sources->pdata[0])->id, ==, source);
  g_assert_cmpint (((QuarrySource *) sources->pdata[0])->n_frames, ==, 3000);
  g_assert_cmpstr (((QuarrySource *) sources->pdata[0])->state, ==, "complete");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char **) a, *(char **) b);
}

/* Names, sizes and times of all files below a folder */
static void
describe_folder (const char *folder, GString *out)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      GStatBuf info;

      g_lstat (path, &info);
      g_string_append_printf (out, "%s %o %ld %ld.%ld\n", path, info.st_mode, (long) info.st_size,
                              (long) info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        describe_folder (path, out);
    }
}

static void
test_source_is_never_written (QuarryTestImport *self, gconstpointer unused)
{
  g_autoptr(GString) before = g_string_new (NULL);
  g_autoptr(GString) after = g_string_new (NULL);

  quarry_test_write_image (self, "a.jpg", 40, 30);
  quarry_test_write_image (self, "day/a.jpg", 40, 30);
  quarry_test_write (self, "broken.png", "\x89PNG", -1);
  describe_folder (self->site, before);
  quarry_test_import (self, self->site);
  quarry_test_import (self, self->site);
  describe_folder (self->site, after);
  g_assert_cmpstr (before->str, ==, after->str);
}

static void
test_shared_pictures_are_imported (QuarryTestImport *self, gconstpointer unused)
{
  g_autofree char *path = quarry_test_shared ("images");
  g_autofree char *text = NULL;

  if (path == NULL)
    return;
  quarry_test_import (self, path);
  text = quarry_report_to_text (self->report);
  g_assert_cmpint (quarry_report_get_count (self->report, "frames"), >, 80);
  g_assert_nonnull (
      strstr (text, "corrupt/truncated.jpg: byte 10000: the JPEG is cut off: no end mark"));
  g_assert_nonnull (strstr (text, "corrupt/corrupt-header.jpg: "));
  g_assert_nonnull (
      strstr (text, "pillow/truncated_image.png: byte 33: the PNG is cut off inside a chunk"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/natural-order", test_natural_order);
#define ADD(name, func)                                                                            \
  g_test_add ("/ingest/" name, QuarryTestImport, NULL, quarry_test_import_setup, func,             \
              quarry_test_import_teardown)
  ADD ("folders-of-pictures-become-scenes", test_folders_of_pictures_become_scenes);
  ADD ("second-import-adds-only-what-is-new", test_second_import_adds_only_what_is_new);
  ADD ("broken-picture-that-was-mended-is-added", test_broken_picture_that_was_mended_is_added);
  ADD ("links-pipes-and-circles-are-told", test_links_pipes_and_circles_are_told);
  ADD ("unreadable-folder-is-told", test_unreadable_folder_is_told);
  ADD ("issues-are-kept-with-the-source", test_issues_are_kept_with_the_source);
  ADD ("path-has-one-name", test_path_has_one_name);
  ADD ("one-picture-can-be-imported", test_one_picture_can_be_imported);
  ADD ("failures-are-clear-and-leave-nothing", test_failures_are_clear_and_leave_nothing);
  ADD ("cancel-keeps-what-was-committed", test_cancel_keeps_what_was_committed);
  ADD ("source-is-never-written", test_source_is_never_written);
  ADD ("shared-pictures-are-imported", test_shared_pictures_are_imported);
#undef ADD
  return g_test_run ();
}
