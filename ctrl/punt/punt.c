// SPDX-License-Identifier: GPL-2.0
/* Rules of punting: what a user asks, made into what the data path reads.
 *
 * A rule is written where no order names it, then one store appends it; the flag of the
 * port that says there are rules comes last and goes first. What a killed command leaves
 * without the flag is cleared by the next one that sets it.
 */
#include "ctrl/punt/punt.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "ctrl/base/error.h"
#include "ctrl/base/rate.h"
#include "ctrl/bpffs/port_table.h"

#define PUNTS_SIZE (XSW_MAX_PORTS * sizeof(struct xsw_punts))
#define FRAMES_BURST_MIN 16

/* ---- what the data path reads ---- */

static void ip_make(__u8 *value, __u8 *mask, const struct ip_prefix *prefix)
{
	memcpy(value, &prefix->ip, sizeof(prefix->ip));
	for (int i = 0; i < prefix->len; i++)
		mask[i / 8] |= 0x80 >> i % 8;
}

static void is_make(struct xsw_punt_rule *r, __u8 is)
{
	r->value.is |= is;
	r->mask.is |= is;
}

static void rule_make_ip(struct xsw_punt_rule *r, const struct xsw_punt_conf *c)
{
	__u16 family = punt_family(c, PUNT_SRC_IP) | punt_family(c, PUNT_DST_IP);

	if (family)
		is_make(r, family == 0x0800 ? XSW_PUNT_IS_IP4 : XSW_PUNT_IS_IP6);
	if (PUNT_GIVEN(c, PUNT_PROTO)) {
		is_make(r, XSW_PUNT_IS_IP);
		r->value.proto = c->proto;
		r->mask.proto = 0xff;
	}
	if (PUNT_GIVEN(c, PUNT_SRC_IP)) {
		ip_make(r->value.src_ip, r->mask.src_ip, &c->src_ip);
		r->src_prefix = c->src_ip.len + 1;
	}
	if (PUNT_GIVEN(c, PUNT_DST_IP)) {
		ip_make(r->value.dst_ip, r->mask.dst_ip, &c->dst_ip);
		r->dst_prefix = c->dst_ip.len + 1;
	}
	if (PUNT_GIVEN(c, PUNT_SRC_PORT)) {
		is_make(r, XSW_PUNT_IS_PORTS);
		r->value.src_port = htons(c->src_port);
		r->mask.src_port = 0xffff;
	}
	if (PUNT_GIVEN(c, PUNT_DST_PORT)) {
		is_make(r, XSW_PUNT_IS_PORTS);
		r->value.dst_port = htons(c->dst_port);
		r->mask.dst_port = 0xffff;
	}
}

static void rule_make_icmp(struct xsw_punt_rule *r, const struct xsw_punt_conf *c)
{
	if (PUNT_GIVEN(c, PUNT_ICMP_TYPE)) {
		is_make(r, XSW_PUNT_IS_ICMP);
		r->value.icmp.type = c->icmp_type;
		r->mask.icmp.type = 0xff;
	}
	if (PUNT_GIVEN(c, PUNT_ICMP_CODE)) {
		r->value.icmp.code = c->icmp_code;
		r->mask.icmp.code = 0xff;
	}
}

void punt_rule_make(struct xsw_punt_rule *r, const struct xsw_punt_conf *c)
{
	memset(r, 0, sizeof(*r));
	if (PUNT_GIVEN(c, PUNT_ETHERTYPE)) {
		r->value.ethertype = htons(c->ethertype);
		r->mask.ethertype = 0xffff;
	}
	if (PUNT_GIVEN(c, PUNT_VLAN)) {
		r->value.vlan = c->vlan;
		r->mask.vlan = 0xffff;
	}
	if (PUNT_GIVEN(c, PUNT_DST)) {
		memcpy(r->value.dst, c->dst, sizeof(c->dst));
		memset(r->mask.dst, 0xff, sizeof(c->dst));
	}
	rule_make_ip(r, c);
	rule_make_icmp(r, c);
	r->action = c->action;
	r->socket = c->socket;
	r->pps = c->pps;
	if (c->pps)
		rate_make(&r->rate, c->pps / 20 > FRAMES_BURST_MIN ? c->pps / 20 : FRAMES_BURST_MIN,
			  1, c->pps);
}

static void give(struct xsw_punt_conf *c, int opt, bool is)
{
	c->given |= (__u32)is << opt;
}

static void conf_make_l4(struct xsw_punt_conf *c, const struct xsw_punt_rule *r)
{
	if (r->mask.is & XSW_PUNT_IS_ICMP) {
		give(c, PUNT_ICMP_TYPE, r->mask.icmp.type);
		give(c, PUNT_ICMP_CODE, r->mask.icmp.code);
		c->icmp_type = r->value.icmp.type;
		c->icmp_code = r->value.icmp.code;
		return;
	}
	give(c, PUNT_SRC_PORT, r->mask.src_port);
	give(c, PUNT_DST_PORT, r->mask.dst_port);
	c->src_port = ntohs(r->value.src_port);
	c->dst_port = ntohs(r->value.dst_port);
}

void punt_conf_make(struct xsw_punt_conf *c, const struct xsw_punt_rule *r)
{
	memset(c, 0, sizeof(*c));
	give(c, PUNT_ETHERTYPE, r->mask.ethertype);
	give(c, PUNT_VLAN, r->mask.vlan);
	give(c, PUNT_DST, r->mask.dst[0]);
	give(c, PUNT_PROTO, r->mask.proto);
	give(c, PUNT_SRC_IP, r->src_prefix);
	give(c, PUNT_DST_IP, r->dst_prefix);
	give(c, PUNT_SOCKET, r->action == XSW_PUNT_SOCKET);
	give(c, PUNT_HOST, r->action == XSW_PUNT_HOST);
	give(c, PUNT_PPS, r->pps);
	c->ethertype = ntohs(r->value.ethertype);
	c->vlan = r->value.vlan;
	memcpy(c->dst, r->value.dst, sizeof(c->dst));
	c->proto = r->value.proto;
	memcpy(&c->src_ip.ip, r->value.src_ip, sizeof(c->src_ip.ip));
	memcpy(&c->dst_ip.ip, r->value.dst_ip, sizeof(c->dst_ip.ip));
	c->src_ip.len = r->src_prefix ? r->src_prefix - 1 : 0;
	c->dst_ip.len = r->dst_prefix ? r->dst_prefix - 1 : 0;
	conf_make_l4(c, r);
	c->action = r->action;
	c->socket = r->socket;
	c->pps = r->pps;
}

/* ---- the table ---- */

static struct xsw_punts *punts_map(const struct xsw_switch_handle *sw)
{
	void *punts;

	if (sw->map.punt < 0)
		return NULL;
	punts = mmap(NULL, PUNTS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, sw->map.punt, 0);
	return punts == MAP_FAILED ? NULL : punts;
}

static void punts_unmap(struct xsw_punts *punts)
{
	munmap(punts, PUNTS_SIZE);
}

static __u32 order_index(__u64 order, int place)
{
	if (place >= XSW_PUNT_RULES)
		return 0;
	return order >> place * XSW_PUNT_ORDER_BITS & (XSW_PUNT_INDEXES - 1);
}

static void order_store(struct xsw_punts *p, __u64 order)
{
	__atomic_store_n(&p->order, order, __ATOMIC_SEQ_CST);
}

void punts_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_punts *punts = punts_map(sw);

	if (!punts)
		return;
	order_store(&punts[port], 0);
	punts_unmap(punts);
}

static int punt_fail(const struct xsw_switch_handle *sw, __u32 port, int err, const char *what)
{
	struct xsw_port_record record = {};

	record_read(sw, port, &record);
	return xsw_fail(err, "punt", record.ifname, "%s", what);
}

/* The place of the rule that matches what @conf does, or how many rules there are */
static int place_find(const struct xsw_punts *p, const struct xsw_punt_conf *conf, int *n)
{
	struct xsw_punt_conf c;
	int found = -1;
	__u32 index;

	for (*n = 0; (index = order_index(p->order, *n)); ++*n) {
		punt_conf_make(&c, &p->rule[index]);
		if (found < 0 && xsw_punt_same(&c, conf))
			found = *n;
	}
	return found;
}

static __u32 index_free(__u64 order)
{
	__u32 used = 1; /* 0 ends an order */

	for (int i = 0; order_index(order, i); i++)
		used |= 1U << order_index(order, i);
	for (__u32 i = 1; i < XSW_PUNT_INDEXES; i++)
		if (!(used >> i & 1))
			return i;
	return 0;
}

static int rule_append(struct xsw_punts *p, int n, const struct xsw_punt_conf *conf)
{
	__u32 index = index_free(p->order);

	if (!index)
		return -ENOSPC;
	table_wait_for_readers(); /* of the rule that was last there */
	punt_rule_make(&p->rule[index], conf);
	order_store(p, p->order | (__u64)index << n * XSW_PUNT_ORDER_BITS);
	return 0;
}

static int add_to(const struct xsw_switch_handle *sw, __u32 port, struct xsw_punts *p,
		  const struct xsw_punt_conf *conf)
{
	struct xsw_punt_conf there;
	int place, n, err;

	place = place_find(p, conf, &n);
	if (place >= 0) {
		punt_conf_make(&there, &p->rule[order_index(p->order, place)]);
		if (!memcmp(&there, conf, sizeof(there)))
			return punt_fail(sw, port, EEXIST, "there is such a rule already");
		punt_fail(sw, port, EINVAL,
			  "there is a rule that matches the same and does something else");
		xsw_remedy("delete it first");
		return -EINVAL;
	}
	err = rule_append(p, n, conf);
	if (err)
		return punt_fail(sw, port, err, "has 15 rules, no more fit");
	return 0;
}

/* The settings and the rules of a port; punts_unmap() ends it, where it did not fail. */
static int punts_open(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port *now,
		      struct xsw_punts **punts)
{
	int err = table_need(sw, sw->map.punt, "punting");

	if (err)
		return err;
	err = conf_read(sw, port, now);
	*punts = err ? NULL : punts_map(sw);
	if (*punts)
		return 0;
	return punt_fail(sw, port, err ? err : ENOMEM, "cannot read the rules");
}

int xsw_punt_add(struct xsw_switch_handle *sw, __u32 port, const struct xsw_punt_conf *conf)
{
	struct xsw_punts *punts;
	struct xsw_port now;
	int err = 0;

	if (PUNT_GIVEN(conf, PUNT_ICMP_TYPE))
		err = features_need(sw, XSW_FEATURES_RA_GUARD, "icmp-type");
	if (!err)
		err = punts_open(sw, port, &now, &punts);
	if (err)
		return err;
	if (!(now.flags & XSW_PORT_PUNT))
		order_store(&punts[port], 0);
	err = add_to(sw, port, &punts[port], conf);
	if (!err) {
		err = table_flags(sw, port, 0, XSW_PORT_PUNT);
		if (err)
			punt_fail(sw, port, err, strerror(-err));
	}
	punts_unmap(punts);
	return err;
}

/* @order without what is at @place */
static __u64 order_without(__u64 order, int place)
{
	__u64 below = (1ULL << place * XSW_PUNT_ORDER_BITS) - 1;

	return (order & below) | (order >> XSW_PUNT_ORDER_BITS & ~below);
}

/* Does a rule do what was asked of it, as far as that was asked? */
static bool does(const struct xsw_punts *p, int place, const struct xsw_punt_conf *asked)
{
	struct xsw_punt_conf c;

	punt_conf_make(&c, &p->rule[order_index(p->order, place)]);
	if (asked->given & PUNT_ACTIONS && (c.action != asked->action || c.socket != asked->socket))
		return false;
	return !PUNT_GIVEN(asked, PUNT_PPS) || c.pps == asked->pps;
}

int xsw_punt_del(struct xsw_switch_handle *sw, __u32 port, const struct xsw_punt_conf *conf)
{
	struct xsw_punts *punts;
	struct xsw_port now;
	int place = -1, n, err;

	err = punts_open(sw, port, &now, &punts);
	if (err)
		return err;
	if (now.flags & XSW_PORT_PUNT)
		place = place_find(&punts[port], conf, &n);
	if (place < 0 || !does(&punts[port], place, conf))
		err = punt_fail(sw, port, ENOENT, "there is no such rule");
	if (!err && n == 1) {
		err = table_flags(sw, port, XSW_PORT_PUNT, 0);
		if (err)
			punt_fail(sw, port, err, strerror(-err));
	}
	if (!err)
		order_store(&punts[port], order_without(punts[port].order, place));
	punts_unmap(punts);
	return err;
}

int xsw_punt_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_punt_row *rows)
{
	struct xsw_punts p;
	struct xsw_port conf;
	__u32 index;
	int n;

	if (sw->map.punt < 0 || conf_read(sw, port, &conf) || !(conf.flags & XSW_PORT_PUNT))
		return 0;
	if (bpf_map_lookup_elem(sw->map.punt, &port, &p))
		return punt_fail(sw, port, errno, "cannot read the rules");
	for (n = 0; (index = order_index(p.order, n)); n++) {
		punt_conf_make(&rows[n].conf, &p.rule[index]);
		rows[n].punted = p.rule[index].punted;
		rows[n].limited = p.rule[index].limited;
		rows[n].full = p.rule[index].full;
	}
	return n;
}
