/* test-label-studio.c: Label Studio's words to ours and back
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-label-studio-private.h"
#include "quarry-test.h"

#include <math.h>
#include <string.h>

/* --- configuration, titles, tokens --- */

static QuarryLabelClass *
make_class (const char *name, const char *color)
{
  QuarryLabelClass *class = g_new0 (QuarryLabelClass, 1);

  class->name = g_strdup (name);
  class->color = g_strdup (color);
  return class;
}

typedef struct
{
  GString *labels;      /* "box:Excavator#ff8800 …" */
  char    *control;
} Parsed;

static void
start_element (GMarkupParseContext *context, const char *element, const char **names, const char **values, gpointer data, GError **error)
{
  Parsed *parsed = data;
  const char *value = "";
  const char *color = "";

  for (int i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], "name"))
        {
          g_free (parsed->control);
          parsed->control = g_strdup (values[i]);
        }
      else if (g_str_equal (names[i], "value"))
        value = values[i];
      else if (g_str_equal (names[i], "background"))
        color = values[i];
      else if (g_str_equal (names[i], "toName"))
        g_assert_cmpstr (values[i], ==, "image");
    }
  if (g_str_equal (element, "Label") || g_str_equal (element, "Choice"))
    g_string_append_printf (parsed->labels, "%s:%s%s ", parsed->control, value, color);
}

static void
test_config (void)
{
  static const GMarkupParser parser = { .start_element = start_element };
  g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func ((GDestroyNotify) quarry_label_class_free);
  g_autofree char *xml = NULL;
  Parsed parsed = { g_string_new (NULL), NULL };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, &parsed, NULL);
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (classes, make_class ("Excavator", "#ff8800"));
  g_ptr_array_add (classes, make_class ("a<b>&\"c'", "#000001"));
  xml = quarry_label_studio_make_config (classes);
  g_markup_parse_context_parse (context, xml, -1, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (parsed.labels->str, ==,
                   "box:Excavator#ff8800 box:a<b>&\"c'#000001 polygon:Excavator#ff8800 polygon:a<b>&\"c'#000001 "
                   "mask:Excavator#ff8800 mask:a<b>&\"c'#000001 keypoint:Excavator#ff8800 keypoint:a<b>&\"c'#000001 "
                   "image_class:Excavator image_class:a<b>&\"c' ");
  g_markup_parse_context_free (context);
  g_string_free (parsed.labels, TRUE);
  g_free (parsed.control);
}

static void
test_titles (void)
{
  static const struct { const char *name, *title; } cases[] = {
    { "Night shift", "Night shift" }, { "x", "Quarry x" }, { "", "Quarry " },
    { "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü", "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäö" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *title = quarry_label_studio_make_title (cases[i].name);

      g_assert_cmpstr (title, ==, cases[i].title);
    }
}

static void
test_tokens (void)
{
  gint64 expiry = 0;

  g_assert_false (quarry_label_studio_read_expiry ("0123456789abcdef0123456789abcdef01234567", &expiry));
  g_assert_false (quarry_label_studio_read_expiry ("a.b.c", &expiry));
  g_assert_false (quarry_label_studio_read_expiry ("..", &expiry));
  g_assert_false (quarry_label_studio_read_expiry ("", &expiry));
  g_assert_false (quarry_label_studio_read_expiry ("e30.e30.x", &expiry));                    /* {} has no exp */
  g_assert_true (quarry_label_studio_read_expiry ("e30.eyJleHAiOjE3MDAwMDAwMDF9.sig", &expiry));
  g_assert_cmpint (expiry, ==, 1700000001);
  g_assert_true (quarry_label_studio_read_expiry ("x.eyJhIjoi77-_IiwiZXhwIjo1fQ.y", &expiry));  /* base64url's own letters */
  g_assert_cmpint (expiry, ==, 5);
}

/* --- geometry --- */

static void
assert_doubles (const double *a, const double *b, gsize n, double tolerance)
{
  for (gsize i = 0; i < n; i++)
    if (!(fabs (a[i] - b[i]) <= tolerance))
      g_error ("[%" G_GSIZE_FORMAT "] is %.17g and not %.17g", i, a[i], b[i]);
}

/* 1000 × 500: corners (100,100) (100,300) (50,300) (50,100), centre (75,200), 200 wide and 50 high before turning */
static void
test_box_turns_on_its_corner (void)
{
  const double percent[5] = { 10, 20, 20, 10, 90 };
  const double expected[5] = { 75 - 100, 200 - 25, 200, 50, G_PI / 2 };
  const double upright[5] = { 10, 20, 20, 10, 0 };
  const double same[5] = { 100, 100, 200, 50, 0 };
  double box[5];

  quarry_label_studio_box_to_pixels (percent, 1000, 500, box);
  assert_doubles (box, expected, 5, 1e-9);
  quarry_label_studio_box_to_pixels (upright, 1000, 500, box);
  assert_doubles (box, same, 5, 0);
}

/* Corners computed the server's way must be the corners computed our way */
static void
test_box_corners_agree (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (5);

  for (int i = 0; i < 200; i++)
    {
      const int width = g_rand_int_range (rand, 1, 4000);
      const int height = g_rand_int_range (rand, 1, 4000);
      const double p[5] = { g_rand_double_range (rand, -5, 100), g_rand_double_range (rand, -5, 100), g_rand_double_range (rand, 0, 90),
                            g_rand_double_range (rand, 0, 90), i == 0 ? 296.74 : g_rand_double_range (rand, -360, 720) };
      const double w = p[2] * width / 100;
      const double h = p[3] * height / 100;
      const double angle = p[4] * G_PI / 180;
      double box[5];
      double back[5];

      quarry_label_studio_box_to_pixels (p, width, height, box);
      for (int corner = 0; corner < 4; corner++)
        {
          const double dx = corner % 2 * w;
          const double dy = corner / 2 * h;
          const double theirs[2] = { p[0] * width / 100 + dx * cos (angle) - dy * sin (angle),
                                     p[1] * height / 100 + dx * sin (angle) + dy * cos (angle) };
          const double cx = dx - w / 2;
          const double cy = dy - h / 2;
          const double ours[2] = { box[0] + w / 2 + cx * cos (box[4]) - cy * sin (box[4]),
                                   box[1] + h / 2 + cx * sin (box[4]) + cy * cos (box[4]) };

          assert_doubles (ours, theirs, 2, 1e-8);
        }
      quarry_label_studio_box_to_percent (box, width, height, back);
      assert_doubles (back, p, 4, 1e-9);
      g_assert_cmpfloat (back[4], >=, 0);
      g_assert_cmpfloat (back[4], <, 360);
      g_assert_cmpfloat_with_epsilon (sin (back[4] * G_PI / 180), sin (angle), 1e-9);
      g_assert_cmpfloat_with_epsilon (cos (back[4] * G_PI / 180), cos (angle), 1e-9);
    }
}

/* 4 × 0, 4 × 255, 8 × 0: of four pixels the second is set */
static void
test_brush_vector (void)
{
  const guint8 bytes[] = { 0, 0, 0, 16, 57, 27, 252, 96, 17, 255, 206, 0 };
  g_autofree double *line = NULL;
  g_autofree double *square = NULL;
  g_autoptr(GByteArray) encoded = NULL;
  g_autoptr(GError) error = NULL;
  gsize n = 0;

  line = quarry_label_studio_decode_brush (bytes, sizeof bytes, 4, 1, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (line, n * sizeof (double), ((double[]) { 4, 1, 1, 1, 2 }), 5 * sizeof (double));
  square = quarry_label_studio_decode_brush (bytes, sizeof bytes, 2, 2, &n, &error);
  g_assert_cmpmem (square, n * sizeof (double), ((double[]) { 2, 2, 2, 1, 1 }), 5 * sizeof (double));
  encoded = quarry_label_studio_encode_brush (line, 5);
  g_assert_cmpmem (encoded->data, encoded->len, bytes, sizeof bytes);
}

static double *
random_mask (GRand *rand, int width, int height, int kind, gsize *out_n)
{
  g_autoptr(GArray) runs = g_array_new (FALSE, FALSE, sizeof (double));
  const double size[2] = { width, height };
  const int total = width * height;
  int left = total;

  g_array_append_vals (runs, size, 2);
  for (guint i = 0; left > 0; i++)
    {
      const int most = kind == 0 ? left : MIN (left, kind == 1 ? 3 : 400);
      const double run = i == 0 && kind == 2 ? 0 : kind == 3 ? total : g_rand_int_range (rand, 1, most + 1);

      g_array_append_val (runs, run);
      left -= (int) run;
    }
  return g_array_steal (runs, out_n);
}

static void
test_brush_is_bit_exact (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 70 }, { 70, 1 }, { 7, 5 }, { 64, 48 }, { 300, 301 } };
  g_autoptr(GRand) rand = g_rand_new_with_seed (9);

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int kind = 0; kind < 5; kind++)
      {
        const int width = sizes[s][0];
        const int height = sizes[s][1];
        gsize n = 0;
        gsize n_back = 0;
        g_autofree double *mask = kind == 4 ? g_memdup2 (((double[]) { width, height, 0, width * height }), 4 * sizeof (double))
                                            : random_mask (rand, width, height, kind, &n);
        g_autoptr(GByteArray) bytes = NULL;
        g_autofree double *back = NULL;
        g_autoptr(GError) error = NULL;

        n = kind == 4 ? 4 : n;
        bytes = quarry_label_studio_encode_brush (mask, n);
        back = quarry_label_studio_decode_brush (bytes->data, bytes->len, width, height, &n_back, &error);
        g_assert_no_error (error);
        g_assert_cmpmem (back, n_back * sizeof (double), mask, n * sizeof (double));
      }
}

/* Writes "0101…" as bits, most significant first. Returns: how many bytes */
static gsize
pack_bits (const char *bits, guint8 *out)
{
  gsize n = 0;

  for (; bits[n] != '\0'; n++)
    if (bits[n] == '1')
      out[n / 8] |= (guint8) (0x80 >> n % 8);
  return (n + 7) / 8;
}

/* A literal token of four values 0 0 0 1, as the editor writes soft edges: an alpha of 1 counts as set */
static void
test_brush_literals_and_soft_edges (void)
{
  const char *bits = "00000000000000000000000000000100" "00111" "0010" "0011" "0111" "1111"      /* 4 values of 8 bits; 3 4 8 16 */
                     "0" "00" "011" "00000000" "00000000" "00000000" "00000001";
  guint8 bytes[16] = { 0 };
  const gsize n_bytes = pack_bits (bits, bytes);
  g_autoptr(GError) error = NULL;
  gsize n = 0;
  g_autofree double *mask = quarry_label_studio_decode_brush (bytes, n_bytes, 1, 1, &n, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (mask, n * sizeof (double), ((double[]) { 1, 1, 0, 1 }), 4 * sizeof (double));
}

static void
test_damaged_brush_is_refused (void)
{
  const guint8 bytes[] = { 0, 0, 0, 16, 57, 27, 252, 96, 17, 255, 206, 0 };
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);
  gsize n = 0;

  for (gsize length = 0; length < sizeof bytes - 2; length++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree double *mask = quarry_label_studio_decode_brush (bytes, length, 4, 1, &n, &error);

      g_assert_null (mask);
      g_assert_error (error, QUARRY_VENDOR_ERROR, QUARRY_VENDOR_ERROR_ANSWER);
    }
  for (int i = 0; i < 2000; i++)      /* no byte makes it write where it must not: ASan looks */
    {
      guint8 noise[24];
      g_autofree double *mask = NULL;

      for (gsize b = 0; b < sizeof noise; b++)
        noise[b] = (guint8) g_rand_int (rand);
      memcpy (noise, bytes, 4);
      mask = quarry_label_studio_decode_brush (noise, sizeof noise, 4, 1, &n, NULL);
      g_assert_true (mask == NULL || mask[0] * mask[1] == 4);
    }
  g_assert_null (quarry_label_studio_decode_brush (bytes, sizeof bytes, 5, 1, &n, NULL));
  g_assert_null (quarry_label_studio_decode_brush (bytes, sizeof bytes, 0, 4, &n, NULL));
  g_assert_null (quarry_label_studio_decode_brush (bytes, sizeof bytes, 1 << 30, 1 << 30, &n, NULL));
}

/* --- answers --- */

typedef struct
{
  QuarryReport       *report;
  QuarryVendorAnswer *answer;
} Read;

static void
read_clear (Read *self)
{
  g_clear_object (&self->report);
  g_clear_pointer (&self->answer, quarry_vendor_answer_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

static json_t *
load (const char *text)
{
  json_error_t at;
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  json_t *root = json_loads (json, 0, &at);

  if (root == NULL)
    g_error ("line %d column %d: %s in %s", at.line, at.column, at.text, json);
  return root;
}

static Read
read_task (const char *text)
{
  g_autoptr(json_t) task = load (text);
  g_autoptr(GHashTable) emails = g_hash_table_new (g_str_hash, g_str_equal);
  Read read = { quarry_report_new (), NULL };

  g_hash_table_insert (emails, (gpointer) "7", (gpointer) "ann@example.com");
  read.answer = quarry_label_studio_read_task (task, emails, read.report);
  return read;
}

/* A task with one annotation of these results; ' stands for " */
static Read
read_results (const char *results)
{
  g_autofree char *task = g_strdup_printf ("{'id':5,'data':{'quarry_key':'k'},'annotations':[{'id':1,'completed_by':7,"
                                           "'updated_at':'2026-03-01T10:00:00.250000Z','result':[%s]}]}", results);

  return read_task (task);
}

static char *
issues_of (const Read *read)
{
  g_autoptr(GPtrArray) issues = quarry_report_dup_issues (read->report);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < issues->len; i++)
    {
      const QuarryIssue *issue = issues->pdata[i];

      g_string_append_printf (text, "%s%s: %s", i > 0 ? "; " : "", issue->place != NULL ? issue->place : issue->path, issue->message);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_issues (const Read *read, const char *expected)
{
  g_autofree char *issues = issues_of (read);

  g_assert_cmpstr (issues, ==, expected);
}

static const QuarryAnnotation *
only (const Read *read)
{
  g_assert_cmpuint (read->answer->annotations->len, ==, 1);
  return read->answer->annotations->pdata[0];
}

#define SIZE "'original_width':1000,'original_height':500,'image_rotation':0"
#define BOX  "'type':'rectanglelabels','from_name':'box','to_name':'image'," SIZE

static void
test_a_box_with_its_provenance (void)
{
  g_auto(Read) read = read_results ("{'id':'r1'," BOX ",'value':{'x':10,'y':20,'width':20,'height':10,'rotation':90,'rectanglelabels':['Excavator']}}");
  const QuarryAnnotation *box = only (&read);
  const double expected[5] = { -25, 175, 200, 50, G_PI / 2 };

  g_assert_cmpint (box->kind, ==, QUARRY_ANNOTATION_BOX2D);
  g_assert_cmpstr (box->class_name, ==, "Excavator");
  g_assert_cmpstr (box->external_id, ==, "k/r1");
  g_assert_cmpstr (box->annotator, ==, "ann@example.com");
  g_assert_cmpint (box->made_ns, ==, 1772359200 * QUARRY_NS_PER_S + 250000000);
  g_assert_cmpuint (box->n_geometry, ==, 5);
  assert_doubles (box->geometry, expected, 5, 1e-9);
  g_assert_cmpstr (read.answer->external_id, ==, "5");
  g_assert_cmpstr (read.answer->key, ==, "k");
  g_assert_cmpint (read.answer->width, ==, 1000);
  g_assert_cmpint (read.answer->height, ==, 500);
  g_assert_null (read.answer->problem);
  assert_issues (&read, "");
}

static void
test_states_are_kept_apart (void)
{
  static const struct { const char *annotations; QuarryAnswerState state; } cases[] = {
    { "[]", QUARRY_ANSWER_PENDING },
    { "[{'id':1,'was_cancelled':true,'result':[]}]", QUARRY_ANSWER_SKIPPED },
    { "[{'id':1,'was_cancelled':false,'result':[]}]", QUARRY_ANSWER_LABELLED },
    { "[{'id':1,'was_cancelled':true,'result':[]},{'id':2,'result':[]}]", QUARRY_ANSWER_LABELLED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *task = g_strdup_printf ("{'id':5,'data':{},'annotations':%s,'drafts':[{'result':[{'type':'x'}]}],"
                                               "'predictions':[{'result':[{'type':'y'}]}]}", cases[i].annotations);
      g_auto(Read) read = read_task (task);

      g_assert_cmpint (read.answer->state, ==, cases[i].state);
      g_assert_cmpuint (read.answer->annotations->len, ==, 0);
      g_assert_null (read.answer->key);
    }
}

static void
test_the_latest_annotation_counts (void)
{
  g_auto(Read) read = read_task (
    "{'id':5,'data':{'quarry_key':'k'},'annotations':["
    "{'id':1,'updated_at':'2026-03-02T00:00:00Z','completed_by':{'id':9,'email':'bob@example.com'},'result':[{'id':'new'," BOX
    ",'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['a']}}]},"
    "{'id':2,'updated_at':'2026-03-01T23:59:59.999Z','completed_by':7,'result':[{'id':'old'," BOX
    ",'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['a']}}]},"
    "{'id':3,'updated_at':'2026-03-03T00:00:00Z','was_cancelled':true,'result':[]}]}");

  g_assert_cmpstr (only (&read)->external_id, ==, "k/new");
  g_assert_cmpstr (only (&read)->annotator, ==, "bob@example.com");
  assert_issues (&read, "k: has 2 annotations; the latest counts");
}

static void
test_annotators_nobody_names (void)
{
  g_auto(Read) number = read_task ("{'id':5,'data':{'quarry_key':'k'},'annotations':[{'completed_by':8,'result':[{'id':'a','type':'choices',"
                                   "'from_name':'image_class','value':{'choices':['x']}}]}]}");
  g_auto(Read) none = read_task ("{'id':5,'data':{'quarry_key':'k'},'annotations':[{'result':[{'id':'a','type':'choices',"
                                 "'from_name':'image_class','value':{'choices':['x']}}]}]}");

  g_assert_cmpstr (only (&number)->annotator, ==, "user 8");
  g_assert_null (only (&none)->annotator);
  g_assert_cmpint (only (&none)->made_ns, ==, QUARRY_NO_TIME);
}

static void
test_polygon_and_point (void)
{
  g_auto(Read) read = read_results (
    "{'id':'p','type':'polygonlabels','from_name':'polygon'," SIZE ",'value':{'closed':true,'points':[[0,0],[50.5,0],[100,100]],'polygonlabels':['Road']}},"
    "{'id':'t','type':'keypointlabels','from_name':'keypoint'," SIZE ",'value':{'x':12.5,'y':40,'width':0.5,'keypointlabels':['Tip']}}");
  const QuarryAnnotation *polygon = NULL;
  const QuarryAnnotation *point = NULL;

  g_assert_cmpuint (read.answer->annotations->len, ==, 2);
  polygon = read.answer->annotations->pdata[0];
  point = read.answer->annotations->pdata[1];
  g_assert_cmpuint (polygon->n_geometry, ==, 6);
  assert_doubles (polygon->geometry, ((double[]) { 0, 0, 505, 0, 1000, 500 }), 6, 0);
  g_assert_cmpuint (point->n_geometry, ==, 3);
  assert_doubles (point->geometry, ((double[]) { 125, 200, 2 }), 3, 0);
}

static void
test_shape_and_label_may_come_apart (void)
{
  g_auto(Read) read = read_results (
    "{'id':'r','type':'rectangle','from_name':'rect'," SIZE ",'value':{'x':0,'y':0,'width':10,'height':10}},"
    "{'id':'r','type':'labels','from_name':'label'," SIZE ",'value':{'x':0,'y':0,'width':10,'height':10,'labels':['Dozer']}},"
    "{'id':'r','type':'choices','from_name':'state'," SIZE ",'value':{'x':0,'choices':['occluded']}},"
    "{'id':'r','type':'choices','from_name':'seen'," SIZE ",'value':{'choices':['left','right']}},"
    "{'id':'r','type':'textarea','from_name':'note'," SIZE ",'value':{'text':['no plate']}},"
    "{'id':'r','type':'rating','from_name':'sure'," SIZE ",'value':{'rating':4}}");

  g_assert_cmpstr (only (&read)->class_name, ==, "Dozer");
  g_assert_cmpint (only (&read)->kind, ==, QUARRY_ANNOTATION_BOX2D);
  g_assert_cmpstr (only (&read)->attributes, ==,
                   "{\"note\":[\"no plate\"],\"seen\":[\"left\",\"right\"],\"state\":\"occluded\",\"sure\":4}");
  assert_issues (&read, "");
}

static void
test_choices_are_classes_of_the_picture (void)
{
  g_auto(Read) read = read_results (
    "{'id':'c1','type':'choices','from_name':'image_class'," SIZE ",'value':{'choices':['Fog','Night']}},"
    "{'type':'choices','from_name':'weather','value':{'choices':['rain']}}");
  const char *expected[3][3] = { { "Fog", "k/c1/Fog", NULL }, { "Night", "k/c1/Night", NULL },
                                 { "rain", "k/weather/rain", "{\"choices\":\"weather\"}" } };

  g_assert_cmpuint (read.answer->annotations->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const QuarryAnnotation *annotation = read.answer->annotations->pdata[i];

      g_assert_cmpint (annotation->kind, ==, QUARRY_ANNOTATION_CLASS);
      g_assert_cmpstr (annotation->class_name, ==, expected[i][0]);
      g_assert_cmpstr (annotation->external_id, ==, expected[i][1]);
      g_assert_cmpstr (annotation->attributes, ==, expected[i][2]);
    }
}

static void
test_what_cannot_be_kept_is_told (void)
{
  g_auto(Read) read = read_results (
    "{'id':'a'," BOX ",'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':[]}},"
    "{'id':'b'," BOX ",'value':{'x':1,'y':1,'width':1,'rectanglelabels':['x']}},"
    "{'id':'c'," BOX ",'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['x','y']}},"
    "{'id':'d','type':'ellipselabels','from_name':'e'," SIZE ",'value':{'x':1,'y':1,'radiusX':1,'radiusY':1,'ellipselabels':['x']}},"
    "{'id':'e','type':'videorectangle','from_name':'v','value':{}},"
    "{'type':'relation','from_id':'a','to_id':'b'},"
    "{'id':'f','type':'brushlabels','from_name':'mask'," SIZE ",'value':{'format':'rle','rle':[0,0,0,4],'brushlabels':['x']}},"
    "{'id':'g','type':'brushlabels','from_name':'mask'," SIZE ",'value':{'format':'rle','rle':[256],'brushlabels':['x']}},"
    "{'id':'h','type':'labels','from_name':'l','value':{'labels':['x']}},"
    "{'id':'i','type':'rectanglelabels','from_name':'box','value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['x']}}");

  assert_issues (&read,
                 "e: a result is of a type that is not read; "
                 "k: a relation is not kept; "
                 "a: a region without a label; "
                 "b: a rectangle without x, y, width and height; "
                 "c: a region has several labels; the first counts; "
                 "d: a shape of a kind that is not read; "
                 "e: a label without a shape; "
                 "f: a brush mask is damaged or does not fit the picture; "
                 "g: a brush mask with something else than bytes; "
                 "h: a label without a shape; "
                 "i: a shape without the size of its picture");
  g_assert_cmpstr (only (&read)->external_id, ==, "k/c");
}

static void
test_turned_and_contradictory_pictures_are_problems (void)
{
  g_auto(Read) turned = read_results ("{'id':'a','type':'rectanglelabels','from_name':'box','original_width':10,'original_height':5,"
                                      "'image_rotation':90,'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['x']}}");
  g_auto(Read) two = read_results ("{'id':'a'," BOX ",'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['x']}},"
                                   "{'id':'b','type':'rectanglelabels','from_name':'box','original_width':10,'original_height':5,"
                                   "'value':{'x':1,'y':1,'width':1,'height':1,'rectanglelabels':['x']}}");

  g_assert_cmpstr (turned.answer->problem, ==, "labelled on a picture turned by 90 degrees in the editor");
  g_assert_cmpstr (two.answer->problem, ==, "its labels name different sizes of the picture");
}

static void
test_no_json_breaks_the_reader (void)
{
  static const char * const tasks[] = {
    "[]", "{}", "{'id':'x'}", "{'id':1,'annotations':3}", "{'id':1,'annotations':[3,null,'a']}", "{'id':1,'data':[],'annotations':[{}]}",
    "{'id':1,'annotations':[{'result':3}]}", "{'id':1,'annotations':[{'result':[3,[],{},{'type':3,'value':{}}]}]}",
    "{'id':1,'annotations':[{'updated_at':3,'completed_by':[],'result':[{'type':'rectanglelabels','value':{}}]}]}",
    "{'id':1,'annotations':[{'result':[{'id':'q1.2','type':'polygonlabels','original_width':1,'original_height':1,'value':{'points':[[1]],'labels':['a']}}]}]}",
    "{'id':1,'annotations':[{'result':[{'id':'q1.x','type':'keypointlabels','original_width':1,'original_height':1,'value':{'x':1,'y':2,'labels':['a',3]}}]}]}",
    "{'id':1,'annotations':[{'updated_at':'soon','result':[{'type':'choices','value':{'choices':[1,'a']}}]}]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tasks); i++)
    {
      g_auto(Read) read = read_task (tasks[i]);
    }
}

/* --- both ways --- */

static QuarryVendorItem *
make_item (int width, int height)
{
  QuarryVendorItem *item = quarry_vendor_item_new ();

  item->task = g_new0 (QuarryTask, 1);
  item->task->key = g_strdup ("1-2-abc");
  item->task->upload = g_strdup ("/data/upload/1/x.png");
  item->task->frame = 77;
  item->media = g_new0 (QuarryMedia, 1);
  item->media->sensor_name = g_strdup ("cam_front");
  item->media->width = width;
  item->media->height = height;
  item->name = g_strdup ("site 12 cam_front");
  item->scene_name = g_strdup ("site");
  item->frame_key = g_strdup ("12");
  return item;
}

static void
add (QuarryVendorItem *item, QuarryAnnotationKind kind, const char *class_name, const double *geometry, gsize n)
{
  QuarryAnnotation *annotation = quarry_annotation_new (kind, class_name, "ours", geometry, n);

  annotation->id = 10 + item->annotations->len;
  g_ptr_array_add (item->annotations, annotation);
}

/* As the server keeps a prediction that somebody has submitted unchanged */
static json_t *
submitted (json_t *task)
{
  json_t *answer = json_deep_copy (task);
  json_t *predictions = json_object_get (answer, "predictions");

  json_object_set_new (answer, "id", json_integer (3));
  json_object_set (answer, "annotations", predictions);
  return answer;
}

static void
test_every_kind_comes_back_exactly (void)
{
  const int width = 33;
  const int height = 57;
  const double box[5] = { 1.25, 2.5, 10, 7.125, 0 };
  const double turned[5] = { 3.3, 20.1, 12.7, 8.9, 5.1790 };
  const double polygon[8] = { 0, 0, 33, 0.3, 30.7, 57, 1.1, 49.9 };
  const double mask[6] = { width, height, 100, 57, 3, width * height - 160 };
  const double points[9] = { 1, 2, 2, 0, 0, 0, 30.3, 40.4, 2 };
  QuarryVendorItem *item = make_item (width, height);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(json_t) task = NULL;
  g_autoptr(json_t) answer_json = NULL;
  QuarryVendorAnswer *answer = NULL;

  add (item, QUARRY_ANNOTATION_BOX2D, "Excavator", box, 5);
  add (item, QUARRY_ANNOTATION_BOX2D, "a<&\"b", turned, 5);
  add (item, QUARRY_ANNOTATION_POLYGON, "Road", polygon, 8);
  add (item, QUARRY_ANNOTATION_MASK, "Dust", mask, 6);
  add (item, QUARRY_ANNOTATION_KEYPOINTS, "Tip", points, 9);
  add (item, QUARRY_ANNOTATION_CLASS, "Fog", NULL, 0);
  task = quarry_label_studio_make_task (item, report);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE), ==, 0);
  answer_json = submitted (task);
  answer = quarry_label_studio_read_task (answer_json, NULL, report);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_NOTE), ==, 0);
  g_assert_cmpstr (answer->key, ==, "1-2-abc");
  g_assert_cmpint (answer->width, ==, width);
  g_assert_cmpuint (answer->annotations->len, ==, item->annotations->len);
  for (guint i = 0; i < answer->annotations->len; i++)
    {
      const QuarryAnnotation *ours = item->annotations->pdata[i];
      const QuarryAnnotation *theirs = answer->annotations->pdata[i];

      g_assert_cmpint (theirs->kind, ==, ours->kind);
      g_assert_cmpstr (theirs->class_name, ==, ours->class_name);
      g_assert_cmpuint (theirs->n_geometry, ==, ours->n_geometry);
      assert_doubles (theirs->geometry, ours->geometry, ours->n_geometry, ours->kind == QUARRY_ANNOTATION_MASK ? 0 : 1e-9);
    }
  quarry_vendor_answer_free (answer);
  quarry_vendor_item_free (item);
}

static void
test_the_task_has_our_names (void)
{
  QuarryVendorItem *item = make_item (10, 10);
  g_autoptr(QuarryReport) report = quarry_report_new ();
  g_autoptr(json_t) task = quarry_label_studio_make_task (item, report);
  g_autoptr(json_t) expected = load ("{'data':{'image':'/data/upload/1/x.png','quarry_key':'1-2-abc','quarry_frame':77,'scene':'site',"
                                     "'frame':'12','sensor':'cam_front'}}");

  g_assert_true (json_equal (task, expected));
  quarry_vendor_item_free (item);
}

static void
test_what_cannot_be_sent_is_told (void)
{
  const double rings[14] = { 0, 0, 9, 0, 9, 9, NAN, NAN, 2, 2, 3, 2, 3, 3 };
  const double small[3] = { 5, 5, 25 };
  const double hidden[6] = { 1, 1, 1, 2, 2, 2 };
  QuarryVendorItem *item = make_item (10, 10);
  QuarryVendorItem *unknown = make_item (0, 0);
  Read read = { quarry_report_new (), NULL };
  g_autoptr(json_t) task = NULL;
  g_autoptr(json_t) plain = NULL;

  add (item, QUARRY_ANNOTATION_POLYGON, "a", rings, 14);
  add (item, QUARRY_ANNOTATION_MASK, "a", small, 3);
  add (item, QUARRY_ANNOTATION_KEYPOINTS, "a", hidden, 6);
  ((QuarryAnnotation *) item->annotations->pdata[2])->track = g_strdup ("t1");
  task = quarry_label_studio_make_task (item, read.report);
  add (unknown, QUARRY_ANNOTATION_BOX2D, "a", (double[]) { 1, 1, 1, 1, 0 }, 5);
  plain = quarry_label_studio_make_task (unknown, read.report);
  assert_issues (&read,
                 "ours: a polygon of several rings is not sent: Label Studio has one ring a polygon; "
                 "ours: a mask is not sent: its size is not the picture's; "
                 "ours: key points are sent without saying which are hidden; "
                 "site 12 cam_front: 1 labels are not sent: the picture's size is not known");
  g_assert_cmpint (quarry_report_get_count (read.report, "labels sent without track and attributes"), ==, 1);
  g_assert_null (json_object_get (plain, "predictions"));
  read_clear (&read);
  quarry_vendor_item_free (item);
  quarry_vendor_item_free (unknown);
}

/* Label Studio's own sample export: everything in it is read, and lies in its picture */
static void
test_a_real_export (void)
{
  g_autofree char *path = quarry_test_shared ("label_studio/sdk/test_export_coco/data.json");
  json_error_t at;
  g_autoptr(json_t) tasks = path != NULL ? json_load_file (path, 0, &at) : NULL;
  g_autoptr(QuarryReport) report = quarry_report_new ();
  gsize i = 0;
  json_t *task = NULL;
  guint n = 0;

  if (path == NULL)
    return;
  g_assert_nonnull (tasks);
  json_array_foreach (tasks, i, task)
    {
      QuarryVendorAnswer *answer = quarry_label_studio_read_task (task, NULL, report);

      g_assert_nonnull (answer);
      g_assert_null (answer->problem);
      for (guint a = 0; a < answer->annotations->len; a++, n++)
        {
          double bounds[4];

          g_assert_true (quarry_annotation_check (answer->annotations->pdata[a], NULL));
          g_assert_true (quarry_annotation_get_bounds (answer->annotations->pdata[a], bounds));
          g_assert_cmpfloat (bounds[0], >=, -1);
          g_assert_cmpfloat (bounds[1], >=, -1);
          g_assert_cmpfloat (bounds[0] + bounds[2], <=, answer->width + 1);
          g_assert_cmpfloat (bounds[1] + bounds[3], <=, answer->height + 1);
        }
      quarry_vendor_answer_free (answer);
    }
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (quarry_report_get_n_issues (report, QUARRY_ISSUE_LOSS), ==, 0);
}

#define ADD(path, func) g_test_add_func ("/label-studio/" path, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("config-names-every-class-for-every-kind", test_config);
  ADD ("titles-fit", test_titles);
  ADD ("tokens-are-told-apart-by-shape", test_tokens);
  ADD ("box-turns-on-its-corner", test_box_turns_on_its_corner);
  ADD ("box-corners-agree", test_box_corners_agree);
  ADD ("brush-vector", test_brush_vector);
  ADD ("brush-is-bit-exact", test_brush_is_bit_exact);
  ADD ("brush-literals-and-soft-edges", test_brush_literals_and_soft_edges);
  ADD ("damaged-brush-is-refused", test_damaged_brush_is_refused);
  ADD ("a-box-with-its-provenance", test_a_box_with_its_provenance);
  ADD ("states-are-kept-apart", test_states_are_kept_apart);
  ADD ("the-latest-annotation-counts", test_the_latest_annotation_counts);
  ADD ("annotators-nobody-names", test_annotators_nobody_names);
  ADD ("polygon-and-point", test_polygon_and_point);
  ADD ("shape-and-label-may-come-apart", test_shape_and_label_may_come_apart);
  ADD ("choices-are-classes-of-the-picture", test_choices_are_classes_of_the_picture);
  ADD ("what-cannot-be-kept-is-told", test_what_cannot_be_kept_is_told);
  ADD ("turned-and-contradictory-pictures-are-problems", test_turned_and_contradictory_pictures_are_problems);
  ADD ("no-json-breaks-the-reader", test_no_json_breaks_the_reader);
  ADD ("every-kind-comes-back-exactly", test_every_kind_comes_back_exactly);
  ADD ("the-task-has-our-names", test_the_task_has_our_names);
  ADD ("what-cannot-be-sent-is-told", test_what_cannot_be_sent_is_told);
  ADD ("a-real-export", test_a_real_export);
  return g_test_run ();
}
