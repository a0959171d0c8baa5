/* quarry-command-demo.c: `quarry demo`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-command.h"
#include "quarry-demo.h"

#include <glib/gi18n.h>

typedef struct { const char *folder; QuarryDemoOptions options; } Request;

static gboolean
write_demo (QuarryOperation *operation, gpointer data, GError **error)
{
  const Request *request = data;

  return quarry_demo_write (request->folder, &request->options, operation, error);
}

static QuarryExit
run_demo (QuarryCommandContext *context, int argc, char **argv);

const QuarryCommand quarry_command_demo = {
  "demo",
  "[--frames N] [--seed S] [--width PX] DIR",
  N_("Make a synthetic site recording with exact ground truth"),
  N_("Import it like any other recording: quarry import DIR"),
  run_demo,
};

static QuarryExit
run_demo (QuarryCommandContext *context, int argc, char **argv)
{
  int frames = (int) QUARRY_DEMO_DEFAULT.n_frames;
  gint64 seed = (gint64) QUARRY_DEMO_DEFAULT.seed;
  int width = QUARRY_DEMO_DEFAULT.width;
  const GOptionEntry entries[] = {
    { "frames", 0, 0, G_OPTION_ARG_INT, &frames, N_("How many, ten a second (40)"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Another site and other movements (7)"), "S" },
    { "width", 0, 0, G_OPTION_ARG_INT, &width,
      N_("Of the pictures in pixels, a multiple of 16 (1280)"), "PX" },
    { NULL },
  };
  g_autoptr(QuarryOperation) operation = NULL;
  g_autofree char *title = NULL;
  QuarryExit result;
  Request request;

  if (!quarry_command_parse (&quarry_command_demo, entries, &argc, &argv, 1, 1, &result))
    return result;
  if (frames < 1 || width < 64 || width > 4096 || width % 16 != 0)
    return quarry_command_usage (&quarry_command_demo, "%s",
                                 frames < 1
                                     ? _("--frames must be 1 or more")
                                     : _("--width must be a multiple of 16 from 64 to 4096"));
  request = (Request) { argv[1], { (guint) frames, (guint64) seed, width } };
  title = g_strdup_printf (_("Demo site in %s"), argv[1]);
  operation = quarry_operation_new (title);
  return quarry_command_operate (operation, write_demo, &request);
}
