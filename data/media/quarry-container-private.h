/* quarry-container-private.h: whole files that are compressed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-storage.h"

G_BEGIN_DECLS

GBytes *quarry_container_unpack (QuarryStorage  *storage,      /* keeps the last few: asked again, they are there */
                                 QuarryFile     *file,         /* zstd */
                                 GCancellable   *cancellable,
                                 GError        **error);

G_END_DECLS
