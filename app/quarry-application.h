/* quarry-application.h: the program with a window
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define QUARRY_TYPE_APPLICATION (quarry_application_get_type ())
G_DECLARE_FINAL_TYPE (QuarryApplication, quarry_application, QUARRY, APPLICATION, AdwApplication)

QuarryApplication *quarry_application_new (const char  *catalog_path);

/* Opens the window on a catalog and runs until it is closed. Returns: the exit code, 1 where the catalog did not open */
int                quarry_application_run (const char  *catalog_path,
                                           int          argc,
                                           char       **argv);

G_END_DECLS
