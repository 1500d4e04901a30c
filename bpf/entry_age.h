/* SPDX-License-Identifier: GPL-2.0 */
/* Ageing without a process: a timer in the pinned map xsw_timer removes what
 * has expired, a few shards at a time because softirqs wait meanwhile. Whether
 * an entry is used does not depend on it: look-ups compare the time themselves.
 */
#pragma once

#include "bpf/fdb.h"

#define AGE_PERIOD_NS 250000000ULL
#define AGE_SHARDS 4		/* per period; a round takes 1 s */
#define AGE_MANY 100000		/* above this many entries: */
#define AGE_SHARDS_MANY 1	/* a round takes 4 s */

struct age_ctx {
	__u32 now;
	__u32 ageing_ticks;
};

static long age_cb(void *map, struct xsw_fdb_key *key, struct xsw_fdb_entry *e, struct age_ctx *age)
{
	struct xsw_fdb_key gone = *key; /* it is not there once it is deleted */
	union fdb_word is = fdb_get(e);

	if (xsw_fdb_expired(&is.e, age->now, age->ageing_ticks) && fdb_forget(map, &gone, e, is))
		event(XSW_EVENT_AGED, is.e.port, &gone, 0);
	return 0;
}

static __always_inline void age_shard(__u32 shard, struct age_ctx *age)
{
	void *map;

	shard &= XSW_FDB_SHARDS - 1;
	map = bpf_map_lookup_elem(&xsw_fdb, &shard);
	if (map)
		bpf_for_each_map_elem(map, age_cb, age, 0);
}

static int age_timer_cb(void *map, __u32 *key, struct timer_value *t)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_fdb_count *c = fdb_count();
	__u32 i, n;

	if (sw && c && !(sw->flags & XSW_SWITCH_FDB_HOLD)) {
		struct age_ctx age = { .now = tick_now(), .ageing_ticks = sw->ageing_ticks };

		n = c->learned > AGE_MANY ? AGE_SHARDS_MANY : AGE_SHARDS;
		for (i = 0; i < AGE_SHARDS; i++) {
			if (i >= n)
				break;
			age_shard(t->next_shard + i, &age);
		}
		t->next_shard += n;
	}
	bpf_timer_start(&t->timer, AGE_PERIOD_NS, 0);
	return 0;
}

/* Run once by the controller (BPF_PROG_RUN) when the maps are pinned, and
 * again by an upgrade, which makes the running timer call the new code.
 */
SEC("tc")
int xsw_timer_start(struct __sk_buff *skb)
{
	struct timer_value *t;
	__u32 zero = 0;

	t = bpf_map_lookup_elem(&xsw_timer, &zero);
	if (!t)
		return 1;
	/* -EBUSY: it runs; 4 is TIMER_NO_MEMORY of ctrl/timer.h */
	if (bpf_timer_init(&t->timer, &xsw_timer, 1 /* CLOCK_MONOTONIC */) == -ENOMEM)
		return 4;
	if (bpf_timer_set_callback(&t->timer, age_timer_cb))
		return 2;
	if (bpf_timer_start(&t->timer, AGE_PERIOD_NS, 0))
		return 3;
	return 0;
}
