// SPDX-License-Identifier: GPL-2.0
/* Hook: a request of a process (BPF_PROG_RUN), see maps/request.h. So the tables that
 * programs write are written by programs only, by the same steps.
 */
#include "bpf/able.h"
#include "bpf/count.h"
#include "bpf/learn.h"
#include "bpf/mac_limit.h"
#include "bpf/police.h"
#include "maps/request.h"

#define REQUEST_OFF ETH_HLEN
#define REQUEST_BODY (REQUEST_OFF + sizeof(struct xsw_request_head))

/* The tick at which an address of @port spoke that did at @now. What has happened to the port since
 * programs last looked is noted first: noted later it would make the new entry void.
 */
static __always_inline __u32 request_now(__u32 port, __u32 now)
{
	const struct xsw_port *p = port_by_number(port);

	if (p)
		port_able(p);
	return able_now(port, now);
}

static __always_inline int request_learn(struct __sk_buff *skb)
{
	struct xsw_request_learn ask;
	struct pkt pkt = {};

	if (bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)))
		return ADMITTED;
	pkt.src = ask.src;
	pkt.port = ask.port;
	pkt.in_flags = ask.in_flags;
	pkt.now = request_now(ask.port, ask.now);
	return learn_write(&pkt, fdb_find(&pkt.src));
}

static __always_inline int request_police(struct __sk_buff *skb)
{
	struct xsw_request_police ask;
	struct charge c;

	if (bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)))
		return POLICE_PASS;
	c.bytes = ask.bytes;
	c.frames = ask.frames;
	c.first = ask.first;
	return police_of(ask.key.port, ask.key.kind, ask.key.of, ask.key.value, &c);
}

/* Add to a word of a per-CPU counter; programs may interrupt. */
static __always_inline void request_add(void *counters, __u32 word, __u64 n)
{
	__sync_fetch_and_add((__u64 *)counters + word, n);
}

static long request_count_cb(__u32 i, struct __sk_buff **skb)
{
	struct xsw_request_count c;
	struct xsw_vlan_stats *v;
	struct xsw_stats *s;

	if (bpf_skb_load_bytes(*skb, REQUEST_BODY + i * sizeof(c), &c, sizeof(c)))
		return 1;
	if (c.of == XSW_REQUEST_OF_PORT) {
		s = stats_get(c.index);
		if (s && c.word < sizeof(*s) / sizeof(__u64))
			request_add(s, c.word, c.n);
	} else {
		v = vlan_stats_get(c.index);
		if (v && c.word < sizeof(*v) / sizeof(__u64))
			request_add(v, c.word, c.n);
	}
	return 0;
}

struct request_forget {
	struct __sk_buff *skb;
	__u32 done;
};

static long request_forget_cb(__u32 i, struct request_forget *f)
{
	struct xsw_fdb_entry *e;
	struct xsw_request_fdb ask;
	union fdb_word is;
	void *shard;

	if (bpf_skb_load_bytes(f->skb, REQUEST_BODY + i * sizeof(ask), &ask, sizeof(ask)))
		return 1;
	shard = fdb_shard(&ask.key);
	e = shard ? bpf_map_lookup_elem(shard, &ask.key) : NULL;
	if (!e)
		return 0;
	is = fdb_get(e);
	if (is.e.port == ask.old.port && is.e.flags == ask.old.flags)
		f->done += fdb_forget(shard, &ask.key, e, is);
	return 0;
}

static __always_inline int request_forget(struct __sk_buff *skb, __u32 n)
{
	struct request_forget f = { .skb = skb, .done = loop_zero };

	bpf_loop(n, request_forget_cb, &f, 0);
	return f.done + 1;
}

static __always_inline bool fdb_is_learned(union fdb_word w)
{
	return w.e.port && !(w.e.flags & XSW_FDB_STATIC);
}

/* Write @ask->next where @old is, or nothing. Return: XSW_REQUEST_PUT_*. */
static __always_inline int request_put_entry(struct xsw_request_fdb *ask, union fdb_word old,
					     union fdb_word next)
{
	void *shard = fdb_shard(&ask->key);
	struct xsw_fdb_entry *e;
	long err;

	if (!shard)
		return XSW_REQUEST_PUT_NO_ROOM;
	e = bpf_map_lookup_elem(shard, &ask->key);
	if (e)
		return old.e.port && fdb_swap(e, old, next) ? XSW_REQUEST_PUT_DONE :
							      XSW_REQUEST_PUT_CHANGED;
	if (old.word)
		return XSW_REQUEST_PUT_CHANGED;
	err = bpf_map_update_elem(shard, &ask->key, &ask->next, BPF_NOEXIST);
	return !err			       ? XSW_REQUEST_PUT_DONE :
	       err == -E2BIG || err == -ENOMEM ? XSW_REQUEST_PUT_NO_ROOM :
						 XSW_REQUEST_PUT_CHANGED;
}

/* The place is taken in the count before, as fdb_insert() does. */
static __always_inline int request_put(struct __sk_buff *skb)
{
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_count *c = fdb_count();
	struct xsw_request_fdb ask;
	union fdb_word old, next;
	struct xsw_guard *g;
	__s64 takes;
	int answer;

	if (!sw || !c || bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)))
		return XSW_REQUEST_PUT_NO_ROOM;
	old.e = ask.old;
	next.e = ask.next;
	if (fdb_is_learned(next)) {
		next.e.seen = request_now(next.e.port, next.e.seen);
		ask.next = next.e;
	}
	takes = fdb_is_learned(next) - fdb_is_learned(old);
	if (takes > 0 && __sync_fetch_and_add(&c->learned, 1) >= sw->fdb_max)
		answer = XSW_REQUEST_PUT_FULL;
	else
		answer = request_put_entry(&ask, old, next);
	if (answer != XSW_REQUEST_PUT_DONE ? takes > 0 : takes < 0)
		__sync_fetch_and_add(&c->learned, -1);
	if (answer != XSW_REQUEST_PUT_DONE)
		return answer;
	g = guard_get(next.e.port);
	if (g && fdb_is_learned(next))
		__sync_fetch_and_add(&g->learned, 1);
	if (fdb_is_learned(old))
		mac_limit_forget(old.e.port);
	tables_changed();
	return answer;
}

static long request_look_cb(__u32 index, __u32 *done)
{
	const struct xsw_port *p = port_by_number(index + 1);

	if (p)
		*done += !port_able(p);
	return 0;
}

/* Look at all ports. Return: 1, and how many of them cannot forward. */
static __always_inline int request_look(void)
{
	const struct xsw_switch *sw = switch_get();
	__u32 not_able = loop_zero;

	if (sw)
		bpf_loop(sw->port_end, request_look_cb, &not_able, 0);
	return not_able + 1;
}

SEC("tc")
int xsw_user(struct __sk_buff *skb)
{
	struct xsw_request_head head;

	if (bpf_skb_load_bytes(skb, REQUEST_OFF, &head, sizeof(head)))
		return 0;
	switch (head.what) {
	case XSW_REQUEST_LEARN:
		return request_learn(skb);
	case XSW_REQUEST_POLICE:
		return request_police(skb);
	case XSW_REQUEST_COUNT:
		bpf_loop(head.n, request_count_cb, &skb, 0);
		return 0;
	case XSW_REQUEST_FORGET:
		return request_forget(skb, head.n);
	case XSW_REQUEST_PUT:
		return request_put(skb);
	case XSW_REQUEST_LOOK:
		return request_look();
	}
	return 0;
}
