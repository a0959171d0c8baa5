/* quarry-recording-store.h: a recording into the catalog
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-recording.h"

G_BEGIN_DECLS

gboolean  quarry_recording_store    (QuarryRecording  *self,      /* settled, with sensors */
                                     QuarryIngest     *ingest,
                                     GError          **error);
char     *quarry_recording_describe (QuarryRecording  *self);     /* its topics and their types, in short */

G_END_DECLS
