// SPDX-License-Identifier: GPL-2.0
#include "tools/slowpath/port.h"

#include <stdio.h>

#include "tools/slowpath/frame.h"
#include "tools/slowpath/io.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

static struct port *table[XSW_MAX_PORTS];

struct port *port_get(__u32 number)
{
	return number < XSW_MAX_PORTS ? __atomic_load_n(&table[number], __ATOMIC_ACQUIRE) : NULL;
}

void port_set(__u32 number, struct port *p)
{
	__atomic_store_n(&table[number], p, __ATOMIC_RELEASE);
}

__u32 port_mtu(struct port *p)
{
	__u64 now = umap_clock.coarse_ns;
	__u32 mtu;

	if (__atomic_load_n(&p->mtu_asked, __ATOMIC_RELAXED) != now) {
		__atomic_store_n(&p->mtu_asked, now, __ATOMIC_RELAXED);
		mtu = packet_mtu(p->ifindex);
		if (mtu)
			__atomic_store_n(&p->mtu, mtu, __ATOMIC_RELAXED);
	}
	return __atomic_load_n(&p->mtu, __ATOMIC_RELAXED);
}

static bool port_waits(const struct port *p, __u32 queue)
{
	return p->io->waits && p->io->waits(p, queue);
}

bool port_send(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n)
{
	__u32 lost, took = p->io->send(p, queue, d, n, &lost);

	while (lost--)
		steps_lost(p->number, 0);
	frames_lost(p->number, d + took, n - took);
	return port_waits(p, queue);
}

bool port_push(struct port *p, __u32 queue)
{
	return port_waits(p, queue) && port_send(p, queue, NULL, 0);
}

void ports_reap(void)
{
	for (__u32 number = 1; number < XSW_MAX_PORTS; number++) {
		struct port *p = port_get(number);

		if (p && p->io->reap)
			p->io->reap(p);
	}
}

void port_note(const char *ifname, const char *text)
{
	if (ifname)
		fprintf(stderr, "xsw-slowpath: port '%s': %s\n", ifname, text);
	else
		fprintf(stderr, "xsw-slowpath: %s\n", text);
}
