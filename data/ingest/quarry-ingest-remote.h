/* quarry-ingest-remote.h: what a probe sees of a source that is not on this machine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-storage.h"

G_BEGIN_DECLS

/**
 * quarry_ingest_remote_image:
 * @out_root: (transfer full): a folder that is the caller's to remove, with all it holds
 *
 * Makes a local image of what lies at @uri: folders and empty files of its names, a bounded number of them from each
 * folder, down to a bounded depth, and the first bytes of a few that tell a format by what is in them.
 *
 * Returns: (transfer full) (nullable): the image's path, in *out_root, of the same base name as @uri
 */
char *quarry_ingest_remote_image  (QuarryStorage *storage,
                                   const char    *uri,
                                   char         **out_root,
                                   GCancellable  *cancellable,
                                   GError       **error);
void  quarry_ingest_remote_remove (const char    *root);

G_END_DECLS
