// SPDX-License-Identifier: GPL-2.0
/* What the steps in a process do with checksums that a sender left to hardware.
 *
 *   slowpath_csum	prints TAP
 *
 * Three trunks; what enters p1 may have a partial checksum, what enters p2 may not. The
 * sums of this file are taken byte by byte, in network order.
 */
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>

#include "steps_user.h"
#include "tap.h"

#define PIECES 4
#define COPIES 4

static uint8_t sent[COPIES][FRAME_MAX];
static int sent_len[COPIES], n_sent;

/* ---- who sends: all pieces are one buffer in the end */

struct pieces {
	struct steps_frame frame;
	struct steps_piece piece[PIECES];
	uint8_t bytes[ROOM + FRAME_MAX];
};

static uint32_t mtu(void *arg, uint32_t port)
{
	return 9100;
}

static void drop(void *arg, struct steps_frame *f)
{
	free(f);
}

static struct steps_frame *clone(void *arg, const struct steps_frame *f)
{
	struct pieces *from = (struct pieces *)f, *to = malloc(sizeof(*to));

	*to = *from;
	to->frame.room = to->bytes;
	to->frame.data = to->bytes + (f->data - from->bytes);
	to->frame.end = to->bytes + (f->end - from->bytes);
	return &to->frame;
}

static int send_frame(void *arg, struct steps_frame *f, uint32_t port)
{
	if (n_sent < COPIES) {
		sent_len[n_sent] = f->end - f->data + f->more;
		memcpy(sent[n_sent], f->data, sent_len[n_sent]);
		n_sent++;
	}
	free(f);
	return 0;
}

static const struct steps_ops ops = { mtu, clone, send_frame, drop };

/* @first: bytes of the first piece, the others are of odd lengths; 0: all */
static void run(int port, const uint8_t *data, int len, int first)
{
	struct pieces *b = calloc(1, sizeof(*b));
	int at = first && first < len ? first : len, n;

	memcpy(b->bytes + ROOM, data, len);
	b->frame = (struct steps_frame){ .room = b->bytes,
					 .data = b->bytes + ROOM,
					 .end = b->bytes + ROOM + at,
					 .more = len - at,
					 .pieces = b->piece };
	for (int i = 0; i < PIECES && at < len; i++, at += n) {
		n = i == PIECES - 1 || len - at < 333 ? len - at : 333;
		b->piece[i] = (struct steps_piece){ b->bytes + ROOM + at, n };
		b->frame.n_pieces++;
	}
	n_sent = 0;
	if (!steps_run(&ops, NULL, &b->frame, port))
		free(b);
}

/* ---- the tables */

static void begin(void)
{
	switch_make(4);
	port_make(1, XSW_MODE_TRUNK, 0, XSW_PORT_CSUM_CHECK);
	port_make(2, XSW_MODE_TRUNK, 0, 0);
	port_make(3, XSW_MODE_TRUNK, 0, 0);
}

/* ---- packets */

static uint16_t sum16(const uint8_t *p, int len, uint32_t sum)
{
	for (int i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

struct packet {
	uint8_t data[FRAME_MAX];
	int l3, l4, check, len; /* places; the whole */
	int version;
};

static int l4_len(const struct packet *p)
{
	return p->len - p->l4;
}

static uint16_t pseudo(const struct packet *p)
{
	const uint8_t *l3 = p->data + p->l3;
	int proto = p->version == 4 ? l3[9] : l3[6];

	return p->version == 4 ? sum16(l3 + 12, 8, proto + l4_len(p)) :
				 sum16(l3 + 8, 32, proto + l4_len(p));
}

static void check_put(struct packet *p, uint16_t value)
{
	p->data[p->check] = value >> 8;
	p->data[p->check + 1] = value;
}

static uint16_t check_get(const struct packet *p)
{
	return p->data[p->check] << 8 | p->data[p->check + 1];
}

/* What the checksum has to be. */
static uint16_t full(struct packet *p)
{
	uint16_t was = check_get(p), sum;

	check_put(p, 0);
	sum = ~sum16(p->data + p->l4, l4_len(p), pseudo(p));
	check_put(p, was);
	return sum ?: 0xffff;
}

static void make_eth(struct packet *p, int tags, int version)
{
	static const uint8_t macs[] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1 };

	memcpy(p->data + p->len, macs, sizeof(macs));
	p->len += sizeof(macs);
	for (int i = 0; i < tags; i++, p->len += 4)
		memcpy(p->data + p->len, i ? "\x81\x00\x00\x05" : "\x88\xa8\x00\x0a", 4);
	memcpy(p->data + p->len, version == 4 ? "\x08\x00" : "\x86\xdd", 2);
	p->len += 2;
}

/* IP and TCP or UDP, @payload bytes, checksum 0 */
static void make_ip(struct packet *p, int version, int proto, int payload)
{
	int head = proto == IPPROTO_TCP ? sizeof(struct tcphdr) : sizeof(struct udphdr);
	uint8_t *l3 = p->data + p->len;

	p->version = version;
	p->l3 = p->len;
	p->l4 = p->l3 + (version == 4 ? 20 : 40);
	p->check = p->l4 + (proto == IPPROTO_TCP ? 16 : 6);
	p->len = p->l4 + head + payload;
	for (int i = 0; i < p->len - p->l3; i++)
		l3[i] = i * 7 + payload;
	memset(l3, 0, version == 4 ? 10 : 8);
	l3[0] = version == 4 ? 0x45 : 0x60;
	l3[version == 4 ? 9 : 6] = proto;
	*(uint16_t *)(l3 + (version == 4 ? 2 : 4)) = htons(p->len - (version == 4 ? p->l3 : p->l4));
	if (proto == IPPROTO_UDP) {
		memcpy(p->data + p->l4, "\x1e\x61\x1e\x61", 4); /* 7777: no tunnel known by it */
		*(uint16_t *)(p->data + p->l4 + 4) = htons(l4_len(p));
	}
	check_put(p, 0);
}

static void make(struct packet *p, int tags, int version, int proto, int payload)
{
	memset(p, 0, sizeof(*p));
	make_eth(p, tags, version);
	make_ip(p, version, proto, payload);
}

/* Did all copies leave as @p is? */
static bool left(const struct packet *p, int copies)
{
	if (n_sent != copies)
		return false;
	for (int i = 0; i < copies; i++)
		if (sent_len[i] != p->len || memcmp(sent[i], p->data, p->len))
			return false;
	return true;
}

/* The field is partial: does it leave full? */
static bool completes(struct packet *p, int first)
{
	check_put(p, pseudo(p));
	run(1, p->data, p->len, first);
	check_put(p, full(p));
	return left(p, 2);
}

static bool stays(const struct packet *p, int port)
{
	run(port, p->data, p->len, 0);
	return left(p, 2);
}

/* ---- */

static void all_sizes(void)
{
	static struct packet p;
	char name[80];
	bool good;

	for (int which = 0; which < 12; which++) {
		int version = which & 1 ? 6 : 4, tags = which >> 2;
		int proto = which & 2 ? IPPROTO_TCP : IPPROTO_UDP;

		good = true;
		for (int len = 0; len < 9000; len = len < 80 || len > 8900 ? len + 1 : len + 97) {
			make(&p, tags, version, proto, len);
			good &= completes(&p, 0) && completes(&p, 200) && completes(&p, 201);
		}
		snprintf(name, sizeof(name),
			 "IPv%d, %s, %d tags: every length, in one piece or more", version,
			 which & 2 ? "TCP" : "UDP", tags);
		tap_report(good, name);
	}
}

static void others_stay(void)
{
	static struct packet p;

	make(&p, 0, 4, IPPROTO_TCP, 100);
	check_put(&p, full(&p));
	tap_report(stays(&p, 1), "a full checksum stays");
	check_put(&p, 0x1234);
	tap_report(stays(&p, 1), "so does a wrong one");
	check_put(&p, pseudo(&p));
	tap_report(stays(&p, 2), "... and what looks partial, from a port that has none");
	p.data[p.l3 + 6] = 0x20;
	tap_report(stays(&p, 1), "a fragment");
	p.data[p.l3 + 6] = 0;
	p.len -= 10;
	run(1, p.data, p.len, 0);
	tap_report(left(&p, 2), "a frame that is cut");
	make(&p, 0, 4, IPPROTO_UDP, 100);
	tap_report(stays(&p, 1), "UDP without a checksum");
}

/* The last word of the payload is such that all but the checksum sums up to @sum. */
static void make_sum(struct packet *p, int proto, uint16_t sum)
{
	uint32_t word;

	make(p, 1, 4, proto, 100);
	p->data[p->len - 2] = p->data[p->len - 1] = 0;
	word = sum + (uint16_t)~sum16(p->data + p->l4, l4_len(p), pseudo(p));
	word = (word & 0xffff) + (word >> 16);
	p->data[p->len - 2] = word >> 8;
	p->data[p->len - 1] = word;
	check_put(p, pseudo(p));
}

static void special_sums(void)
{
	static struct packet p;

	make(&p, 1, 4, IPPROTO_TCP, 100);
	make_sum(&p, IPPROTO_TCP, ~pseudo(&p));
	tap_report(full(&p) == check_get(&p) && stays(&p, 1),
		   "a full one that looks partial stays");
	make_sum(&p, IPPROTO_UDP, 0xffff);
	tap_report(full(&p) == 0xffff && completes(&p, 0), "0 of UDP is 0xffff");
}

static void trailer(void)
{
	static struct packet p;
	int len;

	make(&p, 0, 4, IPPROTO_UDP, 3);
	check_put(&p, pseudo(&p));
	len = p.len;
	p.data[len] = 0x55; /* padding of a sender that does not clear it */
	run(1, p.data, 60, 0);
	check_put(&p, full(&p));
	p.len = 60;
	tap_report(left(&p, 2), "padding is not summed up");
}

/* @outer around VXLAN around @inner, a place in the same bytes */
static void make_tunnel(struct packet *outer, struct packet *inner, int version)
{
	int at;

	make(outer, 0, 4, IPPROTO_UDP, 0);
	memcpy(outer->data + outer->len, "\x08\0\0\0\0\0\x05\0", 8);
	at = outer->len + 8;
	memset(inner, 0, sizeof(*inner));
	make_eth(inner, 0, version);
	make_ip(inner, version, IPPROTO_TCP, 333);
	memcpy(outer->data + at, inner->data, inner->len);
	outer->len = at + inner->len;
	*(uint16_t *)(outer->data + outer->l3 + 2) = htons(outer->len - outer->l3);
	*(uint16_t *)(outer->data + outer->l4 + 4) = htons(l4_len(outer));
	inner->check += at;
}

static void inner_put(struct packet *outer, const struct packet *inner, uint16_t value)
{
	outer->data[inner->check] = value >> 8;
	outer->data[inner->check + 1] = value;
}

static void tunnels(void)
{
	static struct packet outer, inner;
	uint16_t partial, whole;

	for (int version = 4; version <= 6; version += 2) {
		make_tunnel(&outer, &inner, version);
		partial = pseudo(&inner);
		whole = ~sum16(inner.data + inner.l4, l4_len(&inner), partial);
		inner_put(&outer, &inner, whole);
		check_put(&outer, full(&outer));
		inner_put(&outer, &inner, partial);
		run(1, outer.data, outer.len, 0);
		inner_put(&outer, &inner, whole);
		tap_report(left(&outer, 2), "in a tunnel, the outer checksum right already");

		inner_put(&outer, &inner, partial);
		check_put(&outer, full(&outer));
		tap_report(stays(&outer, 1), "a payload that only looks like a tunnel's stays");
		check_put(&outer, check_get(&outer) ^ 0x0101);
		tap_report(stays(&outer, 1), "... and where the outer checksum is wrong");
		tap_report(completes(&outer, 0), "the outer checksum, of what is there");
	}
}

/* A rule that has been learned is used from memory: the same way. */
static void one_port(void)
{
	static struct packet p;
	bool good = true;

	make(&p, 1, 4, IPPROTO_UDP, 60);
	memcpy(p.data + 6, "\x02\0\0\0\0\x09", 6);
	run(3, p.data, p.len, 0); /* h9 is learned on p3 */
	for (int i = 0; i < 3; i++) {
		make(&p, 1, 4, IPPROTO_UDP, 61);
		check_put(&p, pseudo(&p));
		run(1, p.data, p.len, 0);
		check_put(&p, full(&p));
		good &= left(&p, 1);
	}
	tap_report(good, "to one port, from memory too");
}

int main(void)
{
	begin();
	all_sizes();
	others_stay();
	special_sums();
	trailer();
	tunnels();
	one_port();
	return tap_end();
}
