/* quarry-report.c: what an import, export or pull could not carry, item by item
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-report.h"

#include <jansson.h>

typedef struct
{
  char   *what;
  gint64  n;
} Count;

struct _QuarryReport
{
  GObject    parent_instance;
  GMutex     lock;
  GPtrArray *issues;     /* QuarryIssue */
  GArray    *counts;     /* Count, in the order first used */
};

G_DEFINE_FINAL_TYPE (QuarryReport, quarry_report, G_TYPE_OBJECT)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

static void
issue_free (gpointer data)
{
  QuarryIssue *issue = data;

  g_free (issue->path);
  g_free (issue->place);
  g_free (issue->message);
  g_free (issue);
}

static void
count_clear (gpointer data)
{
  g_free (((Count *) data)->what);
}

static void
quarry_report_finalize (GObject *object)
{
  QuarryReport *self = QUARRY_REPORT (object);

  g_ptr_array_unref (self->issues);
  g_array_unref (self->counts);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (quarry_report_parent_class)->finalize (object);
}

static void
quarry_report_class_init (QuarryReportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = quarry_report_finalize;
}

static void
quarry_report_init (QuarryReport *self)
{
  g_mutex_init (&self->lock);
  self->issues = g_ptr_array_new_with_free_func (issue_free);
  self->counts = g_array_new (FALSE, TRUE, sizeof (Count));
  g_array_set_clear_func (self->counts, count_clear);
}

QuarryReport *
quarry_report_new (void)
{
  return g_object_new (QUARRY_TYPE_REPORT, NULL);
}

/**
 * quarry_report_add:
 * @path: what it is about: a file, or a name in the catalog
 * @place: (nullable): where in it
 *
 * Adds one line. Every file or label that is left out must get one.
 */
void
quarry_report_add (QuarryReport     *self,
                   QuarryIssueLevel  level,
                   const char       *path,
                   const char       *place,
                   const char       *format,
                   ...)
{
  QuarryIssue *issue = NULL;
  g_autofree char *message = NULL;
  va_list args;

  g_return_if_fail (QUARRY_IS_REPORT (self));

  issue = g_new0 (QuarryIssue, 1);
  issue->level = level;
  issue->path = g_utf8_make_valid (path != NULL ? path : "", -1);     /* a file name may hold any bytes */
  issue->place = place != NULL ? g_utf8_make_valid (place, -1) : NULL;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  issue->message = g_utf8_make_valid (message, -1);                   /* and so may what it quotes */
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->issues, issue);
  g_mutex_unlock (&self->lock);
}

static Count *
find_count (QuarryReport *self, const char *what)
{
  for (guint i = 0; i < self->counts->len; i++)
    {
      Count *count = &g_array_index (self->counts, Count, i);

      if (g_str_equal (count->what, what))
        return count;
    }
  return NULL;
}

/* Adds to a named total ("frames", "annotations"); shown in the order of first use */
void
quarry_report_count (QuarryReport *self, const char *what, gint64 by)
{
  Count *count = NULL;

  g_return_if_fail (QUARRY_IS_REPORT (self));

  g_mutex_lock (&self->lock);
  count = find_count (self, what);
  if (count == NULL)
    {
      Count fresh = { g_strdup (what), 0 };

      g_array_append_val (self->counts, fresh);
      count = find_count (self, what);
    }
  count->n += by;
  g_mutex_unlock (&self->lock);
}

guint
quarry_report_get_n_issues (QuarryReport *self, QuarryIssueLevel at_least)
{
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->issues->len; i++)
    if (((QuarryIssue *) self->issues->pdata[i])->level >= at_least)
      n++;
  g_mutex_unlock (&self->lock);
  return n;
}

static gpointer
issue_copy (gconstpointer source, gpointer unused)
{
  const QuarryIssue *issue = source;
  QuarryIssue *copy = g_new0 (QuarryIssue, 1);

  *copy = (QuarryIssue) { issue->level, g_strdup (issue->path), g_strdup (issue->place), g_strdup (issue->message) };
  return copy;
}

/* Returns: (transfer full) (element-type QuarryIssue) */
GPtrArray *
quarry_report_dup_issues (QuarryReport *self)
{
  GPtrArray *copy = NULL;

  g_mutex_lock (&self->lock);
  copy = g_ptr_array_copy (self->issues, issue_copy, NULL);
  g_mutex_unlock (&self->lock);
  g_ptr_array_set_free_func (copy, issue_free);
  return copy;
}

gint64
quarry_report_get_count (QuarryReport *self, const char *what)
{
  const Count *count = NULL;
  gint64 n = 0;

  g_mutex_lock (&self->lock);
  count = find_count (self, what);
  if (count != NULL)
    n = count->n;
  g_mutex_unlock (&self->lock);
  return n;
}

const char *
quarry_issue_level_name (QuarryIssueLevel level)
{
  static const char * const names[] = { "note", "loss", "skipped" };

  return names[level];
}

/* Returns: (transfer full): the counts on one line, then one line an issue */
char *
quarry_report_to_text (QuarryReport *self)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->counts->len; i++)
    {
      const Count *count = &g_array_index (self->counts, Count, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT " %s", i > 0 ? ", " : "", count->n, count->what);
    }
  if (self->counts->len > 0)
    g_string_append_c (text, '\n');
  for (guint i = 0; i < self->issues->len; i++)
    {
      const QuarryIssue *issue = self->issues->pdata[i];

      g_string_append_printf (text, "%s: %s: %s%s%s\n", quarry_issue_level_name (issue->level), issue->path,
                              issue->place != NULL ? issue->place : "", issue->place != NULL ? ": " : "",
                              issue->message);
    }
  g_mutex_unlock (&self->lock);
  return g_string_free (text, FALSE);
}

/* Returns: (transfer full): {"counts": {…}, "issues": [{level, path, place, message}]} */
char *
quarry_report_to_json (QuarryReport *self)
{
  g_autoptr(json_t) root = json_pack ("{s:{}, s:[]}", "counts", "issues");
  json_t *counts = json_object_get (root, "counts");
  json_t *issues = json_object_get (root, "issues");
  g_autofree char *dump = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->counts->len; i++)
    {
      const Count *count = &g_array_index (self->counts, Count, i);

      json_object_set_new (counts, count->what, json_integer (count->n));
    }
  for (guint i = 0; i < self->issues->len; i++)
    {
      const QuarryIssue *issue = self->issues->pdata[i];

      json_array_append_new (issues, json_pack ("{s:s, s:s, s:s?, s:s}", "level", quarry_issue_level_name (issue->level),
                                                "path", issue->path, "place", issue->place, "message", issue->message));
    }
  g_mutex_unlock (&self->lock);
  dump = json_dumps (root, JSON_INDENT (1));
  return g_strdup (dump);
}
