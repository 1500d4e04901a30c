// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/bpffs/port_table.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netns.h"
#include "tools/slowpath/chunk.h"
#include "tools/slowpath/io.h"
#include "tools/slowpath/sock.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/umap.h"
#include "tools/slowpath/workers.h"

#define FILL_LEAST (2 * PIECES) /* less may not hold a long frame */
#define BUSY_TRIES 10

static const struct xsw_switch_handle *handle;
static __u32 all_chunks;
static struct port *replaced; /* a thread may still have to do with them */
static enum mode (*port_mode)(const char *ifname);
static bool told[XSW_MAX_PORTS]; /* why it is not served: once is enough */

void ports_begin(const struct xsw_switch_handle *sw, __u32 chunks,
		 enum mode (*mode_of)(const char *ifname))
{
	handle = sw;
	all_chunks = chunks;
	port_mode = mode_of;
}

void ports_unserved(void)
{
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++)
		__atomic_store_n(&umap_pinned_state(number)->afxdp, 0, __ATOMIC_RELEASE);
}

/* ---- open and close */

static void port_free(struct port *p)
{
	if (p->io->close)
		p->io->close(p);
	chunks_leave();
	free(p);
}

static struct port *port_new(__u32 number, const struct xsw_port *conf, const struct link_info *dev,
			     const struct port_io *io)
{
	struct port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->io = io;
	p->number = number;
	p->ifindex = conf->ifindex;
	p->served = conf->flags & XSW_PORT_AFXDP;
	/* To a veth with native XDP come no frames longer than its MTU: its peer is denied
	 * GSO, and what others forward to the peer is cut on the way (veth_fix_features(),
	 * validate_xmit_skb()). To a tap come GSO frames, which no socket can take: they
	 * stay with the kernel, and so do short ones with a partial checksum, which would
	 * else be overtaken by those of their flow.
	 */
	p->csum = !(conf->flags & XSW_PORT_TAP);
	p->mtu = dev->mtu;
	p->up = dev->up;
	memcpy(p->ifname, dev->ifname, sizeof(p->ifname));
	p->mode = port_mode(p->ifname);
	return p;
}

static void port_retire(struct port *p)
{
	struct xsw_state *state = umap_pinned_state(p->number);

	if (p->served)
		__atomic_store_n(&state->afxdp, 0, __ATOMIC_RELEASE);
	port_set(p->number, NULL);
	workers_leave(p);
	port_free(p);
}

/* A way to send to a port, at once: AF_XDP sockets take some time to open, and a queue is
 * free only some time after the last one on it was closed.
 */
static void port_begin_at_first(__u32 number, const struct xsw_port *conf,
				const struct link_info *dev)
{
	struct port *p = port_new(number, conf, dev, &packet_io);

	if (!p)
		return;
	p->at_first = true;
	port_set(p->number, p);
}

static void replaced_free(void)
{
	struct port *p = replaced;

	if (p)
		workers_leave(NULL);
	for (; p; p = replaced) {
		replaced = p->next;
		port_free(p);
	}
}

static void port_tell(const struct port *p, int err)
{
	char text[96];

	if (told[p->number])
		return;
	snprintf(text, sizeof(text), "cannot open an AF_XDP socket: %s", strerror(-err));
	port_note(p->ifname, text);
	told[p->number] = true;
}

/* Its sockets are open: @p takes the place of @first. */
static void port_begin_whole(struct port *p, struct port *first)
{
	int err = 0;

	port_set(p->number, p);
	for (__u32 q = 0; p->served && q < p->queues && !err; q++)
		err = workers_take(p, q);
	if (first) {
		first->next = replaced;
		replaced = first;
	}
	if (!err && p->served)
		err = p->io->bind(p, handle);
	if (err) {
		port_tell(p, err);
		port_retire(p);
		return;
	}
	told[p->number] = false;
}

/* Return: is it to be tried again? */
static bool port_begin(__u32 number, const struct xsw_port *conf, const struct link_info *dev)
{
	struct port *p, *first;
	int err;

	if (!port_get(number))
		port_begin_at_first(number, conf, dev);
	first = port_get(number);
	p = port_new(number, conf, dev, &xdp_io);
	if (!p)
		return true;
	err = p->io->open(p, dev->rx_queues);
	if (!err) {
		port_begin_whole(p, first);
		return false;
	}
	if (first)
		first->tries++;
	/* who has the queue may be ourselves, a moment ago */
	if (err != -ENOSPC && (err != -EBUSY || !first || first->tries > BUSY_TRIES))
		port_tell(p, err);
	if (err == -ENOSPC && first)
		first->at_first = false; /* good enough */
	port_free(p);
	return err != -ENOSPC || !first;
}

/* ---- follow */

/* One that was deleted and added again since we looked is known by what bind() wrote. */
static bool port_same(const struct port *p, const struct xsw_port *conf)
{
	const struct xsw_state *state = umap_pinned_state(p->number);

	if (p->served && p->queues && !__atomic_load_n(&state->afxdp, __ATOMIC_RELAXED))
		return false;
	return p->ifindex == conf->ifindex && p->served == !!(conf->flags & XSW_PORT_AFXDP);
}

/* The device of port @conf. Return: whether it is here; its number may be another's by now. */
static bool device_get(__u32 number, const struct xsw_port *conf, struct link_info *dev)
{
	return !link_brief(NULL, conf->ifindex, dev) &&
	       !table_devmap_lacks(handle, number, conf->ifindex);
}

/* Return: is it to be tried again? */
static bool port_follow(__u32 number, const struct xsw_port *conf, bool links)
{
	struct port *p = port_get(number);
	struct link_info dev = {};

	if (p && (!conf || !port_same(p, conf))) {
		port_retire(p);
		p = NULL;
	}
	if (!conf || (p && !links && !p->at_first))
		return false;
	if (!device_get(number, conf, &dev)) {
		if (p)
			port_retire(p);
		return false;
	}
	if (p) {
		__atomic_store_n(&p->mtu, dev.mtu, __ATOMIC_RELAXED);
		p->up = dev.up;
	}
	return !p || p->at_first ? port_begin(number, conf, &dev) : false;
}

/* How many sockets will port @conf have? */
static __u32 queues_wanted(__u32 number, const struct xsw_port *conf, const struct port *open)
{
	struct link_info dev;

	if (!(conf->flags & XSW_PORT_AFXDP))
		return 0;
	if (open && open->served)
		return open->queues;
	return device_get(number, conf, &dev) ? sock_queues(dev.ifname, dev.rx_queues) : 0;
}

/* Half of the chunks wait in the kernel for what comes, the others are on their way. */
static void fill_follow(const struct xsw_switch *sw)
{
	static bool warned;
	__u32 queues = 0, fill;

	for (__u32 number = 1; number < sw->port_end; number++) {
		const struct xsw_port *conf = umap_pinned_port(number);

		if (conf)
			queues += queues_wanted(number, conf, port_get(number));
	}
	fill = queues ? all_chunks / 2 / queues : SOCK_RING;
	if (fill < FILL_LEAST && !warned)
		port_note(NULL, "the memory is too small for so many queues, see option -c");
	warned = fill < FILL_LEAST;
	sock_fill = fill > SOCK_RING ? SOCK_RING : fill ?: 1;
}

/* Sockets that were opened when there were fewer keep what they got until frames come: so
 * long that others have nothing to receive into. Those to which none come are opened anew.
 */
static bool port_hoards(const struct port *p)
{
	__u32 fills = p->served && p->io->fills ? p->io->fills(p) : 0;

	return fills && fills >= 2 * sock_fill * p->queues;
}

static bool hoards_open(void)
{
	bool any = false;

	for (__u32 number = 1; number < XSW_MAX_PORTS && chunks_low(); number++) {
		struct port *p = port_get(number);

		if (p && port_hoards(p)) {
			port_retire(p);
			any = true;
		}
	}
	return any;
}

/* Before the first frame comes from one port, all others can be sent to. */
static void ports_at_first(const struct xsw_switch *sw)
{
	struct link_info dev;
	struct xsw_port conf;

	for (__u32 number = 1; number < sw->port_end; number++) {
		const struct xsw_port *now = umap_pinned_port(number);

		if (!now || port_get(number))
			continue;
		conf = *now;
		if (device_get(number, &conf, &dev))
			port_begin_at_first(number, &conf, &dev);
	}
}

bool ports_follow(bool links)
{
	const struct xsw_switch *sw = umap_pinned_switch();
	struct xsw_port conf;
	bool again = false;

	fill_follow(sw);
	ports_at_first(sw);
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		const struct xsw_port *now = number < sw->port_end ? umap_pinned_port(number) :
								     NULL;

		if (!now && !port_get(number))
			continue;
		if (now)
			conf = *now;
		again |= port_follow(number, now ? &conf : NULL, links);
	}
	replaced_free();
	return hoards_open() || again;
}

void ports_end(void)
{
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++)
		if (port_get(number))
			port_retire(port_get(number));
	packet_netns_end();
}
