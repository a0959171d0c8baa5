/* fuzz-cloud.c: any bytes as a point cloud of the format FUZZ_FORMAT
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"
#include "quarry-cloud.h"
#include "quarry-fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(QuarryCloud) cloud = quarry_cloud_decode (bytes, FUZZ_FORMAT, "fuzz", &error);

  g_assert_true ((cloud != NULL) == (error == NULL));
  return 0;
}
