/* test-json-rows.c: tables one object at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-json-rows.h"
#include "quarry-test.h"
#include "quarry-test-damage.h"

/* Returns: (transfer full): "a b !bad" and, after what stops it, "|error" */
static char *
read_all (QuarryJsonRows *rows)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (;;)
    {
      g_autoptr(GError) error = NULL;
      json_t *row = NULL;
      const QuarryJsonStep step = quarry_json_rows_next (rows, &row, &error);

      g_assert_true ((error != NULL) == (step == QUARRY_JSON_ROW_BAD || step == QUARRY_JSON_BROKEN));
      if (step == QUARRY_JSON_END)
        return g_string_free (g_steal_pointer (&text), FALSE);
      if (step == QUARRY_JSON_ROW)
        g_string_append_printf (text, "%s ", json_string_value (json_object_get (row, "t")));
      else
        g_string_append_printf (text, "%s%s ", step == QUARRY_JSON_BROKEN ? "|" : "!", error->message);
    }
}

static void
test_rows_come_one_by_one (void)
{
  static const struct { const char *text; const char *expected; } cases[] = {
    { "[]", "" },
    { " [ ] ", "" },
    { "[{\"t\":\"a\"}]", "a " },
    { "\n[\n{\"t\":\"a\"} ,\t{\"t\":\"b\", \"x\":[{\"y\":[1]}]}\n]\n", "a b " },
    { "[{\"t\":\"}]{[\"},{\"t\":\"\\\"}\"}]", "}]{[ \"} " },
    { "[{\"t\":\"\\\\\"},{\"t\":\"c\"}]", "\\ c " },
    { "[{\"t\":\"\xC3\xA4\"}]", "\xC3\xA4 " },
    { "[{\"t\":\"a\"},{t},{\"t\":\"b\"}]", "a !x: row 2 at byte 11: string or '}' expected near 't' b " },
    { "[{\"t\":1,\"t\":2},{\"t\":\"b\"}]", "!x: row 1 at byte 1: duplicate object key near '\"t\"' b " },
    { "", "|x: byte 0: no JSON array " },
    { "{}", "|x: byte 0: no JSON array " },
    { "[{\"t\":\"a\"}", "a |x: byte 10: the table has no end: it is cut " },
    { "[{\"t\":\"a\"},", "a |x: byte 11: the table has no end: it is cut " },
    { "[{\"t\":\"a\"},]", "a |x: byte 11: where a row should begin is none " },
    { "[{\"t\":\"a\"}{\"t\":\"b\"}]", "a |x: byte 10: where a row should begin is none " },
    { "[1,2]", "|x: byte 1: where a row should begin is none " },
    { "[{\"t\":\"a", "|x: byte 8: row 1, which begins at byte 1, has no end " },
    { "[{\"t\":\"a\\", "|x: byte 8: row 1, which begins at byte 1, has no end " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GBytes) bytes = g_bytes_new_static (cases[i].text, strlen (cases[i].text));
      g_autoptr(QuarryJsonRows) rows = quarry_json_rows_new (bytes, "x");
      g_autofree char *text = read_all (rows);

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

/* Rows lie across the edges of blocks in every way */
static void
test_long_files_are_read_in_blocks (void)
{
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "long.json", NULL);
  g_autoptr(GString) text = g_string_new ("[");
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryJsonRows) rows = NULL;
  json_t *row = NULL;
  guint n = 0;

  for (guint i = 0; i < 40000; i++)
    g_string_append_printf (text, "%s{\"n\":%u,\"t\":\"%.*s\\\"\"}", i > 0 ? ", " : "", i, (int) (i % 97),
                            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789");
  g_string_append (text, "]");
  g_assert_cmpuint (text->len, >, 2500000);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  rows = quarry_json_rows_open (storage, path, NULL, NULL);
  while (quarry_json_rows_next (rows, &row, NULL) == QUARRY_JSON_ROW)
    {
      g_assert_cmpint (json_integer_value (json_object_get (row, "n")), ==, n);
      g_assert_cmpuint (json_string_length (json_object_get (row, "t")), ==, n % 97 + 1);
      n++;
    }
  g_assert_cmpuint (n, ==, 40000);
  g_assert_cmpfloat (quarry_json_rows_fraction (rows), ==, 1);
  quarry_test_remove (folder);
}

static void
test_a_row_without_end_takes_bounded_memory (void)
{
  const gsize length = QUARRY_JSON_ROWS_MAX * 3;
  g_autofree char *folder = quarry_test_folder ();
  g_autofree char *path = g_build_filename (folder, "endless.json", NULL);
  g_autofree char *text = g_malloc (length);
  g_autoptr(QuarryStorage) storage = quarry_storage_new ();
  g_autoptr(QuarryJsonRows) rows = NULL;
  g_autofree char *read = NULL;

  memset (text, '[', length);
  text[1] = '{';
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  rows = quarry_json_rows_open (storage, path, NULL, NULL);
  read = read_all (rows);
  g_assert_nonnull (strstr (read, "row 1, which begins at byte 1, has no end"));
  quarry_test_remove (folder);
}

static void
read_damaged (GBytes *bytes, const char *what, gpointer data)
{
  g_autoptr(QuarryJsonRows) rows = quarry_json_rows_new (bytes, what);
  g_autofree char *text = read_all (rows);

  g_assert_nonnull (text);
}

static void
test_damage_never_crashes (void)
{
  static const char sample[] = "[{\"t\":\"a\",\"translation\":[1.5,-2e3,0.1]},\n {\"t\":\"b\\\"\",\"list\":[{\"x\":null}]},{\"t\":\"\xC3\xA4\"}]";

  quarry_test_damage ((const guint8 *) sample, sizeof sample - 1, read_damaged, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-rows/rows-come-one-by-one", test_rows_come_one_by_one);
  g_test_add_func ("/json-rows/long-files-are-read-in-blocks", test_long_files_are_read_in_blocks);
  g_test_add_func ("/json-rows/a-row-without-end-takes-bounded-memory", test_a_row_without_end_takes_bounded_memory);
  g_test_add_func ("/json-rows/damage-never-crashes", test_damage_never_crashes);
  return g_test_run ();
}
