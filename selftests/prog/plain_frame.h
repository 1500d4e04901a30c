/* SPDX-License-Identifier: GPL-2.0 */
/* A frame as models of the data path read it: byte by byte, with nothing of the data path's own.
 * For spoof_model.h and selftests/fuzz/punt.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FRAME_LEN 2048

struct frame {
	uint8_t data[FRAME_LEN];
	uint32_t len;
};

/* The two bytes at @at, as a number. */
static inline uint16_t get16(const struct frame *f, uint32_t at)
{
	return f->data[at] << 8 | f->data[at + 1];
}

/* Is the frame long enough for something that ends at @end? */
static inline bool has(const struct frame *f, uint32_t end)
{
	return end <= f->len;
}

/* Is @type that of a VLAN tag? */
static inline bool is_tag(uint16_t type)
{
	return type == 0x8100 || type == 0x88a8;
}
