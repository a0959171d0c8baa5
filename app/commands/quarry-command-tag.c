/* quarry-command-tag.c: quarry tag: words on frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"

#include <string.h>

extern const QuarryCommand quarry_command_tag;

/* Words after the query: "+night" adds, "-night" removes; neither has options */
static gboolean
read_changes (int argc, char **argv, GPtrArray *add, GPtrArray *remove, QuarryExit *out_exit)
{
  for (int i = 2; i < argc; i++)
    {
      if (strlen (argv[i]) < 2 || (*argv[i] != '+' && *argv[i] != '-'))
        {
          *out_exit = quarry_command_usage (&quarry_command_tag, "'%s' is neither +TAG nor -TAG", argv[i]);
          return FALSE;
        }
      g_ptr_array_add (*argv[i] == '+' ? add : remove, argv[i] + 1);
    }
  for (guint i = 0; i < add->len; i++)
    if (g_ptr_array_find_with_equal_func (remove, add->pdata[i], g_str_equal, NULL))
      {
        *out_exit = quarry_command_usage (&quarry_command_tag, "'%s' cannot be put on and taken off at once", (char *) add->pdata[i]);
        return FALSE;
      }
  g_ptr_array_add (add, NULL);
  g_ptr_array_add (remove, NULL);
  return TRUE;
}

/* All words are words, also those that begin with a dash: a "--" before them says so to the option parser */
static char **
shield_words (int *argc, char **argv)
{
  char **shielded = NULL;

  if (*argc > 1 && (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "--")))
    return g_memdup2 (argv, (gsize) (*argc + 1) * sizeof (char *));
  shielded = g_new0 (char *, *argc + 2);
  shielded[0] = argv[0];
  shielded[1] = (char *) "--";
  memcpy (shielded + 2, argv + 1, (gsize) (*argc - 1) * sizeof (char *));
  (*argc)++;
  return shielded;
}

static QuarryExit
run (QuarryCommandContext *context, int argc, char **argv)
{
  g_autofree char **shielded = shield_words (&argc, argv);
  char **words = shielded;
  g_autoptr(GPtrArray) add = g_ptr_array_new ();
  g_autoptr(GPtrArray) remove = g_ptr_array_new ();
  g_autoptr(GArray) frames = NULL;
  g_autoptr(GError) error = NULL;
  QuarryExit code = QUARRY_EXIT_DONE;

  if (!quarry_command_parse (&quarry_command_tag, NULL, &argc, &words, 2, -1, &code) ||
      !read_changes (argc, words, add, remove, &code))
    return code;
  frames = quarry_command_query (context, words[1]);
  if (frames == NULL)
    return QUARRY_EXIT_FAILED;
  if (!quarry_catalog_tag (context->catalog, frames, (const char * const *) add->pdata, (const char * const *) remove->pdata, &error))
    return quarry_command_fail (error);
  g_print ("%u frames\n", frames->len);
  return QUARRY_EXIT_DONE;
}

const QuarryCommand quarry_command_tag = {
  .name = "tag",
  .usage = "QUERY +TAG… -TAG…",
  .summary = "Put tags on the frames of a query, or take them off",
  .help = "The empty query '' is every frame. Tags that are not there yet are made. One edit, undone by \"quarry undo\".",
  .run = run,
};
