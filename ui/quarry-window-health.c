/* quarry-window-health.c: sensor health is measured in the background, after each import and when asked for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-window-private.h"
#include "quarry-health.h"

#include <glib/gi18n.h>

#define RUNNING "quarry-health"      /* data of the window: the operation that measures, while it does */
#define ONCE_MORE "quarry-health-once-more"

typedef struct
{
  QuarryCatalog       *catalog;
  QuarryHealthOptions  options;
} Measure;

static void
measure_free (gpointer data)
{
  Measure *measure = data;

  g_object_unref (measure->catalog);
  g_free (measure);
}

static gboolean
measure_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  const Measure *measure = data;

  return quarry_health_run (measure->catalog, NULL, &measure->options, operation, error);
}

static void
ended_cb (QuarryOperation *operation, GParamSpec *pspec, gpointer user_data)
{
  GObject *window = user_data;
  const QuarryOperationState state = quarry_operation_get_state (operation);

  if (state <= QUARRY_OPERATION_RUNNING)
    return;
  g_object_set_data (window, RUNNING, NULL);
  if (state == QUARRY_OPERATION_DONE && g_object_get_data (window, ONCE_MORE) != NULL)
    quarry_window_measure_health (QUARRY_WINDOW (window));
}

/* One at a time: what comes while it runs is measured by another right after it. Stopped by a person, it stays stopped. */
void
quarry_window_measure_health (QuarryWindow *self)
{
  g_autoptr(QuarryOperation) operation = NULL;
  Measure *measure = NULL;

  if (g_object_get_data (G_OBJECT (self), RUNNING) != NULL)
    {
      g_object_set_data (G_OBJECT (self), ONCE_MORE, self);
      return;
    }
  operation = quarry_operation_new (_("Measure sensor health"));
  measure = g_new0 (Measure, 1);
  *measure = (Measure) { g_object_ref (quarry_session_get_catalog (self->session)), { FALSE, TRUE } };
  g_object_set_data (G_OBJECT (self), ONCE_MORE, NULL);
  g_object_set_data (G_OBJECT (self), RUNNING, operation);
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (ended_cb), self, 0);
  quarry_session_run (self->session, operation, measure_in_thread, measure, measure_free);
}
