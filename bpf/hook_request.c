// SPDX-License-Identifier: GPL-2.0
/* Hook: a request of a process (BPF_PROG_RUN), see maps/request.h. So the tables that
 * programs write are written by programs only, by the same steps.
 */
#include "bpf/able.h"
#include "bpf/capture.h"
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

/* verifier: global, and so are others, for the sake of the stack below them. */
__noinline int request_learn(struct __sk_buff *skb)
{
	struct xsw_request_learn ask;
	struct fdb_seen src;
	struct pkt pkt = {};

	if (bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)))
		return ADMITTED;
	pkt.src = ask.src;
	pkt.port = ask.port;
	pkt.in_flags = ask.in_flags;
	pkt.now = request_now(ask.port, ask.now);
	fdb_find(&pkt.src, &src);
	return learn_write(&pkt, &src);
}

__noinline int request_police(struct __sk_buff *skb)
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

/* A request for several entries */
struct request_many {
	struct __sk_buff *skb;
	__u32 done;
};

static long request_forget_cb(__u32 i, struct request_many *f)
{
	struct xsw_request_fdb ask;
	struct fdb_seen is;

	if (bpf_skb_load_bytes(f->skb, REQUEST_BODY + i * sizeof(ask), &ask, sizeof(ask)))
		return 1;
	if (fdb_find(&ask.key, &is) && is.is.e.port == ask.old.port &&
	    is.is.e.flags == ask.old.flags)
		f->done += fdb_forget(fdb_key_word(&ask.key), is.is);
	return 0;
}

__noinline int request_forget(struct __sk_buff *skb, __u32 n)
{
	struct request_many f = { .skb = skb, .done = loop_zero };

	bpf_loop(n, request_forget_cb, &f, 0);
	return f.done + 1;
}

static __always_inline bool fdb_is_learned(union fdb_word w)
{
	return w.e.port && !(w.e.flags & XSW_FDB_STATIC);
}

#define PUT_SPLITS 64 /* buckets that a static entry may have split to find room */

static long request_split_cb(__u32 i, __u64 *ask)
{
	return !fdb_split() || fdb_enter(ask[0], ask[1]) == FDB_DONE;
}

/* Insert an entry where none is. Return: XSW_REQUEST_PUT_*. */
static __always_inline int request_enter(__u64 key, __u64 next)
{
	__u64 ask[2] = { key + loop_zero, next + loop_zero };
	int is = fdb_enter(key, next);
	struct fdb_seen seen;

	if (is == FDB_FULL) {
		bpf_loop(PUT_SPLITS, request_split_cb, ask, 0);
		is = fdb_look(key, &seen) && seen.is.word == next ? FDB_DONE : FDB_FULL;
	}
	return is == FDB_DONE  ? XSW_REQUEST_PUT_DONE :
	       is == FDB_THERE ? XSW_REQUEST_PUT_CHANGED :
				 XSW_REQUEST_PUT_NO_ROOM;
}

/* Write @next where @old is, or nothing. Return: XSW_REQUEST_PUT_*. */
static __always_inline int request_put_entry(__u64 key, union fdb_word old, union fdb_word next)
{
	struct fdb_seen seen;

	if (!fdb_look(key, &seen))
		return old.word ? XSW_REQUEST_PUT_CHANGED : request_enter(key, next.word);
	return old.e.port && fdb_change(key, old.word, next.word) == FDB_DONE ?
		       XSW_REQUEST_PUT_DONE :
		       XSW_REQUEST_PUT_CHANGED;
}

/* Count what request_put() has done to learned entries of ports, and to static ones. */
static __always_inline void request_put_count(union fdb_word old, union fdb_word next)
{
	struct xsw_guard *g = guard_get(next.e.port);

	if (g && fdb_is_learned(next))
		__sync_fetch_and_add(&g->learned, 1);
	if (fdb_is_learned(old))
		mac_limit_forget(old.e.port);
	fdb_statics(!!(next.e.flags & XSW_FDB_STATIC) - !!(old.e.flags & XSW_FDB_STATIC));
}

/* The place is taken in the count before, as fdb_insert() does. */
__noinline int request_put(struct __sk_buff *skb)
{
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_count *c = fdb_count();
	struct xsw_request_fdb ask;
	union fdb_word old, next;
	__s64 takes;
	int answer;

	if (!sw || !c || bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)))
		return XSW_REQUEST_PUT_NO_ROOM;
	old.e = ask.old;
	next.e = ask.next;
	if (fdb_is_learned(next))
		next.e.seen = request_now(next.e.port, next.e.seen);
	takes = fdb_is_learned(next) - fdb_is_learned(old);
	if (takes > 0 && __sync_fetch_and_add(&c->learned, 1) >= sw->fdb_max)
		answer = XSW_REQUEST_PUT_FULL;
	else
		answer = request_put_entry(fdb_key_word(&ask.key), old, next);
	if (answer != XSW_REQUEST_PUT_DONE ? takes > 0 : takes < 0)
		__sync_fetch_and_add(&c->learned, -1);
	if (answer != XSW_REQUEST_PUT_DONE)
		return answer;
	request_put_count(old, next);
	fdb_grow(c);
	tables_changed();
	return answer;
}

/* Insert an entry of another table, if there is room. Return: has it been? */
static __always_inline bool merge_enter(struct xsw_fdb_count *c, const struct xsw_switch *sw,
					__u64 key, union fdb_word next)
{
	bool is_static = next.e.flags & XSW_FDB_STATIC;

	if (!is_static && __sync_fetch_and_add(&c->learned, 1) >= sw->fdb_max) {
		__sync_fetch_and_add(&c->learned, -1);
		return false;
	}
	if (request_enter(key, next.word) != XSW_REQUEST_PUT_DONE) {
		if (!is_static)
			__sync_fetch_and_add(&c->learned, -1);
		return false;
	}
	if (is_static)
		fdb_statics(1);
	fdb_grow(c);
	return true;
}

/* verifier: global, to be verified once. Return: 1 if an entry is, or has been, made @word. */
__noinline int request_merge_one(__u64 key, __u64 word)
{
	union fdb_word next = { .word = word };
	const struct xsw_switch *sw = switch_get();
	struct xsw_fdb_count *c = fdb_count();
	struct fdb_seen seen;

	if (!sw || !c || !next.e.port)
		return 0;
	if (!fdb_look(key, &seen))
		return merge_enter(c, sw, key, next);
	if (seen.is.e.flags || next.e.flags || (__s32)(next.e.seen - seen.is.e.seen) <= 0)
		return 0;
	return fdb_change(key, seen.is.word, next.word) == FDB_DONE;
}

static long request_merge_cb(__u32 i, struct request_many *f)
{
	struct xsw_request_fdb ask;
	union fdb_word next;

	if (bpf_skb_load_bytes(f->skb, REQUEST_BODY + i * sizeof(ask), &ask, sizeof(ask)))
		return 1;
	next.e = ask.next;
	f->done += request_merge_one(fdb_key_word(&ask.key), next.word);
	return 0;
}

__noinline int request_merge(struct __sk_buff *skb, __u32 n)
{
	struct request_many f = { .skb = skb, .done = loop_zero };

	bpf_loop(n, request_merge_cb, &f, 0);
	return f.done + 1;
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

/* Return: 1, and how many buckets fewer there are. */
static __always_inline int request_fit(__u32 n)
{
	const struct xsw_fdb_count *c = fdb_count();

	return c ? fdb_fit(c, n) + 1 : 1;
}

/* Capture the frame that follows the request.
 * verifier: not inlined, for the stack of other requests
 */
static __attribute__((noinline)) int request_capture(struct __sk_buff *skb)
{
	struct xsw_request_capture ask;
	struct xsw_capture_meta m = { .frames = 1, .skip = REQUEST_BODY + sizeof(ask) };

	if (bpf_skb_load_bytes(skb, REQUEST_BODY, &ask, sizeof(ask)) ||
	    skb->len < m.skip + ask.caught)
		return 0;
	m.len = ask.len;
	m.port = ask.port;
	m.vlan = ask.vlan;
	m.queue = ask.queue;
	capture_is(&m, ask.as);
	capture(skb, (capture_output)bpf_perf_event_output, &m, ask.caught, false);
	return 0;
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
	case XSW_REQUEST_MERGE:
		return request_merge(skb, head.n);
	case XSW_REQUEST_FIT:
		return request_fit(head.n);
	case XSW_REQUEST_CAPTURE:
		return request_capture(skb);
	}
	return 0;
}
