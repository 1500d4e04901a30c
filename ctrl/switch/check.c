// SPDX-License-Identifier: GPL-2.0
/* Preconditions of right and fast switching: a row for each, with its remedy. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/statfs.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/rules.h"
#include "ctrl/bpffs/tc_rules.h"
#include "ctrl/kernel/link.h"
#include "ctrl/kernel/netdev.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/limits/bind.h"
#include "ctrl/limits/policer.h"
#include "ctrl/port/fit.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/port.h"
#include "ctrl/punt/punt.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/check.h"
#include "ctrl/switch/check_mtu.h"
#include "ctrl/switch/check_need.h"
#include "ctrl/switch/switch.h"
#include "maps/stats.h"

static int read_number(const char *path)
{
	FILE *f = fopen(path, "r");
	int n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

static void check_host(struct check_rows *rows)
{
	int jit = read_number("/proc/sys/net/core/bpf_jit_enable");
	bool btf = !access("/sys/kernel/btf/vmlinux", R_OK), mounted;
	struct statfs fs;

	rows->ifname = "";
	check_say(rows, "root", !geteuid(), XSW_CHECK_FAIL, "effective user is %u", geteuid());
	check_remedy(rows, "sudo xsw check");
	check_say(rows, "btf", btf, XSW_CHECK_FAIL,
		  btf ? "the kernel describes its types" : "/sys/kernel/btf/vmlinux is missing");
	check_remedy(rows, "use a kernel with CONFIG_DEBUG_INFO_BTF=y");
	check_say(rows, "jit", jit != 0, XSW_CHECK_WARN,
		  jit == 0 ? "programs are interpreted" : "programs are compiled");
	check_remedy(rows, "sysctl net.core.bpf_jit_enable=1");
	mounted = !statfs("/sys/fs/bpf", &fs) && fs.f_type == BPF_FS_MAGIC;
	check_say(rows, "bpffs", mounted, XSW_CHECK_WARN,
		  mounted ? "mounted at /sys/fs/bpf" : "not mounted at /sys/fs/bpf");
	check_remedy(rows, "mount -t bpf bpf /sys/fs/bpf # not after 'ip netns exec': use 'xsw -n "
			   "NAME'");
}

/* What there is to choose from: told, and never a fault. */
static void check_modes(struct check_rows *rows, const struct link_info *l)
{
	int napis = netdev_napi_list(l->ifindex, NULL), queues = netdev_napi_queues(l->ifindex);
	const char *busy = "; busy-poll: the kernel does not tell, try it", *threaded;

	if (!l->up)
		busy = "; busy-poll: not known while it is down";
	else if (queues > 0)
		busy = ", busy-poll";
	else if (!napis)
		busy = "; busy-poll is not possible: the device has no NAPI";
	check_say(rows, "modes", true, XSW_CHECK_OK, "interrupt, adaptive, spin%s", busy);
	threaded = !l->up    ? "not known while it is down" :
		   napis < 0 ? "the kernel does not tell, try it" :
		   napis     ? "possible" :
			       "not possible: the device has no NAPI";
	check_say(rows, "threaded", true, XSW_CHECK_OK, "threaded NAPI: %s", threaded);
	if (!l->xdp_known)
		return;
	check_say(rows, "zero-copy", true, XSW_CHECK_OK, "AF_XDP %s",
		  l->xdp_features & LINK_XDP_ZEROCOPY ? "without copying" : "copies frames");
	check_say(rows, "multi-buffer", true, XSW_CHECK_OK,
		  "frames longer than a page: XDP receives %s, sends %s",
		  l->xdp_features & LINK_XDP_RX_SG ? "them" : "none",
		  l->xdp_features & LINK_XDP_NDO_XMIT_SG ? "them" : "none");
}

/* What matters of any device, port or not. */
static void check_link(struct check_rows *rows, const struct link_info *l,
		       const struct check_need *need)
{
	rows->ifname = l->ifname;
	check_say(rows, "up", l->up || need->down, XSW_CHECK_WARN,
		  l->up	     ? "is up" :
		  need->down ? "is down, as 'link down' of the port asks" :
			       "is down");
	check_remedy(rows, "ip link set %s up", l->ifname);
	check_mtu(rows, l, need);
	if (kind_of(l)->check)
		kind_of(l)->check(rows, l, need);
	check_modes(rows, l);
}

static void check_bindings(struct check_rows *rows, const struct xsw_switch_handle *sw,
			   const struct xsw_port_info *p)
{
	struct xsw_bind_row *bound;
	int n = xsw_bind_list(sw, p->port, &bound);
	struct link_info l, peer;

	check_say(rows, "bind", n > 0, XSW_CHECK_WARN,
		  n > 0 ? "%d addresses may be sent from" :
			  "spoof_check is on, and nothing may be sent",
		  n);
	if (!link_brief(NULL, p->settings.port.ifindex, &l) && !link_peer_brief(&l, &peer))
		check_remedy(rows, "xsw bind add %s mac %s", p->ifname, mac_text(peer.mac));
	else
		check_remedy(rows, "xsw bind add %s mac MAC # of the guest", p->ifname);
	xsw_bind_list_free(bound, n);
}

static void burst_say(struct check_rows *rows, const struct xsw_port_info *p,
		      const struct xsw_policer_row *small)
{
	struct xsw_policer_conf conf = small->conf;
	char command[256];

	check_say(rows, "burst", false, XSW_CHECK_WARN,
		  "the burst of %s%s is below two frames: TCP will be far below the rate",
		  policer_kinds[small->id.kind], policer_of_text(&small->id));
	policer_raise_burst(&conf, p->mtu);
	policer_command(p->ifname, &small->id, &conf, command, sizeof(command));
	check_remedy(rows, "%s", command);
}

static void check_bursts(struct check_rows *rows, const struct xsw_switch_handle *sw,
			 const struct xsw_port_info *p)
{
	struct xsw_policer_row *policers;
	int n = xsw_policer_list(sw, p->port, &policers), small = 0;

	for (int i = 0; i < n; i++) {
		if (xsw_policer_is_storm(&policers[i].id) || /* no TCP among what is flooded */
		    !xsw_policer_small_burst(&policers[i].conf, p->mtu))
			continue;
		small++;
		burst_say(rows, p, &policers[i]);
	}
	if (n > 0 && !small)
		check_say(rows, "burst", true, XSW_CHECK_OK, "bursts hold two frames");
	free(policers);
}

/* Rules whose frames are switched all the same */
static void check_punts(struct check_rows *rows, const struct xsw_switch_handle *sw,
			const struct xsw_port_info *p)
{
	struct xsw_punt_row punts[XSW_PUNT_RULES];
	int n = xsw_punt_list(sw, p->port, punts), unread = 0;
	__u32 readers = n > 0 ? xsw_punt_readers(sw) : 0;
	char rule[160];

	for (int i = 0; i < n; i++) {
		if (punts[i].conf.action != XSW_PUNT_SOCKET || readers >> punts[i].conf.socket & 1)
			continue;
		unread++;
		check_say(rows, "punt", false, XSW_CHECK_WARN,
			  "nobody reads socket %u: what a rule matches is switched",
			  punts[i].conf.socket);
		punt_format(&punts[i].conf, rule, sizeof(rule));
		check_remedy(rows, "xsw punt del %s %s # or start what reads it, such as xsw-punt",
			     p->ifname, rule);
	}
	if (n > 0 && !unread)
		check_say(rows, "punt", true, XSW_CHECK_OK, "its rules' sockets are read");
}

/* What a user has limited, where it stops more than was meant. */
static void check_limits(struct check_rows *rows, const struct xsw_switch_handle *sw,
			 const struct xsw_port_info *p)
{
	if (p->shut) {
		check_say(rows, "mac-limit", false, XSW_CHECK_FAIL,
			  "shut down %.0f s ago: more than %u addresses", p->shut_s,
			  p->settings.mac_limit);
		check_remedy(rows, "xsw port reopen %s", p->ifname);
	}
	if (p->settings.port.flags & XSW_PORT_SPOOF_MAC)
		check_bindings(rows, sw, p);
	check_bursts(rows, sw, p);
	check_punts(rows, sw, p);
}

/* ---- rules of others ---- */

#define RULES_MAX 8 /* rows of a device: there may be a thousand filters */

struct rule_rows {
	struct check_rows *rows;
	int n;
};

static void rule_say(const struct rule *rule, void *arg)
{
	struct rule_rows *r = arg;

	if (r->n++ >= RULES_MAX)
		return;
	check_say(r->rows, rule->check, false, rule->fails ? XSW_CHECK_FAIL : XSW_CHECK_WARN, "%s",
		  rule->what);
	check_remedy(r->rows, "%s", rule->remedy);
}

/* Return: how many rules there are. */
static int check_rules(struct check_rows *rows, const struct rule_dev *dev)
{
	struct rule_rows r = { .rows = rows };
	int n = rules_find(dev, rule_say, &r);

	if (n <= RULES_MAX)
		return n;
	check_say(rows, "rules", false, XSW_CHECK_WARN, "%d more rules of others", n - RULES_MAX);
	check_remedy(rows, "tc filter show dev %s ingress # and: nft list ruleset", dev->ifname);
	return n;
}

static void rule_dev_fill(const struct xsw_switch_handle *sw, const struct xsw_port_info *p,
			  struct rule_dev *dev)
{
	struct xsw_port_record *records;
	int n = record_read_all(sw, &records);

	*dev = (struct rule_dev){ .ifindex = p->settings.port.ifindex,
				  .upper = true,
				  .own_xdp = p->record.use_path != XSW_PATH_SKB,
				  .prog_id = attach_tc_prog(sw->dir, p->port) };
	if (!if_indextoname(dev->ifindex, dev->ifname))
		memcpy(dev->ifname, p->ifname, sizeof(dev->ifname));
	for (int i = 1; i < n; i++)
		dev->xdp |= records[i].state == XSW_RECORD_ACTIVE &&
			    records[i].use_path == XSW_PATH_XDP;
	if (n >= 0)
		free(records);
}

/* Who removes the qdisc, as libvirt does when it sets <bandwidth>, removes the switch's filter. */
static void check_filter(struct check_rows *rows, const struct xsw_port_info *p)
{
	struct tc_prefs prefs;

	if (p->record.tc_is_link || tc_prefs_read(p->settings.port.ifindex, &prefs))
		return;
	check_say(rows, "tc-filter", prefs.ours, XSW_CHECK_FAIL,
		  prefs.ours ? "the switch's filter is there" :
			       "somebody removed the switch's filter: frames are not switched");
	check_remedy(rows, "xsw switch upgrade %s", p->switch_name);
}

int xsw_check_rules(const struct xsw_switch_handle *sw, __u32 port, bool upper,
		    struct xsw_check_row **result)
{
	struct netns_visit visit;
	struct check_rows rows = {};
	struct xsw_switch conf;
	struct xsw_port_info p;
	struct rule_dev dev;
	struct link_info l;

	*result = NULL;
	if (xsw_port_info(sw, port, &p) || p.state == XSW_PORT_STATE_ABSENT ||
	    switch_read(sw, &conf) || netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		return 0;
	rule_dev_fill(sw, &p, &dev);
	dev.upper = upper;
	rows.ifname = p.ifname;
	if (!link_brief(NULL, dev.ifindex, &l))
		fit_warn(&rows, &l, sw->name);
	check_rules(&rows, &dev);
	netns_visit_end(&visit);
	*result = rows.row;
	return rows.n;
}

/* Does the host get frames of the port all the same, or does it want none? */
static bool keeps_addresses(const struct xsw_switch_handle *sw, const struct xsw_port_info *p)
{
	struct xsw_punt_row punts[XSW_PUNT_RULES];
	int n = xsw_punt_list(sw, p->port, punts);

	for (int i = 0; i < n; i++)
		if (punts[i].conf.action == XSW_PUNT_HOST)
			return true;
	return p->settings.keep_addresses;
}

/* Of a host port the two ends go together, and come again with the port. */
static void check_absent(struct check_rows *rows, const struct xsw_port_info *p)
{
	check_say(rows, "present", false, XSW_CHECK_FAIL, "this port of switch '%s' has no device",
		  p->switch_name);
	if (p->settings.port.flags & XSW_PORT_HOST)
		check_remedy(rows, "xsw port del %s; xsw port add %s switch %s host", p->ifname,
			     p->ifname, p->switch_name);
	else if (link_index(p->ifname))
		check_remedy(rows, "xsw port attach %s", p->ifname);
	else
		check_remedy(rows, "xsw port del %s # or make the device, and: xsw port attach %s",
			     p->ifname, p->ifname);
}

static void check_port(struct check_rows *rows, const struct xsw_switch_handle *sw,
		       const struct xsw_port_info *p, const struct check_need *need)
{
	bool uses_xdp = p->record.use_path != XSW_PATH_SKB;
	bool denied =
		(p->record.want_path == XSW_WANT_XDP && !uses_xdp) ||
		(p->record.want_path == XSW_WANT_AFXDP && p->record.use_path != XSW_PATH_AFXDP);
	struct rule_dev dev;
	struct link_info l;

	rows->ifname = p->ifname;
	if (p->state == XSW_PORT_STATE_ABSENT) {
		check_absent(rows, p);
		return;
	}
	check_say(rows, "path", !denied, XSW_CHECK_WARN, "uses %s: %s",
		  xsw_path_text(p->record.use_path), p->record.reason);
	if (p->record.want_path == XSW_WANT_AFXDP && uses_xdp)
		check_remedy(rows, "systemctl start xsw-slowpath@%s # or: xsw-slowpath %s",
			     p->switch_name, p->switch_name);
	else
		check_remedy(rows,
			     "xsw port set %s path auto # or away with the reason, then path %s",
			     p->ifname, p->record.want_path == XSW_WANT_AFXDP ? "afxdp" : "xdp");
	if (link_get_index(p->settings.port.ifindex, &l))
		return;
	fit_say(rows, &l, p->switch_name, p->settings.port.tag, keeps_addresses(sw, p));
	check_limits(rows, sw, p);
	check_filter(rows, p);
	rule_dev_fill(sw, p, &dev);
	if (!check_rules(rows, &dev))
		check_say(rows, "rules", true, XSW_CHECK_OK,
			  "no rules of tc, nftables or the like beside the switch");
	check_say(rows, "promisc", l.promisc, XSW_CHECK_FAIL,
		  l.promisc ? "receives all addresses" : "receives only its own address");
	check_remedy(rows, "ip link set %s promisc on", l.ifname);
	check_link(rows, &l, need);
}

/* A port, where its device is. */
static void check_port_there(struct check_rows *rows, const struct xsw_switch_handle *sw,
			     const struct xsw_port_info *info, const struct need_switch *all)
{
	struct netns_visit visit;
	struct check_need need;
	struct xsw_switch conf;
	char here[XSW_NETNS_LEN];

	memcpy(here, rows->netns, sizeof(here));
	if (switch_read(sw, &conf) || netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie))
		visit.saved = -1; /* all ports of a namespace that is gone are absent */
	memcpy(rows->netns, sw->netns, sizeof(rows->netns));
	need_find(all, info, &need);
	check_port(rows, sw, info, &need);
	netns_visit_end(&visit);
	memcpy(rows->netns, here, sizeof(rows->netns));
}

/* A device that is no port, but may become one. */
static void check_candidate(struct check_rows *rows, const struct link_info *l)
{
	bool redirects = !l->xdp_known || l->xdp_features & LINK_XDP_REDIRECT;
	struct rule_dev dev = { .ifindex = l->ifindex, .upper = true };
	const struct check_need none = {};

	rows->ifname = l->ifname;
	check_say(rows, "native-xdp", true, XSW_CHECK_OK, "driver %s%s", l->driver,
		  redirects ? "" : " has no XDP redirect: the port will use path skb");
	if (!l->xdp_prog_id)
		check_say(rows, "xdp-program", true, XSW_CHECK_OK, "no XDP program attached");
	fit_say(rows, l, "SWITCH", 0, false);
	memcpy(dev.ifname, l->ifname, sizeof(dev.ifname));
	check_rules(rows, &dev);
	check_link(rows, l, &none);
}

static int check_device(struct check_rows *rows, const char *ifname)
{
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	struct need_switch all;
	struct link_info l;
	int port = xsw_port_find(ifname, &sw), err;

	if (port > 0) {
		err = xsw_port_info(&sw, port, &info);
		need_read(&sw, &all);
		if (!err)
			check_port_there(rows, &sw, &info, &all);
		need_free(&all);
		xsw_switch_close(&sw);
		return err;
	}
	if (port != -ENOENT)
		return port;
	err = link_get(ifname, &l);
	if (!err)
		check_candidate(rows, &l);
	return err;
}

/* A switch that cannot be opened: the error says why. */
static void check_pins(struct check_rows *rows, const char *name)
{
	rows->ifname = name;
	check_say(rows, "pins", false, XSW_CHECK_FAIL, "%s", xsw_error_last()->text);
	check_remedy(rows, "%s", xsw_error_last()->remedy);
}

static int check_switches(struct check_rows *rows)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	struct need_switch all;
	int n = xsw_switch_list(&names);

	for (int i = 0; i < n; i++) {
		int err = xsw_switch_open(names[i], &sw);

		if (err == -EUCLEAN)
			check_pins(rows, names[i]);
		if (err)
			continue; /* gone since, or broken */
		need_read(&sw, &all);
		for (__u32 p = xsw_port_next(&sw, 0); p; p = xsw_port_next(&sw, p))
			if (!xsw_port_info(&sw, p, &info))
				check_port_there(rows, &sw, &info, &all);
		need_free(&all);
		xsw_switch_close(&sw);
	}
	free(names);
	return n < 0 ? n : 0;
}

int xsw_check(const char *ifname, struct xsw_check_row **result)
{
	struct check_rows rows = {};
	int err;

	netns_text(netns_ino(), netns_cookie(), rows.netns);
	if (ifname) {
		err = check_device(&rows, ifname);
	} else {
		check_host(&rows);
		err = check_switches(&rows);
	}
	if (!err && rows.no_memory)
		err = xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	if (err) {
		free(rows.row);
		return err;
	}
	*result = rows.row;
	return rows.n;
}
