/* quarry-query.h: the text that selects frames, parsed
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *   query  = { term }                      all terms must hold
 *   term   = [ "-" ] ( field ":" value | bound | word )
 *   field  = scene | tag | class | sensor | dataset | split | source | set | flag | rating | frame | odd
 *   bound  = measure ( "<" | "<=" | ">" | ">=" | "=" ) number [ unit ] | measure "=" number ".." number | flag | "odd"
 *   value, word = bare characters, or "quoted", with \" and \\ inside
 *
 * A bare word is found in scene names, frame keys, tags and media paths, whatever the case. A value matches the
 * whole name whatever the case; * stands for anything, so that -tag:* is untagged. "-" means frames that do not
 * have it. The empty query is every frame. flag: pick, reject, none. rating: 0 to 5, or a bound: >=3, <2. frame: the
 * source's key, or #id. split: of the datasets that the query names, else of any.
 *
 * A bound is on what was measured of a frame's media (quarry-measure.h): blur>0.5, sync>20ms, points<50k, gap=100ms..150ms
 * (without its end), stuck. It holds where any medium of the frame meets it; what was not measured meets none. odd:sharpness is out of what is normal for its
 * sensor in its scene, odd is anything that is. In quotes these are words like any other.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

#define QUARRY_QUERY_ERROR (quarry_query_error_quark ())
typedef enum { QUARRY_QUERY_ERROR_SYNTAX, QUARRY_QUERY_ERROR_UNKNOWN_FIELD } QuarryQueryError;
GQuark quarry_query_error_quark (void);

typedef enum
{
  QUARRY_FIELD_TEXT, QUARRY_FIELD_SCENE, QUARRY_FIELD_TAG, QUARRY_FIELD_CLASS, QUARRY_FIELD_SENSOR,
  QUARRY_FIELD_DATASET, QUARRY_FIELD_SPLIT, QUARRY_FIELD_SOURCE, QUARRY_FIELD_SET, QUARRY_FIELD_FLAG,
  QUARRY_FIELD_RATING, QUARRY_FIELD_FRAME, QUARRY_FIELD_ODD, QUARRY_FIELD_MEASURE, QUARRY_N_FIELDS
} QuarryQueryField;

typedef struct
{
  QuarryQueryField  field;
  gboolean          negated;
  char             *value;
  guint             start, end;     /* bytes of the term in the text, for marking errors and edits */
} QuarryQueryTerm;

typedef struct _QuarryQuery QuarryQuery;    /* immutable, reference counted, any thread */

QuarryQuery           *quarry_query_parse       (const char        *text,
                                                 GError           **error);
QuarryQuery           *quarry_query_ref         (QuarryQuery       *self);
void                   quarry_query_unref       (QuarryQuery       *self);
const char            *quarry_query_get_text    (QuarryQuery       *self);
const QuarryQueryTerm *quarry_query_get_terms   (QuarryQuery       *self,
                                                 guint             *out_n);
char                  *quarry_query_toggle_term (const char        *text,
                                                 QuarryQueryField   field,
                                                 const char        *value,
                                                 gboolean           alone);
char                  *quarry_query_quote       (const char        *value);
const char            *quarry_query_field_name  (QuarryQueryField   field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryQuery, quarry_query_unref)

G_END_DECLS
