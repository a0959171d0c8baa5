/* quarry-prompt.h: one question with one line to answer it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  const char *heading;
  const char *body;         /* nullable */
  const char *label;        /* of the line */
  const char *text;         /* in it at first, nullable */
  const char *accept;       /* the button: "Create" */
  gboolean    may_be_empty;
  const char *action;       /* activated on the widget with the line as its string */
} QuarryPrompt;

GtkWidget *quarry_prompt_present (GtkWidget          *widget,
                                  const QuarryPrompt *prompt);

G_END_DECLS
