/* SPDX-License-Identifier: GPL-2.0 */
/* Events of a switch: what `xsw monitor` tells. Map xsw_event, a plain array
 * that readers map into their memory: an element for each possible CPU, where
 * the programs write, and a last one for the controller. Nobody registers,
 * nobody waits, and a reader that comes late still finds the last ones.
 */
#pragma once

#include <linux/types.h>

#include "maps/fdb.h"
#include "maps/limits.h"

/* Kinds: number, stable word, object. Append only. Those of the FDB may come by
 * the million and have a ring of their own, so that the others stay readable.
 * What else the members mean:
 *
 *  learned    addr, port
 *  moved      addr, port; arg: the port it was behind
 *  aged       addr, port
 *  evicted    addr, port: it made room for another (fdb_full evict)
 *  added      addr, port: by a command; arg: XSW_FDB_*
 *  deleted    addr, port: by a command; arg: XSW_FDB_*
 *  flushed    port (0: all), addr.vlan (0xffff: all); arg: how many. By a command, or because
 *             the port could not forward
 *  limit      port, addr: source that is one too many; arg: the limit
 *  storm      port, addr: destination; arg: XSW_EVENT_STORM_*
 *  shutdown   port, addr: source that caused it; arg: enum xsw_drop, the reason
 *  port-added, port-deleted   port; name instead of the rest
 *  port-changed               port; name instead of the rest
 */
#define XSW_EVENT_KINDS(X)                                                                         \
	X(LEARNED, "learned", "fdb")                                                               \
	X(MOVED, "moved", "fdb")                                                                   \
	X(AGED, "aged", "fdb")                                                                     \
	X(EVICTED, "evicted", "fdb")                                                               \
	X(ADDED, "added", "fdb")                                                                   \
	X(DELETED, "deleted", "fdb")                                                               \
	X(FLUSHED, "flushed", "fdb")                                                               \
	X(LIMIT, "limit", "port")                                                                  \
	X(STORM, "storm", "port")                                                                  \
	X(SHUTDOWN, "shutdown", "port")                                                            \
	X(PORT_ADDED, "added", "port")                                                             \
	X(PORT_DELETED, "deleted", "port")                                                         \
	X(PORT_CHANGED, "changed", "port")

#define XSW_EVENT_ENUM(name, word, object) XSW_EVENT_##name,
enum xsw_event_kind { XSW_EVENT_NONE, XSW_EVENT_KINDS(XSW_EVENT_ENUM) XSW_EVENT_COUNT };
#undef XSW_EVENT_ENUM

#define XSW_EVENT_STORM_BROADCAST 0
#define XSW_EVENT_STORM_MULTICAST 1
#define XSW_EVENT_STORM_UNKNOWN 2

/* @seq is written last: the number of the event in its ring, from 1 on; 0 while
 * the rest is being written. A reader looks at it before and after.
 */
struct xsw_event {
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 seq;
	__u16 port;
	__u8 kind; /* enum xsw_event_kind */
	__u8 pad;
	union {
		struct {
			struct xsw_fdb_key addr;
			__u32 arg;
			__u32 pad2;
		};
		char name[XSW_NAME_LEN]; /* with a final NUL */
	};
};

_Static_assert(sizeof(struct xsw_event) == 32, "layout of xsw_event");

/* Powers of two */
#define XSW_EVENT_SLOTS_FDB 512
#define XSW_EVENT_SLOTS_RARE 128

#define XSW_EVENT_RING_FDB 0
#define XSW_EVENT_RING_RARE 1
#define XSW_EVENT_RINGS 2

/* Value of map xsw_event. Event number n (from 0) of a ring is in slot n modulo
 * the ring's size.
 */
struct xsw_event_cpu {
	__u32 next[XSW_EVENT_RINGS]; /* how many there have been, XSW_EVENT_RING_* */
	__u32 pad[14];
	struct xsw_event fdb[XSW_EVENT_SLOTS_FDB];
	struct xsw_event rare[XSW_EVENT_SLOTS_RARE];
};

_Static_assert(sizeof(struct xsw_event_cpu) % 64 == 0, "CPUs share no cache line");

/* The ring that holds events of @kind. */
static inline __attribute__((always_inline)) __u32 xsw_event_ring(__u32 kind)
{
	return kind <= XSW_EVENT_EVICTED ? XSW_EVENT_RING_FDB : XSW_EVENT_RING_RARE;
}

/* The slot of number @n of @ring. */
static inline __attribute__((always_inline)) struct xsw_event *
xsw_event_slot(struct xsw_event_cpu *cpu, __u32 ring, __u32 n)
{
	return ring == XSW_EVENT_RING_FDB ? &cpu->fdb[n & (XSW_EVENT_SLOTS_FDB - 1)] :
					    &cpu->rare[n & (XSW_EVENT_SLOTS_RARE - 1)];
}
