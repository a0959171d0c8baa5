/* quarry-cards.c: cards in as many columns as fit, each under the shortest column so far
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cards.h"

#define MAX_COLUMNS 8

struct _QuarryCards
{
  GtkWidget  parent_instance;
  int        column_width;    /* px */
  int        spacing;         /* px */
};

enum { PROP_0, PROP_COLUMN_WIDTH, PROP_SPACING, N_PROPS };
static GParamSpec *properties[N_PROPS];
G_DEFINE_FINAL_TYPE (QuarryCards, quarry_cards, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
quarry_cards_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* As many as fit, but no more than fill the same number of rows evenly: six cards stand 3 + 3, not 5 + 1 */
static int
count_columns (QuarryCards *self, GtkWidget *widget, int width)
{
  int n_children = 0, n_rows = 0, n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n_children += gtk_widget_should_layout (child);
  n_children = MAX (n_children, 1);
  n = CLAMP ((width + self->spacing) / (self->column_width + self->spacing), 1, MIN (MAX_COLUMNS, n_children));
  n_rows = (n_children + n - 1) / n;
  return (n_children + n_rows - 1) / n_rows;
}

/* Returns the height of the tallest column; places the children where @place */
static int
arrange (QuarryCards *self, GtkWidget *widget, int width, gboolean place)
{
  const int n = count_columns (self, widget, width);
  const int column = (width - (n - 1) * self->spacing) / n;
  int bottom[MAX_COLUMNS] = { 0 };
  int tallest = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int shortest = 0, minimum = 0, height = 0;

      if (!gtk_widget_should_layout (child))
        continue;
      for (int i = 1; i < n; i++)
        if (bottom[i] < bottom[shortest])
          shortest = i;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, MAX (column, minimum), NULL, &height, NULL, NULL);
      if (place)
        gtk_widget_size_allocate (child, &(GtkAllocation) { shortest * (column + self->spacing), bottom[shortest],
                                                            MAX (column, minimum), height }, -1);
      tallest = MAX (tallest, bottom[shortest] + height);
      bottom[shortest] += height + self->spacing;
    }
  return tallest;
}

static void
quarry_cards_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  QuarryCards *self = QUARRY_CARDS (widget);
  int least = 0, most = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum = 0, child_natural = 0;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
      least = MAX (least, child_minimum);
      most = MAX (most, child_natural);
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = least;
      *natural = MAX (most, 2 * self->column_width + self->spacing);
    }
  else
    {
      *minimum = *natural = arrange (self, widget, for_size >= 0 ? for_size : MAX (least, self->column_width), FALSE);
    }
}

static void
quarry_cards_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  arrange (QUARRY_CARDS (widget), widget, width, TRUE);
}

static void
quarry_cards_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  QuarryCards *self = QUARRY_CARDS (object);

  switch (property_id)
    {
    case PROP_COLUMN_WIDTH:
      g_value_set_int (value, self->column_width);
      break;
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
quarry_cards_set_property (GObject      *object,
                                    guint         property_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  QuarryCards *self = QUARRY_CARDS (object);
  int *target = property_id == PROP_COLUMN_WIDTH ? &self->column_width : &self->spacing;

  if (*target == g_value_get_int (value))
    return;
  *target = g_value_get_int (value);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
quarry_cards_dispose (GObject *object)
{
  GtkWidget *child = NULL;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (quarry_cards_parent_class)->dispose (object);
}

static void
quarry_cards_class_init (QuarryCardsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = quarry_cards_get_property;
  object_class->set_property = quarry_cards_set_property;
  object_class->dispose = quarry_cards_dispose;
  widget_class->get_request_mode = quarry_cards_get_request_mode;
  widget_class->measure = quarry_cards_measure;
  widget_class->size_allocate = quarry_cards_size_allocate;
  properties[PROP_COLUMN_WIDTH] = g_param_spec_int ("column-width", NULL, NULL, 1, G_MAXINT, 360,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 18,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
quarry_cards_init (QuarryCards *self)
{
  self->column_width = 360;
  self->spacing = 18;
}

void
quarry_cards_append (QuarryCards *self,
                     GtkWidget   *child)
{
  g_return_if_fail (QUARRY_IS_CARDS (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}
