/* quarry-s3-store.h: what a storage keeps of S3: the client, what is known of objects, their blocks
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Objects are read by blocks of 1 MiB, which go through the storage's cache in memory and one on disk (XDG_CACHE_HOME/quarry/s3).
 * Blocks that are missing are fetched in runs of up to 8, several runs at once; who wants what is on its way waits for it.
 * Reading onwards fetches ahead: the next blocks of an object, or the small objects that come next in a listing.
 */

#pragma once

#include "quarry-disk-cache.h"
#include "quarry-s3.h"

G_BEGIN_DECLS

#define QUARRY_S3_BLOCK ((gint64) 1 << 20)

typedef struct _QuarryS3Store QuarryS3Store;

/* An object that is open. Immutable but for where reading has come to */
typedef struct
{
  char           *bucket, *key;
  QuarryS3Object  object;
  GMutex          lock;          /* of what follows */
  gint64          next;          /* byte after the last read */
  guint           onwards;       /* reads that began where the one before ended */
  gint64          ahead;         /* block up to which was fetched ahead */
} QuarryS3Handle;

QuarryS3Store *quarry_s3_store_new        (QuarryStorage  *storage);       /* which owns it */
void           quarry_s3_store_free       (QuarryS3Store  *self);          /* after the last read; waits for what is on its way */
QuarryS3      *quarry_s3_store_get_client (QuarryS3Store  *self);
QuarryDiskCache *quarry_s3_store_get_disk (QuarryS3Store  *self);
void           quarry_s3_store_remember   (QuarryS3Store  *self,           /* a listing, in order; taken */
                                           const char     *bucket,
                                           GPtrArray      *take_entries);  /* QuarryStorageEntry: name is the key */
void           quarry_s3_store_forget     (QuarryS3Store  *self,
                                           const char     *bucket,
                                           const char     *key);
gboolean       quarry_s3_store_find       (QuarryS3Store  *self,           /* what it is, from memory where that is young, else by asking */
                                           const char     *bucket,
                                           const char     *key,
                                           QuarryS3Object *out,
                                           GCancellable   *cancellable,
                                           GError        **error);
QuarryS3Handle *quarry_s3_store_open      (QuarryS3Store  *self,
                                           const char     *bucket,
                                           const char     *key,
                                           GCancellable   *cancellable,
                                           GError        **error);
void           quarry_s3_store_close      (QuarryS3Handle *handle);
gboolean       quarry_s3_store_read       (QuarryS3Store  *self,
                                           QuarryS3Handle *handle,
                                           gint64          offset,
                                           guint8         *out,
                                           gsize           length,
                                           GCancellable   *cancellable,
                                           GError        **error);

G_END_DECLS
