/* test-query.c: the query language, parsed and edited
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-query.h"
#include "quarry-test.h"

/* Terms as one string: "field=value" with a leading minus, in brackets */
static char *
describe (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, &error);
  g_autoptr(GString) described = g_string_new (NULL);
  const QuarryQueryTerm *terms = NULL;
  guint n = 0;

  if (query == NULL)
    return g_strconcat ("error: ", error->message, NULL);
  g_assert_cmpstr (quarry_query_get_text (query), ==, text);
  terms = quarry_query_get_terms (query, &n);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (described, "[%s%s=%s]", terms[i].negated ? "-" : "",
                            quarry_query_field_name (terms[i].field), terms[i].value);
  return g_string_free (g_steal_pointer (&described), FALSE);
}

static void
assert_parsed (const char *text, const char *expected)
{
  g_autofree char *described = describe (text);

  g_assert_cmpstr (described, ==, expected);
}

static void
test_terms (void)
{
  assert_parsed ("", "");
  assert_parsed ("  \t\n ", "");
  assert_parsed ("night", "[text=night]");
  assert_parsed ("tag:night -class:person", "[tag=night][-class=person]");
  assert_parsed ("TAG:Night", "[tag=Night]");
  assert_parsed (
      "scene:a tag:b class:c sensor:d dataset:e split:f source:g set:h flag:pick rating:3 frame:i",
      "[scene=a][tag=b][class=c][sensor=d][dataset=e][split=f][source=g][set=h][flag=pick][rating=3][frame=i]");
  assert_parsed ("tag:a tag:a", "[tag=a][tag=a]");
  assert_parsed ("rating:>=3 -rating:<2", "[rating=>=3][-rating=<2]");
  assert_parsed ("übung\xc2\xa0Öl", "[text=übung][text=Öl]");      /* a no-break space is a space */
}

static void
test_quotes (void)
{
  assert_parsed ("\"night shift\"", "[text=night shift]");
  assert_parsed ("-tag:\"night shift\" x", "[-tag=night shift][text=x]");
  assert_parsed ("\"a \\\"b\\\" \\\\ c\"", "[text=a \"b\" \\ c]");
  assert_parsed ("\"tag:night\"", "[text=tag:night]");
  assert_parsed ("tag:a:b", "[tag=a:b]");
  assert_parsed ("C\\temp", "[text=C\\temp]");
  assert_parsed ("\"\\n\"", "[text=\\n]");
}

static void
test_measures (void)
{
  assert_parsed ("blur>0.5 -sync>20ms", "[measure=blur>0.5][-measure=sync>20ms]");
  assert_parsed ("stuck odd -odd:sharpness", "[measure=stuck][odd=*][-odd=sharpness]");
  assert_parsed ("\"stuck\" \"odd\" \"a>b\" blur", "[text=stuck][text=odd][text=a>b][text=blur]");
  assert_parsed ("tag:stuck tag:a>b", "[tag=stuck][tag=a>b]");
  assert_parsed ("x blurry>1", "error: character 3: nothing called 'blurry' is measured: write the word in quotes, or one of "
                 "brightness, underexposed, overexposed, sharpness, blur, entropy, blocked, points, rings, ringmin, ring, near, "
                 "range10, range50, range90, sector, empty, stuck, unreadable, gap, periods, jump, sync");
  assert_parsed ("gap>150mm", "error: character 1: 'gap' has no unit 'mm': use ms, ns, us, µs, s, min or none");
  assert_parsed ("odd:weather", "error: character 5: nothing called 'weather' is measured: one of brightness, underexposed, "
                 "overexposed, sharpness, blur, entropy, blocked, points, rings, ringmin, ring, near, range10, range50, range90, "
                 "sector, empty, stuck, unreadable, gap, periods, jump, sync");
}

static void
test_errors (void)
{
  assert_parsed ("tag:", "error: character 5: 'tag:' needs a value");
  assert_parsed ("ab -", "error: character 4: nothing after '-'");
  assert_parsed ("a tga:night", "error: character 3: no field 'tga', did you mean 'tag'?");
  assert_parsed ("scnee:x", "error: character 1: no field 'scnee', did you mean 'scene'?");
  assert_parsed (
      "https:x",
      "error: character 1: no field 'https': write the word in quotes, or one of scene, tag, class, sensor, dataset, split, "
      "source, set, flag, rating, frame, odd");
  assert_parsed ("text:x", "error: character 1: no field 'text', did you mean 'set'?");
  assert_parsed ("ä \"abc", "error: character 3: the quote is not closed");
  assert_parsed ("\"a\"b", "error: character 4: a space is missing after the quote");
  assert_parsed ("ab\"c", "error: character 3: a quote inside a word");
  assert_parsed ("\"\"", "error: character 1: nothing between the quotes");
  assert_parsed ("\"abc\\", "error: character 1: the quote is not closed");
  assert_parsed ("flag:good", "error: character 6: a flag is pick, reject or none, not 'good'");
  assert_parsed ("rating:6", "error: character 8: a rating is 0 to 5 or a bound like >=3, not '6'");
  assert_parsed ("rating:high",
                 "error: character 8: a rating is 0 to 5 or a bound like >=3, not 'high'");
  assert_parsed ("ab \xff", "error: character 4: this is not UTF-8");
}

static void
test_places (void)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse ("  a -tag:\"b c\" d", NULL);
  guint n = 0;
  const QuarryQueryTerm *terms = quarry_query_get_terms (query, &n);

  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (terms[0].start, ==, 2);
  g_assert_cmpuint (terms[0].end, ==, 3);
  g_assert_cmpuint (terms[1].start, ==, 4);
  g_assert_cmpuint (terms[1].end, ==, 14);
  g_assert_cmpuint (terms[2].start, ==, 15);
}

static void
test_quoting_round_trip (void)
{
  static const char * const values[] = { "plain",         "two words", "-minus", "a:b",      "q\"q",
                                        "back\\slash",   "\\",        "\"",     "ünï cödé", "*",        "odd",       "stuck",  "blur>1",   "a<b",
                                        "a\xe2\x80\x83z" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *quoted = quarry_query_quote (values[i]);
      g_autofree char *word = g_strdup_printf ("[text=%s]", values[i]);
      g_autofree char *text = g_strconcat ("-tag:", quoted, NULL);
      g_autofree char *term = g_strdup_printf ("[-tag=%s]", values[i]);

      assert_parsed (quoted, word);
      assert_parsed (text, term);
    }
}

static void
assert_toggled (const char *text,
                QuarryQueryField field,
                const char *value,
                gboolean alone,
                const char *expected)
{
  g_autofree char *toggled = quarry_query_toggle_term (text, field, value, alone);

  g_assert_cmpstr (toggled, ==, expected);
}

static void
test_toggle (void)
{
  assert_toggled ("", QUARRY_FIELD_TAG, "night", FALSE, "tag:night");
  assert_toggled ("tag:night", QUARRY_FIELD_TAG, "night", FALSE, "");
  assert_toggled ("tag:Night x", QUARRY_FIELD_TAG, "night", FALSE, "x");
  assert_toggled ("tag:a  dusk", QUARRY_FIELD_TAG, "b", FALSE, "tag:a dusk tag:b");
  assert_toggled ("-tag:a x", QUARRY_FIELD_TAG, "a", FALSE, "x tag:a");
  assert_toggled ("tag:a", QUARRY_FIELD_SCENE, "a", FALSE, "tag:a scene:a");
  assert_toggled ("", QUARRY_FIELD_TAG, "two words", FALSE, "tag:\"two words\"");
  assert_toggled ("tag:\"two words\" y", QUARRY_FIELD_TAG, "two words", FALSE, "y");
  assert_toggled ("a", QUARRY_FIELD_TEXT, "b", FALSE, "a b");
  assert_toggled ("a", QUARRY_FIELD_MEASURE, "blur>0.5", FALSE, "a blur>0.5");
  assert_toggled ("a blur>0.5", QUARRY_FIELD_MEASURE, "blur>0.5", FALSE, "a");
  assert_toggled ("a", QUARRY_FIELD_ODD, "*", FALSE, "a odd");
  assert_toggled ("a odd", QUARRY_FIELD_ODD, "*", FALSE, "a");
  assert_toggled ("odd", QUARRY_FIELD_ODD, "blur", FALSE, "odd odd:blur");
}

static void
test_toggle_alone (void)
{
  assert_toggled ("tag:a tag:b x", QUARRY_FIELD_TAG, "c", TRUE, "x tag:c");
  assert_toggled ("tag:a tag:b x", QUARRY_FIELD_TAG, "b", TRUE, "x tag:b");
  assert_toggled ("x tag:b", QUARRY_FIELD_TAG, "b", TRUE, "x");
  assert_toggled ("scene:s -tag:a", QUARRY_FIELD_TAG, "b", TRUE, "scene:s tag:b");
  assert_toggled ("broken:\"", QUARRY_FIELD_TAG, "b", FALSE, "tag:b");
}

/* Whatever is typed: an error or terms whose places are right, and never a crash */
static void
test_anything_parses_or_fails (void)
{
  static const char alphabet[] = "ab:-\"\\ *\ttagscene\xc3\xa4<>=gapodd5";
  GRand *rand = g_rand_new_with_seed (5);

  for (int round = 0; round < 20000; round++)
    {
      char text[24] = "";
      const int length = g_rand_int_range (rand, 0, 23);
      g_autoptr(GError) error = NULL;
      g_autoptr(QuarryQuery) query = NULL;
      guint n = 0, end = 0;

      for (int i = 0; i < length; i++)
        text[i] = alphabet[g_rand_int_range (rand, 0, sizeof alphabet - 1)];
      query = quarry_query_parse (text, &error);
      g_assert_true ((query == NULL) == (error != NULL));
      if (query == NULL)
        {
          g_assert_true (g_str_has_prefix (error->message, "character "));
          continue;
        }
      for (const QuarryQueryTerm *term = quarry_query_get_terms (query, &n); n > 0; n--, term++)
        {
          g_assert_cmpuint (term->start, >=, end);
          g_assert_cmpuint (term->end, >, term->start);
          g_assert_cmpstr (term->value, !=, "");
          end = term->end;
        }
      g_assert_cmpuint (end, <=, length);
    }
  g_rand_free (rand);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query/has-terms", test_terms);
  g_test_add_func ("/query/has-bounds-on-what-is-measured", test_measures);
  g_test_add_func ("/query/reads-quotes", test_quotes);
  g_test_add_func ("/query/errors-name-the-character", test_errors);
  g_test_add_func ("/query/terms-know-their-place", test_places);
  g_test_add_func ("/query/quoting-is-parsed-back", test_quoting_round_trip);
  g_test_add_func ("/query/toggling-adds-and-removes", test_toggle);
  g_test_add_func ("/query/toggling-alone-replaces-the-field", test_toggle_alone);
  g_test_add_func ("/query/anything-typed-parses-or-fails", test_anything_parses_or_fails);
  return g_test_run ();
}
