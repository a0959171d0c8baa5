/* quarry-health-list.c: the numbers of a frame's sensors, those that are odd marked
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   ▾ cam_front                    ⚠ 1 odd      a header a sensor; open or closed is kept by name, so that it stays from frame to frame
 *     ⚠ Brightness   ●──▓▓▓▓──     1.0 %        what is odd is shown also where the sensor is closed
 *       Blur         ▓▓▓●▓▓───      0.26        each row is a button that leads to such frames
 */

#include "config.h"
#include "quarry-health-list.h"
#include "quarry-gauge.h"

#include <glib/gi18n.h>
#include <math.h>

struct _QuarryHealthList
{
  GtkWidget     parent_instance;
  GHashTable   *folded;      /* name of a sensor → whether a person folded it; until then only the first is open */
  GtkSizeGroup *numbers;   /* one column of numbers over all sensors */
  guint         n_odd;
};

enum { ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];
G_DEFINE_FINAL_TYPE (QuarryHealthList, quarry_health_list, GTK_TYPE_WIDGET)

/* A flag that is not set says nothing worth a row */
static gboolean
is_shown (const QuarryFrameMeasure *measure)
{
  return quarry_measure_get (measure->normal.measure)->unit != QUARRY_UNIT_FLAG || measure->value != 0;
}

/* Returns: (transfer full): frames at least as far from the middle as this one, on its side */
char *
quarry_health_list_dup_term (const QuarryFrameMeasure *measure)
{
  const QuarryMeasure *kind = quarry_measure_get (measure->normal.measure);
  const double value = kind->by_size ? fabs (measure->value) : measure->value;
  const double median = kind->by_size ? fabs (measure->normal.median) : measure->normal.median;
  const gboolean above = kind->odd == QUARRY_ODD_HIGH   ? TRUE
                         : kind->odd == QUARRY_ODD_LOW ? FALSE
                                                       : !measure->has_normal || value >= median;

  return quarry_measure_make_query (measure->normal.measure, measure->value, above);
}

/* Returns: (transfer full) */
char *
quarry_health_list_dup_tip (const QuarryFrameMeasure *measure)
{
  const QuarryMeasure *kind = quarry_measure_get (measure->normal.measure);
  g_autofree char *normal = measure->has_normal ? quarry_measure_format_normal (&measure->normal) : NULL;
  g_autofree char *median = quarry_measure_format (measure->normal.measure, measure->normal.median);
  g_autofree char *term = quarry_health_list_dup_term (measure);
  GString *tip = g_string_new (_(kind->what));

  if (normal != NULL && kind->unit != QUARRY_UNIT_FLAG)
    g_string_append_printf (tip, _("\n\nNormal for %s in this scene: %s (median %s)"), measure->sensor_name, normal, median);
  else if (measure->has_normal && kind->unit != QUARRY_UNIT_FLAG)
    g_string_append_printf (tip, _("\n\nMedian of %s in this scene: %s"), measure->sensor_name, median);
  g_string_append_printf (tip, _("\n\nClick for frames with %s"), term);
  return g_string_free (tip, FALSE);
}

static void
row_clicked_cb (GtkButton *button, gpointer user_data)
{
  const char *term = g_object_get_data (G_OBJECT (button), "term");

  g_signal_emit (user_data, signals[ACTIVATED], 0, term);
}

static GtkWidget *
make_label (const char *text, gboolean number)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), number ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), number ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, !number);
  if (number)
    gtk_widget_add_css_class (label, "numeric");
  return label;
}

static GtkWidget *
make_row (QuarryHealthList *self, const QuarryFrameMeasure *measure)
{
  const QuarryMeasure *kind = quarry_measure_get (measure->normal.measure);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = make_label (_(kind->title), FALSE);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  g_autofree char *value = quarry_measure_format (measure->normal.measure, measure->value);
  g_autofree char *tip = quarry_health_list_dup_tip (measure);
  g_autofree char *spoken = g_strdup_printf (measure->odd ? _("%s %s, odd") : _("%s %s"), _(kind->title), value);
  GtkWidget *number = make_label (value, TRUE);

  gtk_widget_set_opacity (icon, measure->odd ? 1 : 0);
  gtk_image_set_pixel_size (GTK_IMAGE (icon), 14);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), name);
  if (measure->has_normal && kind->unit != QUARRY_UNIT_FLAG)
    gtk_box_append (GTK_BOX (box), quarry_gauge_new (&measure->normal, measure->value, measure->odd));
  gtk_size_group_add_widget (self->numbers, number);
  gtk_box_append (GTK_BOX (box), number);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "health-row");
  if (measure->odd)
    gtk_widget_add_css_class (button, "odd");
  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tip, -1);
  g_object_set_data_full (G_OBJECT (button), "term", quarry_health_list_dup_term (measure), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (row_clicked_cb), self, 0);
  return button;
}

static void
show_fold (GtkToggleButton *header)
{
  const gboolean open = gtk_toggle_button_get_active (header);

  gtk_image_set_from_icon_name (g_object_get_data (G_OBJECT (header), "arrow"), open ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_revealer_set_reveal_child (g_object_get_data (G_OBJECT (header), "rows"), open);
}

static void
fold_cb (GtkToggleButton *header, gpointer user_data)
{
  QuarryHealthList *self = user_data;
  const gboolean open = gtk_toggle_button_get_active (header);
  const char *name = g_object_get_data (G_OBJECT (header), "sensor");

  g_hash_table_insert (self->folded, g_strdup (name), GINT_TO_POINTER (!open));
  show_fold (header);
}

static gboolean
is_open (QuarryHealthList *self, const char *sensor, gboolean first)
{
  gpointer folded = NULL;

  return g_hash_table_lookup_extended (self->folded, sensor, NULL, &folded) ? !GPOINTER_TO_INT (folded) : first;
}

static GtkWidget *
make_state (guint n_odd)
{
  g_autofree char *text = n_odd > 0 ? g_strdup_printf (ngettext ("%u odd", "%u odd", n_odd), n_odd) : NULL;
  GtkWidget *label = NULL;

  if (n_odd == 0)
    {
      GtkWidget *icon = gtk_image_new_from_icon_name ("emblem-ok-symbolic");

      gtk_widget_add_css_class (icon, "success");
      gtk_widget_set_tooltip_text (icon, _("All normal"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, _("All normal"), -1);
      return icon;
    }
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "badge");
  gtk_widget_add_css_class (label, "badge-warning");
  return label;
}

static GtkWidget *
make_header (QuarryHealthList *self, const char *sensor, gboolean first, guint n_odd, GtkWidget *rows)
{
  GtkWidget *header = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *arrow = gtk_image_new ();
  g_autofree char *spoken = n_odd > 0 ? g_strdup_printf (ngettext ("%s: %u number is odd", "%s: %u numbers are odd", n_odd), sensor, n_odd)
                                      : g_strdup_printf (_("%s: all normal"), sensor);

  gtk_box_append (GTK_BOX (box), arrow);
  gtk_box_append (GTK_BOX (box), make_label (sensor, FALSE));
  gtk_box_append (GTK_BOX (box), make_state (n_odd));
  gtk_button_set_child (GTK_BUTTON (header), box);
  gtk_widget_add_css_class (header, "flat");
  gtk_widget_add_css_class (header, "health-header");
  gtk_accessible_update_property (GTK_ACCESSIBLE (header), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (header), "sensor", g_strdup (sensor), g_free);
  g_object_set_data (G_OBJECT (header), "arrow", arrow);
  g_object_set_data (G_OBJECT (header), "rows", rows);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (header), is_open (self, sensor, first));
  show_fold (GTK_TOGGLE_BUTTON (header));
  g_signal_connect_object (header, "toggled", G_CALLBACK (fold_cb), self, 0);
  return header;
}

/* One sensor: header, what is odd, and the rest in a revealer. Returns: how many of @measures were its */
static guint
append_sensor (QuarryHealthList *self, GPtrArray *measures, guint from)
{
  const QuarryFrameMeasure *first = measures->pdata[from];
  GtkWidget *odd = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *rest = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *revealer = gtk_revealer_new ();
  GtkWidget *header = NULL;
  guint n_odd = 0, at = from;

  for (; at < measures->len && ((QuarryFrameMeasure *) measures->pdata[at])->sensor == first->sensor; at++)
    {
      const QuarryFrameMeasure *measure = measures->pdata[at];

      n_odd += measure->odd;
      if (is_shown (measure))
        gtk_box_append (GTK_BOX (measure->odd ? odd : rest), make_row (self, measure));
    }
  gtk_revealer_set_child (GTK_REVEALER (revealer), rest);
  gtk_revealer_set_transition_duration (GTK_REVEALER (revealer), 120);
  header = make_header (self, first->sensor_name, from == 0, n_odd, revealer);
  gtk_widget_set_parent (header, GTK_WIDGET (self));
  gtk_widget_set_parent (odd, GTK_WIDGET (self));
  gtk_widget_set_parent (revealer, GTK_WIDGET (self));
  self->n_odd += n_odd;
  return at - from;
}

static void
quarry_health_list_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&QUARRY_HEALTH_LIST (object)->folded, g_hash_table_unref);
  g_clear_object (&QUARRY_HEALTH_LIST (object)->numbers);
  G_OBJECT_CLASS (quarry_health_list_parent_class)->dispose (object);
}

static void
quarry_health_list_class_init (QuarryHealthListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = quarry_health_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "healthlist");
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
quarry_health_list_init (QuarryHealthList *self)
{
  self->folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->numbers = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
quarry_health_list_new (void)
{
  return g_object_new (QUARRY_TYPE_HEALTH_LIST, NULL);
}

void
quarry_health_list_set (QuarryHealthList *self, GPtrArray *measures)
{
  GtkWidget *child = NULL;

  g_return_if_fail (QUARRY_IS_HEALTH_LIST (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  self->n_odd = 0;
  for (guint i = 0; measures != NULL && i < measures->len;)
    i += append_sensor (self, measures, i);
}

guint
quarry_health_list_get_n_odd (QuarryHealthList *self)
{
  return self->n_odd;
}
