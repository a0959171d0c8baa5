/* quarry-operation.h: one piece of long work: progress, cancel, result
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-report.h"
#include "quarry-types.h"

G_BEGIN_DECLS

typedef enum
{
  QUARRY_OPERATION_READY,
  QUARRY_OPERATION_RUNNING,
  QUARRY_OPERATION_DONE,
  QUARRY_OPERATION_FAILED,
  QUARRY_OPERATION_CANCELLED,
} QuarryOperationState;

#define QUARRY_TYPE_OPERATION (quarry_operation_get_type ())
G_DECLARE_FINAL_TYPE (QuarryOperation, quarry_operation, QUARRY, OPERATION, GObject)

/* Runs in a worker thread. Returns: TRUE, or FALSE with @error set. */
typedef gboolean (*QuarryOperationFunc) (QuarryOperation *self, gpointer data, GError **error);

QuarryOperation      *quarry_operation_new             (const char           *title);
void                  quarry_operation_start           (QuarryOperation      *self,
                                                        QuarryOperationFunc   func,
                                                        gpointer              data,
                                                        GDestroyNotify        destroy);
gboolean              quarry_operation_run             (QuarryOperation      *self,
                                                        QuarryOperationFunc   func,
                                                        gpointer              data,
                                                        GError              **error);
void                  quarry_operation_cancel          (QuarryOperation      *self);

/* For the worker; any thread */
GCancellable         *quarry_operation_get_cancellable (QuarryOperation      *self);
QuarryReport         *quarry_operation_get_report      (QuarryOperation      *self);
void                  quarry_operation_set_progress    (QuarryOperation      *self,
                                                        guint64               done,
                                                        guint64               total,
                                                        const char           *detail);
gboolean              quarry_operation_is_cancelled    (QuarryOperation      *self,
                                                        GError              **error);

/* For the views; main thread */
const char           *quarry_operation_get_title       (QuarryOperation      *self);
QuarryOperationState  quarry_operation_get_state       (QuarryOperation      *self);
double                quarry_operation_get_fraction    (QuarryOperation      *self);
char                 *quarry_operation_dup_detail      (QuarryOperation      *self);
const GError         *quarry_operation_get_error       (QuarryOperation      *self);

G_END_DECLS
