/* quarry-command-preview.h: what a source holds, told before it is imported
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-command.h"
#include "quarry-storage.h"

#include <jansson.h>

G_BEGIN_DECLS

QuarryExit quarry_command_preview (QuarryStorage  *storage,
                                   char          **paths,
                                   int             n,
                                   const char     *format,    /* nullable */
                                   json_t         *array);    /* nullable: printed as text */

G_END_DECLS
