/* quarry-s3.h: objects of Amazon S3 and servers that speak its protocol
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Credentials as in quarry-credentials.h; region and endpoint as in quarry-aws-config.h. AWS itself is addressed by virtual
 * host (by path where the bucket's name has dots), another endpoint by path, unless the profile says "addressing_style = virtual".
 * Blocking, any thread, several at once. Errors are G_IO_ERROR_NOT_FOUND, G_IO_ERROR_PERMISSION_DENIED, G_IO_ERROR_CANCELLED,
 * QUARRY_STORAGE_ERROR and QUARRY_HTTP_ERROR; they name the object and, where it is known, what to do.
 */

#pragma once

#include "quarry-http.h"
#include "quarry-sigv4.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

typedef struct _QuarryS3 QuarryS3;

typedef struct
{
  gint64  size;
  char   *etag;      /* as sent, with its quotes; "" where the server gives none */
} QuarryS3Object;

void        quarry_s3_object_clear (QuarryS3Object *self);

QuarryS3   *quarry_s3_new       (void);                             /* reads the environment and ~/.aws now */
void        quarry_s3_free      (QuarryS3      *self);
const char *quarry_s3_get_name  (QuarryS3      *self);              /* of the endpoint: what a bucket's name belongs to */
void        quarry_s3_set_limits (QuarryS3     *self,
                                 const QuarryHttpLimits *limits);

gboolean    quarry_s3_parse_uri (const char    *uri,                /* "s3://BUCKET/KEY", the key as it is, nothing escaped */
                                 char         **out_bucket,
                                 char         **out_key,            /* "" none */
                                 GError       **error);
gboolean    quarry_s3_head      (QuarryS3      *self,
                                 const char    *bucket,
                                 const char    *key,
                                 QuarryS3Object *out,
                                 GCancellable  *cancellable,
                                 GError       **error);
GBytes     *quarry_s3_get       (QuarryS3      *self,               /* exactly the range, of exactly that version */
                                 const char    *bucket,
                                 const char    *key,
                                 const QuarryS3Object *object,
                                 gint64         offset,
                                 gint64         length,
                                 GCancellable  *cancellable,
                                 GError       **error);
GPtrArray  *quarry_s3_list      (QuarryS3      *self,               /* QuarryStorageEntry: name is the whole key, uri NULL; byte order */
                                 const char    *bucket,
                                 const char    *prefix,
                                 gboolean       recursive,          /* else up to the next slash */
                                 guint          max,                /* 0: all */
                                 GCancellable  *cancellable,
                                 GError       **error);
gboolean    quarry_s3_put       (QuarryS3      *self,
                                 const char    *bucket,
                                 const char    *key,
                                 GBytes        *bytes,
                                 GCancellable  *cancellable,
                                 GError       **error);
gboolean    quarry_s3_upload    (QuarryS3      *self,               /* a file of this machine; large: in parts, several at once, found again by the next try */
                                 const char    *bucket,
                                 const char    *key,
                                 const char    *path,
                                 GCancellable  *cancellable,
                                 GError       **error);
gboolean    quarry_s3_delete    (QuarryS3      *self,               /* fine where it is not there */
                                 const char    *bucket,
                                 const char    *key,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryS3, quarry_s3_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (QuarryS3Object, quarry_s3_object_clear)

G_END_DECLS
