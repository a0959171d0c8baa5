/* quarry-db3-private.h: SQLite on a QuarryFile
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <sqlite3.h>

#include "quarry-storage.h"

G_BEGIN_DECLS

/* A file system of one file, which can only be read */
typedef struct
{
  sqlite3_vfs   base;
  char         *name;            /* under which SQLite knows it */
  QuarryFile   *file;
  GCancellable *cancellable;     /* nullable */
  GError       *failure;         /* why a page could not be read */
  guint8       *data;            /* read ahead */
  gint64        start;
  gsize         length;
  gint64        next;            /* where the last read ended: reading on from there reads ahead */
  gsize         ahead;
} QuarryDb3Vfs;

QuarryDb3Vfs *quarry_db3_vfs_new  (QuarryFile   *file);
void          quarry_db3_vfs_free (QuarryDb3Vfs *self);      /* after the connection is closed */

G_END_DECLS
