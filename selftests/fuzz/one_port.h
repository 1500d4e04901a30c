/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of frames that enter the only port of a switch, by the steps of the data path in a
 * process: for the targets that look at why a port refuses a frame.
 */
#pragma once

#include "selftests/fuzz/fuzz.h"

#include "maps/drop.h"
#include "maps/port.h"
#include "maps/stats.h"
#include "maps/switch.h"
#include "selftests/prog/draw_frame.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define PIECES 3

static inline void *at(const char *map, __u32 index)
{
	return umap_lookup(umap_by_name(map), &index);
}

/* Make a switch with port 1, a trunk of all VLANs. @flags: XSW_PORT_*, beside those of each port */
static inline struct xsw_port *port_make(__u32 flags)
{
	struct xsw_switch *sw;
	struct xsw_port *p;

	must(!umap_memory_begin(steps_maps(), 64));
	sw = at("xsw_switch", 0);
	p = at("xsw_port", 1);
	sw->port_end = 2;
	p->port = 1;
	p->vlan_mode = XSW_MODE_TRUNK;
	memset(p->trunks, 0xff, sizeof(p->trunks));
	p->flags = XSW_PORT_RX | XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED | flags;
	*(__u32 *)at("xsw_slot", 1) = 1;
	return p;
}

static inline __u32 on_mtu(void *arg, __u32 port)
{
	return 1500;
}

static inline struct steps_frame *on_clone(void *arg, const struct steps_frame *f)
{
	return NULL;
}

static inline int on_send(void *arg, struct steps_frame *f, __u32 port)
{
	must(0); /* there is no other port */
	return 0;
}

static inline void on_drop(void *arg, struct steps_frame *f)
{
	must(0);
}

/* Put what begins at @from of the frame into pieces that are just as long as they must be. */
static inline void pieces_make(const struct frame *f, uint32_t from, struct steps_frame *sf,
			       struct steps_piece *piece)
{
	for (; from < f->len; sf->n_pieces++) {
		struct steps_piece *p = &piece[sf->n_pieces];
		uint8_t *bytes;

		p->len = f->len - from;
		if (sf->n_pieces < PIECES - 1 && p->len > 8)
			p->len = 1 + take8() % p->len;
		bytes = malloc(p->len);
		must(bytes);
		memcpy(bytes, f->data + from, p->len);
		p->data = bytes;
		from += p->len;
	}
}

/* Why is the frame dropped at the port? Return: enum xsw_drop, or -1 if it is not. */
static inline int port_drops(const struct frame *f)
{
	static const struct steps_ops ops = { on_mtu, on_clone, on_send, on_drop };
	struct xsw_stats *s = at("xsw_stats", 1), before = *s;
	uint32_t first = f->len, more = take8();
	struct steps_piece piece[PIECES] = {};
	struct steps_frame sf = { .pieces = piece };

	if (f->len > 64 && more & 1) {
		first = 64 + more / 2 % (f->len - 64);
		sf.more = f->len - first;
	}
	sf.room = malloc(first);
	must(sf.room);
	sf.data = sf.room;
	sf.end = sf.data + first;
	memcpy(sf.data, f->data, first);
	pieces_make(f, first, &sf, piece);
	must(!steps_run(&ops, NULL, &sf, 1));
	free(sf.room);
	for (uint32_t i = 0; i < sf.n_pieces; i++)
		free((void *)piece[i].data);
	for (int why = 0; why < XSW_DROP_COUNT; why++)
		if (s->rx_drops[why] != before.rx_drops[why])
			return why;
	must(s->rx_flooded == before.rx_flooded + 1);
	return -1;
}
