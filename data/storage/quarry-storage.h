/* quarry-storage.h: bytes by name and range, from this machine's files or from S3
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * One object for a program: it keeps connections, credentials and a bounded cache of what was costly to make
 * (decompressed chunks, remote ranges), shared by all readers. Everything here may be called from any thread and
 * blocks; never call it on the main loop. Names are absolute paths, file: URIs, or s3://BUCKET/KEY.
 */

#pragma once

#include "quarry-types.h"

G_BEGIN_DECLS

#define QUARRY_STORAGE_ERROR (quarry_storage_error_quark ())
typedef enum
{
  QUARRY_STORAGE_ERROR_FAILED,
  QUARRY_STORAGE_ERROR_ENDS,          /* the range goes beyond the end */
  QUARRY_STORAGE_ERROR_UNSUPPORTED,   /* no path and no scheme that is known */
  QUARRY_STORAGE_ERROR_CHANGED,       /* it was replaced while it was read: open it again */
} QuarryStorageError;
GQuark quarry_storage_error_quark (void);

#define QUARRY_TYPE_STORAGE (quarry_storage_get_type ())
G_DECLARE_FINAL_TYPE (QuarryStorage, quarry_storage, QUARRY, STORAGE, GObject)

/* A file or object that is open for reading. Reference counted; reads from several threads at once are fine. */
typedef struct _QuarryFile QuarryFile;

/* What is behind a name of one scheme. Adding one: a file that fills this, and a line in the table in quarry-storage.c */
typedef struct
{
  gboolean (*read)  (QuarryFile *self, gint64 offset, guint8 *out, gsize length, GCancellable *cancellable, GError **error);   /* the range is inside the file */
  void     (*close) (QuarryFile *self);
} QuarryFileClass;

struct _QuarryFile
{
  const QuarryFileClass *klass;
  gatomicrefcount        references;
  QuarryStorage         *storage;      /* owned; NULL for bytes in memory */
  char                  *uri;
  char                  *version;      /* changes when the content does: size and time, or the ETag */
  gint64                 size;         /* bytes, at opening */
  int                    fd;           /* local files */
  gpointer               data;         /* the scheme's own */
};

QuarryStorage *quarry_storage_new        (void);
QuarryFile    *quarry_storage_open       (QuarryStorage  *self,
                                          const char     *uri,
                                          GCancellable   *cancellable,
                                          GError        **error);

/* Folders. On S3 a folder is a prefix that ends at a slash: it is there as long as something lies in it */
typedef enum { QUARRY_STORAGE_ABSENT, QUARRY_STORAGE_FILE, QUARRY_STORAGE_FOLDER } QuarryStorageKind;

typedef struct
{
  char     *name;         /* below the folder that was listed: "b.png", and "a/b.png" in a recursive listing */
  char     *uri;
  char     *version;      /* as of the file when opened; NULL for a folder */
  gint64    size;         /* bytes; −1 for a folder */
  gboolean  is_folder;
} QuarryStorageEntry;

gboolean       quarry_storage_is_local   (const char     *uri);              /* a path or file: URI */
gboolean       quarry_storage_find       (QuarryStorage  *self,              /* FALSE: it could not be told */
                                          const char     *uri,
                                          QuarryStorageKind *out_kind,
                                          GCancellable   *cancellable,
                                          GError        **error);
GPtrArray     *quarry_storage_list       (QuarryStorage  *self,              /* QuarryStorageEntry, in natural order (2 before 10) */
                                          const char     *uri,
                                          gboolean        recursive,         /* files only, of all folders below */
                                          GCancellable   *cancellable,
                                          GError        **error);
int            quarry_storage_compare_natural (const char *a,
                                          const char     *b);

/* Writing: what is there under the name is replaced whole, or left as it was. Folders are made as needed */
gboolean       quarry_storage_put_bytes  (QuarryStorage  *self,
                                          const char     *uri,
                                          GBytes         *bytes,
                                          GCancellable   *cancellable,
                                          GError        **error);
gboolean       quarry_storage_put_file   (QuarryStorage  *self,              /* a large one goes to S3 in parts; a cut costs at most one, also across runs */
                                          const char     *path,              /* of this machine; links are followed */
                                          const char     *uri,
                                          GCancellable   *cancellable,
                                          GError        **error);
gboolean       quarry_storage_remove     (QuarryStorage  *self,              /* one file; fine where there is none */
                                          const char     *uri,
                                          GCancellable   *cancellable,
                                          GError        **error);

/**
 * QuarryStorageMakeFunc:
 *
 * Returns: (transfer full): the bytes for a key that is not in the cache
 */
typedef GBytes *(*QuarryStorageMakeFunc) (gpointer data, GCancellable *cancellable, GError **error);
GBytes        *quarry_storage_cached     (QuarryStorage          *self,      /* least recently used go first; one maker a key at a time */
                                          const char             *key,
                                          QuarryStorageMakeFunc   make,
                                          gpointer                data,
                                          GCancellable           *cancellable,
                                          GError                **error);
void           quarry_storage_set_limit  (QuarryStorage  *self,
                                          gsize           bytes);            /* of the cache; 256 MiB at first */
void           quarry_storage_set_disk_limit (QuarryStorage *self,
                                          guint64         bytes);            /* of what is kept of S3 in XDG_CACHE_HOME/quarry/s3; 2 GiB at first; 0 nothing */

QuarryFile    *quarry_file_new_for_bytes (GBytes         *bytes,             /* memory read like a file; version: nullable */
                                          const char     *uri,
                                          const char     *version);
QuarryFile    *quarry_file_ref           (QuarryFile     *self);
void           quarry_file_unref         (QuarryFile     *self);
gint64         quarry_file_get_size      (QuarryFile     *self);
const char    *quarry_file_get_uri       (QuarryFile     *self);
const char    *quarry_file_get_version   (QuarryFile     *self);
gboolean       quarry_file_read          (QuarryFile     *self,              /* all of it, or an error that names file and byte */
                                          gint64          offset,
                                          gpointer        out,
                                          gsize           length,
                                          GCancellable   *cancellable,
                                          GError        **error);
GBytes        *quarry_file_read_bytes    (QuarryFile     *self,
                                          gint64          offset,
                                          gint64          length,            /* −1 to the end */
                                          GCancellable   *cancellable,
                                          GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryFile, quarry_file_unref)

G_END_DECLS
