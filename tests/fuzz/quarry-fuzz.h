/* quarry-fuzz.h: the one function of a fuzz target
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Built with clang's libFuzzer (tests/fuzz/run), and with fuzz-replay.c into a plain test over the saved corpus.
 */

#pragma once

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
