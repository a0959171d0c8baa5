/* quarry-measure.c: the words for what is measured of media, and bounds on them in queries
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-measure.h"

#include <math.h>
#include <string.h>

#define CAMERA (1u << QUARRY_SENSOR_CAMERA)
#define LIDAR  (1u << QUARRY_SENSOR_LIDAR)
#define ANY    (CAMERA | LIDAR | 1u << QUARRY_SENSOR_RADAR)

/* "Luma" is ITU-R BT.601 of the picture scaled down (area average) to 640 pixels on its longer side, so that numbers do not depend
 * on the resolution. A "return" is a finite point that is not the origin. "The one before" is that of the same sensor in the scene,
 * in the order of recording. */
static const QuarryMeasure measures[QUARRY_N_MEASURES] = {
  [QUARRY_MEASURE_BRIGHTNESS] = { "brightness", "Brightness", QUARRY_UNIT_PERCENT, 1, CAMERA, QUARRY_ODD_BOTH, FALSE, 4, 0.15,
    "Mean luma: 0 % is black, 100 % white", "ITU-R BT.601" },
  [QUARRY_MEASURE_UNDEREXPOSED] = { "underexposed", "Underexposed", QUARRY_UNIT_PERCENT, 1, CAMERA, QUARRY_ODD_HIGH, FALSE, 5, 0,
    "Share of the picture that is nearly black: luma at most 5 of 255", "own" },
  [QUARRY_MEASURE_OVEREXPOSED] = { "overexposed", "Overexposed", QUARRY_UNIT_PERCENT, 1, CAMERA, QUARRY_ODD_HIGH, FALSE, 5, 0,
    "Share of the picture that is nearly white: luma at least 250 of 255", "own" },
  [QUARRY_MEASURE_SHARPNESS] = { "sharpness", "Sharpness", QUARRY_UNIT_NONE, 0, CAMERA, QUARRY_ODD_LOW, FALSE, 10, 0.3,
    "Variance of the Laplacian of luma, in squared levels: high where there is fine detail", "Pech-Pacheco et al., ICPR 2000 (LAPV)" },
  [QUARRY_MEASURE_BLUR] = { "blur", "Blur", QUARRY_UNIT_NONE, 2, CAMERA, QUARRY_ODD_HIGH, FALSE, 0.05, 0,
    "How little is lost by blurring luma once more: 0 is sharp, 1 has no edges at all; independent of how much detail there is",
    "Crété-Roffet et al., SPIE 6492, 2007" },
  [QUARRY_MEASURE_ENTROPY] = { "entropy", "Entropy", QUARRY_UNIT_BIT, 2, CAMERA, QUARRY_ODD_LOW, FALSE, 0.4, 0,
    "Entropy of the 256 levels of luma: 0 is one colour, 8 is every level alike", "Shannon 1948" },
  [QUARRY_MEASURE_BLOCKED] = { "blocked", "Blocked lens", QUARRY_UNIT_PERCENT, 1, CAMERA, QUARRY_ODD_HIGH, FALSE, 6, 0,
    "Share of the picture that has no detail, has not changed over the eight pictures before, and is not brighter than "
    "the darker quarter of the picture (sky is)", "own" },
  [QUARRY_MEASURE_POINTS] = { "points", "Points", QUARRY_UNIT_COUNT, 0, LIDAR, QUARRY_ODD_BOTH, FALSE, 0, 0.05,
    "Returns of a sweep", "own" },
  [QUARRY_MEASURE_RINGS] = { "rings", "Rings", QUARRY_UNIT_COUNT, 0, LIDAR, QUARRY_ODD_LOW, FALSE, 1.5, 0,
    "Rings that have at least a tenth of the returns of the median ring", "own" },
  [QUARRY_MEASURE_RINGMIN] = { "ringmin", "Weakest ring", QUARRY_UNIT_COUNT, 0, LIDAR, QUARRY_ODD_LOW, FALSE, 5, 0.2,
    "Returns of the ring that has fewest, from ring 0 to the last with returns", "own" },
  [QUARRY_MEASURE_RING] = { "ring", "Ring strength", QUARRY_UNIT_PERCENT, 1, LIDAR, QUARRY_ODD_LOW, FALSE, 8, 0,
    "The lowest that a ring has of the mean of the two beside it, where those have 50 returns or more: 0 % is a ring that is gone",
    "own" },
  [QUARRY_MEASURE_NEAR] = { "near", "Near returns", QUARRY_UNIT_PERCENT, 1, LIDAR, QUARRY_ODD_HIGH, FALSE, 2, 0.2,
    "Share of returns closer than 3 m: dust, rain, fog or dirt on the sensor, and our own machine", "own" },
  [QUARRY_MEASURE_RANGE10] = { "range10", "Range, near 10 %", QUARRY_UNIT_METRE, 2, LIDAR, QUARRY_ODD_BOTH, FALSE, 1, 0.2,
    "A tenth of the returns are nearer than this", "own" },
  [QUARRY_MEASURE_RANGE50] = { "range50", "Range, median", QUARRY_UNIT_METRE, 2, LIDAR, QUARRY_ODD_BOTH, FALSE, 2, 0.2,
    "Half of the returns are nearer than this", "own" },
  [QUARRY_MEASURE_RANGE90] = { "range90", "Range, far 10 %", QUARRY_UNIT_METRE, 2, LIDAR, QUARRY_ODD_BOTH, FALSE, 5, 0.2,
    "A tenth of the returns are farther than this", "own" },
  [QUARRY_MEASURE_SECTOR] = { "sector", "Dropped sector", QUARRY_UNIT_DEGREE, 1, LIDAR, QUARRY_ODD_HIGH, FALSE, 2, 0,
    "Largest angle around the sensor's z axis without any return; all that a sensor does not look at counts", "own" },
  [QUARRY_MEASURE_EMPTY] = { "empty", "Empty directions", QUARRY_UNIT_PERCENT, 1, LIDAR, QUARRY_ODD_HIGH, FALSE, 2, 0.1,
    "Share of the 360 directions (of one degree) without any return", "own" },
  [QUARRY_MEASURE_STUCK] = { "stuck", "Stuck", QUARRY_UNIT_FLAG, 0, CAMERA | LIDAR, QUARRY_ODD_HIGH, FALSE, 0, 0,
    "The same pixels or points as the one before", "own" },
  [QUARRY_MEASURE_UNREADABLE] = { "unreadable", "Unreadable", QUARRY_UNIT_FLAG, 0, CAMERA | LIDAR, QUARRY_ODD_HIGH, FALSE, 0, 0,
    "The picture or cloud is broken and cannot be decoded", "own" },
  [QUARRY_MEASURE_GAP] = { "gap", "Gap", QUARRY_UNIT_MS, 1, ANY, QUARRY_ODD_BOTH, FALSE, 2, 0.25,
    "Time since the one before; negative where time goes backwards", "own" },
  [QUARRY_MEASURE_PERIODS] = { "periods", "Gap in periods", QUARRY_UNIT_NONE, 2, ANY, QUARRY_ODD_NEVER, FALSE, 0, 0,
    "Gap against the nominal period, which is the median gap of the sensor in the scene", "own" },
  [QUARRY_MEASURE_JUMP] = { "jump", "Time jump", QUARRY_UNIT_FLAG, 0, ANY, QUARRY_ODD_HIGH, FALSE, 0, 0,
    "Time stands still, goes backwards, or leaps by more than ten periods and a second", "own" },
  [QUARRY_MEASURE_SYNC] = { "sync", "Sync offset", QUARRY_UNIT_MS, 1, ANY, QUARRY_ODD_BOTH, TRUE, 2, 0,
    "The stamp of the medium minus that of its frame; in queries its size counts", "own" },
};

typedef struct { QuarryMeasureUnit unit; const char *suffix; double factor; } Suffix;

/* The first of a unit is how it is shown */
static const Suffix suffixes[] = {
  { QUARRY_UNIT_PERCENT, "%", 1 },     { QUARRY_UNIT_NONE, "%", 0.01 },     { QUARRY_UNIT_COUNT, "k", 1e3 },
  { QUARRY_UNIT_COUNT, "M", 1e6 },     { QUARRY_UNIT_MS, "ms", 1 },         { QUARRY_UNIT_MS, "ns", 1e-6 },
  { QUARRY_UNIT_MS, "us", 1e-3 },      { QUARRY_UNIT_MS, "µs", 1e-3 },      { QUARRY_UNIT_MS, "s", 1e3 },
  { QUARRY_UNIT_MS, "min", 6e4 },      { QUARRY_UNIT_METRE, "m", 1 },       { QUARRY_UNIT_METRE, "mm", 1e-3 },
  { QUARRY_UNIT_METRE, "cm", 1e-2 },   { QUARRY_UNIT_METRE, "km", 1e3 },    { QUARRY_UNIT_DEGREE, "°", 1 },
  { QUARRY_UNIT_DEGREE, "deg", 1 },    { QUARRY_UNIT_BIT, "bit", 1 },       { QUARRY_UNIT_BIT, "bits", 1 },
};

/* Returns: (transfer none) */
const QuarryMeasure *
quarry_measure_get (QuarryMeasureId id)
{
  g_return_val_if_fail (id < QUARRY_N_MEASURES, NULL);
  return &measures[id];
}

gboolean
quarry_measure_find (const char *name, QuarryMeasureId *out_id)
{
  for (guint i = 0; i < QUARRY_N_MEASURES; i++)
    if (g_ascii_strcasecmp (measures[i].name, name) == 0)
      {
        *out_id = i;
        return TRUE;
      }
  return FALSE;
}

/* Returns: (transfer full) */
char *
quarry_measure_list_names (void)
{
  g_autoptr(GString) names = g_string_new (measures[0].name);

  for (guint i = 1; i < QUARRY_N_MEASURES; i++)
    g_string_append_printf (names, ", %s", measures[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

gboolean
quarry_measure_is_bound (const char *word)
{
  const gsize name = strcspn (word, "<>=");
  QuarryMeasureId id = 0;

  if (word[name] != '\0')
    return name > 0;
  return quarry_measure_find (word, &id) && measures[id].unit == QUARRY_UNIT_FLAG;
}

/* The units that a bound may be written in, for messages: "ms, ns, us …" */
static char *
list_suffixes (QuarryMeasureUnit unit)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (suffixes[i].unit == unit)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", suffixes[i].suffix);
  return g_string_free (list, FALSE);
}

static gboolean
parse_number (const QuarryMeasure *measure, const char *text, double *out_value, char **out_message)
{
  char *end = NULL;
  const double number = g_ascii_strtod (text, &end);
  g_autofree char *known = NULL;

  if (end == text || !isfinite (number))
    {
      *out_message = g_strdup_printf ("'%s' needs a number after the sign, not '%s'", measure->name, text);
      return FALSE;
    }
  *out_value = number;
  if (*end == '\0')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (suffixes[i].unit == measure->unit && strcmp (suffixes[i].suffix, end) == 0)
      {
        *out_value = number * suffixes[i].factor;
        return TRUE;
      }
  known = list_suffixes (measure->unit);
  *out_message = *known != '\0' ? g_strdup_printf ("'%s' has no unit '%s': use %s or none", measure->name, end, known)
                                : g_strdup_printf ("'%s' has no unit '%s'", measure->name, end);
  return FALSE;
}

typedef enum { LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, N_COMPARISONS } Comparison;

/* Numbers from @from to @to, both inclusive; of a signed measure its size, so that there are two intervals where 0 is not among them */
static void
set_interval (QuarryMeasureBound *bound, double from, double to)
{
  const gboolean by_size = measures[bound->measure].by_size;

  bound->n = by_size && from > 0 ? 2 : 1;
  bound->from[0] = by_size && from <= 0 ? -to : from;      /* to < 0: from > to, which no number meets */
  bound->to[0] = to;
  bound->from[1] = -to;
  bound->to[1] = -from;
}

/* The interval of numbers that @comparison with @value allows */
static void
make_bound (QuarryMeasureBound *bound, Comparison comparison, double value)
{
  double from = -G_MAXDOUBLE, to = G_MAXDOUBLE;

  if (comparison == LESS)
    to = nextafter (value, -G_MAXDOUBLE);
  else if (comparison == LESS_EQUAL || comparison == EQUAL)
    to = value;
  if (comparison == GREATER)
    from = nextafter (value, G_MAXDOUBLE);
  else if (comparison == GREATER_EQUAL || comparison == EQUAL)
    from = value;
  set_interval (bound, from, to);
}

/* "10..20%": from 10 on, up to but without 20 */
static gboolean
parse_range (const QuarryMeasure *measure, const char *text, QuarryMeasureBound *bound, char **out_message)
{
  const char *dots = strstr (text, "..");
  g_autofree char *first = g_strndup (text, dots - text);
  double from = 0, to = 0;

  if (!parse_number (measure, first, &from, out_message) || !parse_number (measure, dots + 2, &to, out_message))
    return FALSE;
  set_interval (bound, from, nextafter (to, -G_MAXDOUBLE));
  return TRUE;
}

/**
 * quarry_measure_parse:
 * @out_message: (transfer full): a fragment, where FALSE is returned
 */
gboolean
quarry_measure_parse (const char *word, QuarryMeasureBound *out_bound, char **out_message)
{
  static const char * const signs[N_COMPARISONS] = { "<", "<=", ">", ">=", "=" };
  const gsize length = strcspn (word, "<>=");
  const gsize n_sign = strspn (word + length, "<>=");
  g_autofree char *name = g_strndup (word, length);
  g_autofree char *sign = g_strndup (word + length, n_sign);
  QuarryMeasureBound bound = { 0 };
  double value = 1;
  Comparison comparison = EQUAL;

  if (!quarry_measure_find (name, &bound.measure))
    {
      g_autofree char *known = quarry_measure_list_names ();

      *out_message = g_strdup_printf ("nothing called '%s' is measured: write the word in quotes, or one of %s", name, known);
      return FALSE;
    }
  if (strcmp (sign, "=") == 0 && strstr (word + length, "..") != NULL)
    {
      if (!parse_range (&measures[bound.measure], word + length + n_sign, &bound, out_message))
        return FALSE;
      *out_bound = bound;
      return TRUE;
    }
  if (n_sign > 0)
    {
      for (comparison = 0; comparison < N_COMPARISONS && strcmp (signs[comparison], sign) != 0;)
        comparison++;
      if (comparison == N_COMPARISONS)
        {
          *out_message = g_strdup_printf ("'%s' compares by <, <=, >, >= or =, not by '%s'", name, sign);
          return FALSE;
        }
      if (!parse_number (&measures[bound.measure], word + length + n_sign, &value, out_message))
        return FALSE;
    }
  make_bound (&bound, comparison, value);
  *out_bound = bound;
  return TRUE;
}

const char *
quarry_measure_get_unit (QuarryMeasureId id)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (suffixes[i].unit == quarry_measure_get (id)->unit && suffixes[i].factor == 1)
      return suffixes[i].suffix;
  return "";
}

/* Returns: (transfer full): with its unit, in the locale's way */
char *
quarry_measure_format (QuarryMeasureId id, double value)
{
  const QuarryMeasure *measure = quarry_measure_get (id);
  const char *suffix = quarry_measure_get_unit (id);

  if (measure->unit == QUARRY_UNIT_FLAG)
    return g_strdup (value != 0 ? "yes" : "no");
  if (measure->unit == QUARRY_UNIT_COUNT)
    return g_strdup_printf ("%'.0f", value);
  if (fabs (value) < 0.5 * pow (10, -(double) measure->digits))
    value = 0;                 /* no "-0.0" */
  return g_strdup_printf ("%.*f%s%s", (int) measure->digits, value, measure->unit == QUARRY_UNIT_DEGREE || *suffix == '\0' ? "" : " ",
                          suffix);
}

/* Returns: (transfer full) (nullable) */
char *
quarry_measure_format_normal (const QuarryNormal *normal)
{
  const gboolean has_low = normal->low > -G_MAXDOUBLE, has_high = normal->high < G_MAXDOUBLE;
  g_autofree char *low = has_low ? quarry_measure_format (normal->measure, normal->low) : NULL;
  g_autofree char *high = has_high ? quarry_measure_format (normal->measure, normal->high) : NULL;

  if (quarry_measure_get (normal->measure)->unit == QUARRY_UNIT_FLAG)
    return g_strdup ("no");
  if (has_low && has_high)
    return g_strdup_printf ("%s – %s", low, high);
  if (has_low)
    return g_strdup_printf ("≥ %s", low);
  return has_high ? g_strdup_printf ("≤ %s", high) : NULL;
}

/**
 * quarry_measure_make_query:
 *
 * Returns: (transfer full): the term for numbers at least (or at most) as large as @value, which matches @value itself
 */
char *
quarry_measure_make_query (QuarryMeasureId id, double value, gboolean above)
{
  const QuarryMeasure *measure = quarry_measure_get (id);
  const double step = pow (10, -(double) measure->digits);
  const double size = measure->by_size ? fabs (value) : value;
  const double rounded = (above ? floor (size / step + 1e-9) : ceil (size / step - 1e-9)) * step;
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *format = g_strdup_printf ("%%.%uf", measure->digits);
  const char *suffix = quarry_measure_get_unit (id);

  if (measure->unit == QUARRY_UNIT_FLAG)
    return value != 0 ? g_strdup (measure->name) : g_strconcat (measure->name, "=0", NULL);
  g_ascii_formatd (buffer, sizeof buffer, format, rounded == 0 ? 0 : rounded);
  return g_strconcat (measure->name, above ? ">=" : "<=", buffer, suffix, NULL);
}

void
quarry_frame_measure_free (QuarryFrameMeasure *self)
{
  g_free (self->sensor_name);
  g_free (self);
}

void
quarry_sensor_health_free (QuarrySensorHealth *self)
{
  g_free (self->sensor_name);
  g_free (self->scene_name);
  g_free (self);
}
