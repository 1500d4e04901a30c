/* SPDX-License-Identifier: GPL-2.0 */
/* The maps of a switch, all but the last pinned by the controller under these names. Keys
 * and values are described in maps/. What xsw-slowpath reads for each frame it maps
 * into its memory (BPF_F_MMAPABLE).
 */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "maps/able.h"
#include "maps/capture.h"
#include "maps/event.h"
#include "maps/fdb.h"
#include "maps/limits.h"
#include "maps/local.h"
#include "maps/lldp.h"
#include "maps/mac_limit.h"
#include "maps/members.h"
#include "maps/mirror.h"
#include "maps/port_record.h"
#include "maps/peer.h"
#include "maps/policer.h"
#include "maps/port.h"
#include "maps/punt.h"
#include "maps/spoof.h"
#include "maps/stats.h"
#include "maps/switch.h"
#include "maps/xsk.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xsw_switch);
} xsw_switch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_SLOTS);
	__type(key, __u32);
	__type(value, struct xsw_port);
} xsw_port SEC(".maps");

/* Port number -> the slot of xsw_port in use, 0 for no such port. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_slot SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_state);
} xsw_state SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_able);
} xsw_able SEC(".maps");

/* ifindex -> slot of xsw_port, 0 for a device that is no port. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_IFINDEX_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} xsw_ifindex SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_ifindex_hi SEC(".maps");

/* A segment of the FDB. Sizes, not types: 6.1 takes an inner map made later only if it has type
 * information as well, and the controller's has none (kernel/bpf/map_in_map.c,
 * bpf_map_meta_equal()).
 */
struct fdb_segment {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_FDB_SEGMENT);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct xsw_fdb_bucket));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, XSW_FDB_SEGMENTS);
	__type(key, __u32);
	__array(values, struct fdb_segment);
} xsw_fdb SEC(".maps");

/* The locks of those who write it, one a stripe, a cache line each */
struct xsw_fdb_lock {
	struct bpf_spin_lock lock;
	__u32 pad[15];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_FDB_STRIPES);
	__type(key, __u32);
	__type(value, struct xsw_fdb_lock);
} xsw_fdb_lock SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xsw_fdb_count);
} xsw_fdb_count SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, struct xsw_fdb_key);
	__type(value, struct xsw_local);
} xsw_local SEC(".maps");

/* The ageing timer. The kernel stops it when this map has no pin and no open
 * descriptor left, whatever programs use the map.
 */
struct timer_value {
	struct bpf_timer timer;
	__u32 next;	 /* bucket of the FDB */
	__u32 sweep;	 /* is something void? SWEEP_* of hook_age.c */
	__u64 relocated; /* xsw_fdb_count.relocated when the round began */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct timer_value);
} xsw_timer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u64);
} xsw_peer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MEMBER_WORDS);
	__type(key, __u32);
	__type(value, struct xsw_members);
} xsw_members SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MIRROR_BANKS);
	__type(key, __u32);
	__type(value, struct xsw_mirrors);
} xsw_mirror SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XSW_MIRRORS);
	__type(key, __u32);
	__type(value, struct xsw_mirror_sums);
} xsw_mirror_sums SEC(".maps");

/* Known unicast: no program at egress, everything is done at ingress. Each port has an entry,
 * whatever its path: that is how programs find its device (bpf/device.h).
 */
struct tx_map {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} xsw_tx SEC(".maps");

/* The same map, for programs that are not XDP: the kernel lets programs of one type alone name a
 * devmap (kernel/bpf/core.c, bpf_prog_map_compatible()).
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct tx_map);
} xsw_devices SEC(".maps") = { .values = { &xsw_tx } };

/* Floods: each entry carries xsw_egress(). */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} xsw_flood SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_stats);
} xsw_stats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_stats);
} xsw_stats_base SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_VLAN_BUCKETS);
	__type(key, __u32);
	__type(value, struct xsw_vlan_bucket);
} xsw_vlan_keys SEC(".maps");

/* Port number -> how many slots it has taken */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_vlan_used SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XSW_VLAN_STATS);
	__type(key, __u32);
	__type(value, struct xsw_vlan_stats);
} xsw_vlan_stats SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_VLAN_STATS);
	__type(key, __u32);
	__type(value, struct xsw_vlan_stats);
} xsw_vlan_base SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_port_record);
} xsw_meta SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, XSW_XSKS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_xsk SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_POLICERS);
	__type(key, __u32);
	__type(value, struct xsw_policer);
} xsw_policer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XSW_POLICERS_OF);
	__type(key, struct xsw_policer_key);
	__type(value, struct xsw_policer);
} xsw_policer_of SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_guard);
} xsw_guard SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XSW_BINDS);
	__type(key, struct xsw_bind_key);
	__type(value, struct xsw_bind);
} xsw_bind SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XSW_BINDS);
	__type(key, struct xsw_bind_ip_key);
	__type(value, __u32);
} xsw_bind_ip SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, struct xsw_punts);
} xsw_punt SEC(".maps");

/* How many there are, ctrl/bpffs/load.c says before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, XSW_PUNT_SOCKETS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_punt_out SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xsw_captures);
} xsw_capture SEC(".maps");

/* How many there are, ctrl/bpffs/load.c says before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, XSW_CAPTURES);
	__type(key, __u32);
	__type(value, __u32);
} xsw_capture_out SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, XSW_LLDP_NEIGHBOURS);
	__type(key, struct xsw_lldp_key);
	__type(value, struct xsw_lldp);
} xsw_lldp SEC(".maps");

/* One element for each possible CPU, and one for the controller: how many that
 * is, ctrl/bpffs/load.c says before loading.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct xsw_event_cpu);
} xsw_event SEC(".maps");

/* Flood copies that xsw_egress() dropped since the last bulk of this device on this CPU: the kernel
 * counts them among the bulk's drops.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, XSW_MAX_PORTS);
	__type(key, __u32);
	__type(value, __u64);
} xsw_own_drops SEC(".maps");

/* What the set of loss programs that hands over tells the other: this event was counted.
 * See loss_counts().
 */
enum loss_event { LOSS_XMIT, LOSS_REDIR, LOSS_SKB, LOSS_EVENTS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, LOSS_EVENTS);
	__type(key, __u32);
	__type(value, __u32);
} xsw_loss_counted SEC(".maps");

/* What was decided lately, per CPU; see cache.h. Each version of the programs has
 * a map of its own.
 */
#define CACHE_BITS 6
#define CACHE_SIZE (1 << CACHE_BITS)

/* cache_entry.hint */
#define HINT_TCP_TO_TC (1 << 0)	 /* see xdp_merges() */
#define HINT_TCP_ONLY (1 << 1)	 /* and what to do with other frames is not known */
#define HINT_SOCKET (1 << 2)	 /* the port may have an AF_XDP socket */
#define HINT_CSUM_BYTES (1 << 3) /* XDP: see csum_may_be_partial() */
#define HINT_CSUM_SKB (1 << 4)	 /* XDP: see veth_csum_partial() */
#define HINT_PEER (1 << 5)	 /* see tc_to_peer() */
#define HINT_LOOK_IN (1 << 6) /* XDP: the ingress device may send without carrier, see xdp_runs() */

/* The egress device */
union cache_to {
	struct { /* for TC and the process */
		__u32 ifindex;
		__u32 mtu;
	};
	__u64 device; /* for XDP: its address in the kernel */
};

struct cache_entry {
	__u64 dst; /* struct flow */
	__u64 src;
	__u64 from; /* struct flow_from */
	__u64 dev;
	__u32 generation; /* of the tables */
	__u32 time;	  /* jiffies / 2 */
	union cache_to to;
	__u32 vlan_slots; /* struct pkt */
	__u16 in_port;
	__u16 port;	  /* egress port */
	__be16 push_tpid; /* struct retag */
	__u16 push_tci;
	__u8 pop;
	__u8 hint; /* HINT_* */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CACHE_SIZE);
	__type(key, __u32);
	__type(value, struct cache_entry);
} xsw_cache SEC(".maps");
