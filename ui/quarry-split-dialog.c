/* quarry-split-dialog.c: a dataset's frames into train, val and test
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each Split is one undoable edit, whose outcome is shown below; another seed or other ratios may follow at once.
 */

#include "config.h"
#include "quarry-split-dialog.h"
#include "quarry-bar.h"
#include "quarry-format.h"
#include "quarry-split.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

enum { N_PARTS = 3 };
static const char * const part_names[N_PARTS] = { "train", "val", "test" };

struct _QuarrySplitDialog
{
  AdwWindow            parent_instance;
  QuarrySession       *session;
  QuarryId             dataset;
  char                *name;
  GPtrArray           *rows;         /* GtkWidget, unowned: rows in @result */
  gboolean             busy;

  GtkAdjustment       *train;        /* percent */
  GtkAdjustment       *val;
  GtkAdjustment       *test;
  GtkAdjustment       *seed;
  GtkSwitch           *by_scene;
  GtkLabel            *sum;
  GtkSpinner          *spinner;
  AdwPreferencesGroup *result;
};

G_DEFINE_FINAL_TYPE (QuarrySplitDialog, quarry_split_dialog, ADW_TYPE_WINDOW)

typedef struct
{
  QuarryCatalog      *catalog;
  QuarryId            dataset;
  QuarrySplitPart     parts[N_PARTS];
  gsize               n_parts;
  gboolean            by_scene;
  guint64             seed;
  QuarrySplitSummary *summary;       /* written by the worker, read when it is done */
} Split;

static void
split_clear (gpointer data)
{
  Split *split = data;

  g_clear_pointer (&split->summary, quarry_split_summary_free);
  g_clear_object (&split->catalog);
}

static void
split_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, split_clear);
}

static gboolean
split_in_thread (QuarryOperation *operation, gpointer data, GError **error)
{
  Split *split = data;

  return quarry_split_assign (split->catalog, split->dataset, split->parts, split->n_parts, split->by_scene, split->seed,
                              &split->summary, error);
}

/* --- the outcome --- */

static GtkWidget *
make_result_row (const QuarrySplitRow *part, guint index)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *bar = quarry_bar_new ();
  GtkWidget *label = NULL;
  g_autofree char *share = quarry_format_share (part->share);
  g_autofree char *wanted = quarry_format_share (part->wanted);
  g_autofree char *frames = quarry_format_frames (part->n_frames);
  g_autofree char *scenes = quarry_format_count (part->n_scenes);
  g_autofree char *labels = quarry_format_count (part->n_annotations);
  g_autofree char *scenes_text = g_strdup_printf (ngettext ("%s scene", "%s scenes", (gulong) part->n_scenes), scenes);
  g_autofree char *labels_text = g_strdup_printf (ngettext ("%s label", "%s labels", (gulong) part->n_annotations), labels);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s · %s", frames, scenes_text, labels_text);
  g_autofree char *shares = g_strdup_printf (_("%s, %s wanted"), share, wanted);
  g_autofree char *title = g_markup_escape_text (part->name, -1);
  GdkRGBA color;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  quarry_bar_color_of (part->name, index, &color);
  quarry_bar_set_share (QUARRY_BAR (bar), part->share, &color);
  gtk_widget_set_size_request (bar, 90, -1);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  label = gtk_label_new (shares);
  gtk_label_set_width_chars (GTK_LABEL (label), 18);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "dim-label");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), bar);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  return row;
}

static void
show_summary (QuarrySplitDialog *self, const QuarrySplitSummary *summary)
{
  g_autofree char *note = quarry_format_sentence (summary->note);

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->result, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < summary->rows->len; i++)
    {
      GtkWidget *row = make_result_row (summary->rows->pdata[i], i);

      adw_preferences_group_add (self->result, row);
      g_ptr_array_add (self->rows, row);
    }
  adw_preferences_group_set_description (self->result, note);
  gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
}

/* --- asking for it --- */

static double
get_percent (QuarrySplitDialog *self, int part)
{
  GtkAdjustment * const adjustments[N_PARTS] = { self->train, self->val, self->test };

  return gtk_adjustment_get_value (adjustments[part]);
}

static void
update (QuarrySplitDialog *self)
{
  const double sum = get_percent (self, 0) + get_percent (self, 1) + get_percent (self, 2);
  g_autofree char *text = fabs (sum - 100) < 1e-6 ? NULL : g_strdup_printf (_("The shares add up to %.0f %%; they are scaled to 100 %%."), sum);

  gtk_label_set_text (self->sum, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->sum), text != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "split.apply", sum > 0 && !self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
}

static void
state_cb (QuarryOperation *operation, GParamSpec *pspec, QuarrySplitDialog *self)
{
  Split *split = g_object_get_data (G_OBJECT (operation), "split");
  const QuarryOperationState state = quarry_operation_get_state (operation);
  g_autofree char *what = NULL;

  if (state <= QUARRY_OPERATION_RUNNING)
    return;
  self->busy = FALSE;
  update (self);
  if (state != QUARRY_OPERATION_DONE)
    {
      if (state == QUARRY_OPERATION_FAILED)
        {
          g_autofree char *why = quarry_format_sentence (quarry_operation_get_error (operation)->message);

          adw_preferences_group_set_description (self->result, why);
          gtk_widget_set_visible (GTK_WIDGET (self->result), TRUE);
        }
      return;
    }
  what = g_strdup_printf (_("Split “%s”"), self->name);
  quarry_session_edited (self->session, what);
  show_summary (self, split->summary);
}

static void
apply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  QuarrySplitDialog *self = QUARRY_SPLIT_DIALOG (widget);
  g_autofree char *title = g_strdup_printf (_("Split %s"), self->name);
  g_autoptr(QuarryOperation) operation = quarry_operation_new (title);
  Split *split = g_atomic_rc_box_new0 (Split);

  split->catalog = g_object_ref (quarry_session_get_catalog (self->session));
  split->dataset = self->dataset;
  split->by_scene = gtk_switch_get_active (self->by_scene);
  split->seed = (guint64) gtk_adjustment_get_value (self->seed);
  for (int i = 0; i < N_PARTS; i++)
    if (get_percent (self, i) > 0)
      split->parts[split->n_parts++] = (QuarrySplitPart) { part_names[i], get_percent (self, i) };
  self->busy = TRUE;
  update (self);
  g_object_set_data_full (G_OBJECT (operation), "split", g_atomic_rc_box_acquire (split), split_unref);
  g_signal_connect_object (operation, "notify::state", G_CALLBACK (state_cb), self, 0);
  quarry_session_run (self->session, operation, split_in_thread, split, split_unref);
}

/* --- the object --- */

static void
quarry_split_dialog_dispose (GObject *object)
{
  QuarrySplitDialog *self = QUARRY_SPLIT_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_SPLIT_DIALOG);
  G_OBJECT_CLASS (quarry_split_dialog_parent_class)->dispose (object);
}

static void
quarry_split_dialog_finalize (GObject *object)
{
  g_free (QUARRY_SPLIT_DIALOG (object)->name);
  G_OBJECT_CLASS (quarry_split_dialog_parent_class)->finalize (object);
}

static void
quarry_split_dialog_class_init (QuarrySplitDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_split_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = quarry_split_dialog_finalize;
  g_resources_register (quarry_ui_get_resource ());
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-split-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, train);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, val);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, test);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, seed);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, by_scene);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, sum);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, QuarrySplitDialog, result);
  gtk_widget_class_install_action (widget_class, "split.apply", NULL, apply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
quarry_split_dialog_init (QuarrySplitDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_ptr_array_new ();
  g_signal_connect_object (self->train, "value-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->val, "value-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->test, "value-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * quarry_split_dialog_present:
 *
 * Returns: (transfer none): the dialog, which is shown
 */
GtkWidget *
quarry_split_dialog_present (QuarrySession       *session,
                             GtkWindow           *parent,
                             const QuarryDataset *dataset)
{
  QuarrySplitDialog *self = NULL;
  g_autofree char *title = NULL;

  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);
  g_return_val_if_fail (dataset != NULL, NULL);

  title = g_strdup_printf (_("Split “%s”"), dataset->name);
  self = g_object_new (QUARRY_TYPE_SPLIT_DIALOG, "transient-for", parent, "title", title, NULL);
  self->session = g_object_ref (session);
  self->dataset = dataset->id;
  self->name = g_strdup (dataset->name);
  gtk_window_present (GTK_WINDOW (self));
  return GTK_WIDGET (self);
}
