// SPDX-License-Identifier: GPL-2.0
/* Ageing without a process: a timer in the pinned map xsw_timer removes what
 * has expired, or was learned on a port that could not forward since, a few shards at a time
 * because softirqs wait meanwhile. Whether an entry is used does not depend on it: look-ups
 * compare the time themselves.
 */
#include <linux/errno.h>

#include "bpf/able.h"
#include "bpf/capture.h"
#include "bpf/fdb.h"

#define AGE_PERIOD_NS 250000000ULL
#define SWEEP_PERIOD_NS 40000000ULL /* while there is something void */
#define AGE_PARTS 4		    /* of a table; a round takes 1 s */
#define AGE_BUCKETS 8192	    /* but at a time so many at the most, and then: */
#define AGE_ROUND_NS 4000000000ULL  /* a round takes so long */
#define AGE_MERGES 512		    /* buckets that go at a time, of a table that shrinks */

/* timer_value.sweep */
#define SWEEP_NONE 0
#define SWEEP_RUNS 1
#define SWEEP_DONE 2

struct age_ctx {
	__u32 now;
	__u32 ageing_ticks;
	__u32 sweeps; /* is something void? */
	__u32 first;  /* bucket */
};

static __always_inline void age_slot(const struct xsw_fdb_bucket *b, __u32 way,
				     const struct age_ctx *age)
{
	__u64 key = word_read(&b->key[way]);
	union fdb_word is = { .word = word_read(&b->value[way]) };

	if (!key || is.e.flags) /* static, or on its way to where it is found later */
		return;
	if (age->sweeps && able_void(&is.e)) {
		fdb_forget(key, is); /* XSW_EVENT_FLUSHED has told of all of them */
		return;
	}
	if (xsw_fdb_expired(&is.e, age->now, age->ageing_ticks) && fdb_forget(key, is))
		event_write(XSW_EVENT_AGED, is.e.port, key, 0);
}

static long age_cb(__u32 i, struct age_ctx *age)
{
	const struct xsw_fdb_bucket *b = fdb_bucket(age->first + i);

	if (!b)
		return 0;
	age_slot(b, 0, age);
	age_slot(b, 1, age);
	age_slot(b, 2, age);
	age_slot(b, 3, age);
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

/* Look at all ports. @swept: the whole table has been swept. Return: must it be, now? */
static __always_inline bool ports_look(const struct xsw_switch *sw, __u32 swept)
{
	struct ports_look look = { .lost = loop_zero, .swept = swept };

	bpf_loop(sw->port_end, port_look_cb, &look, 0);
	return look.lost;
}

/* Switch off the captures whose owners have died. One that has only slept sets its bit again. */
static __always_inline void captures_look(void)
{
	struct xsw_captures *all = captures_get();
	struct xsw_fdb_count *c = fdb_count();
	__u64 now = bpf_ktime_get_boot_ns();

	if (!all || !c || !c->captures)
		return;
	for (__u32 i = 0; i < XSW_CAPTURES; i++) {
		if (!(c->captures >> i & 1) ||
		    (__s64)(now - all->capture[i].seen_ns) < XSW_CAPTURE_DEAD_NS)
			continue;
		__sync_fetch_and_and(&c->captures, ~(1U << i));
	}
}

/* A round through the table has ended. Entries that changed their buckets meanwhile may have been
 * passed by, but those of a bucket that was split.
 */
static __always_inline void age_round_ends(struct timer_value *t, const struct xsw_fdb_count *c)
{
	__u64 relocated = word_read(&c->relocated);

	t->next = 0;
	if (t->sweep == SWEEP_RUNS && t->relocated == relocated)
		t->sweep = SWEEP_DONE;
	t->relocated = relocated;
}

/* Look at @n buckets, where the last look ended. */
static __always_inline void age_part(struct timer_value *t, const struct xsw_switch *sw, __u32 n)
{
	struct age_ctx age = { .now = tick_now(),
			       .ageing_ticks = sw->ageing_ticks,
			       .sweeps = t->sweep,
			       .first = t->next };

	bpf_loop(n, age_cb, &age, 0);
	t->next += n;
}

/* The time until the next look: @buckets in rounds of some seconds. */
static __always_inline __u64 age_period(const struct timer_value *t, __u32 buckets)
{
	__u64 period = AGE_PERIOD_NS;

	if (buckets > AGE_PARTS * AGE_BUCKETS)
		period = AGE_ROUND_NS * AGE_BUCKETS / buckets;
	return t->sweep && period > SWEEP_PERIOD_NS ? SWEEP_PERIOD_NS : period;
}

static __always_inline __u64 age_work(struct timer_value *t, const struct xsw_switch *sw,
				      const struct xsw_fdb_count *c)
{
	__u32 buckets = xsw_fdb_buckets(word_read(&c->shape)), n = buckets / AGE_PARTS;

	if (ports_look(sw, t->sweep == SWEEP_DONE)) {
		t->sweep = SWEEP_RUNS;
		t->next = 0;
		t->relocated = word_read(&c->relocated);
	} else if (t->sweep == SWEEP_DONE) {
		t->sweep = SWEEP_NONE;
	}
	if (sw->flags & XSW_SWITCH_FDB_HOLD)
		return AGE_PERIOD_NS;
	age_part(t, sw, n < AGE_BUCKETS ? n : AGE_BUCKETS);
	if (t->next >= buckets)
		age_round_ends(t, c);
	fdb_fit(c, AGE_MERGES);
	return age_period(t, buckets);
}

static int age_timer_cb(void *map, __u32 *key, struct timer_value *t)
{
	const struct xsw_switch *sw = switch_get();
	const struct xsw_fdb_count *c = fdb_count();

	captures_look();
	bpf_timer_start(&t->timer, sw && c ? age_work(t, sw, c) : AGE_PERIOD_NS, 0);
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
