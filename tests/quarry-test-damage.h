/* quarry-test-damage.h: a sample cut off and with bytes changed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <string.h>
#include <glib.h>

G_BEGIN_DECLS

#define QUARRY_TEST_CUTS 50
#define QUARRY_TEST_FLIPS 200

/* Reads what it gets, whatever that is, and frees the result: the test is that it comes back, without a crash or a fault that a sanitizer sees */
typedef void (*QuarryTestReadFunc) (GBytes *bytes, const char *what, gpointer data);

/* @sample cut at QUARRY_TEST_CUTS places, ends and short heads among them, then whole with QUARRY_TEST_FLIPS single bytes changed, most of them
 * in its first KiB, where headers are; the same places each time. Each copy has its own memory, so that a read beyond it is seen. */
static inline void
quarry_test_damage (const guint8 *sample, gsize length, QuarryTestReadFunc read, gpointer data)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (20261122);

  g_assert_cmpuint (length, >, 0);
  for (guint i = 0; i < QUARRY_TEST_CUTS; i++)
    {
      const gsize at = i < 10 ? MIN (i, length) : i < 20 ? length - MIN (length, i - 9) : (gsize) (g_rand_double (rand) * (double) length);
      g_autoptr(GBytes) bytes = g_bytes_new (sample, at);
      g_autofree char *what = g_strdup_printf ("cut at byte %" G_GSIZE_FORMAT, at);

      read (bytes, what, data);
    }
  for (guint i = 0; i < QUARRY_TEST_FLIPS; i++)
    {
      const gsize span = i % 3 != 0 ? MIN (length, 1024) : length;
      const gsize at = MIN ((gsize) (g_rand_double (rand) * (double) span), length - 1);
      g_autofree guint8 *copy = g_memdup2 (sample, length);
      g_autofree char *what = g_strdup_printf ("byte %" G_GSIZE_FORMAT " changed", at);
      g_autoptr(GBytes) bytes = NULL;

      copy[at] ^= (guint8) g_rand_int_range (rand, 1, 256);
      bytes = g_bytes_new_take (g_steal_pointer (&copy), length);
      read (bytes, what, data);
    }
}

G_END_DECLS
