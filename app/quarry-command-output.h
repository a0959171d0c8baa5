/* quarry-command-output.h: what listing commands print alike
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-types.h"

#include <jansson.h>

G_BEGIN_DECLS

/* An array of objects, one a line, as it comes: a listing of millions needs no memory */
typedef struct
{
  gboolean started;
} QuarryJsonList;

void    quarry_json_list_add       (QuarryJsonList *self,
                                    json_t         *take_object);
void    quarry_json_list_end       (QuarryJsonList *self);
json_t *quarry_json_time           (gint64          stamp_ns);     /* an integer; null where unknown */
json_t *quarry_json_text           (const char     *text);         /* a string; null for NULL */
json_t *quarry_json_number         (double          value);        /* null where not finite */
char   *quarry_command_format_time (gint64          stamp_ns);     /* local time with milliseconds; "-" where unknown */

G_END_DECLS
