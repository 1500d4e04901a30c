/* SPDX-License-Identifier: GPL-2.0 */
/* A frame as models of the data path read it: byte by byte, with nothing of the data path's own.
 * For spoof_model.h, guard_model.h and selftests/fuzz/punt.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

#define PLAIN_HIDDEN 0x10000 /* a third tag, one behind SNAP, or SNAP twice: it may be anything */

/* The type of what a frame carries behind two tags and SNAP. @at: result: where that begins */
static inline uint32_t plain_type(const struct frame *f, uint32_t *at)
{
	static const uint8_t rfc1042[5] = { 0xaa, 0xaa, 3 };
	uint32_t off = 12, type;
	uint8_t llc[5];
	bool snap = false;

	for (int i = 0; i < 2 && has(f, off + 6) && is_tag(get16(f, off)); i++)
		off += 4;
	if (get16(f, off) < 0x600 && has(f, off + 10)) {
		memcpy(llc, f->data + off + 2, 5);
		llc[0] &= 0xfe;
		llc[1] &= 0xfe;
		llc[2] = 3;
		snap = !memcmp(llc, rfc1042, 5) && (!f->data[off + 7] || f->data[off + 7] == 0xf8);
		off += snap ? 8 : 0;
	}
	*at = off + 2;
	type = get16(f, off);
	return is_tag(type) || (snap && type < 0x600) ? PLAIN_HIDDEN : type;
}
