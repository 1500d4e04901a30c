/* SPDX-License-Identifier: GPL-2.0 */
/* Tell programs like `xsw monitor` that something happened; see maps/event.h. An event costs about
 * 50 ns, most of it for the clock. What may happen with every frame (a storm, a limit) is told once
 * a second per port, because the ring is short.
 */
#pragma once

#include <stdbool.h>

#include "bpf/maps.h"

/* Write one event into this CPU's ring. Programs may interrupt each other: a slot is
 * taken in one step. xchg, because it keeps the order of the stores on every CPU.
 * verifier: global, so that it is verified once; numbers, because on 6.1 it
 * would have to be told where pointers point.
 */
__noinline int event_write(__u32 kind, __u32 port, __u64 addr, __u32 arg)
{
	__u32 cpu = bpf_get_smp_processor_id(), ring = xsw_event_ring(kind), n;
	struct xsw_event_cpu *events = bpf_map_lookup_elem(&xsw_event, &cpu);
	struct xsw_event *e;

	if (!events)
		return 0;
	n = __sync_fetch_and_add(&events->next[ring], 1);
	e = xsw_event_slot(events, ring, n);
	__sync_lock_test_and_set(&e->seq, 0);
	e->time_ns = bpf_ktime_get_boot_ns();
	e->port = port;
	e->kind = kind;
	*(__u64 *)&e->addr = addr;
	e->arg = arg;
	__sync_lock_test_and_set(&e->seq, n + 1);
	return 0;
}

/* Is an event that may come with every frame due? It is once a second. @told_ns: its last time */
static __always_inline bool event_is_due(__u64 *told_ns)
{
	__u64 now = bpf_ktime_get_boot_ns();

	if (*told_ns && now - *told_ns < 1000000000ULL)
		return false;
	*told_ns = now;
	return true;
}

/**
 * event() - something happened on @port
 * @addr: the address and VLAN it is about; NULL for none
 * @arg: see maps/event.h
 */
static __always_inline void event(enum xsw_event_kind kind, __u32 port,
				  const struct xsw_fdb_key *addr, __u32 arg)
{
	event_write(kind, port, addr ? *(const __u64 *)addr : 0, arg);
}
