// SPDX-License-Identifier: GPL-2.0
/* The words of a punting rule: which there are, and which fit together. */
#include "ctrl/punt/punt_opts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"

static const struct opt_word ethertypes[] = {
	{ "arp", 0x0806 },
	{ "ipv4", 0x0800 },
	{ "ipv6", 0x86dd },
	{ "lldp", 0x88cc },
	{ "eapol", 0x888e },
	{ "slow", 0x8809 },
	{},
};
static const struct opt_word protos[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "igmp", IPPROTO_IGMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "ospf", 89 },
	{ "vrrp", 112 },
	{},
};

/* Types of ICMP and ICMPv6 as nft(8) and ip6tables(8) call them, -1: there is none. Source: the IANA
 * registries "ICMP Type Numbers" and "ICMPv6 \"type\" Numbers".
 */
static const struct icmp_name {
	const char *word;
	int icmp, icmpv6;
} icmp_names[] = {
	{ "echo-reply", 0, 129 },
	{ "echo-request", 8, 128 },
	{ "destination-unreachable", 3, 1 },
	{ "time-exceeded", 11, 3 },
	{ "parameter-problem", 12, 4 },
	{ "source-quench", 4, -1 },
	{ "timestamp-request", 13, -1 },
	{ "timestamp-reply", 14, -1 },
	{ "packet-too-big", -1, 2 },
	{ "router-solicitation", 10, 133 },
	{ "router-advertisement", 9, 134 },
	{ "neighbour-solicitation", -1, 135 },
	{ "neighbour-advertisement", -1, 136 },
	{ "redirect", 5, 137 },
	{ "nd-router-solicit", -1, 133 },
	{ "nd-router-advert", -1, 134 },
	{ "nd-neighbor-solicit", -1, 135 },
	{ "nd-neighbor-advert", -1, 136 },
	{ "nd-redirect", -1, 137 },
	{ "mld-listener-query", -1, 130 },
	{ "mld-listener-report", -1, 131 },
	{ "mld-listener-done", -1, 132 },
	{ "mld2-listener-report", -1, 143 },
};

#define AT(member) OPT_AT(struct xsw_punt_conf, member)
#define CODE(member, most) .type = OPT_CODE, AT(member), .max = most

static const struct opt rows[] = {
	[PUNT_ETHERTYPE] = { "ethertype", .type = OPT_ETHERTYPE, AT(ethertype), .words = ethertypes,
			     .min = 0x600 /* below, it is a length: IEEE 802.3 */, .max = 0xffff },
	[PUNT_VLAN] = { "vlan", CODE(vlan, XSW_VID_MAX) },
	[PUNT_DST] = { "dst", .type = OPT_MAC, AT(dst) },
	[PUNT_PROTO] = { "proto", CODE(proto, 255), .words = protos },
	[PUNT_SRC_IP] = { "src-ip", .type = OPT_PREFIX, AT(src_ip) },
	[PUNT_DST_IP] = { "dst-ip", .type = OPT_PREFIX, AT(dst_ip) },
	[PUNT_SRC_PORT] = { "src-port", CODE(src_port, 65535) },
	[PUNT_DST_PORT] = { "dst-port", CODE(dst_port, 65535) },
	[PUNT_ICMP_TYPE] = { "icmp-type", "0 to 255, or a name such as echo-request",
			     CODE(icmp_type, 255) },
	[PUNT_ICMP_CODE] = { "icmp-code", CODE(icmp_code, 255) },
	[PUNT_SOCKET] = { "socket", CODE(socket, XSW_PUNT_SOCKETS - 1) },
	[PUNT_HOST] = { "host", .type = OPT_ON_OFF, AT(action), .mask = XSW_PUNT_HOST },
	[PUNT_PPS] = { "pps", CODE(pps, 100000000), .min = 1 },
};

const struct opts punt_opts = { "punt", rows, PUNT_OPTS, sizeof(struct xsw_punt_conf) };

static bool has_types(const struct xsw_punt_conf *c)
{
	return PUNT_GIVEN(c, PUNT_PROTO) &&
	       (c->proto == IPPROTO_ICMP || c->proto == IPPROTO_ICMPV6);
}

/* The number of a type of ICMP that @name calls so. @number: result, room for 4 bytes
 * Return: 0; -EINVAL with the error set; -ENOENT: it is no name.
 */
static int icmp_type_find(const char *name, const char *ifname, const struct xsw_punt_conf *conf,
			  char *number)
{
	const struct icmp_name *end = icmp_names + sizeof(icmp_names) / sizeof(*icmp_names);
	const struct icmp_name *n = icmp_names;
	int type;

	while (n < end && strcmp(n->word, name))
		n++;
	if (n == end)
		return -ENOENT;
	if (!has_types(conf))
		return xsw_fail(EINVAL, "punt", ifname,
				"icmp-type %s: needs proto icmp or proto icmpv6 before it", name);
	type = conf->proto == IPPROTO_ICMP ? n->icmp : n->icmpv6;
	if (type < 0)
		return xsw_fail(EINVAL, "punt", ifname, "icmp-type %s: proto %s has no such type",
				name, conf->proto == IPPROTO_ICMP ? "icmp" : "icmpv6");
	snprintf(number, 4, "%u", (__u8)type);
	return 0;
}

int punt_opt_set(int opt, const char *value, const char *ifname, struct xsw_punt_conf *conf)
{
	char number[4];
	int err;

	if (PUNT_GIVEN(conf, opt))
		return xsw_fail(EINVAL, "punt", ifname, "%s: given twice", rows[opt].word);
	if (1U << opt & PUNT_ACTIONS && conf->given & PUNT_ACTIONS)
		return xsw_fail(EINVAL, "punt", ifname, "there is a socket or the host, not both");
	err = opt == PUNT_ICMP_TYPE ? icmp_type_find(value, ifname, conf, number) : -ENOENT;
	if (err == -EINVAL)
		return err;
	return opt_read(&punt_opts, &rows[opt], err ? value : number, ifname, conf);
}

const char *punt_action(const struct xsw_punt_conf *conf)
{
	return conf->action == XSW_PUNT_HOST ? "host" : "socket";
}

void punt_format(const struct xsw_punt_conf *conf, char *text, size_t size)
{
	char value[64];
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < PUNT_OPTS && used < size; i++) {
		if (!PUNT_GIVEN(conf, i))
			continue;
		opt_text(&rows[i], conf, value, sizeof(value));
		used += snprintf(text + used, size - used, "%s%s%s%s", used ? " " : "",
				 rows[i].word, i == PUNT_HOST ? "" : " ",
				 i == PUNT_HOST ? "" : value);
	}
}

static bool has_ports(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP;
}

__u16 punt_family(const struct xsw_punt_conf *c, int opt)
{
	const struct in6_addr *ip = opt == PUNT_SRC_IP ? &c->src_ip.ip : &c->dst_ip.ip;

	if (!PUNT_GIVEN(c, opt))
		return 0;
	return IN6_IS_ADDR_V4MAPPED(ip) ? 0x0800 : 0x86dd;
}

/* Can there be frames with the type of ICMP that a rule asks for? @family: of its addresses, 0: any */
static int icmp_finish(const char *ifname, const struct xsw_punt_conf *c, __u16 family)
{
	__u16 needs = c->proto == IPPROTO_ICMP ? 0x0800 : 0x86dd;

	if (!PUNT_GIVEN(c, PUNT_ICMP_TYPE))
		return PUNT_GIVEN(c, PUNT_ICMP_CODE) ?
			       xsw_fail(EINVAL, "punt", ifname, "icmp-code needs icmp-type") :
			       0;
	if (!has_types(c))
		return xsw_fail(EINVAL, "punt", ifname,
				"icmp-type needs proto icmp or proto icmpv6");
	if ((family && family != needs) || (PUNT_GIVEN(c, PUNT_ETHERTYPE) && c->ethertype != needs))
		return xsw_fail(EINVAL, "punt", ifname, "icmp-type of proto %s is of %s alone",
				c->proto == IPPROTO_ICMP ? "icmp" : "icmpv6",
				c->proto == IPPROTO_ICMP ? "IPv4" : "IPv6");
	return 0;
}

int xsw_punt_finish(const char *ifname, const struct xsw_punt_conf *c)
{
	__u16 src = punt_family(c, PUNT_SRC_IP), dst = punt_family(c, PUNT_DST_IP);
	bool ports = PUNT_GIVEN(c, PUNT_SRC_PORT) || PUNT_GIVEN(c, PUNT_DST_PORT);
	bool ip = src || dst || ports || PUNT_GIVEN(c, PUNT_PROTO);

	if (src && dst && src != dst)
		return xsw_fail(EINVAL, "punt", ifname,
				"src-ip and dst-ip: one is IPv4, the other IPv6");
	if (PUNT_GIVEN(c, PUNT_ETHERTYPE) &&
	    ((src | dst && (src | dst) != c->ethertype) ||
	     (ip && c->ethertype != 0x0800 && c->ethertype != 0x86dd)))
		return xsw_fail(EINVAL, "punt", ifname,
				"ethertype 0x%04x has no such addresses, protocol or ports",
				c->ethertype);
	if (ports && PUNT_GIVEN(c, PUNT_PROTO) && !has_ports(c->proto))
		return xsw_fail(EINVAL, "punt", ifname,
				"proto %u has no ports: tcp, udp, sctp have", c->proto);
	return icmp_finish(ifname, c, src | dst);
}

/* The part of a rule that says what it matches */
static struct xsw_punt_conf match_of(const struct xsw_punt_conf *conf)
{
	struct xsw_punt_conf c = *conf;

	c.given &= PUNT_MATCHES;
	c.action = 0;
	c.socket = 0;
	c.pps = 0;
	return c;
}

bool xsw_punt_same(const struct xsw_punt_conf *a, const struct xsw_punt_conf *b)
{
	struct xsw_punt_conf x = match_of(a), y = match_of(b);

	return !memcmp(&x, &y, sizeof(x));
}
