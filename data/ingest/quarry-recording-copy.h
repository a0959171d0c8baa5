/* quarry-recording-copy.h: media of a log into files
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-records.h"
#include "quarry-storage.h"

G_BEGIN_DECLS

char     *quarry_recording_copy_folder (const char      *folder,
                                        const char      *source,
                                        const char      *key,
                                        const char      *name);
gboolean  quarry_recording_copy_media  (QuarryStorage   *storage,
                                        QuarryMedia     *media,
                                        const char      *folder,
                                        const char      *sensor,
                                        GCancellable    *cancellable,
                                        GError         **error);

G_END_DECLS
