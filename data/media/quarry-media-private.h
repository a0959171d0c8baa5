/* quarry-media-private.h: what clouds and pictures share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-media-error.h"

G_BEGIN_DECLS

const char  *quarry_media_skip_wrapping   (const char    *format);         /* nullable. What is inside "base64+" */
GBytes      *quarry_media_unwrap          (GBytes        *bytes,           /* (transfer full): the bytes themselves, or decoded from base64 */
                                           const char   **format,          /* moved on behind "base64+"; nullable inside */
                                           const char    *name,
                                           GError       **error);

G_END_DECLS
