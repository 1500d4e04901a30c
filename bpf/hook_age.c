// SPDX-License-Identifier: GPL-2.0
/* Ageing without a process: a timer in the pinned map xsw_timer removes what
 * has expired, or was learned on a port that could not forward since, a few shards at a time
 * because softirqs wait meanwhile. Whether an entry is used does not depend on it: look-ups
 * compare the time themselves.
 */
#include "bpf/able.h"
#include "bpf/fdb.h"

#define AGE_PERIOD_NS 250000000ULL
#define SWEEP_PERIOD_NS 40000000ULL /* while there is something void */
#define AGE_SHARDS 4		    /* per period; a round takes 1 s */
#define AGE_MANY 100000		    /* above this many entries: */
#define AGE_SHARDS_MANY 1	    /* a round takes 4 s */

struct age_ctx {
	__u32 now;
	__u32 ageing_ticks;
	__u32 sweeps; /* is something void? */
};

static long age_cb(void *map, struct xsw_fdb_key *key, struct xsw_fdb_entry *e, struct age_ctx *age)
{
	struct xsw_fdb_key gone = *key; /* it is not there once it is deleted */
	union fdb_word is = fdb_get(e);

	if (age->sweeps && able_void(&is.e)) {
		fdb_forget(map, &gone, e, is); /* XSW_EVENT_FLUSHED has told of all of them */
		return 0;
	}
	if (xsw_fdb_expired(&is.e, age->now, age->ageing_ticks) && fdb_forget(map, &gone, e, is))
		event(XSW_EVENT_AGED, is.e.port, &gone, 0);
	return 0;
}

struct ports_look {
	__u32 lost;  /* ports that lost their addresses since the last look */
	__u32 swept; /* nothing is left of what ports lost before */
};

/* Nothing is void any more of what the port had lost when sweeping began. A loss that is dated
 * later than now (able_lost() says why) stays: entries since then are dated later still, and a new
 * loss must be later than these.
 */
static __always_inline void able_swept(struct xsw_able *a)
{
	__u32 swept = a->swept;

	if (swept && (__s32)(swept - tick_now()) < 0)
		__sync_val_compare_and_swap(&a->lost, swept, 0);
	a->swept = 0;
}

static long port_look_cb(__u32 index, struct ports_look *look)
{
	const struct xsw_port *p = port_by_number(index + 1);
	struct xsw_able *a = able_get(index + 1);

	if (!p || !a)
		return 0;
	port_able(p);
	if (look->swept)
		able_swept(a);
	if (a->lost != a->swept) {
		a->swept = a->lost;
		look->lost = 1;
	}
	return 0;
}

/* Look at all ports. @swept: all shards have been swept. Return: must they be, now? */
static __always_inline bool ports_look(const struct xsw_switch *sw, __u32 swept)
{
	struct ports_look look = { .lost = loop_zero, .swept = swept };

	bpf_loop(sw->port_end, port_look_cb, &look, 0);
	return look.lost;
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
	__u64 period = AGE_PERIOD_NS;
	__u32 i, n;

	if (sw && ports_look(sw, t->sweep == 1))
		t->sweep = XSW_FDB_SHARDS + 1;
	else if (t->sweep == 1)
		t->sweep = 0;
	if (sw && c && !(sw->flags & XSW_SWITCH_FDB_HOLD)) {
		struct age_ctx age = { .now = tick_now(),
				       .ageing_ticks = sw->ageing_ticks,
				       .sweeps = t->sweep };

		n = c->learned > AGE_MANY ? AGE_SHARDS_MANY : AGE_SHARDS;
		for (i = 0; i < AGE_SHARDS; i++) {
			if (i >= n)
				break;
			age_shard(t->next_shard + i, &age);
		}
		t->next_shard += n;
		if (t->sweep)
			t->sweep = t->sweep > n ? t->sweep - n : 1;
	}
	if (t->sweep)
		period = SWEEP_PERIOD_NS;
	bpf_timer_start(&t->timer, period, 0);
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
	/* -EBUSY: it runs; 4 is TIMER_NO_MEMORY of ctrl/bpffs/timer.h */
	if (bpf_timer_init(&t->timer, &xsw_timer, 1 /* CLOCK_MONOTONIC */) == -ENOMEM)
		return 4;
	if (bpf_timer_set_callback(&t->timer, age_timer_cb))
		return 2;
	if (bpf_timer_start(&t->timer, AGE_PERIOD_NS, 0))
		return 3;
	return 0;
}
