/* quarry-format.h: numbers and times as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

char *quarry_format_count  (gint64      n);
char *quarry_format_frames (gint64      n);
char *quarry_format_share  (double      share);
char *quarry_format_clock  (gint64      stamp_ns);
char *quarry_format_date   (gint64      stamp_ns);
char *quarry_format_ago    (gint64      stamp_ns,
                            gint64      now_ns);
char *quarry_format_remaining (gint64   seconds);      /* "About 2 minutes left" */
char *quarry_format_sentence (const char *fragment);

G_END_DECLS
