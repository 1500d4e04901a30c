/* SPDX-License-Identifier: GPL-2.0 */
/* Frames made from bytes that somebody else draws, part by part: what spoof_model.h and
 * guard_model.h share.
 */
#pragma once

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/prog/plain_frame.h"

/* The input, taken from the front; behind its end there are zeros. */
static const uint8_t *draw_input, *draw_input_end;

static inline uint8_t take8(void)
{
	return draw_input < draw_input_end ? *draw_input++ : 0;
}

static inline uint16_t take16(void)
{
	uint16_t high = take8();

	return high << 8 | take8();
}

static inline void add(struct frame *f, const void *bytes, uint32_t n)
{
	if (f->len + n > sizeof(f->data))
		abort();
	memcpy(f->data + f->len, bytes, n);
	f->len += n;
}

static inline void add8(struct frame *f, uint8_t value)
{
	add(f, &value, 1);
}

static inline void add16(struct frame *f, uint16_t value)
{
	uint16_t be = htons(value);

	add(f, &be, 2);
}

static inline void add_zeros(struct frame *f, uint32_t n)
{
	while (n--)
		add8(f, 0);
}

/* One of the bytes in @list, or any. */
static inline uint8_t take_of(const char *list, size_t n)
{
	uint8_t which = take8();

	return which < 224 ? list[which % n] : take8();
}
#define TAKE_OF(list) take_of(list, sizeof(list) - 1)

/* What stands before the type of what a frame carries: tags, and perhaps SNAP. */
static inline void add_front(struct frame *f, uint8_t how)
{
	for (int tags = how & 7; tags > 0 && tags < 4; tags--) {
		add16(f, how & 8 ? 0x8100 : 0x88a8);
		add16(f, take16() & ~1); /* 4095 is no VLAN */
	}
	if (how >> 4 >= 4)
		return;
	add16(f, how & 16 ? 46 : 0);
	add8(f, TAKE_OF("\252\252\253\102"));
	add8(f, TAKE_OF("\252\252\253"));
	add16(f, TAKE_OF("\3\3\23") << 8);
	add8(f, 0);
	add8(f, TAKE_OF("\0\0\370"));
}

/* Some frames end early. */
static inline void draw_cut(struct frame *f, uint8_t how, uint8_t cut)
{
	if (how >> 4 == 15 && cut < f->len)
		f->len = cut;
	if (how >> 4 == 14 && cut < f->len)
		f->len -= cut;
}
