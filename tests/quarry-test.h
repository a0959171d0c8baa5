/* quarry-test.h: what all tests share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib/gstdio.h>
#include <gio/gio.h>
#include <stdlib.h>

/* Returns: (transfer full): a fresh folder; remove it with quarry_test_remove */
static inline char *
quarry_test_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("quarry-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* Removes a file or a folder with all it holds; links are removed, not followed */
static inline void
quarry_test_remove (const char *path)
{
  g_autoptr(GDir) dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      quarry_test_remove (child);
    }
  g_remove (path);
}

/* Returns: (transfer full) (nullable): a path under shared/data; NULL after g_test_skip where it is absent */
static inline char *
quarry_test_shared (const char *relative)
{
  const char *root = g_getenv ("QUARRY_SHARED_DATA");
  g_autofree char *path = root != NULL ? g_build_filename (root, relative, NULL) : NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip_printf ("shared/data/%s is not here", relative);
  return NULL;
}

/* Iterates the main context until @condition or 30 s; the failure names the condition */
#define quarry_test_wait(condition) G_STMT_START {                                         \
    const gint64 quarry_deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;           \
    while (!(condition) && g_get_monotonic_time () < quarry_deadline)                       \
      if (!g_main_context_iteration (NULL, FALSE))                                          \
        g_usleep (1000);                                                                    \
    if (!(condition))                                                                       \
      g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);            \
  } G_STMT_END
