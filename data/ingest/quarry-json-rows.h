/* quarry-json-rows.h: a JSON array of objects, one object at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For tables of any length: memory is one object and a block, whatever the file's size.
 */

#pragma once

#include <jansson.h>

#include "quarry-storage.h"

G_BEGIN_DECLS

/* One row takes no more bytes */
#define QUARRY_JSON_ROWS_MAX (4u << 20)

typedef struct _QuarryJsonRows QuarryJsonRows;

typedef enum
{
  QUARRY_JSON_ROW,        /* out_row is the next */
  QUARRY_JSON_ROW_BAD,    /* this one cannot be read, with @error; the next can */
  QUARRY_JSON_END,
  QUARRY_JSON_BROKEN,     /* no further row can be read, with @error */
} QuarryJsonStep;

QuarryJsonRows *quarry_json_rows_open      (QuarryStorage   *storage,
                                            const char      *uri,
                                            GCancellable    *cancellable,
                                            GError         **error);
QuarryJsonRows *quarry_json_rows_new       (GBytes          *bytes,
                                            const char      *name);        /* for messages */
void            quarry_json_rows_free      (QuarryJsonRows  *self);
QuarryJsonStep  quarry_json_rows_next      (QuarryJsonRows  *self,
                                            json_t         **out_row,      /* (transfer none): until the next call */
                                            GError         **error);       /* G_IO_ERROR_CANCELLED comes as BROKEN */
char           *quarry_json_rows_dup_place (QuarryJsonRows  *self);        /* of the last row: "row 12 at byte 8192" */
double          quarry_json_rows_fraction  (QuarryJsonRows  *self);        /* of the bytes that were read */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryJsonRows, quarry_json_rows_free)

G_END_DECLS
