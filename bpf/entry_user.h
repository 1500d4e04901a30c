/* SPDX-License-Identifier: GPL-2.0 */
/* Hook: a request of a process (BPF_PROG_RUN), see maps/user.h. So the tables that
 * programs write are written by programs only, by the same steps.
 */
#pragma once

#include "bpf/count.h"
#include "bpf/learn.h"
#include "bpf/police.h"
#include "maps/user.h"

#define USER_OFF ETH_HLEN
#define USER_BODY (USER_OFF + sizeof(struct xsw_user_head))

static __always_inline int user_learn(struct __sk_buff *skb)
{
	struct xsw_user_learn ask;
	struct pkt pkt = {};

	if (bpf_skb_load_bytes(skb, USER_BODY, &ask, sizeof(ask)))
		return ADMITTED;
	pkt.src = ask.src;
	pkt.port = ask.port;
	pkt.in_flags = ask.in_flags;
	pkt.now = ask.now;
	return learn_write(&pkt, fdb_find(&pkt.src));
}

static __always_inline int user_police(struct __sk_buff *skb)
{
	struct xsw_user_police ask;
	struct charge c;

	if (bpf_skb_load_bytes(skb, USER_BODY, &ask, sizeof(ask)))
		return POLICE_PASS;
	c.bytes = ask.bytes;
	c.frames = ask.frames;
	c.first = ask.first;
	return police_of(ask.key.port, ask.key.kind, ask.key.of, ask.key.value, &c);
}

/* Add to a word of a per-CPU counter; programs may interrupt. */
static __always_inline void user_add(void *counters, __u32 word, __u64 n)
{
	__sync_fetch_and_add((__u64 *)counters + word, n);
}

static long user_count_cb(__u32 i, struct __sk_buff **skb)
{
	struct xsw_user_count c;
	struct xsw_vlan_stats *v;
	struct xsw_stats *s;

	if (bpf_skb_load_bytes(*skb, USER_BODY + i * sizeof(c), &c, sizeof(c)))
		return 1;
	if (c.of == XSW_USER_OF_PORT) {
		s = stats_get(c.index);
		if (s && c.word < sizeof(*s) / sizeof(__u64))
			user_add(s, c.word, c.n);
	} else {
		v = vlan_stats_get(c.index);
		if (v && c.word < sizeof(*v) / sizeof(__u64))
			user_add(v, c.word, c.n);
	}
	return 0;
}

SEC("tc")
int xsw_user(struct __sk_buff *skb)
{
	struct xsw_user_head head;

	if (bpf_skb_load_bytes(skb, USER_OFF, &head, sizeof(head)))
		return 0;
	switch (head.what) {
	case XSW_USER_LEARN:
		return user_learn(skb);
	case XSW_USER_POLICE:
		return user_police(skb);
	case XSW_USER_COUNT:
		bpf_loop(head.n, user_count_cb, &skb, 0);
		return 0;
	}
	return 0;
}
