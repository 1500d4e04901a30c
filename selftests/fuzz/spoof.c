// SPDX-License-Identifier: GPL-2.0
/* Frames of a port with spoof_check, built from the input, perhaps cut, and in pieces: the steps
 * of the data path drop those whose sender is not bound, and only those, as a plain reading of
 * the frame says.
 */
#include "selftests/fuzz/fuzz.h"

#include <errno.h>

#include "maps/drop.h"
#include "maps/spoof.h"
#include "maps/port.h"
#include "maps/stats.h"
#include "maps/switch.h"
#include "selftests/prog/spoof_model.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define PIECES 3

/* ---- the data path */

static void *at(const char *map, __u32 index)
{
	return umap_lookup(umap_by_name(map), &index);
}

static void bind_put(const uint8_t *mac, const uint8_t *ip)
{
	struct xsw_bind_ip_key key_ip = { .port = 1 };
	struct xsw_bind_key key = { .port = 1 };
	struct xsw_bind value = { .flags = ip ? XSW_BIND_IP : 0 };
	__u32 one = 1;

	memcpy(key.mac, mac, 6);
	must(!umap_update(umap_by_name("xsw_bind"), &key, &value, 0));
	if (!ip)
		return;
	memcpy(key_ip.mac, mac, 6);
	memcpy(key_ip.ip, ip, 16);
	must(!umap_update(umap_by_name("xsw_bind_ip"), &key_ip, &one, 0));
}

static void tables_make(void)
{
	uint8_t mapped[16] = { [10] = 0xff, 0xff };
	struct xsw_switch *sw;
	struct xsw_port *p;

	must(!umap_memory_begin(steps_maps(), 64));
	sw = at("xsw_switch", 0);
	p = at("xsw_port", 1);
	sw->port_end = 2;
	p->port = 1;
	p->vlan_mode = XSW_MODE_TRUNK;
	memset(p->trunks, 0xff, sizeof(p->trunks));
	p->flags = XSW_PORT_RX | XSW_PORT_ACCEPT_UNTAGGED | XSW_PORT_ACCEPT_TAGGED |
		   XSW_PORT_SPOOF_MAC;
	*(__u32 *)at("xsw_slot", 1) = 1;
	memcpy(mapped + 12, own4, 4);
	bind_put(macs[0], mapped);
	bind_put(macs[0], own6);
	bind_put(macs[1], NULL);
}

static __u32 on_mtu(void *arg, __u32 port)
{
	return 1500;
}

static struct steps_frame *on_clone(void *arg, const struct steps_frame *f)
{
	return NULL;
}

static int on_send(void *arg, struct steps_frame *f, __u32 port)
{
	must(0); /* there is no other port */
	return 0;
}

static void on_drop(void *arg, struct steps_frame *f)
{
	must(0);
}

/* Is the frame dropped for its source? It is in buffers that are just as long as they must be. */
static bool dropped(const struct frame *f)
{
	static const struct steps_ops ops = { on_mtu, on_clone, on_send, on_drop };
	struct xsw_stats *s = at("xsw_stats", 1);
	__u64 before = s->rx_drops[XSW_DROP_SPOOF], others = s->rx_flooded;
	uint32_t first = f->len, more = take8(), from;
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
	for (from = first; from < f->len; sf.n_pieces++) {
		struct steps_piece *p = &piece[sf.n_pieces];
		uint8_t *bytes;

		p->len = f->len - from;
		if (sf.n_pieces < PIECES - 1 && p->len > 8)
			p->len = 1 + take8() % p->len;
		bytes = malloc(p->len);
		must(bytes);
		memcpy(bytes, f->data + from, p->len);
		p->data = bytes;
		from += p->len;
	}
	must(!steps_run(&ops, NULL, &sf, 1));
	free(sf.room);
	for (uint32_t i = 0; i < sf.n_pieces; i++)
		free((void *)piece[i].data);
	must(s->rx_drops[XSW_DROP_SPOOF] - before + s->rx_flooded - others == 1);
	return s->rx_drops[XSW_DROP_SPOOF] != before;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f;

	if (!umap_by_name("xsw_switch"))
		tables_make();
	spoof_input = data;
	spoof_input_end = data + size;
	frame_draw(&f);
	if (f.len < 18) /* the header or a tag may be cut: runt */
		return 0;
	must(forged(&f) == dropped(&f));
	return 0;
}
