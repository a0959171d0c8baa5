/* quarry-label-studio-config.c: the labelling configuration, titles and tokens
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-label-studio-private.h"

#include <string.h>

#define TITLE_MAX 50      /* characters; the server refuses more */
#define TITLE_MIN 3

static void
add_control (GString *xml, const char *tag, const char *name, const char *options, const char *item, GPtrArray *classes)
{
  g_string_append_printf (xml, "  <%s name=\"%s\" toName=\"" QUARRY_LS_IMAGE "\"%s>\n", tag, name, options);
  for (guint i = 0; i < classes->len; i++)
    {
      const QuarryLabelClass *class = classes->pdata[i];
      g_autofree char *line = g_str_equal (item, "Label")
                                ? g_markup_printf_escaped ("    <Label value=\"%s\" background=\"%s\"/>\n", class->name, class->color)
                                : g_markup_printf_escaped ("    <Choice value=\"%s\"/>\n", class->name);

      g_string_append (xml, line);
    }
  g_string_append_printf (xml, "  </%s>\n", tag);
}

/**
 * quarry_label_studio_make_config:
 * @classes: QuarryLabelClass: the whole ontology
 *
 * Returns: (transfer full): XML with one control for each kind that we send and read
 */
char *
quarry_label_studio_make_config (GPtrArray *classes)
{
  GString *xml = g_string_new ("<View>\n  <Image name=\"" QUARRY_LS_IMAGE "\" value=\"$image\" zoom=\"true\" zoomControl=\"true\"/>\n");

  add_control (xml, "RectangleLabels", QUARRY_LS_BOX, " canRotate=\"true\"", "Label", classes);
  add_control (xml, "PolygonLabels", QUARRY_LS_POLYGON, "", "Label", classes);
  add_control (xml, "BrushLabels", QUARRY_LS_MASK, "", "Label", classes);
  add_control (xml, "KeyPointLabels", QUARRY_LS_KEYPOINT, "", "Label", classes);
  add_control (xml, "Choices", QUARRY_LS_CLASS, " choice=\"multiple\" layout=\"select\"", "Choice", classes);
  g_string_append (xml, "</View>\n");
  return g_string_free (xml, FALSE);
}

/* Returns: (transfer full): @name as a title that the server takes: 3 to 50 characters */
char *
quarry_label_studio_make_title (const char *name)
{
  g_autofree char *head = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), TITLE_MAX));

  g_strstrip (head);
  return g_utf8_strlen (head, -1) < TITLE_MIN ? g_strdup_printf ("Quarry %s", head) : g_steal_pointer (&head);
}

/**
 * quarry_label_studio_read_expiry:
 * @out_expiry_s: seconds since the epoch
 *
 * Returns: TRUE where @token is a JSON web token (a personal access token, or an access token made from it); FALSE for a legacy one
 */
gboolean
quarry_label_studio_read_expiry (const char *token, gint64 *out_expiry_s)
{
  g_auto(GStrv) parts = g_strsplit (token, ".", -1);
  g_autoptr(GString) middle = NULL;
  g_autofree guchar *bytes = NULL;
  g_autoptr(json_t) root = NULL;
  gsize n = 0;

  if (g_strv_length (parts) != 3)
    return FALSE;
  middle = g_string_new (parts[1]);
  g_string_replace (middle, "-", "+", 0);
  g_string_replace (middle, "_", "/", 0);
  while (middle->len % 4 != 0)
    g_string_append_c (middle, '=');
  bytes = g_base64_decode (middle->str, &n);
  root = json_loadb ((const char *) bytes, n, 0, NULL);
  if (!json_is_number (json_object_get (root, "exp")))
    return FALSE;
  *out_expiry_s = (gint64) json_number_value (json_object_get (root, "exp"));
  return TRUE;
}
