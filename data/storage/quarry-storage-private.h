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

QuarryStorageEntry *quarry_storage_entry_new  (const char         *name,
                                               const char         *uri,
                                               gint64              size,        /* −1: a folder */
                                               const char         *version);
void                quarry_storage_entry_free (QuarryStorageEntry *self);

G_END_DECLS
