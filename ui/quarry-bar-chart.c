/* quarry-bar-chart.c: a titled list of names, bars and counts; each row is a button
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   Classes                       labels
 *   person        ▇▇▇▇▇▇▇▇▇▇       4 180
 *   truck         ▇▇▇▇               912
 *   Show all 34
 *
 * Rows that know how many labels they hold are measured by those; the unit is then a button that changes to frames and back.
 */

#include "config.h"
#include "quarry-bar-chart.h"
#include "quarry-bar.h"
#include "quarry-format.h"

#include <glib/gi18n.h>

#define ROWS_AT_FIRST 8
#define ROWS_AT_MOST  300      /* more bars than this nobody reads; the query bar finds the rest */

struct _QuarryBarChart
{
  GtkWidget  parent_instance;

  char      *title;
  GPtrArray *rows;             /* QuarryFacetRow, owned list, longest first; nullable */
  gboolean   show_all;
  gboolean   frames_wanted;    /* also where labels are known */
  gboolean   ordered;          /* rows come in an order of their own */

  GtkWidget *box;              /* everything */
  GtkWidget *header;
  GtkWidget *list;             /* the rows */
  GtkWidget *more;             /* "Show all 34" */
  GtkWidget *empty;
  GtkWidget *unit;             /* what is counted */
  GtkSizeGroup *names;
  GtkSizeGroup *counts;
};

enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryBarChart, quarry_bar_chart, GTK_TYPE_WIDGET)

static gboolean
has_labels (QuarryBarChart *self)
{
  for (guint i = 0; self->rows != NULL && i < self->rows->len; i++)
    if (((const QuarryFacetRow *) self->rows->pdata[i])->n_annotations > 0)
      return TRUE;
  return FALSE;
}

static gint64
get_count (const QuarryFacetRow *row, gboolean by_labels)
{
  return by_labels ? row->n_annotations : row->n_frames;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer by_labels)
{
  const QuarryFacetRow *left = *(QuarryFacetRow * const *) a;
  const QuarryFacetRow *right = *(QuarryFacetRow * const *) b;
  const gint64 n_left = get_count (left, by_labels != NULL), n_right = get_count (right, by_labels != NULL);

  if (n_left != n_right)
    return n_left > n_right ? -1 : 1;
  return g_utf8_collate (left->name, right->name);
}

static void
row_clicked_cb (GtkButton *button, QuarryBarChart *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0, g_object_get_data (G_OBJECT (button), "name"));
}

static void
get_row_color (QuarryBarChart *self, const QuarryFacetRow *row, GdkRGBA *out_color)
{
  if (row->color != NULL && gdk_rgba_parse (out_color, row->color))
    return;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_bg_color", out_color))
    gdk_rgba_parse (out_color, "#3584e4");
}

static char *
describe_row (const QuarryFacetRow *row)
{
  g_autofree char *frames = quarry_format_frames (row->n_frames);
  g_autofree char *labels = quarry_format_count (row->n_annotations);

  if (row->n_annotations > 0)
    return g_strdup_printf (ngettext ("%s: %s, %s label", "%s: %s, %s labels", (gulong) row->n_annotations),
                            row->name, frames, labels);
  return g_strdup_printf ("%s: %s", row->name, frames);
}

static GtkWidget *
make_row (QuarryBarChart *self, const QuarryFacetRow *row, gint64 largest, gboolean by_labels)
{
  const gint64 n = get_count (row, by_labels);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *name = gtk_label_new (row->name);
  g_autofree char *count_text = quarry_format_count (n);
  g_autofree char *description = describe_row (row);
  GtkWidget *count = gtk_label_new (count_text);
  GtkWidget *bar = quarry_bar_new ();
  GdkRGBA color;

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (name), 10);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 18);
  gtk_label_set_xalign (GTK_LABEL (count), 1);
  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_set_hexpand (bar, TRUE);
  get_row_color (self, row, &color);
  quarry_bar_set_share (QUARRY_BAR (bar), largest > 0 ? (double) n / (double) largest : 0, &color);
  gtk_size_group_add_widget (self->names, name);
  gtk_size_group_add_widget (self->counts, count);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), count);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "bar-row");
  gtk_widget_set_tooltip_text (button, description);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  if (n == 0)
    gtk_widget_add_css_class (box, "dim-label");
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (row->name), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (row_clicked_cb), self, 0);
  return button;
}

static void
update (QuarryBarChart *self)
{
  const guint n = self->rows != NULL ? self->rows->len : 0;
  const guint n_shown = MIN (n, self->show_all || self->ordered ? ROWS_AT_MOST : ROWS_AT_FIRST);
  const gboolean by_labels = !self->frames_wanted && has_labels (self);
  gint64 largest = 0;
  GtkWidget *child = NULL;

  if (n > 0 && !self->ordered)
    g_ptr_array_sort_with_data (self->rows, compare_rows, GINT_TO_POINTER (by_labels));
  for (guint i = 0; i < n; i++)
    largest = MAX (largest, get_count (self->rows->pdata[i], by_labels));

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_box_remove (GTK_BOX (self->list), child);
  for (guint i = 0; i < n_shown; i++)
    gtk_box_append (GTK_BOX (self->list), make_row (self, self->rows->pdata[i], largest, by_labels));
  gtk_button_set_label (GTK_BUTTON (self->unit), by_labels ? _("labels") : _("frames"));
  gtk_widget_set_tooltip_text (self->unit, by_labels ? _("Count frames instead") : _("Count labels instead"));
  gtk_widget_set_can_target (self->unit, has_labels (self));
  gtk_widget_set_focusable (self->unit, has_labels (self));
  gtk_widget_set_visible (self->unit, n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_widget_set_visible (self->more, n > ROWS_AT_FIRST && !self->ordered);
  if (n > ROWS_AT_FIRST)
    {
      g_autofree char *all = g_strdup_printf (_("Show all %u"), n);

      gtk_button_set_label (GTK_BUTTON (self->more), self->show_all ? _("Show fewer") : all);
    }
}

static void
more_clicked_cb (GtkButton *button, QuarryBarChart *self)
{
  self->show_all = !self->show_all;
  update (self);
}

static void
unit_clicked_cb (GtkButton *button, QuarryBarChart *self)
{
  self->frames_wanted = !self->frames_wanted;
  update (self);
}

static void
make_header (QuarryBarChart *self)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *title = gtk_label_new (self->title);

  gtk_widget_add_css_class (title, "heading");
  gtk_widget_set_hexpand (title, TRUE);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_box_append (GTK_BOX (header), title);
  gtk_box_append (GTK_BOX (header), self->unit);
  gtk_widget_add_css_class (header, "bar-chart-header");
  gtk_box_append (GTK_BOX (self->box), header);
  self->header = header;
}

static void
quarry_bar_chart_constructed (GObject *object)
{
  QuarryBarChart *self = QUARRY_BAR_CHART (object);

  G_OBJECT_CLASS (quarry_bar_chart_parent_class)->constructed (object);
  self->names = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->counts = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->more = gtk_button_new ();
  self->empty = gtk_label_new (NULL);
  self->unit = gtk_button_new_with_label ("");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "bar-chart");
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->empty), 0);
  gtk_widget_add_css_class (self->empty, "bar-chart-empty");
  gtk_widget_add_css_class (self->unit, "flat");
  gtk_widget_add_css_class (self->unit, "bar-chart-unit");
  g_signal_connect_object (self->unit, "clicked", G_CALLBACK (unit_clicked_cb), self, 0);
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_add_css_class (self->more, "caption");
  gtk_widget_set_halign (self->more, GTK_ALIGN_START);
  g_signal_connect_object (self->more, "clicked", G_CALLBACK (more_clicked_cb), self, 0);
}

static void
quarry_bar_chart_dispose (GObject *object)
{
  QuarryBarChart *self = QUARRY_BAR_CHART (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->names);
  g_clear_object (&self->counts);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (quarry_bar_chart_parent_class)->dispose (object);
}

static void
quarry_bar_chart_finalize (GObject *object)
{
  QuarryBarChart *self = QUARRY_BAR_CHART (object);

  g_free (self->title);
  G_OBJECT_CLASS (quarry_bar_chart_parent_class)->finalize (object);
}

static void
quarry_bar_chart_class_init (QuarryBarChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = quarry_bar_chart_constructed;
  object_class->dispose = quarry_bar_chart_dispose;
  object_class->finalize = quarry_bar_chart_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
quarry_bar_chart_init (QuarryBarChart *self)
{
}

/**
 * quarry_bar_chart_new:
 * @title: heading
 * @empty_text: what to say where there is nothing to count, and what a person can do about it
 */
GtkWidget *
quarry_bar_chart_new (const char *title,
                      const char *empty_text)
{
  QuarryBarChart *self = g_object_new (QUARRY_TYPE_BAR_CHART, NULL);

  self->title = g_strdup (title);
  gtk_label_set_text (GTK_LABEL (self->empty), empty_text);
  make_header (self);
  gtk_box_append (GTK_BOX (self->box), self->list);
  gtk_box_append (GTK_BOX (self->box), self->more);
  gtk_box_append (GTK_BOX (self->box), self->empty);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * quarry_bar_chart_set_rows:
 * @rows: (transfer none): QuarryFacetRow; sorted in place, longest first; the chart keeps a reference
 */
void
quarry_bar_chart_set_rows (QuarryBarChart *self,
                           GPtrArray      *rows)
{
  g_return_if_fail (QUARRY_IS_BAR_CHART (self));
  g_return_if_fail (rows != NULL);

  g_ptr_array_ref (rows);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = rows;
  update (self);
}

/* What to say where there are no rows */
void
quarry_bar_chart_set_empty_text (QuarryBarChart *self,
                                 const char     *empty_text)
{
  g_return_if_fail (QUARRY_IS_BAR_CHART (self));

  gtk_label_set_text (GTK_LABEL (self->empty), empty_text);
}

void
quarry_bar_chart_set_ordered (QuarryBarChart *self,
                              gboolean        ordered)
{
  g_return_if_fail (QUARRY_IS_BAR_CHART (self));

  self->ordered = ordered;
  update (self);
}

void
quarry_bar_chart_set_header (QuarryBarChart *self,
                             GtkWidget      *widget)
{
  g_return_if_fail (QUARRY_IS_BAR_CHART (self));

  gtk_box_append (GTK_BOX (self->header), widget);
}

guint
quarry_bar_chart_get_n_shown (QuarryBarChart *self)
{
  guint n = 0;

  g_return_val_if_fail (QUARRY_IS_BAR_CHART (self), 0);

  for (GtkWidget *child = gtk_widget_get_first_child (self->list); child != NULL; child = gtk_widget_get_next_sibling (child))
    n++;
  return n;
}

/**
 * quarry_bar_chart_get_row:
 *
 * Returns: (transfer none) (nullable): the button of the row at @position, longest first
 */
GtkWidget *
quarry_bar_chart_get_row (QuarryBarChart *self,
                          guint           position)
{
  GtkWidget *child = NULL;

  g_return_val_if_fail (QUARRY_IS_BAR_CHART (self), NULL);

  child = gtk_widget_get_first_child (self->list);
  while (child != NULL && position-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child;
}
