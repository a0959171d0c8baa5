/* quarry-job.h: what push and pull share: the manifest, the items made from the ledger, the lock
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "quarry-vendor.h"

G_BEGIN_DECLS

/* What is to be sent, said once and for all: equal requests over equal labels give equal text and hash */
typedef struct
{
  char   *text;        /* JSON */
  char   *hash;        /* SHA-256 of it, hex */
  GArray *media;       /* QuarryId, one a task */
  guint   n_frames;
} QuarryManifest;

QuarryManifest   *quarry_manifest_new  (QuarryCatalog            *catalog,
                                        const QuarryAccount      *account,
                                        const QuarryPushRequest  *request,
                                        guint                     kinds,
                                        const char               *vendor_name,
                                        QuarryOperation          *operation,
                                        GError                  **error);
void              quarry_manifest_free (QuarryManifest           *self);

GPtrArray        *quarry_job_make_items (QuarryCatalog           *catalog,
                                         GPtrArray               *tasks,
                                         guint                    from,
                                         guint                    to,
                                         QuarryId                 set,
                                         guint                    kinds,
                                         GError                 **error);
int               quarry_job_lock       (QuarryCatalog           *catalog,
                                         QuarryId                 job,
                                         GError                 **error);
QuarryVendor     *quarry_job_open_vendor (const QuarryAccount    *account,
                                          GCancellable           *cancellable,
                                          GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QuarryManifest, quarry_manifest_free)

G_END_DECLS
