/* quarry-operations.h: the button that shows what is under way, and its list
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Hidden until there is an operation. Actions: operations.clear, operations.show (opens the list) */
#define QUARRY_TYPE_OPERATIONS (quarry_operations_get_type ())
G_DECLARE_FINAL_TYPE (QuarryOperations, quarry_operations, QUARRY, OPERATIONS, GtkWidget)

GtkWidget *quarry_operations_new          (QuarrySession    *session);
void       quarry_operations_set_session  (QuarryOperations *self,
                                           QuarrySession    *session);      /* once */
double     quarry_operations_get_fraction (QuarryOperations *self);         /* of all that run, 0…1; 1 where none runs */
guint      quarry_operations_get_n_rows   (QuarryOperations *self);

#define QUARRY_TYPE_OPERATIONS_ROW (quarry_operations_row_get_type ())
G_DECLARE_FINAL_TYPE (QuarryOperationsRow, quarry_operations_row, QUARRY, OPERATIONS_ROW, GtkListBoxRow)

GtkWidget *quarry_operations_row_new      (QuarryOperation  *operation);    /* actions: operation.cancel, operation.report */
char      *quarry_operations_row_dup_text (QuarryOperationsRow *self);      /* the line under the title */

G_END_DECLS
