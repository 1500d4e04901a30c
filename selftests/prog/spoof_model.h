/* SPDX-License-Identifier: GPL-2.0 */
/* What a port with spoof_check should do with a frame: a plain reading, written from the rules
 * alone; and frames of all the kinds that it can tell apart, made from bytes that somebody
 * else draws. For selftests/fuzz/spoof.c and spoof_frames.c.
 */
#pragma once

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "selftests/prog/draw_frame.h"

#define OPTIONS 16 /* so many options of neighbour discovery are too many */

/* Two senders: one is bound with these addresses, the other may use any. */
static const uint8_t macs[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 5 } };
static const uint8_t own4[4] = { 192, 0, 2, 1 };
static const uint8_t own6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 };
static const uint8_t local6[16] = { 0xfe, 0x80, [11] = 0xff, 0xfe, 0, 0, 1 };

/* ---- a plain reading */

static bool is_zero(const struct frame *f, uint32_t at, uint32_t n)
{
	while (n && !f->data[at + n - 1])
		n--;
	return !n;
}

static bool source_is(const struct frame *f, int which)
{
	return !memcmp(f->data + 6, macs[which], 6);
}

static bool claims4(const struct frame *f, uint32_t at)
{
	return source_is(f, 0) && memcmp(f->data + at, own4, 4);
}

static bool claims6(const struct frame *f, uint32_t at)
{
	return source_is(f, 0) && memcmp(f->data + at, own6, 16) &&
	       memcmp(f->data + at, local6, 16);
}

static bool arp_forged(const struct frame *f, uint32_t at)
{
	if (!has(f, at + 28) || f->data[at + 4] != 6 || f->data[at + 5] != 4)
		return true;
	if (memcmp(f->data + at + 8, f->data + 6, 6))
		return true;
	return !is_zero(f, at + 14, 4) && claims4(f, at + 14);
}

static bool ip4_forged(const struct frame *f, uint32_t at)
{
	uint32_t l4 = at + (f->data[at] & 15) * 4;

	if (!source_is(f, 0))
		return false;
	if (!has(f, at + 20))
		return true;
	if (!is_zero(f, at + 12, 4))
		return claims4(f, at + 12);
	return f->data[at + 9] != 2 &&
	       (f->data[at + 9] != 17 || !has(f, l4 + 2) || get16(f, l4) != 68);
}

/* Which header is it behind others, and where? Return: false if that cannot be told. */
static bool ip6_walk(const struct frame *f, uint32_t *at, uint8_t *next, int *behind)
{
	static const uint8_t extensions[] = { 0, 43, 44, 51, 60, 135, 139, 140 };
	uint32_t len;

	for (*behind = 0; memchr(extensions, *next, sizeof(extensions)); ++*behind) {
		if (*behind || !has(f, *at + 4))
			return false;
		len = (f->data[*at + 1] + 1) * 8;
		if (*next == 51)
			len = (f->data[*at + 1] + 2) * 4;
		if (*next == 44 && get16(f, *at + 2) >> 3) { /* not the first fragment */
			*next = 59;
			return true;
		}
		if (*next == 44)
			len = 8;
		*next = f->data[*at];
		*at += len;
	}
	return *next != 58 || has(f, *at + 1) || !*behind;
}

static bool nd_forged(const struct frame *f, uint32_t at, bool from_none)
{
	static const uint8_t front[] = { 8, 16, 24, 24, 40 };
	uint8_t type = f->data[at];
	uint32_t off = at + front[type - 133];
	bool tells = false;
	int n = 0;

	for (; has(f, off + 8) && f->data[off + 1]; off += f->data[off + 1] * 8) {
		if (++n == OPTIONS)
			return true;
		if (f->data[off] != 1 && f->data[off] != 2)
			continue;
		if (memcmp(f->data + off + 2, f->data + 6, 6))
			return true;
		tells = true;
	}
	if (type == 136 || (type == 135 && from_none) || (type == 137 && tells))
		return source_is(f, 0) && (!has(f, at + 24) || claims6(f, at + 8));
	return false;
}

static bool ip6_forged(const struct frame *f, uint32_t at)
{
	bool from_none, told, nd;
	uint32_t l4 = at + 40;
	uint8_t next, type = 0;
	int behind;

	if (!has(f, at + 24))
		return true;
	from_none = is_zero(f, at + 8, 16);
	next = f->data[at + 6];
	told = ip6_walk(f, &l4, &next, &behind);
	if (!told && f->data[at + 7] == 255)
		return true;
	if (told && next == 58 && has(f, l4 + 1))
		type = f->data[l4];
	nd = (type >= 133 && type <= 137) || type == 141 || type == 142;
	if (nd && (behind || type > 137))
		return true;
	if (!from_none && claims6(f, at + 8))
		return true;
	if (from_none && source_is(f, 0) && type != 131 && type != 132 && type != 133 &&
	    type != 135 && type != 143)
		return true;
	return nd && nd_forged(f, l4, from_none);
}

/**
 * forged() - does the frame claim what its sender is not bound to?
 *
 * Source: SOURCES in xsw(8). Not for frames whose first tag is cut.
 */
static bool forged(const struct frame *f)
{
	uint32_t at;

	if (!source_is(f, 0) && !source_is(f, 1))
		return true;
	switch (plain_type(f, &at)) {
	case 0x0800:
		return ip4_forged(f, at);
	case 0x0806:
	case 0x8035:
		return arp_forged(f, at);
	case 0x86dd:
		return ip6_forged(f, at);
	case PLAIN_HIDDEN:
		return true;
	}
	return false;
}

/* ---- a frame: words that make sense, mostly */

static void add_mac(struct frame *f)
{
	uint8_t mac[6] = { 2, [5] = TAKE_OF("\1\1\1\5\5\2") };

	add(f, mac, 6);
}

static void add_ip4(struct frame *f)
{
	uint8_t which = take8() % 4, other[4] = { 192, 0, 2, which };

	add(f, which > 1 ? own4 : other, 4);
	if (which == 1)
		memset(f->data + f->len - 4, 0, 4);
}

static void add_ip6(struct frame *f)
{
	uint8_t which = take8() % 8, other[16] = { 0x20, 1, 0x0d, 0xb8, [15] = which };

	if (which == 7)
		add_zeros(f, 16);
	else
		add(f, which < 4 ? own6 : which < 6 ? local6 : other, 16);
}

static void add_arp(struct frame *f)
{
	add16(f, TAKE_OF("\1\1\6"));
	add16(f, 0x0800);
	add8(f, TAKE_OF("\6\6\6\6\10"));
	add8(f, TAKE_OF("\4\4\4\4\10"));
	add16(f, 1 + take8() % 9);
	add_mac(f);
	add_ip4(f);
	add_mac(f);
	add_ip4(f);
}

static void add_packet4(struct frame *f)
{
	uint8_t options = take8() % 12;

	add8(f, options < 6 ? 0x45 : 0x40 | options);
	add_zeros(f, 5);
	add16(f, take8() & 7 ? 0 : take16());
	add8(f, 64);
	add8(f, TAKE_OF("\21\21\2\6"));
	add_zeros(f, 2);
	add_ip4(f);
	add_ip4(f);
	add_zeros(f, options < 6 ? 0 : (options - 5) * 4);
	add16(f, TAKE_OF("\104\104\103"));
}

/* Options: addresses, others, some long, one without a length, and what is there no more. */
static void add_options(struct frame *f)
{
	for (int n = take8() % 20; n > 0; n--) {
		uint8_t type = TAKE_OF("\1\2\1\2\3\5\16"), len = TAKE_OF("\1\1\1\1\1\2\0");

		if (f->len + 8 + len * 8 > sizeof(f->data) - 100)
			return;
		add8(f, type);
		add8(f, len);
		add_mac(f);
		add_zeros(f, len ? (len - 1) * 8 : 0);
	}
}

static void add_icmp6(struct frame *f)
{
	uint8_t type = TAKE_OF("\205\206\207\210\211\207\210\215\216\200\203\204\217");

	add8(f, type);
	add_zeros(f, 7);
	if (type == 134)
		add_zeros(f, 8);
	if (type >= 135 && type <= 137)
		add_ip6(f);
	if (type == 137)
		add_ip6(f);
	add_options(f);
}

static void add_packet6(struct frame *f)
{
	uint8_t next = TAKE_OF("\72\72\72\72\0\53\54\63\74\207\213\214\21\6\62\73"), more, len;

	add8(f, 0x60);
	add_zeros(f, 5);
	add8(f, next);
	add8(f, TAKE_OF("\377\377\100\376"));
	add_ip6(f);
	add_ip6(f);
	for (int i = take8() % 3; i >= 0 && next != 58; i--) {
		more = TAKE_OF("\72\72\72\74\54\21");
		len = take8() % 5;
		add8(f, more);
		add8(f, len);
		add16(f, next == 44 ? take8() % 16 : 0);
		add_zeros(f, (next == 51 ? (len + 2) * 4 : next == 44 ? 8 : (len + 1) * 8) - 4);
		next = more;
	}
	add_icmp6(f);
}

static void add_type(struct frame *f)
{
	static const uint16_t types[] = { 0x86dd, 0x86dd, 0x86dd, 0x0800, 0x0806, 0x8035,
					  0x88b5, 0x8100, 0x9100, 46,	  0 };
	uint16_t type = types[take8() % 11];

	add16(f, type);
	switch (type) {
	case 0x0800:
		add_packet4(f);
		break;
	case 0x0806:
	case 0x8035:
		add_arp(f);
		break;
	case 0x86dd:
		add_packet6(f);
		break;
	}
}

/* Draw a frame from draw_input. */
static void frame_draw(struct frame *f)
{
	static const uint8_t to[6] = { 2, 0, 0, 0, 0, 9 };
	uint8_t how = take8(), cut = take8();

	f->len = 0;
	add(f, to, 6);
	add_mac(f);
	add_front(f, how);
	add_type(f);
	add_zeros(f, take8() & 31);
	draw_cut(f, how, cut);
}
