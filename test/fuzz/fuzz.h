/* fuzz - what all fuzzers share: the entry point, and the comparison that most findings come from.
 *
 * Place   libFuzzer, or replay.c where there is none -> a fuzzer -> [fuzz].
 * Errors  What must not be ends the process, and with it the run: by an assert, by
 *         fuzz_compare(), or by a sanitizer. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* One input; each fuzzer defines it. Always 0, as libFuzzer wants it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts where the two differ, and prints both. */
void fuzz_compare(const char *what, const struct buffer *expected, const struct buffer *found);
