/* SPDX-License-Identifier: GPL-2.0 */
/* Frames and tables for tests of the steps in user space, in the memory of the process. */
#pragma once

#include <arpa/inet.h>
#include <stdlib.h>

#include "maps/fdb.h"
#include "maps/port.h"
#include "maps/switch.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#include "frame.h"

#define ROOM 8 /* in front of a frame: two tags */

struct buffer {
	struct steps_frame frame;
	uint8_t bytes[ROOM + FRAME_MAX];
};

/** at() - element @index of @map, which is an array */
static inline void *at(const char *map, uint32_t index)
{
	return umap_lookup(umap_by_name(map), &index);
}

/** buffer_get() - a frame of these bytes, in one piece, to be freed */
static inline struct steps_frame *buffer_get(const uint8_t *data, int len)
{
	struct buffer *b = calloc(1, sizeof(*b));

	memcpy(b->bytes + ROOM, data, len);
	b->frame = (struct steps_frame){ .room = b->bytes,
					 .data = b->bytes + ROOM,
					 .end = b->bytes + ROOM + len };
	return &b->frame;
}

/** port_make() - a port that does all it can, in all VLANs that @mode allows */
static inline void port_make(int port, int mode, int tag, uint32_t more)
{
	struct xsw_port *p = at("xsw_port", port);

	p->port = port;
	p->ifindex = 100 + port;
	p->vlan_mode = mode;
	p->tag = tag;
	p->flags = XSW_PORT_LEARNING | XSW_PORT_FLOOD | XSW_PORT_MCAST_FLOOD |
		   XSW_PORT_BCAST_FLOOD | XSW_PORT_RX | XSW_PORT_TX | XSW_PORT_ACCEPT_UNTAGGED |
		   XSW_PORT_ACCEPT_TAGGED | more;
	p->qinq_tpid = htons(0x88a8);
	memset(p->trunks, 0xff, sizeof(p->trunks));
	memset(p->cvlans, 0xff, sizeof(p->cvlans));
	*(uint32_t *)at("xsw_slot", port) = port;
	((struct xsw_fdb_count *)at("xsw_fdb_count", 0))->generation++;
}

/** switch_make() - one without ports yet, room for 16 addresses; what was before is gone */
static inline void switch_make(uint32_t port_end)
{
	struct xsw_switch *sw;

	umap_memory_end();
	if (umap_memory_begin(steps_maps(), 16))
		die("no memory", "");
	sw = at("xsw_switch", 0);
	sw->ageing_ticks = 300ULL * 1000000000 >> XSW_TICK_SHIFT;
	sw->fdb_max = 16;
	sw->port_end = port_end;
}
