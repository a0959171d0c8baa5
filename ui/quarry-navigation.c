/* quarry-navigation.c: from a number on a page to its frames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-navigation.h"

/**
 * quarry_query_narrow:
 * @text: a query
 *
 * Returns: (transfer full): @text with the term @field:@value, unless it is there already
 */
char *
quarry_query_narrow (const char       *text,
                     QuarryQueryField  field,
                     const char       *value)
{
  g_autoptr(QuarryQuery) query = quarry_query_parse (text, NULL);
  g_autofree char *quoted = quarry_query_quote (value);
  const QuarryQueryTerm *terms = NULL;
  guint n = 0;

  if (query != NULL)
    terms = quarry_query_get_terms (query, &n);
  for (guint i = 0; i < n; i++)
    if (terms[i].field == field && !terms[i].negated && g_utf8_collate (terms[i].value, value) == 0)
      return g_strdup (text);
  return g_strdup_printf ("%s%s%s:%s", text, *text != '\0' ? " " : "", quarry_query_field_name (field), quoted);
}

/**
 * quarry_navigate:
 * @from: a widget inside the window
 * @page: one of the window's pages
 */
void
quarry_navigate (GtkWidget  *from,
                 const char *page)
{
  gtk_widget_activate_action (from, "win.page", "s", page);
}

/**
 * quarry_navigate_query:
 *
 * Shows the frames of @field:@value alone, in the grid.
 */
void
quarry_navigate_query (GtkWidget        *from,
                       QuarrySession    *session,
                       QuarryQueryField  field,
                       const char       *value)
{
  g_autofree char *text = quarry_query_narrow ("", field, value);

  quarry_session_set_query_text (session, text);
  quarry_navigate (from, QUARRY_PAGE_GRID);
}

/**
 * quarry_navigate_narrowed:
 *
 * Shows those frames of the present query that have @field:@value too, in the grid.
 */
void
quarry_navigate_narrowed (GtkWidget        *from,
                          QuarrySession    *session,
                          QuarryQueryField  field,
                          const char       *value)
{
  QuarryQuery *query = quarry_session_get_query (session);
  g_autofree char *text = quarry_query_narrow (query != NULL ? quarry_query_get_text (query) : "", field, value);

  quarry_session_set_query_text (session, text);
  quarry_navigate (from, QUARRY_PAGE_GRID);
}

