/* quarry-disk-cache.h: pieces of what lies elsewhere, kept in the user's cache folder
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A piece is a file named by a hash of its key, checked when it is read; the least recently used go first. Several programs may use one folder.
 * Failing to keep or to find is no error. Any thread.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _QuarryDiskCache QuarryDiskCache;

QuarryDiskCache *quarry_disk_cache_new       (const char      *folder,      /* made at the first piece, for the user alone */
                                              guint64          limit);      /* bytes; 0: nothing is kept */
void             quarry_disk_cache_free      (QuarryDiskCache *self);
void             quarry_disk_cache_set_limit (QuarryDiskCache *self,
                                              guint64          limit);
GBytes          *quarry_disk_cache_find      (QuarryDiskCache *self,        /* nullable */
                                              const char      *key);
void             quarry_disk_cache_keep      (QuarryDiskCache *self,
                                              const char      *key,
                                              GBytes          *bytes);

G_END_DECLS
