/* quarry-thumbnails.h: small pictures of media, kept on disk
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cache is a folder in XDG_CACHE_HOME/quarry; a thumbnail's key is the media's uri, range, size in bytes
 * and modification time, so that a changed file is made anew. Worker threads; requests that nobody waits for are
 * dropped before they are decoded; newest request first.
 */

#pragma once

#include "quarry-image.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

#define QUARRY_TYPE_THUMBNAILS (quarry_thumbnails_get_type ())
G_DECLARE_FINAL_TYPE (QuarryThumbnails, quarry_thumbnails, QUARRY, THUMBNAILS, GObject)

QuarryThumbnails *quarry_thumbnails_new         (QuarryStorage        *storage,      /* nullable: this machine's files only */
                                                 const char           *folder,       /* nullable: the default */
                                                 int                   size);        /* px of the longer side */
void              quarry_thumbnails_load_async  (QuarryThumbnails     *self,
                                                 const char           *uri,
                                                 gint64                offset,
                                                 gint64                length,
                                                 const char           *format,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
QuarryImage      *quarry_thumbnails_load_finish (QuarryThumbnails     *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
QuarryImage      *quarry_thumbnails_load        (QuarryThumbnails     *self,         /* blocking */
                                                 const char           *uri,
                                                 gint64                offset,
                                                 gint64                length,
                                                 const char           *format,
                                                 GCancellable         *cancellable,
                                                 GError              **error);

G_END_DECLS
