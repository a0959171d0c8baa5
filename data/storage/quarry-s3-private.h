/* quarry-s3-private.h: one call to S3, for the files of its client
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-s3.h"

G_BEGIN_DECLS

/* Where a bucket's key is */
typedef struct
{
  char *origin;      /* "https://bucket.s3.eu-central-1.amazonaws.com" */
  char *host;        /* as in the Host header */
  char *path;        /* encoded */
} QuarryS3Address;

void     quarry_s3_address_make  (const char      *endpoint,      /* nullable: AWS */
                                  gboolean         virtual_host,  /* where the bucket's name allows it */
                                  const char      *region,
                                  const char      *bucket,
                                  const char      *key,
                                  QuarryS3Address *out);
void     quarry_s3_address_clear (QuarryS3Address *self);

typedef struct
{
  const char              *method, *bucket, *key;
  const char * const      *query;         /* nullable: name, value, …, NULL; not encoded */
  const QuarrySigv4Header *headers;
  gsize                    n_headers;
  GBytes                  *body;          /* nullable */
} QuarryS3Call;

gboolean quarry_s3_call (QuarryS3            *self,       /* TRUE: 2xx */
                         const QuarryS3Call  *call,
                         GCancellable        *cancellable,
                         QuarryHttpReply     *out_reply,
                         GError             **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryS3Address, quarry_s3_address_clear)

G_END_DECLS
