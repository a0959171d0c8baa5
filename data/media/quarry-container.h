/* quarry-container.h: the parts of a media's URI: chunks, rows and compressed files
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * quarry-media.h says what the parts are. What has to be made is kept in the storage's cache, one for all readers.
 */

#pragma once

#include "quarry-codec.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

QuarryFile *quarry_container_open      (QuarryStorage  *storage,      /* a file, or what its parts make of it */
                                        const char     *uri,
                                        GCancellable   *cancellable,
                                        GError        **error);
char       *quarry_container_dup_file  (const char     *uri);         /* without the parts */
char       *quarry_container_chunk_uri (const char     *uri,          /* (transfer full): of a chunk inside it */
                                        gint64          position,
                                        gint64          length,
                                        QuarryCodec     codec,
                                        gint64          size);

G_END_DECLS
