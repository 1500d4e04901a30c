// SPDX-License-Identifier: GPL-2.0
#include "ctrl/port/fit.h"

#include <errno.h>
#include <limits.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/opt.h"
#include "ctrl/base/shell_word.h"
#include "ctrl/kernel/address.h"
#include "ctrl/kernel/sysfs.h"

/* Names in the texts below: of the device, of its lower device or master, of the switch; with a
 * number before the letter, that many characters at the most, so that a longer name can be made.
 */
#define ADD_AGAIN "; ip link set $d up; xsw port add $d switch $s"
#define MAKE_TAP "ip link del $d; ip tuntap add $d mode tap" ADD_AGAIN
#define NO_KEY "is external: it sends nothing that has no tunnel key"
#define WITH_KEY "ip link del $d # and make it with the ends of the tunnel, not `external`"
#define NO_ETHERNET "not an Ethernet device: it carries IP packets"
#define OVER_IT                                                                                    \
	"ip link add NAME type vxlan id VNI remote ADDRESS dstport 4789 dev $d # and NAME as port"

struct fit {
	const char *kind;   /* of a device, or of the master that it belongs to; NULL: any other */
	const char *why;    /* it cannot be a port, or what will not work, if @part */
	const char *remedy; /* commands */
	bool (*is)(const struct link_info *dev); /* which of that kind; NULL: all */
	bool part;
};

static bool is_external(const struct link_info *dev)
{
	return dev->external;
}

static bool is_l3(const struct link_info *dev)
{
	return dev->mode == LINK_NETKIT_L3;
}

/* In all modes but passthru: macvlan_handle_frame() of drivers/net/macvlan.c */
static bool is_filtered(const struct link_info *dev)
{
	return dev->mode != MACVLAN_MODE_PASSTHRU;
}

/* Devices that are Ethernet for the kernel. Kinds that have no row here can be ports: tun in mode
 * tap, veth, bond, team, vlan, macsec, dummy, geneve, gretap, erspan, batadv, dsa, and what has no
 * kind: hardware. Sources: the drivers' ndo_start_xmit, and what calls netif_rx() there.
 */
static const struct fit kinds[] = {
	{ "bridge", .why = "is a bridge: what it forwards itself would come to the switch, too",
	  .remedy = "ip link add $12d-sw type veth peer name $12d-br; ip link set $12d-br master "
		    "$d up; ip link set $12d-sw up; xsw port add $12d-sw switch $s" },
	{ "macvtap",
	  .why = "is a macvtap: what is sent to it leaves by its lower device, not to its process",
	  .remedy = MAKE_TAP },
	{ "ipvtap",
	  .why = "is an ipvtap: what is sent to it leaves by its lower device, not to its process",
	  .remedy = MAKE_TAP },
	{ "ipvlan", .why = "is an ipvlan: frames come to it by IP address, not by their own",
	  .remedy = "ip link del $d; xsw port add $l switch $s" },
	{ "ifb", .why = "is an ifb: it hands what is sent to it to the host, as if it had come in",
	  .remedy = "ip link del $d; ip link add $d type veth peer name $12d-in" ADD_AGAIN },
	{ "netkit", .is = is_l3,
	  .why = "is a netkit in mode l3: it carries packets, without addresses of Ethernet",
	  .remedy = "ip link del $d; ip link add $d type netkit mode l2" ADD_AGAIN },
	{ "vrf", .why = "is a vrf: it routes what is sent to it",
	  .remedy = "xsw port add $9d-sw switch $s host; ip link set $9d-sw master $d up" },
	{ "hsr", .why = "is an hsr: it puts its own address in place of each source address",
	  .remedy = "ip link del $d # and make it with an interlink (Linux 6.10), to be the port" },
	{ "vxlan", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "geneve", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "gretap", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "ip6gretap", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "erspan", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "ip6erspan", .is = is_external, .why = NO_KEY, .remedy = WITH_KEY },
	{ "macvlan", .is = is_filtered, .part = true,
	  .why = "macvlan: of unicast it gets only what is sent to its own address, nothing for "
		 "guests",
	  .remedy = "ip link del $d; ip link add link $l name $d type macvlan mode "
		    "passthru" ADD_AGAIN },
	{ "virt_wifi", .part = true,
	  .why = "virt_wifi: a station of a wireless network, which has one address",
	  .remedy = "xsw port del $d; xsw port add $l switch $s" },
};

/* Devices without Ethernet frames */
static const struct fit l3_kinds[] = {
	{ "tun", .why = "not an Ethernet device: a tun carries IP packets",
	  .remedy = "ip tuntap del $d mode tun; ip tuntap add $d mode tap" ADD_AGAIN },
	{ "wireguard", .why = NO_ETHERNET, .remedy = OVER_IT },
	{ "xfrm", .why = NO_ETHERNET, .remedy = OVER_IT },
	{ "vti", .why = NO_ETHERNET, .remedy = OVER_IT },
	{ "vti6", .why = NO_ETHERNET, .remedy = OVER_IT },
	{ "gre", .why = NO_ETHERNET, .remedy = "ip link del $d # and make a gretap" },
	{ "ip6gre", .why = NO_ETHERNET, .remedy = "ip link del $d # and make an ip6gretap" },
	{ "ipip", .why = NO_ETHERNET, .remedy = "ip link del $d # and make a gretap" },
	{ "sit", .why = NO_ETHERNET, .remedy = "ip link del $d # and make a gretap" },
	{ "ip6tnl", .why = NO_ETHERNET, .remedy = "ip link del $d # and make an ip6gretap" },
	{ NULL, .why = "not an Ethernet device",
	  .remedy = "xsw port add NAME switch $s host # makes one for the host itself" },
};

/* Masters take the frames of what belongs to them. Here $l is the master. */
static const struct fit masters[] = {
	{ "bond", .why = "belongs to bond '$l'",
	  .remedy = "xsw port add $l switch $s # or: ip link set $d nomaster" },
	{ "team", .why = "belongs to team '$l'",
	  .remedy = "xsw port add $l switch $s # or: ip link set $d nomaster" },
	{ "hsr", .why = "belongs to hsr '$l'", .remedy = "ip link del $l" },
	{ "bridge", .why = "belongs to bridge '$l'", .remedy = "ip link set $d nomaster" },
	{ "vrf", .why = "belongs to vrf '$l'", .remedy = "ip link set $d nomaster" },
	{ "openvswitch", .why = "belongs to Open vSwitch", .remedy = "ovs-vsctl del-port $d" },
	{ NULL, .why = "belongs to a master", .remedy = "ip link set $d nomaster" },
};

#define ROWS(table) table, sizeof(table) / sizeof(*(table))

static const struct fit *fit_find(const struct fit *table, size_t n, const char *kind,
				  const struct link_info *dev)
{
	for (size_t i = 0; i < n; i++)
		if ((!table[i].kind || !strcmp(table[i].kind, kind)) &&
		    (!table[i].is || table[i].is(dev)))
			return &table[i];
	return NULL;
}

/* What is wrong with a device, in words */
struct unfit {
	int err;	   /* 0: it works in part */
	const char *check; /* name of the row of 'xsw check' */
	char why[192];
	char remedy[384];
};

/* The name of a device, "DEVICE" if there is none here */
static void name_of(__u32 ifindex, struct link_info *dev)
{
	if (!ifindex || link_brief(NULL, ifindex, dev)) {
		memset(dev, 0, sizeof(*dev));
		strcpy(dev->ifname, "DEVICE");
	}
}

struct names {
	const char *dev, *lower, *switch_name;
};

/* Write @text with the names that stand for $d, $l and $s. @shell: it is commands */
static void names_fill(const char *text, const struct names *names, bool shell, char *out,
		       size_t size)
{
	size_t at = 0;

	while (*text && at + 1 < size) {
		const char *name;
		char *end;
		long most;

		if (*text != '$') {
			out[at++] = *text++;
			continue;
		}
		most = strtol(text + 1, &end, 10);
		name = *end == 'd' ? names->dev : *end == 'l' ? names->lower : names->switch_name;
		most = most ?: XSW_NAME_LEN;
		at += snprintf(out + at, size - at, "%.*s", shell ? INT_MAX : (int)most,
			       shell ? shell_word(name, most) : name);
		text = end + 1;
	}
	out[at < size ? at : size - 1] = '\0';
}

/* Return: is something wrong? */
static bool unfit_find(const struct link_info *dev, const char *switch_name, struct unfit *u)
{
	const struct fit *fit;
	struct link_info other;
	struct names names = { dev->ifname, other.ifname, switch_name };

	name_of(dev->lower, &other);
	fit = dev->is_ethernet ? fit_find(ROWS(kinds), dev->kind_text, dev) :
				 fit_find(ROWS(l3_kinds), dev->kind_text, dev);
	u->err = !fit || fit->part ? 0 : -EINVAL;
	u->check = dev->is_ethernet ? "device" : "ethernet";
	if (dev->has_master && !u->err) {
		name_of(dev->master, &other);
		fit = fit_find(ROWS(masters), other.kind_text, dev);
		u->err = -EBUSY;
		u->check = "master";
	}
	if (!fit)
		return false;
	names_fill(fit->why, &names, false, u->why, sizeof(u->why));
	names_fill(fit->remedy, &names, true, u->remedy, sizeof(u->remedy));
	return true;
}

int fit_check(const struct link_info *dev, const char *switch_name)
{
	struct unfit u;

	if (!unfit_find(dev, switch_name, &u) || !u.err)
		return 0;
	xsw_fail(u.err, "port", dev->ifname, "%s", u.why);
	xsw_remedy("%s", u.remedy);
	return u.err;
}

/* ---- addresses of the host ---- */

struct address {
	char ifname[XSW_NAME_LEN]; /* of the device that has it */
	char text[ADDRESS_TEXT_LEN];
	int n; /* how many that device has */
};

/* VLAN devices and their kin: they get their frames from the device. */
static void upper_seen(const char *upper, void *arg)
{
	struct address *a = arg;
	struct link_info dev;

	if (a->n || link_brief(upper, 0, &dev) || !link_is_upper(&dev))
		return;
	memcpy(a->ifname, dev.ifname, sizeof(a->ifname));
	a->n = address_list(dev.ifindex, a->text);
}

static bool address_find(const struct link_info *dev, struct address *a)
{
	memset(a, 0, sizeof(*a));
	memcpy(a->ifname, dev->ifname, sizeof(a->ifname));
	a->n = address_list(dev->ifindex, a->text);
	if (!a->n)
		sys_net_uppers(dev->ifname, upper_seen, a);
	return a->n;
}

/* The first of host0 to host99 that no device has */
static void host_name(char *name)
{
	struct link_info dev;

	for (int i = 0; i < 100; i++) {
		snprintf(name, XSW_NAME_LEN, "host%d", i);
		if (link_brief(name, 0, &dev) == -ENODEV)
			return;
	}
}

static void address_write(const struct address *a, const char *switch_name, __u32 tag,
			  struct unfit *u)
{
	char host[XSW_NAME_LEN], vlan[16] = "";

	if (tag && tag != OPT_VID_NONE)
		snprintf(vlan, sizeof(vlan), " tag %u", tag);
	host_name(host);
	snprintf(u->why, sizeof(u->why), "%s has the host's address %s%s, by which it is reached",
		 a->ifname, a->text, a->n > 1 ? " and more" : "");
	snprintf(
		u->remedy, sizeof(u->remedy),
		"xsw port add %s switch %s host%s; ip link set %s up; ip address del %s dev %s; ip "
		"address add %s dev %s # or keep_addresses on",
		host, switch_name, vlan, host, a->text, shell_word(a->ifname, XSW_NAME_LEN),
		a->text, host);
}

int fit_addresses(const struct link_info *dev, const char *switch_name, __u32 tag)
{
	struct address a;
	struct unfit u;

	if (!address_find(dev, &a))
		return 0;
	address_write(&a, switch_name, tag, &u);
	xsw_fail(EADDRINUSE, "port", dev->ifname, "%s", u.why);
	xsw_remedy("%s", u.remedy);
	return -EADDRINUSE;
}

static void unfit_say(struct check_rows *rows, const struct unfit *u)
{
	check_say(rows, u->check, false, u->err ? XSW_CHECK_FAIL : XSW_CHECK_WARN, "%s", u->why);
	check_remedy(rows, "%s", u->remedy);
}

void fit_warn(struct check_rows *rows, const struct link_info *dev, const char *switch_name)
{
	struct unfit u;

	if (unfit_find(dev, switch_name, &u))
		unfit_say(rows, &u);
}

void fit_say(struct check_rows *rows, const struct link_info *dev, const char *switch_name,
	     __u32 tag, bool addresses)
{
	struct unfit u;
	bool unfit = unfit_find(dev, switch_name, &u);
	struct address a;

	if (dev->is_ethernet)
		check_say(rows, "ethernet", true, XSW_CHECK_OK, "is an Ethernet device");
	if (!dev->has_master)
		check_say(rows, "master", true, XSW_CHECK_OK, "belongs to nobody else");
	if (unfit)
		unfit_say(rows, &u);
	if (addresses || !address_find(dev, &a))
		return;
	address_write(&a, switch_name, tag, &u);
	check_say(rows, "addresses", false, XSW_CHECK_FAIL, "%s", u.why);
	check_remedy(rows, "%s", u.remedy);
}

/* ---- MTU ---- */

/* Sources: vlan_dev_change_mtu(), macvlan_change_mtu(), macsec_change_mtu() with its tag of 16
 * bytes and the check of 16, vxlan_change_mtu()
 */
int fit_overhead(const struct link_info *dev)
{
	static const struct {
		const char *kind;
		int bytes;
	} kind_bytes[] = { { "vlan", 0 },      { "macvlan", 0 }, { "macvtap", 0 },
			   { "virt_wifi", 0 }, { "macsec", 32 }, { "vxlan", 50 } };

	for (size_t i = 0; dev->lower && i < sizeof(kind_bytes) / sizeof(*kind_bytes); i++)
		if (!strcmp(kind_bytes[i].kind, dev->kind_text))
			return kind_bytes[i].bytes + (dev->outer_ip6 ? 20 : 0);
	return -1;
}
