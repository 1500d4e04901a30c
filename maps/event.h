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

/* The rings of a CPU. What programs tell of the FDB may come by the million and has a ring of
 * its own, so that rare events stay readable.
 */
#define XSW_EVENT_RING_FDB 0
#define XSW_EVENT_RING_RARE 1
#define XSW_EVENT_RINGS 2

/* Kinds of events: number, stable word, object, ring. Append only.
 * What else the members of struct xsw_event mean:
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
	X(LEARNED, "learned", "fdb", FDB)                                                          \
	X(MOVED, "moved", "fdb", FDB)                                                              \
	X(AGED, "aged", "fdb", FDB)                                                                \
	X(EVICTED, "evicted", "fdb", FDB)                                                          \
	X(ADDED, "added", "fdb", RARE)                                                             \
	X(DELETED, "deleted", "fdb", RARE)                                                         \
	X(FLUSHED, "flushed", "fdb", RARE)                                                         \
	X(LIMIT, "limit", "port", RARE)                                                            \
	X(STORM, "storm", "port", RARE)                                                            \
	X(SHUTDOWN, "shutdown", "port", RARE)                                                      \
	X(PORT_ADDED, "added", "port", RARE)                                                       \
	X(PORT_DELETED, "deleted", "port", RARE)                                                   \
	X(PORT_CHANGED, "changed", "port", RARE)

#define XSW_EVENT_ENUM(name, word, object, ring) XSW_EVENT_##name,
enum xsw_event_kind { XSW_EVENT_NONE, XSW_EVENT_KINDS(XSW_EVENT_ENUM) XSW_EVENT_COUNT };
#undef XSW_EVENT_ENUM

/* Bit N: the ring of events of kind N, XSW_EVENT_RING_* */
#define XSW_EVENT_BIT(name, word, object, ring) | XSW_EVENT_RING_##ring << XSW_EVENT_##name
enum { XSW_EVENT_RING_BITS = 0 XSW_EVENT_KINDS(XSW_EVENT_BIT) };
#undef XSW_EVENT_BIT

#define XSW_EVENT_CHECK(name, word, object, ring)                                                  \
	_Static_assert((XSW_EVENT_RING_BITS >> XSW_EVENT_##name & 1) == XSW_EVENT_RING_##ring,     \
		       "events of a kind go to the ring in their row");
XSW_EVENT_KINDS(XSW_EVENT_CHECK)
#undef XSW_EVENT_CHECK
_Static_assert(XSW_EVENT_COUNT <= 31, "XSW_EVENT_RING_BITS is an int");

/* The ring that holds events of @kind. */
static inline __attribute__((always_inline)) __u32 xsw_event_ring(__u32 kind)
{
	return XSW_EVENT_RING_BITS >> kind & 1;
}

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

/* The slot of number @n of @ring. */
static inline __attribute__((always_inline)) struct xsw_event *
xsw_event_slot(struct xsw_event_cpu *cpu, __u32 ring, __u32 n)
{
	return ring == XSW_EVENT_RING_FDB ? &cpu->fdb[n & (XSW_EVENT_SLOTS_FDB - 1)] :
					    &cpu->rare[n & (XSW_EVENT_SLOTS_RARE - 1)];
}
