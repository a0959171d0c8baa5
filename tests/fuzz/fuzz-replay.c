/* fuzz-replay.c: a fuzz target as a plain test: every file of its corpus once more
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Usage: fuzz-NAME FOLDER
 */

#include "config.h"
#include "quarry-fuzz.h"

int
main (int argc, char **argv)
{
  g_autoptr(GDir) dir = argc > 1 ? g_dir_open (argv[1], 0, NULL) : NULL;
  const char *name = NULL;
  guint n = 0;

  if (dir == NULL)
    {
      g_print ("Bail out! no corpus\n");
      return 1;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *text = NULL;
      g_autofree guint8 *exact = NULL;      /* no byte more: a read beyond it is seen */
      gsize length = 0;

      if (!g_file_get_contents (path, &text, &length, NULL))
        continue;
      exact = g_memdup2 (text, MAX (length, 1));
      LLVMFuzzerTestOneInput (exact, length);
      g_print ("ok %u %s\n", ++n, name);
    }
  g_print ("1..%u\n", n);
  return n > 0 ? 0 : 1;
}
