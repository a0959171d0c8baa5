/* quarry-pcd-header.h: the head of a PCD file, parsed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-media-error.h"

G_BEGIN_DECLS

typedef enum { QUARRY_PCD_ASCII, QUARRY_PCD_BINARY, QUARRY_PCD_COMPRESSED } QuarryPcdKind;

typedef struct
{
  char  *name;       /* lower case */
  char   type;       /* F, I or U */
  guint  size;       /* bytes of one value */
  guint  count;      /* values; 0 is allowed and takes no room */
  gsize  offset;     /* bytes from the start of a point */
  gsize  first;      /* values before it in a line of ASCII */
} QuarryPcdField;

typedef struct
{
  QuarryPcdKind   kind;
  GArray         *fields;      /* QuarryPcdField */
  gsize           stride;      /* bytes of a point */
  gsize           n_values;    /* numbers of a point */
  gsize           n;           /* points */
  gsize           data;        /* where the points start */
  guint           lines;       /* of the header */
} QuarryPcdHeader;

gboolean              quarry_pcd_header_parse (QuarryPcdHeader       *self,       /* clear it in any case */
                                               const guint8          *data,
                                               gsize                  length,
                                               const char            *name,
                                               GError               **error);
void                  quarry_pcd_header_clear (QuarryPcdHeader       *self);
const QuarryPcdField *quarry_pcd_header_find  (const QuarryPcdHeader *self,
                                               const char * const    *names);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryPcdHeader, quarry_pcd_header_clear)

G_END_DECLS
