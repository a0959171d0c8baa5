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

gboolean quarry_file_open_local (QuarryFile    *self,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
