// SPDX-License-Identifier: GPL-2.0
/* The table of words of a punting rule and what follows from it. */
#include "ctrl/punt/punt_opts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"

#define ETHERTYPE_MIN 0x600 /* below, it is a length: IEEE 802.3 */
#define PPS_MAX 100000000

struct word_number {
	const char *word;
	__u32 number;
};

static const struct word_number ethertypes[] = {
	{ "arp", 0x0806 },   { "ipv4", 0x0800 }, { "ipv6", 0x86dd }, { "lldp", 0x88cc },
	{ "eapol", 0x888e }, { "slow", 0x8809 }, { NULL, 0 },
};

static const struct word_number protos[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "igmp", IPPROTO_IGMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "ospf", 89 },
	{ "vrrp", 112 },
	{ NULL, 0 },
};

/* A number in base 10, or 16 behind "0x". Return: 0 or -EINVAL. */
static int number_parse(const char *text, unsigned long min, unsigned long max, __u32 *number)
{
	unsigned long value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, text[1] == 'x' ? 16 : 10);
	if (errno || *end || value < min || value > max)
		return -EINVAL;
	*number = value;
	return 0;
}

static int word_parse(const struct word_number *words, const char *text, unsigned long min,
		      unsigned long max, __u32 *number)
{
	for (; words->word; words++) {
		if (strcmp(words->word, text))
			continue;
		*number = words->number;
		return 0;
	}
	return number_parse(text, min, max, number);
}

static int ethertype_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = word_parse(ethertypes, text, ETHERTYPE_MIN, 0xffff, &n);

	if (!err)
		c->ethertype = n;
	return err;
}

static void ethertype_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "0x%04x", c->ethertype);
}

static int vlan_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = number_parse(text, 0, XSW_VID_MAX, &n);

	if (!err)
		c->vlan = n;
	return err;
}

static void vlan_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->vlan);
}

static int dst_set(const char *text, struct xsw_punt_conf *c)
{
	return mac_parse(text, c->dst) ? 0 : -EINVAL;
}

static void dst_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%s", mac_text(c->dst));
}

static int proto_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = word_parse(protos, text, 0, 255, &n);

	if (!err)
		c->proto = n;
	return err;
}

static void proto_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->proto);
}

static int prefix_set(const char *text, struct in6_addr *ip, __u8 *len)
{
	struct ip_prefix prefix;
	int err = prefix_parse(text, &prefix);

	if (err)
		return err;
	*ip = prefix.ip;
	*len = prefix.len;
	return 0;
}

static void prefix_get(const struct in6_addr *ip, __u8 len, char *text, size_t size)
{
	const struct ip_prefix prefix = { .ip = *ip, .len = len };

	prefix_format(&prefix, text, size);
}

static int src_ip_set(const char *text, struct xsw_punt_conf *c)
{
	return prefix_set(text, &c->src_ip, &c->src_len);
}

static void src_ip_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	prefix_get(&c->src_ip, c->src_len, text, size);
}

static int dst_ip_set(const char *text, struct xsw_punt_conf *c)
{
	return prefix_set(text, &c->dst_ip, &c->dst_len);
}

static void dst_ip_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	prefix_get(&c->dst_ip, c->dst_len, text, size);
}

static int src_port_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = number_parse(text, 0, 65535, &n);

	if (!err)
		c->src_port = n;
	return err;
}

static void src_port_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->src_port);
}

static int dst_port_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = number_parse(text, 0, 65535, &n);

	if (!err)
		c->dst_port = n;
	return err;
}

static void dst_port_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->dst_port);
}

static int socket_set(const char *text, struct xsw_punt_conf *c)
{
	__u32 n;
	int err = number_parse(text, 0, XSW_PUNT_SOCKETS - 1, &n);

	if (err)
		return err;
	c->action = XSW_PUNT_SOCKET;
	c->socket = n;
	return 0;
}

static void socket_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->socket);
}

static int host_set(const char *text, struct xsw_punt_conf *c)
{
	(void)text;
	c->action = XSW_PUNT_HOST;
	return 0;
}

static int pps_set(const char *text, struct xsw_punt_conf *c)
{
	return number_parse(text, 1, PPS_MAX, &c->pps);
}

static void pps_get(const struct xsw_punt_conf *c, char *text, size_t size)
{
	snprintf(text, size, "%u", c->pps);
}

const struct punt_opt punt_opts[PUNT_OPTS] = {
	[PUNT_ETHERTYPE] = { "ethertype", "ethertype",
			     "0x0600 to 0xffff, or arp, ipv4, ipv6, lldp, eapol, slow",
			     ethertype_set, ethertype_get, false },
	[PUNT_VLAN] = { "vlan", "vlan", "0 to 4094", vlan_set, vlan_get, true },
	[PUNT_DST] = { "dst", "dst", "an address such as 01:80:c2:00:00:0e", dst_set, dst_get,
		       false },
	[PUNT_PROTO] = { "proto", "proto",
			 "0 to 255, or icmp, igmp, tcp, udp, icmpv6, sctp, ospf, vrrp", proto_set,
			 proto_get, true },
	[PUNT_SRC_IP] = { "src-ip", "src_ip",
			  "a prefix such as 192.0.2.0/24 or 2001:db8::/32, no bits behind it",
			  src_ip_set, src_ip_get, false },
	[PUNT_DST_IP] = { "dst-ip", "dst_ip",
			  "a prefix such as 192.0.2.0/24 or 2001:db8::/32, no bits behind it",
			  dst_ip_set, dst_ip_get, false },
	[PUNT_SRC_PORT] = { "src-port", "src_port", "0 to 65535", src_port_set, src_port_get,
			    true },
	[PUNT_DST_PORT] = { "dst-port", "dst_port", "0 to 65535", dst_port_set, dst_port_get,
			    true },
	[PUNT_SOCKET] = { "socket", "socket", "0 to 15", socket_set, socket_get, true },
	[PUNT_HOST] = { "host", NULL, "", host_set, NULL, false },
	[PUNT_PPS] = { "pps", "pps", "1 to 100000000", pps_set, pps_get, true },
};

int punt_opt_find(const char *word)
{
	for (int i = 0; i < PUNT_OPTS; i++)
		if (!strcmp(punt_opts[i].word, word))
			return i;
	return -ENOENT;
}

int punt_opt_set(int opt, const char *value, const char *ifname, struct xsw_punt_conf *conf)
{
	const struct punt_opt *o = &punt_opts[opt];

	if (PUNT_GIVEN(conf, opt))
		return xsw_fail(EINVAL, "punt", ifname, "%s: given twice", o->word);
	if (1U << opt & PUNT_ACTIONS && conf->given & PUNT_ACTIONS)
		return xsw_fail(EINVAL, "punt", ifname, "there is a socket or the host, not both");
	if (o->set(value, conf))
		return xsw_fail(EINVAL, "punt", ifname, "%s '%s': must be %s", o->word, value,
				o->values);
	conf->given |= 1U << opt;
	return 0;
}

void punt_format(const struct xsw_punt_conf *conf, char *text, size_t size)
{
	char value[64] = "";
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < PUNT_OPTS && used < size; i++) {
		if (!PUNT_GIVEN(conf, i))
			continue;
		if (punt_opts[i].get)
			punt_opts[i].get(conf, value, sizeof(value));
		used += snprintf(text + used, size - used, "%s%s%s%s", used ? " " : "",
				 punt_opts[i].word, punt_opts[i].get ? " " : "",
				 punt_opts[i].get ? value : "");
	}
}
