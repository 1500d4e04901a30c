// SPDX-License-Identifier: GPL-2.0
/* Rules of others at a device: all kinds, and of them programs at XDP and tcx, devices on top. */
#include "ctrl/bpffs/rules.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/bpffs/attach.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/sysfs.h"

#define PROGS_MAX 64 /* bpf_mprog_max() of kernel/bpf/mprog.c */

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

static void prog_name(__u32 id, char *name, size_t size)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int prog = bpf_prog_get_fd_by_id(id);

	snprintf(name, size, "?");
	if (prog < 0)
		return;
	if (!bpf_obj_get_info_by_fd(prog, &info, &len))
		snprintf(name, size, "%.16s", info.name);
	close(prog);
}

/* XDP comes before tc: where the port has path skb, others may have a program there. */
void rules_xdp(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct rule rule = { .check = "xdp-program" };
	struct link_info l;
	char name[32];

	if (dev->own_xdp || link_brief(NULL, dev->ifindex, &l) || !l.xdp_prog_id)
		return;
	prog_name(l.xdp_prog_id, name, sizeof(name));
	snprintf(rule.what, sizeof(rule.what),
		 "XDP program %s (id %u): it runs before the switch, which may miss frames", name,
		 l.xdp_prog_id);
	snprintf(rule.remedy, sizeof(rule.remedy), "ip link set %s xdp off", dev->ifname);
	each(&rule, arg);
}

/* Programs run in the order of the list; the first whose verdict is final is the last. */
static void tcx_tell(const struct rule_dev *dev, bool egress, rule_fn each, void *arg)
{
	int type = egress ? ATTACH_TCX_EGRESS : ATTACH_TCX_INGRESS;
	__u32 ids[PROGS_MAX], n = PROGS_MAX;
	bool before = false;

	if (bpf_prog_query(dev->ifindex, type, 0, NULL, ids, &n))
		return;
	for (__u32 i = 0; i < n && i < PROGS_MAX; i++)
		before |= ids[i] == dev->prog_id;
	for (__u32 i = 0; i < n && i < PROGS_MAX; i++) {
		struct rule rule = { .check = egress ? "tcx-egress" : "tcx-ingress",
				     .fails = !egress };
		char name[32];

		if (ids[i] == dev->prog_id) {
			before = false;
			continue;
		}
		prog_name(ids[i], name, sizeof(name));
		snprintf(rule.what, sizeof(rule.what), "tcx program %s (id %u): %s", name, ids[i],
			 egress ? "what XDP sends goes by it" :
			 before ? "it runs before the switch, which may miss frames" :
				  "the switch takes the frames before");
		snprintf(rule.remedy, sizeof(rule.remedy),
			 "bpftool net show dev %s, and end who "
			 "attached it",
			 dev->ifname);
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

/* What takes the frames of a device that nobody took before. */
static bool kind_is_upper(const char *kind)
{
	static const char *const kinds[] = { "vlan",   "macvlan", "macvtap", "ipvlan",
					     "ipvtap", "macsec",  "hsr" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static void upper_seen(const char *upper, void *arg)
{
	struct rule rule = { .check = "upper-device", .fails = true };
	struct upper *u = arg;
	struct link_info l;

	if (link_brief(upper, 0, &l) || !kind_is_upper(l.kind_text))
		return;
	snprintf(rule.what, sizeof(rule.what),
		 "%s device %s stands on it: the switch takes the frames before", l.kind_text,
		 upper);
	snprintf(
		rule.remedy, sizeof(rule.remedy),
		"ip link del %s; for the host itself: xsw port add NAME switch SWITCH host tag VID",
		upper);
	u->each(&rule, u->arg);
}

/* The kernel's netlink lists one device or all there are, and would be asked for each port. */
void rules_upper(const struct rule_dev *dev, rule_fn each, void *arg)
{
	struct upper u = { .each = each, .arg = arg };

	sys_net_uppers(dev->ifname, upper_seen, &u);
}
