/* SPDX-License-Identifier: GPL-2.0 */
/* What a port with ra_guard and dhcp_guard should do with a frame: a plain reading, written from
 * xsw(7) "Guards" alone; and frames of all the kinds that it can tell apart, made from bytes that
 * somebody else draws. For selftests/fuzz/guard.c and drawn_frames.c.
 */
#pragma once

#include "selftests/prog/draw_frame.h"

#define HEADERS 8 /* extension headers that are looked behind */

enum guard_drop { GUARD_PASSES, GUARD_RA, GUARD_DHCP };

/* ---- a plain reading */

/* What a packet of IPv6 ends in */
struct ending {
	enum { SAYS_NOTHING, IS_CUT, WHO_KNOWS, IS_PROTOCOL } what;
	uint8_t proto;
	uint32_t at, end;
};

static inline bool packet_has(const struct frame *f, const struct ending *e, uint32_t n)
{
	return e->at + n <= e->end && has(f, e->at + n);
}

/* Go behind the header at @e->at. Return: false if the packet ends, or says nothing. */
static inline bool header_skip(const struct frame *f, struct ending *e)
{
	uint8_t kind = e->proto, len;

	if (!packet_has(f, e, 4)) {
		e->what = IS_CUT;
		return false;
	}
	if (kind == 44 && get16(f, e->at + 2) / 8) {
		e->what = SAYS_NOTHING;
		return false;
	}
	e->proto = f->data[e->at];
	len = f->data[e->at + 1];
	e->at += kind == 44 ? 8 : kind == 51 ? len * 4 + 8 : len * 8 + 8;
	return true;
}

static inline struct ending ip6_ending(const struct frame *f, uint32_t at)
{
	static const uint8_t extensions[] = { 0, 43, 44, 51, 60, 135, 139, 140 };
	struct ending e = { .what = IS_CUT };
	int n = 0;

	if (!has(f, at + 16))
		return e;
	e.proto = f->data[at + 6];
	e.at = at + 40;
	e.end = e.at + (get16(f, at + 4) ? get16(f, at + 4) : 65535);
	for (; memchr(extensions, e.proto, sizeof(extensions)) && n < HEADERS; n++)
		if (!header_skip(f, &e))
			return e;
	e.what = IS_PROTOCOL;
	if (memchr(extensions, e.proto, sizeof(extensions)) || e.proto > 147)
		e.what = WHO_KNOWS;
	else if (e.proto == 59)
		e.what = SAYS_NOTHING;
	else if (e.at >= e.end)
		e.what = IS_CUT;
	return e;
}

static inline bool is_router(const struct frame *f, uint32_t at)
{
	struct ending e = ip6_ending(f, at);

	if (e.what == WHO_KNOWS)
		return f->data[at + 7] == 255 && get16(f, at + 8) >> 6 == 0xfe80 >> 6;
	if (e.what != IS_PROTOCOL)
		return e.what == IS_CUT;
	return e.proto == 58 && (!has(f, e.at + 1) || f->data[e.at] == 134 || f->data[e.at] == 137);
}

static inline bool is_server6(const struct frame *f, uint32_t at)
{
	struct ending e = ip6_ending(f, at);

	if (e.what == IS_PROTOCOL && e.proto == 17)
		return !packet_has(f, &e, 4) || get16(f, e.at) == 547 || get16(f, e.at + 2) == 546;
	return e.what == IS_CUT || e.what == WHO_KNOWS;
}

static inline bool is_server4(const struct frame *f, uint32_t at)
{
	uint32_t l4 = at + (f->data[at] & 15) * 4;

	if (!has(f, at + 12))
		return true;
	if (f->data[at + 9] != 17 || get16(f, at + 6) & 0x1fff)
		return false;
	return !has(f, l4 + 4) || l4 + 4 > at + get16(f, at + 2) || get16(f, l4) == 67 ||
	       get16(f, l4 + 2) == 68;
}

/**
 * guard_says() - what becomes of a frame at a port with the guards @ra and @dhcp?
 *
 * Not for frames whose first tag is cut.
 */
static inline enum guard_drop guard_says(const struct frame *f, bool ra, bool dhcp)
{
	uint32_t at, type = plain_type(f, &at);
	bool hidden = type == PLAIN_HIDDEN;

	if (ra && (hidden || (type == 0x86dd && is_router(f, at))))
		return GUARD_RA;
	if (dhcp && (hidden || (type == 0x86dd && is_server6(f, at)) ||
		     (type == 0x0800 && is_server4(f, at))))
		return GUARD_DHCP;
	return GUARD_PASSES;
}

/* ---- a frame: words that make sense, mostly */

static inline void add_udp(struct frame *f)
{
	static const uint16_t ports[] = { 67, 68, 546, 547, 1234, 9, 9, 9 };

	add16(f, ports[take8() % 8]);
	add16(f, ports[take8() % 8]);
	add_zeros(f, 4);
}

static inline void put16(struct frame *f, uint32_t at, uint16_t value)
{
	f->data[at] = value >> 8;
	f->data[at + 1] = value;
}

/* Few packets end early. */
static inline uint16_t draw_len(uint16_t len)
{
	uint8_t which = take8();

	return which < 160 ? len : which < 168 ? 0 : which < 232 ? which % (len + 1) : take16();
}

static inline void add_server4(struct frame *f)
{
	uint8_t options = take8() % 16;
	uint32_t at = f->len;

	add8(f, 0x40 | (options < 6 ? 5 : options));
	add_zeros(f, 5);
	add16(f, take8() & 1 ? 0 : take16());
	add8(f, 64);
	add8(f, TAKE_OF("\21\21\21\6"));
	add_zeros(f, 10);
	add_zeros(f, options < 6 ? 0 : (options - 5) * 4);
	add_udp(f);
	put16(f, at + 2, draw_len(f->len - at));
}

static inline void add_header(struct frame *f, uint8_t kind, uint8_t next)
{
	uint8_t len = take8() % 8;

	len = len < 4 ? 0 : len - 3;
	add8(f, next);
	add8(f, len);
	add16(f, kind == 44 && take8() & 1 ? take8() & 15 : 0);
	add_zeros(f, kind == 44 ? 4 : kind == 51 ? len * 4 + 4 : len * 8 + 4);
}

static inline void add_guarded6(struct frame *f)
{
	static const uint8_t near[2] = { 0xfe, 0x80 }, far[2] = { 0xfe, 0xc0 };
	uint8_t last = TAKE_OF("\72\72\72\21\21\73\62\375\224\223"), next, kind;
	uint32_t at = f->len;
	int n = take8() % 11;

	n = take8() & 1 ? n : n % 3;
	next = n ? TAKE_OF("\0\53\54\63\74\207\213\214") : last;
	add8(f, 0x60);
	add_zeros(f, 5);
	add8(f, next);
	add8(f, TAKE_OF("\377\377\377\376"));
	add(f, take8() & 7 ? near : far, 2);
	add_zeros(f, 30);
	for (; n; n--) {
		kind = next;
		next = n > 1 ? TAKE_OF("\0\53\54\63\74\207\213\214") : last;
		add_header(f, kind, next);
	}
	if (next == 17)
		add_udp(f);
	else
		add8(f, TAKE_OF("\205\206\207\210\211\200"));
	put16(f, at + 4, draw_len(f->len - at - 40));
}

/* Draw a frame from draw_input. */
static inline void guarded_draw(struct frame *f)
{
	static const uint8_t macs_to_from[12] = { 2, [5] = 9, [6] = 2, [11] = 1 };
	static const uint16_t types[] = { 0x86dd, 0x86dd, 0x86dd, 0x86dd, 0x86dd,
					  0x0800, 0x0800, 0x0806, 0x8100, 46 };
	uint8_t how = take8(), cut = take8(), which = take8() % 10;

	f->len = 0;
	add(f, macs_to_from, 12);
	add_front(f, how);
	add16(f, types[which]);
	if (types[which] == 0x86dd)
		add_guarded6(f);
	if (types[which] == 0x0800)
		add_server4(f);
	if (how >> 4 < 13)
		add_zeros(f, take8() & 31);
	draw_cut(f, how, cut);
}
