/* quarry-storage-private.h: what the schemes share
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * An opener gets a QuarryFile with storage and uri set; it sets klass as soon as there is something to close, size and
 * version.
 */

#pragma once

#include "quarry-storage.h"

G_BEGIN_DECLS

/* A scheme of names. Adding one: a file that fills this, and a line in the table in quarry-storage.c */
typedef struct
{
  gboolean (*open)      (QuarryFile *self, GCancellable *cancellable, GError **error);
  gboolean (*find)      (QuarryStorage *self, const char *uri, QuarryStorageKind *out_kind, GCancellable *cancellable, GError **error);
  gboolean (*list)      (QuarryStorage *self, const char *uri, gboolean recursive, GPtrArray *entries, GCancellable *cancellable, GError **error);   /* any order */
  gboolean (*put_bytes) (QuarryStorage *self, const char *uri, GBytes *bytes, GCancellable *cancellable, GError **error);
  gboolean (*put_file)  (QuarryStorage *self, const char *path, const char *uri, GCancellable *cancellable, GError **error);
  gboolean (*remove)    (QuarryStorage *self, const char *uri, GCancellable *cancellable, GError **error);
} QuarryStorageScheme;

extern const QuarryStorageScheme quarry_storage_local;
extern const QuarryStorageScheme quarry_storage_s3;

struct _QuarryS3Store *quarry_storage_get_s3  (QuarryStorage      *self);       /* (transfer none); made at the first call */
GBytes             *quarry_storage_peek       (QuarryStorage      *self,        /* (nullable): what the cache has */
                                               const char         *key);
gboolean            quarry_storage_has        (QuarryStorage      *self,        /* the same, without counting as use */
                                               const char         *key);
void                quarry_storage_keep       (QuarryStorage      *self,        /* into the cache, unless it is there or in the making */
                                               const char         *key,
                                               GBytes             *bytes);

QuarryStorageEntry *quarry_storage_entry_new  (const char         *name,
                                               const char         *uri,
                                               gint64              size,        /* −1: a folder */
                                               const char         *version);
void                quarry_storage_entry_free (QuarryStorageEntry *self);

G_END_DECLS
