/* quarry-command-health.h: measuring, for "health" and "import --health"
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-command.h"

G_BEGIN_DECLS

QuarryExit quarry_command_measure (QuarryCatalog *catalog,
                                   QuarryQuery   *query,       /* nullable: everything */
                                   gboolean       again,
                                   gboolean       quiet);      /* nothing on stdout */

G_END_DECLS
