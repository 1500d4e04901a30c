// SPDX-License-Identifier: GPL-2.0
/* Filters and qdiscs of tc at a device. Those at ingress run in the order of their preference, and
 * the first whose action is final is the last; tcx comes before all of them.
 */
#include "ctrl/bpffs/tc_rules.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/rate_text.h"
#include "ctrl/bpffs/rules.h"
#include "ctrl/kernel/netlink.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define EGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
#define PREFS_MAX 64 /* of filters, the lowest */
#define TICK_NS 64   /* unit of tc_police.burst: PSCHED_SHIFT of include/net/pkt_sched.h */

/* Where a kind of filter has its actions: see its TCA_* in linux/pkt_cls.h. */
static const struct filter_kind {
	const char *kind;
	int police, act; /* 0: has none */
} filter_kinds[] = {
	{ "u32", TCA_U32_POLICE, TCA_U32_ACT },
	{ "flower", 0, TCA_FLOWER_ACT },
	{ "matchall", 0, TCA_MATCHALL_ACT },
	{ "basic", TCA_BASIC_POLICE, TCA_BASIC_ACT },
	{ "bpf", TCA_BPF_POLICE, TCA_BPF_ACT },
	{ "fw", TCA_FW_POLICE, TCA_FW_ACT },
	{ "route", TCA_ROUTE4_POLICE, TCA_ROUTE4_ACT },
	{ "flow", TCA_FLOW_POLICE, TCA_FLOW_ACT },
	{ "cgroup", TCA_CGROUP_POLICE, TCA_CGROUP_ACT },
};

#define OPTIONS_MAX 128 /* attributes of a filter that are looked at */

struct filter {
	const struct tcmsg *tc;
	__u32 pref, chain;
	const char *kind;
	struct nlattr *option[OPTIONS_MAX + 1];
};

/* Of filters and of qdiscs. */
static const struct nla_policy tc_policy[TCA_MAX + 1] = {
	[TCA_KIND] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
	[TCA_OPTIONS] = { .type = NLA_NESTED },
	[TCA_CHAIN] = { .type = NLA_U32 },
	[TCA_INGRESS_BLOCK] = { .type = NLA_U32 },
};

/* Return: whether the message is a filter. */
static bool filter_parse(struct nlmsghdr *h, struct filter *f)
{
	struct nlattr *a[TCA_MAX + 1];

	memset(f, 0, sizeof(*f));
	f->tc = nlmsg_data(h);
	if (h->nlmsg_type != RTM_NEWTFILTER ||
	    nlmsg_parse(h, sizeof(*f->tc), a, TCA_MAX, tc_policy))
		return false;
	f->pref = f->tc->tcm_info >> 16;
	f->chain = netlink_u32(a[TCA_CHAIN]);
	f->kind = netlink_str(a[TCA_KIND]);
	return !a[TCA_OPTIONS] || !nla_parse_nested(f->option, OPTIONS_MAX, a[TCA_OPTIONS], NULL);
}

/* As libbpf names the filter it makes: the program's name and ":[id]". */
static bool filter_is_ours(const struct filter *f)
{
	return !strcmp(f->kind, "bpf") && f->tc->tcm_handle == TC_RULES_HANDLE &&
	       !strncmp(netlink_str(f->option[TCA_BPF_NAME]), "xsw_tc:[", 8);
}

/* A filter of some kinds comes with messages for its parts: this one is of a whole. */
static bool filter_is_whole(const struct filter *f)
{
	return f->tc->tcm_handle;
}

/* Call @each for the filters of @ifindex at @parent. */
static int filters_dump(__u32 ifindex, __u32 parent, netlink_reply each, void *arg)
{
	struct tcmsg body = { .tcm_ifindex = ifindex, .tcm_parent = parent };

	return netlink_talk(NETLINK_ROUTE,
			    netlink_request(RTM_GETTFILTER, NLM_F_DUMP, &body, sizeof(body)), each,
			    arg);
}

/* ---- preferences ---- */

struct prefs_read {
	struct tc_prefs *prefs;
	__u64 used[1024]; /* bit N: others have preference N */
	bool egress;
};

static void pref_seen(struct nlmsghdr *h, void *arg)
{
	struct prefs_read *r = arg;
	struct filter f;

	if (!filter_parse(h, &f))
		return;
	if (!f.tc->tcm_handle && !strcmp(f.kind, "bpf"))
		return; /* announces those that follow */
	if (r->egress || !filter_is_ours(&f)) {
		r->prefs->others++;
		if (!r->egress && !f.chain)
			r->used[f.pref / 64] |= 1ULL << f.pref % 64;
	} else if (r->prefs->ours < (int)(sizeof(r->prefs->our) / sizeof(*r->prefs->our))) {
		r->prefs->our[r->prefs->ours++] = f.pref;
	}
}

/* Which qdisc is there for ingress, and at the root? */
struct qdiscs {
	__u32 ifindex;
	char ingress[16], root[16]; /* kinds, "": none */
	__u32 block;		    /* of ingress, shared with other devices; 0: its own */
};

static void qdisc_seen(struct nlmsghdr *h, void *arg)
{
	const struct tcmsg *tc = nlmsg_data(h);
	struct nlattr *a[TCA_MAX + 1];
	struct qdiscs *q = arg;

	if (h->nlmsg_type != RTM_NEWQDISC || nlmsg_parse(h, sizeof(*tc), a, TCA_MAX, tc_policy) ||
	    (__u32)tc->tcm_ifindex != q->ifindex)
		return;
	if (tc->tcm_parent == TC_H_INGRESS) {
		snprintf(q->ingress, sizeof(q->ingress), "%s", netlink_str(a[TCA_KIND]));
		q->block = netlink_u32(a[TCA_INGRESS_BLOCK]);
	} else if (tc->tcm_parent == TC_H_ROOT) {
		snprintf(q->root, sizeof(q->root), "%s", netlink_str(a[TCA_KIND]));
	}
}

static int qdiscs_read(__u32 ifindex, struct qdiscs *q)
{
	struct tcmsg body = { .tcm_ifindex = ifindex };

	memset(q, 0, sizeof(*q));
	q->ifindex = ifindex;
	return netlink_talk(NETLINK_ROUTE,
			    netlink_request(RTM_GETQDISC, NLM_F_DUMP, &body, sizeof(body)),
			    qdisc_seen, q);
}

static int prefs_read(const struct qdiscs *q, struct tc_prefs *prefs)
{
	struct prefs_read r = { .prefs = prefs };
	int err = 0;

	memset(prefs, 0, sizeof(*prefs));
	prefs->block = q->block;
	if (q->ingress[0])
		err = filters_dump(q->ifindex, INGRESS, pref_seen, &r);
	r.egress = true;
	if (!err && !strcmp(q->ingress, "clsact"))
		err = filters_dump(q->ifindex, EGRESS, pref_seen, &r);
	prefs->first_free = 1;
	while (prefs->first_free < 0xffff &&
	       r.used[prefs->first_free / 64] >> prefs->first_free % 64 & 1)
		prefs->first_free++;
	return err;
}

int tc_prefs_read(__u32 ifindex, struct tc_prefs *prefs)
{
	struct qdiscs q;
	int err = qdiscs_read(ifindex, &q);

	return err ? err : prefs_read(&q, prefs);
}

/* ---- what a filter does ---- */

struct action {
	char text[96];	 /* "police 8mbit burst 10kb" */
	char equal[128]; /* the command of xsw that does the same, "" if there is none */
	bool gaps;	 /* it has words to be replaced */
};

static void police_read(struct nlattr *options, const struct rule_dev *dev, struct action *action)
{
	static const struct nla_policy policy[TCA_POLICE_MAX + 1] = {
		[TCA_POLICE_TBF] = { .minlen = sizeof(struct tc_police) },
		[TCA_POLICE_RATE64] = { .type = NLA_U64 },
		[TCA_POLICE_PKTRATE64] = { .type = NLA_U64 },
	};
	struct nlattr *a[TCA_POLICE_MAX + 1];
	struct tc_police p = {};
	char rate[32], burst[32];
	__u64 bytes_s, packets;

	if (nla_parse_nested(a, TCA_POLICE_MAX, options, policy))
		return;
	nla_memcpy(&p, a[TCA_POLICE_TBF], sizeof(p));
	bytes_s = a[TCA_POLICE_RATE64] ? nla_get_u64(a[TCA_POLICE_RATE64]) : p.rate.rate;
	packets = nla_get_u64(a[TCA_POLICE_PKTRATE64]);
	if (!bytes_s && packets) {
		snprintf(action->text, sizeof(action->text), "police %llu packets/s", packets);
		snprintf(action->equal, sizeof(action->equal),
			 "xsw policer set %s ingress pps %llu", dev->ifname, packets);
		return;
	}
	unit_rate_format(bytes_s * 8, rate, sizeof(rate));
	unit_size_format((__u64)(bytes_s * (double)p.burst * TICK_NS / 1e9), burst, sizeof(burst));
	snprintf(action->text, sizeof(action->text), "police %s burst %s", rate, burst);
	snprintf(action->equal, sizeof(action->equal),
		 "xsw policer set %s ingress rate %s burst %s", dev->ifname, rate, burst);
}

static void mirred_read(struct nlattr *options, struct action *action)
{
	static const char *const what[] = { "mirred", "redirect", "mirror", "ingress redirect",
					    "ingress mirror" };
	struct nlattr *a[TCA_MIRRED_MAX + 1];
	char ifname[IF_NAMESIZE] = "?";
	struct tc_mirred m = {};

	if (nla_parse_nested(a, TCA_MIRRED_MAX, options, NULL))
		return;
	nla_memcpy(&m, a[TCA_MIRRED_PARMS], sizeof(m));
	if_indextoname(m.ifindex, ifname);
	snprintf(action->text, sizeof(action->text), "mirred, %s to %s",
		 what[m.eaction >= 0 && m.eaction <= 4 ? m.eaction : 0], ifname);
}

/* What the action drops, bindings can refuse. */
static void gact_read(struct nlattr *options, const struct rule_dev *dev, struct action *action)
{
	struct nlattr *a[TCA_GACT_MAX + 1];
	struct tc_gact g = {};

	if (nla_parse_nested(a, TCA_GACT_MAX, options, NULL))
		return;
	nla_memcpy(&g, a[TCA_GACT_PARMS], sizeof(g));
	snprintf(action->text, sizeof(action->text), "action %s",
		 g.action == TC_ACT_SHOT ? "drop" : "gact");
	if (g.action != TC_ACT_SHOT)
		return;
	snprintf(action->equal, sizeof(action->equal),
		 "xsw port set %s spoof_check all; xsw bind add %s mac MAC ip ADDRESS", dev->ifname,
		 dev->ifname);
	action->gaps = true;
}

/* The first action of a list: more seldom stand in one. */
static void action_read(struct nlattr *list, const struct rule_dev *dev, struct action *action)
{
	static const struct nla_policy policy[TCA_ACT_MAX + 1] = {
		[TCA_ACT_KIND] = { .type = NLA_STRING },
		[TCA_ACT_OPTIONS] = { .type = NLA_NESTED },
	};
	struct nlattr *item[TCA_ACT_MAX_PRIO + 1], *a[TCA_ACT_MAX + 1];
	const char *kind;

	if (nla_parse_nested(item, TCA_ACT_MAX_PRIO, list, NULL) || !item[1] ||
	    nla_parse_nested(a, TCA_ACT_MAX, item[1], policy))
		return;
	kind = netlink_str(a[TCA_ACT_KIND]);
	snprintf(action->text, sizeof(action->text), "action %.32s", kind);
	if (!a[TCA_ACT_OPTIONS])
		return;
	if (!strcmp(kind, "police"))
		police_read(a[TCA_ACT_OPTIONS], dev, action);
	else if (!strcmp(kind, "mirred"))
		mirred_read(a[TCA_ACT_OPTIONS], action);
	else if (!strcmp(kind, "gact"))
		gact_read(a[TCA_ACT_OPTIONS], dev, action);
}

/* What the filter does. Return: false for nothing: at these hooks a class means nothing. */
static bool filter_action(const struct filter *f, const struct rule_dev *dev, struct action *action)
{
	const struct filter_kind *k = filter_kinds;
	const struct filter_kind *end = k + sizeof(filter_kinds) / sizeof(*filter_kinds);

	memset(action, 0, sizeof(*action));
	while (k < end && strcmp(k->kind, f->kind))
		k++;
	if (k == end) {
		snprintf(action->text, sizeof(action->text), "unknown action");
		return true;
	}
	if (!strcmp(f->kind, "bpf") &&
	    netlink_u32(f->option[TCA_BPF_FLAGS]) & TCA_BPF_FLAG_ACT_DIRECT) {
		snprintf(action->text, sizeof(action->text), "program %.32s",
			 netlink_str(f->option[TCA_BPF_NAME]));
		return true;
	}
	if (k->police && f->option[k->police])
		police_read(f->option[k->police], dev, action);
	else if (f->option[k->act])
		action_read(f->option[k->act], dev, action);
	return action->text[0];
}

/* ---- telling ---- */

struct tell {
	const struct rule_dev *dev;
	rule_fn each;
	void *arg;
	bool egress;
	bool link;   /* the switch is at tcx: before all filters */
	__u32 ours;  /* preference of its filter, 0: none */
	__u32 block; /* see struct qdiscs */
};

/* Does the filter see a frame before the switch does? In the same preference the later one does. */
static bool filter_is_before(const struct tell *t, const struct filter *f)
{
	return !t->link && t->ours && !f->chain && f->pref <= t->ours;
}

/* What removes the filter, and before it the command that does the same. */
static void remedy_write(const struct tell *t, const struct action *action, const char *del,
			 char *remedy, size_t size)
{
	if (t->egress)
		snprintf(remedy, size, "%s # or path skb of all ports that send to it", del);
	else if (action->gaps)
		snprintf(remedy, size, "%s # instead: %s", del, action->equal);
	else
		snprintf(remedy, size, "%s%s%s", action->equal, action->equal[0] ? "; " : "", del);
}

static void filter_tell(struct nlmsghdr *h, void *arg)
{
	struct tell *t = arg;
	struct rule rule = { .check = t->egress ? "tc-egress" : "tc-ingress", .fails = !t->egress };
	struct action action;
	struct filter f;
	char del[80], of[32] = "";

	if (!filter_parse(h, &f) || !filter_is_whole(&f) || (!t->egress && filter_is_ours(&f)) ||
	    !filter_action(&f, t->dev, &action))
		return;
	if (t->block && !t->egress) {
		snprintf(of, sizeof(of), " of block %u", t->block);
		snprintf(del, sizeof(del), "tc filter del block %u pref %u", t->block, f.pref);
	} else {
		snprintf(del, sizeof(del), "tc filter del dev %s %s pref %u", t->dev->ifname,
			 t->egress ? "egress" : "ingress", f.pref);
	}
	snprintf(rule.what, sizeof(rule.what), "tc filter %.16s%s, preference %u, %s: %s", f.kind,
		 of, f.pref, action.text,
		 t->egress		 ? "what XDP sends goes by it" :
		 filter_is_before(t, &f) ? "it runs before the switch, which may miss frames" :
					   "the switch takes the frames before");
	remedy_write(t, &action, del, rule.remedy, sizeof(rule.remedy));
	t->each(&rule, t->arg);
}

/* Queues that some drivers and sysctl net.core.default_qdisc give every device do no more than queue. */
static bool qdisc_limits(const char *kind)
{
	static const char *const plain[] = { "noqueue", "mq",	 "pfifo_fast", "fq_codel",
					     "fq",	"pfifo", "bfifo",      "pfifo_head_drop",
					     "clsact" };

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (!strcmp(kind, plain[i]))
			return false;
	return kind[0];
}

static void root_tell(const struct rule_dev *dev, const struct qdiscs *q, rule_fn each, void *arg)
{
	struct rule rule = { .check = "qdisc" };

	snprintf(rule.what, sizeof(rule.what), "qdisc %s: what XDP sends goes by it", q->root);
	snprintf(
		rule.remedy, sizeof(rule.remedy),
		"tc qdisc del dev %s root # instead: xsw policer set %s egress rate RATE burst SIZE",
		dev->ifname, dev->ifname);
	each(&rule, arg);
}

static void any_seen(struct nlmsghdr *h, void *arg)
{
	*(bool *)arg |= h->nlmsg_type == RTM_NEWTFILTER;
}

/* The kernel lists the qdiscs of all devices or of none: they are asked for where they matter. */
static bool rules_tc_may_be(const struct rule_dev *dev)
{
	bool any = dev->xdp;

	if (!any)
		filters_dump(dev->ifindex, INGRESS, any_seen, &any);
	return any;
}

void rules_tc(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct tell t = { .dev = dev, .each = each, .arg = arg, .link = dev->prog_id };
	struct tc_prefs prefs;
	struct qdiscs q;

	if (!rules_tc_may_be(dev) || qdiscs_read(dev->ifindex, &q) || prefs_read(&q, &prefs))
		return;
	t.ours = prefs.ours ? prefs.our[0] : 0;
	t.block = q.block;
	if (q.ingress[0])
		filters_dump(dev->ifindex, INGRESS, filter_tell, &t);
	if (!dev->xdp)
		return;
	t.egress = true;
	if (!strcmp(q.ingress, "clsact"))
		filters_dump(dev->ifindex, EGRESS, filter_tell, &t);
	if (qdisc_limits(q.root))
		root_tell(dev, &q, each, arg);
}
