/* quarry-media-error.h: what can be wrong with pictures and clouds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define QUARRY_MEDIA_ERROR (quarry_media_error_quark ())
typedef enum
{
  QUARRY_MEDIA_ERROR_FAILED,
  QUARRY_MEDIA_ERROR_BROKEN,        /* the file contradicts itself or ends too early */
  QUARRY_MEDIA_ERROR_UNSUPPORTED,   /* a format, or a kind of it, that Quarry does not read */
  QUARRY_MEDIA_ERROR_TOO_LARGE,     /* would need more memory than one picture or cloud may take */
} QuarryMediaError;
GQuark quarry_media_error_quark (void);

G_END_DECLS
