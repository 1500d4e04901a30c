/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzz targets share: bytes to draw from, and what must be so. A target is one
 * file with LLVMFuzzerTestOneInput(), as libFuzzer calls it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Always looked at, whatever NDEBUG says */
#define must(what)                                                                                 \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The input, taken from the front; behind its end there are zeros. */
struct draw {
	const uint8_t *p, *end;
};

static inline uint8_t draw8(struct draw *d)
{
	return d->p < d->end ? *d->p++ : 0;
}

static inline uint16_t draw16(struct draw *d)
{
	uint16_t high = draw8(d);

	return high << 8 | draw8(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
