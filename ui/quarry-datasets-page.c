/* quarry-datasets-page.c: named collections of frames: their splits and versions
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A list on the left, the selected one on the right. What is selected is remembered by name, so that it stays through
 * every reading of the catalog. The actions are in quarry-datasets-page-actions.c.
 */

#include "config.h"
#include "quarry-datasets-page.h"
#include "quarry-datasets-page-private.h"
#include "quarry-format.h"
#include "quarry-ui-resources.h"

#include <glib/gi18n.h>

enum { PROP_0, PROP_SESSION, PROP_SELECTED, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryDatasetsPage, quarry_datasets_page, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *datasets;     /* QuarryDataset */
  GPtrArray *versions;     /* QuarryDatasetVersion of the selected one; nullable */
  char      *selected;     /* whose versions these are; nullable */
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_clear_pointer (&listing->datasets, g_ptr_array_unref);
  g_clear_pointer (&listing->versions, g_ptr_array_unref);
  g_free (listing->selected);
  g_free (listing);
}

static QuarryDataset *
find_dataset (GPtrArray *datasets, const char *name)
{
  for (guint i = 0; datasets != NULL && name != NULL && i < datasets->len; i++)
    {
      QuarryDataset *dataset = datasets->pdata[i];

      if (g_str_equal (dataset->name, name))
        return dataset;
    }
  return NULL;
}

static gpointer
read_listing (QuarryCatalog *catalog, gpointer request, GCancellable *cancellable, GError **error)
{
  Listing *listing = g_new0 (Listing, 1);
  QuarryDataset *dataset = NULL;

  listing->datasets = quarry_catalog_list_datasets (catalog, error);
  if (listing->datasets != NULL)
    {
      dataset = find_dataset (listing->datasets, request);
      if (dataset == NULL && listing->datasets->len > 0)
        dataset = listing->datasets->pdata[0];
    }
  if (dataset != NULL)
    {
      listing->selected = g_strdup (dataset->name);
      listing->versions = quarry_catalog_list_versions (catalog, dataset->id, error);
    }
  if (listing->datasets == NULL || (dataset != NULL && listing->versions == NULL))
    g_clear_pointer (&listing, listing_free);
  return listing;
}

/* --- what is shown --- */

/* train, val, test first: the order people think in; then the others by name. Fills @out_order with indices; free with g_free */
static guint *
dup_split_order (const QuarryDataset *dataset, guint *out_n)
{
  static const char * const first[] = { "train", "val", "test" };
  const guint n = dataset->splits != NULL ? g_strv_length (dataset->splits) : 0;
  guint *order = g_new0 (guint, n + 1);
  guint k = 0;

  for (gsize f = 0; f < G_N_ELEMENTS (first); f++)
    for (guint i = 0; i < n; i++)
      if (g_str_equal (dataset->splits[i], first[f]))
        order[k++] = i;
  for (guint i = 0; i < n; i++)
    {
      gboolean known = FALSE;

      for (gsize f = 0; f < G_N_ELEMENTS (first); f++)
        known = known || g_str_equal (dataset->splits[i], first[f]);
      if (!known)
        order[k++] = i;
    }
  *out_n = n;
  return order;
}

/* The parts of a dataset's bar: its splits in their order, then what is in none */
static void
fill_bar (QuarryBar *bar, const QuarryDataset *dataset)
{
  g_autoptr(GArray) parts = g_array_new (FALSE, FALSE, sizeof (QuarryBarPart));
  const double whole = (double) MAX (dataset->n_frames, 1);
  guint n = 0;
  g_autofree guint *order = dup_split_order (dataset, &n);

  for (guint i = 0; i < n; i++)
    {
      QuarryBarPart part = { (double) dataset->split_counts[order[i]] / whole };

      quarry_bar_color_of (dataset->splits[order[i]], order[i], &part.color);
      g_array_append_val (parts, part);
    }
  if (dataset->n_unsplit > 0)
    {
      QuarryBarPart part = { (double) dataset->n_unsplit / whole };

      quarry_bar_color_of (NULL, 0, &part.color);
      g_array_append_val (parts, part);
    }
  quarry_bar_set_parts (bar, (const QuarryBarPart *) parts->data, parts->len);
}

static GtkWidget *
make_list_row (const QuarryDataset *dataset)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (dataset->name);
  g_autofree char *count_text = quarry_format_count (dataset->n_frames);
  GtkWidget *count = gtk_label_new (count_text);
  GtkWidget *bar = quarry_bar_new ();
  g_autofree char *frames = quarry_format_frames (dataset->n_frames);
  g_autofree char *description = g_strdup_printf ("%s, %s", dataset->name, frames);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  fill_bar (QUARRY_BAR (bar), dataset);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), count);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_widget_set_margin_top (box, 8);
  gtk_widget_set_margin_bottom (box, 10);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (dataset->name), g_free);
  return row;
}

static void
show_list (QuarryDatasetsPage *self)
{
  GtkListBoxRow *row = NULL;

  self->updating = TRUE;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < self->datasets->len; i++)
    {
      const QuarryDataset *dataset = self->datasets->pdata[i];
      GtkWidget *made = make_list_row (dataset);

      gtk_list_box_append (self->list, made);
      if (g_strcmp0 (dataset->name, self->selected) == 0)
        gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (made));
    }
  self->updating = FALSE;
}

/* One entry of the legend is a button: to the frames of that split */
static void
add_legend (QuarryDatasetsPage *self, const QuarryDataset *dataset, const char *split, guint index, gint64 n)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *swatch = quarry_bar_new ();
  g_autofree char *frames = quarry_format_frames (n);
  g_autofree char *share = quarry_format_share ((double) n / (double) MAX (dataset->n_frames, 1));
  g_autofree char *text = g_strdup_printf ("%s  %s · %s", split != NULL ? split : _("in no split"), share, frames);
  GtkWidget *label = gtk_label_new (text);
  GdkRGBA color;

  quarry_bar_color_of (split, index, &color);
  quarry_bar_set_share (QUARRY_BAR (swatch), 1, &color);
  gtk_widget_add_css_class (swatch, "swatch");
  gtk_widget_set_halign (swatch, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "legend-entry");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "datasets.show-split");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", split != NULL ? split : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_flow_box_append (self->legend, button);
}

static void
show_splits (QuarryDatasetsPage *self, const QuarryDataset *dataset)
{
  GtkFlowBoxChild *child = NULL;
  guint n = 0;
  g_autofree guint *order = dup_split_order (dataset, &n);

  while ((child = gtk_flow_box_get_child_at_index (self->legend, 0)) != NULL)
    gtk_flow_box_remove (self->legend, GTK_WIDGET (child));
  fill_bar (self->bar, dataset);
  for (guint i = 0; i < n; i++)
    add_legend (self, dataset, dataset->splits[order[i]], order[i], dataset->split_counts[order[i]]);
  if (dataset->n_unsplit > 0 || dataset->n_frames == 0)
    add_legend (self, dataset, NULL, 0, dataset->n_unsplit);
}

static GtkWidget *
make_version_row (const QuarryDatasetVersion *version)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_with_label (_("Export…"));
  g_autofree char *frames = quarry_format_frames (version->n_frames);
  g_autofree char *when = quarry_format_ago (version->created_ns, g_get_real_time () * 1000);
  g_autofree char *note = g_markup_escape_text (version->note != NULL ? version->note : "", -1);
  g_autofree char *who = g_markup_escape_text (version->who != NULL ? version->who : "", -1);
  g_autofree char *title = *note != '\0' ? g_strdup_printf (_("Version %d: %s"), version->number, note) :
                                           g_strdup_printf (_("Version %d"), version->number);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s · %s · <tt>%.12s</tt>", frames, who, when, version->hash);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_tooltip_text (row, version->hash);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "datasets.export-version");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", version->number);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
show_versions (QuarryDatasetsPage *self, GPtrArray *versions)
{
  for (guint i = 0; i < self->version_rows->len; i++)
    adw_preferences_group_remove (self->versions, self->version_rows->pdata[i]);
  g_ptr_array_set_size (self->version_rows, 0);
  for (guint i = versions->len; i > 0; i--)
    {
      GtkWidget *row = make_version_row (versions->pdata[i - 1]);

      adw_preferences_group_add (self->versions, row);
      g_ptr_array_add (self->version_rows, row);
    }
}

static void
show_dataset (QuarryDatasetsPage *self, const QuarryDataset *dataset, GPtrArray *versions)
{
  g_autofree char *frames = quarry_format_frames (dataset->n_frames);
  g_autofree char *made = quarry_format_date (dataset->created_ns);
  g_autofree char *facts = g_strdup_printf (_("%s · made %s"), frames, made);
  g_autofree char *notes = g_markup_escape_text (dataset->notes != NULL ? dataset->notes : "", -1);

  gtk_label_set_text (self->name, dataset->name);
  gtk_label_set_text (self->facts, facts);
  adw_action_row_set_subtitle (self->notes, notes);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *notes != '\0');
  if (gtk_widget_get_focus_child (GTK_WIDGET (self->name_entry)) == NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->name_entry), dataset->name);
  show_splits (self, dataset);
  show_versions (self, versions);
}

static void
show_listing (GtkWidget *page, gpointer request, gpointer result)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (page);
  Listing *listing = result;
  const QuarryDataset *dataset = NULL;

  g_clear_pointer (&self->datasets, g_ptr_array_unref);
  self->datasets = g_ptr_array_ref (listing->datasets);
  if (g_strcmp0 (self->selected, listing->selected) != 0)
    {
      g_free (self->selected);
      self->selected = g_strdup (listing->selected);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
    }
  dataset = find_dataset (self->datasets, self->selected);
  show_list (self);
  if (dataset != NULL)
    show_dataset (self, dataset, listing->versions);
  gtk_stack_set_visible_child_name (self->stack, dataset != NULL ? "content" : "empty");
}

static gpointer
ask_for_wanted (GtkWidget *page)
{
  return g_strdup (QUARRY_DATASETS_PAGE (page)->wanted);
}

static const QuarryReading reading = {
  N_("Cannot list the datasets"), ask_for_wanted, read_listing, show_listing, g_free, listing_free,
};

/* The list says so again when only the focus comes back to the row that is shown: no wish of anybody's. A click on it is */
static void
row_selected_cb (GtkListBox *list, GtkListBoxRow *row, QuarryDatasetsPage *self)
{
  const char *name = row != NULL ? g_object_get_data (G_OBJECT (row), "name") : NULL;

  if (name != NULL && !self->updating && g_strcmp0 (name, self->selected) != 0)
    quarry_datasets_page_select (self, name);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, QuarryDatasetsPage *self)
{
  quarry_datasets_page_select (self, g_object_get_data (G_OBJECT (row), "name"));
}

static void
name_applied_cb (AdwEntryRow *entry, QuarryDatasetsPage *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  if (*name != '\0')
    gtk_widget_activate_action (GTK_WIDGET (self), "datasets.rename", "s", name);
  else if (self->selected != NULL)
    gtk_editable_set_text (GTK_EDITABLE (entry), self->selected);
}

/* --- the object --- */

static void
quarry_datasets_page_constructed (GObject *object)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (object);

  G_OBJECT_CLASS (quarry_datasets_page_parent_class)->constructed (object);
  self->reader = quarry_page_reader_new (GTK_WIDGET (self), self->session, &reading);
}

static void
quarry_datasets_page_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (object);

  switch (property_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    case PROP_SELECTED:
      g_value_set_string (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
quarry_datasets_page_set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (object);

  switch (property_id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    case PROP_SELECTED:
      quarry_datasets_page_select (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
quarry_datasets_page_dispose (GObject *object)
{
  QuarryDatasetsPage *self = QUARRY_DATASETS_PAGE (object);

  g_clear_object (&self->reader);
  g_clear_object (&self->session);
  g_clear_pointer (&self->datasets, g_ptr_array_unref);
  g_clear_pointer (&self->version_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), QUARRY_TYPE_DATASETS_PAGE);
  G_OBJECT_CLASS (quarry_datasets_page_parent_class)->dispose (object);
}

static void
quarry_datasets_page_finalize (GObject *object)
{
  g_free (QUARRY_DATASETS_PAGE (object)->wanted);
  g_free (QUARRY_DATASETS_PAGE (object)->selected);
  G_OBJECT_CLASS (quarry_datasets_page_parent_class)->finalize (object);
}

static void
quarry_datasets_page_class_init (QuarryDatasetsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = quarry_datasets_page_constructed;
  object_class->get_property = quarry_datasets_page_get_property;
  object_class->set_property = quarry_datasets_page_set_property;
  object_class->dispose = quarry_datasets_page_dispose;
  object_class->finalize = quarry_datasets_page_finalize;
  properties[PROP_SESSION] = g_param_spec_object ("session", NULL, NULL, QUARRY_TYPE_SESSION,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_SELECTED] = g_param_spec_string ("selected", NULL, NULL, NULL,
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_resources_register (quarry_ui_get_resource ());
  g_type_ensure (QUARRY_TYPE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, "/dev/quarry/Quarry/ui/quarry-datasets-page.ui");
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, list);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, name);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, facts);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, bar);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, legend);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, versions);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, name_entry);
  gtk_widget_class_bind_template_child (widget_class, QuarryDatasetsPage, notes);
  quarry_datasets_page_install_actions (widget_class);
}

static void
quarry_datasets_page_init (QuarryDatasetsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->version_rows = g_ptr_array_new ();
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (row_selected_cb), self, 0);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (row_activated_cb), self, 0);
  g_signal_connect_object (self->name_entry, "apply", G_CALLBACK (name_applied_cb), self, 0);
}

GtkWidget *
quarry_datasets_page_new (QuarrySession *session)
{
  g_return_val_if_fail (QUARRY_IS_SESSION (session), NULL);

  return g_object_new (QUARRY_TYPE_DATASETS_PAGE, "session", session, NULL);
}

/* --- for the actions --- */

/* Returns: (transfer none) (nullable): the selected dataset as it was last read */
QuarryDataset *
quarry_datasets_page_get_dataset (QuarryDatasetsPage *self)
{
  return find_dataset (self->datasets, self->selected);
}

/* A name that is not there yet is selected as soon as the catalog has it */
void
quarry_datasets_page_select (QuarryDatasetsPage *self,
                             const char         *name)
{
  if (g_strcmp0 (self->wanted, name) == 0)
    return;
  g_free (self->wanted);
  self->wanted = g_strdup (name);
  quarry_page_reader_queue (self->reader);
}
