// SPDX-License-Identifier: GPL-2.0
/* Rules of others at a device: all kinds, and of them programs at XDP and tcx, devices on top. */
#include "ctrl/bpffs/rules.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/base/shell_word.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/xdp_program.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/sysfs.h"

struct count {
	rule_fn each;
	void *arg;
	int n;
};

static void counted(const struct rule *rule, void *arg)
{
	struct count *c = arg;

	c->n++;
	c->each(rule, c->arg);
}

int rules_find(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct count c = { .each = each, .arg = arg };

	rules_xdp(dev, counted, &c);
	rules_tcx(dev, counted, &c);
	rules_tc(dev, counted, &c);
	rules_nft(dev, counted, &c);
	if (dev->upper)
		rules_upper(dev, counted, &c);
	return c.n;
}

/* ---- programs ---- */

/* XDP comes before tc: where the port has path skb, others may have a program there. */
void rules_xdp(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct rule rule = { .check = "xdp-program" };
	struct link_info l;
	char program[sizeof(rule.what)];

	if (dev->own_xdp || link_brief(NULL, dev->ifindex, &l) || !l.xdp_prog_id)
		return;
	xdp_program_tell(&l, program, sizeof(program), rule.remedy, sizeof(rule.remedy));
	snprintf(rule.what, sizeof(rule.what),
		 "%.*s: it runs before the switch, which may miss frames",
		 (int)sizeof(rule.what) - 64, program);
	each(&rule, arg);
}

static void tcx_remedy(const struct rule_dev *dev, bool egress, __u32 link, struct rule *rule)
{
	if (link)
		snprintf(rule->remedy, sizeof(rule->remedy), "bpftool link detach id %u", link);
	else
		snprintf(rule->remedy, sizeof(rule->remedy), "bpftool net detach tcx_%s dev %s",
			 egress ? "egress" : "ingress", dev->ifname);
}

/* Programs run in the order of the list; the first whose verdict is final is the last. */
static void tcx_tell(const struct rule_dev *dev, bool egress, rule_fn each, void *arg)
{
	__u32 progs[ATTACH_TCX_MAX], links[ATTACH_TCX_MAX];
	int n = attach_tcx_list(dev->ifindex, egress, progs, links);
	bool before = false;

	for (int i = 0; i < n; i++)
		before |= progs[i] == dev->prog_id;
	for (int i = 0; i < n; i++) {
		struct rule rule = { .check = egress ? "tcx-egress" : "tcx-ingress",
				     .fails = !egress };
		char name[32];

		if (progs[i] == dev->prog_id) {
			before = false;
			continue;
		}
		prog_name(progs[i], name, sizeof(name));
		snprintf(rule.what, sizeof(rule.what), "tcx program %s (id %u): %s", name, progs[i],
			 egress ? "what XDP sends goes by it" :
			 before ? "it runs before the switch, which may miss frames" :
				  "the switch takes the frames before");
		tcx_remedy(dev, egress, links[i], &rule);
		each(&rule, arg);
	}
}

void rules_tcx(const struct rule_dev *dev, rule_fn each, void *arg)
{
	tcx_tell(dev, false, each, arg);
	if (dev->xdp)
		tcx_tell(dev, true, each, arg);
}

/* ---- devices on top ---- */

struct upper {
	rule_fn each;
	void *arg;
};

static void upper_seen(const char *upper, void *arg)
{
	struct rule rule = { .check = "upper-device", .fails = true };
	struct upper *u = arg;
	struct link_info l;

	if (link_brief(upper, 0, &l) || !link_is_upper(&l))
		return;
	snprintf(rule.what, sizeof(rule.what),
		 "%s device %s stands on it: the switch takes the frames before", l.kind_text,
		 upper);
	snprintf(
		rule.remedy, sizeof(rule.remedy),
		"ip link del %s # a port of the host itself: xsw port add NAME switch SWITCH host tag VID",
		shell_word(upper, XSW_NAME_LEN));
	u->each(&rule, u->arg);
}

/* The kernel's netlink lists one device or all there are, and would be asked for each port. */
void rules_upper(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct upper u = { .each = each, .arg = arg };

	sys_net_uppers(dev->ifname, upper_seen, &u);
}
