// SPDX-License-Identifier: GPL-2.0
/* lldp SWITCH [DEV...]: keeps what neighbours tell in the switch's table, and tells them
 * of the switch every so often, on the ports named or on the uplinks; the last word is
 * that it goes. IEEE 802.1AB-2016.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/kernel/link.h"
#include "ctrl/port/kind.h"
#include "ctrl/port/port.h"
#include "ctrl/punt/lldp.h"
#include "ctrl/punt/lldp_frame.h"
#include "ctrl/punt/punt.h"
#include "ctrl/switch/lock.h"
#include "tools/punt/punt.h"

#define TX_HOLD 4 /* msgTxHold: intervals for which what we tell is good */
#define CHASSIS_LOCAL 7
#define PORT_IFNAME 5
#define CAN_BRIDGE (1U << 2)

static struct {
	struct xsw_switch_handle sw;
	uint64_t next_ns; /* when to send again */
	struct utsname host;
	bool added[XSW_MAX_PORTS]; /* rules */
	bool full[XSW_MAX_PORTS];  /* there was no room for one */
	unsigned int refused;	   /* LLDPDUs */
} lldp;

/* ---- sending ---- */

/* Uplinks are what leads out of the host. */
static bool is_uplink(const struct xsw_port_info *info)
{
	struct link_info link;

	return !link_get_index(info->settings.port.ifindex, &link) && kind_of(&link)->leads_out;
}

static bool is_told(const struct run *r, const struct xsw_port_info *info)
{
	for (int i = 0; i < r->words; i++)
		if (!strcmp(r->word[i], info->ifname))
			return true;
	return !r->words && is_uplink(info);
}

static int mac_of(const char *ifname, __u8 *mac)
{
	struct ifreq req = {};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", ifname);
	err = ioctl(fd, SIOCGIFHWADDR, &req) ? -errno : 0;
	memcpy(mac, req.ifr_hwaddr.sa_data, 6);
	close(fd);
	return err;
}

static void describe(const struct run *r, const struct xsw_port_info *info, __u16 ttl_s,
		     struct xsw_lldp *n)
{
	*n = (struct xsw_lldp){
		.ttl_s = ttl_s,
		.chassis_subtype = CHASSIS_LOCAL,
		.port_subtype = PORT_IFNAME,
		.can = CAN_BRIDGE,
		.enabled = CAN_BRIDGE,
	};
	snprintf(n->chassis_id, sizeof(n->chassis_id), "%s/%s", lldp.host.nodename, r->switch_name);
	snprintf(n->port_id, sizeof(n->port_id), "%s", info->ifname);
	snprintf(n->port_descr, sizeof(n->port_descr), "port %u of switch %s", info->port,
		 r->switch_name);
	snprintf(n->sys_name, sizeof(n->sys_name), "%s", lldp.host.nodename);
	snprintf(n->sys_descr, sizeof(n->sys_descr), "xsw on %s %s", lldp.host.sysname,
		 lldp.host.release);
}

/* To all; a device that is down hears it the next time. */
static void tell(struct run *r, __u16 ttl_s)
{
	__u8 frame[LLDP_FRAME_MAX], mac[6];
	struct xsw_port_info info;
	struct xsw_lldp n;

	for (__u32 p = xsw_port_next(&lldp.sw, 0); p; p = xsw_port_next(&lldp.sw, p)) {
		if (xsw_port_info(&lldp.sw, p, &info) || info.state != XSW_PORT_STATE_UP ||
		    !is_told(r, &info) || mac_of(info.ifname, mac))
			continue;
		describe(r, &info, ttl_s, &n);
		xsw_punt_send(r->punt, info.settings.port.ifindex, frame,
			      lldp_build(frame, mac, &n));
	}
}

/* ---- rules ---- */

static int rule_make(const struct run *r, struct xsw_punt_conf *rule)
{
	char number[8];

	memset(rule, 0, sizeof(*rule));
	snprintf(number, sizeof(number), "%u", r->socket);
	return punt_opt_set(PUNT_DST, "01:80:c2:00:00:0e", r->switch_name, rule) ||
	       punt_opt_set(PUNT_ETHERTYPE, "lldp", r->switch_name, rule) ||
	       punt_opt_set(PUNT_SOCKET, number, r->switch_name, rule) ||
	       punt_opt_set(PUNT_PPS, "100", r->switch_name, rule);
}

static bool has_rule(__u32 port, const struct xsw_punt_conf *rule)
{
	struct xsw_punt_row rows[XSW_PUNT_RULES];
	int n = xsw_punt_list(&lldp.sw, port, rows);

	for (int i = 0; i < n; i++)
		if (xsw_punt_same(&rows[i].conf, rule))
			return true;
	return false;
}

/* A port that has no room is told of once, and tried again. */
static int rule_change(__u32 port, const struct xsw_punt_conf *rule, bool add)
{
	int err = add ? xsw_punt_add(&lldp.sw, port, rule) : xsw_punt_del(&lldp.sw, port, rule);

	lldp.added[port] = add && !err;
	if (err == -ENOSPC && !lldp.full[port])
		fprintf(stderr, "xsw-punt: %s\n", xsw_error_last()->text);
	lldp.full[port] = err == -ENOSPC;
	if (err == -ENOSPC || err == -EEXIST || err == -ENOENT || err == -EINVAL)
		return 0; /* the last three: somebody was faster */
	return err;
}

/* The handle is open for long. Return: 0 or -errno, error set. */
static int switch_follow(const struct run *r)
{
	if (!switch_moved(&lldp.sw))
		return 0;
	xsw_switch_close(&lldp.sw);
	return xsw_switch_open(r->switch_name, &lldp.sw);
}

/* Add the rule to ports that have none, or remove it where we added it. */
static int rules_change(struct run *r, bool add)
{
	struct xsw_punt_conf rule;
	int err = 0;

	if (!r->rules || rule_make(r, &rule))
		return 0;
	for (__u32 p = xsw_port_next(&lldp.sw, 0); p && !err; p = xsw_port_next(&lldp.sw, p)) {
		if (add == has_rule(p, &rule) || (!add && !lldp.added[p]))
			continue;
		err = xsw_lock_and_repair();
		if (err == -EBUSY) /* somebody has much to change: the next time */
			return 0;
		if (err)
			return err;
		err = switch_follow(r);
		if (!err)
			err = rule_change(p, &rule, add);
		xsw_unlock();
	}
	return err;
}

/* ---- the handler ---- */

static int words_check(const struct run *r)
{
	struct xsw_switch_handle of;
	int port;

	for (int i = 0; i < r->words; i++) {
		port = xsw_port_find(r->word[i], &of);
		if (port < 0)
			return port;
		xsw_switch_close(&of);
		if (strcmp(of.name, r->switch_name))
			return xsw_fail(EINVAL, "port", r->word[i], "of switch '%s'", of.name);
	}
	return 0;
}

static int lldp_open(struct run *r)
{
	int err = xsw_switch_open(r->switch_name, &lldp.sw);

	if (err)
		return err;
	uname(&lldp.host);
	err = words_check(r);
	if (err)
		xsw_switch_close(&lldp.sw);
	return err;
}

static void lldp_heard(const struct xsw_punt_frame *f, void *run)
{
	int err = xsw_lldp_heard(&lldp.sw, f->port, f->ifindex, f->data, f->caught);

	(void)run;
	if (err && err != -ENODEV)
		lldp.refused++;
}

static int lldp_tick(struct run *r)
{
	int err;

	xsw_lldp_expire(&lldp.sw);
	err = rules_change(r, true);
	if (err || boot_ns() < lldp.next_ns)
		return err;
	lldp.next_ns = boot_ns() + r->interval_s * NS_PER_S;
	tell(r, TX_HOLD * r->interval_s + 1);
	return 0;
}

static int lldp_close(struct run *r)
{
	if (lldp.refused)
		fprintf(stderr, "xsw-punt: lldp: %u frames were bad, or from too many neighbours\n",
			lldp.refused);
	tell(r, 0);
	rules_change(r, false);
	xsw_switch_close(&lldp.sw);
	return 0;
}

const struct handler handler_lldp = {
	.name = "lldp",
	.words = 1000,
	.open = lldp_open,
	.frame = lldp_heard,
	.tick = lldp_tick,
	.close = lldp_close,
};
