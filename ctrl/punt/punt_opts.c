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
	{ "sctp", IPPROTO_SCTP },
	{ "ospf", 89 },
	{ "vrrp", 112 },
	{},
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
	[PUNT_SOCKET] = { "socket", CODE(socket, XSW_PUNT_SOCKETS - 1) },
	[PUNT_HOST] = { "host", .type = OPT_ON_OFF, AT(action), .mask = XSW_PUNT_HOST },
	[PUNT_PPS] = { "pps", CODE(pps, 100000000), .min = 1 },
};

const struct opts punt_opts = { "punt", rows, PUNT_OPTS, sizeof(struct xsw_punt_conf) };

int punt_opt_set(int opt, const char *value, const char *ifname, struct xsw_punt_conf *conf)
{
	if (PUNT_GIVEN(conf, opt))
		return xsw_fail(EINVAL, "punt", ifname, "%s: given twice", rows[opt].word);
	if (1U << opt & PUNT_ACTIONS && conf->given & PUNT_ACTIONS)
		return xsw_fail(EINVAL, "punt", ifname, "there is a socket or the host, not both");
	return opt_read(&punt_opts, &rows[opt], value, ifname, conf);
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
	return 0;
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
