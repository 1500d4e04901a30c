/* SPDX-License-Identifier: GPL-2.0 */
/* A rule of punting as a user asks for it, and the table of its words. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/ip_text.h"
#include "ctrl/base/opt.h"
#include "maps/punt.h"

/* What a rule matches, and what it does. Members that @given does not name are 0, so that equal
 * rules are equal memory.
 */
struct xsw_punt_conf {
	__u64 given; /* bit N: row N of punt_opts, PUNT_* */
	__u16 ethertype;
	__u16 vlan;
	__u16 src_port;
	__u16 dst_port;
	__u8 dst[6];
	__u8 proto;
	__u8 action; /* XSW_PUNT_SOCKET, XSW_PUNT_HOST */
	__u8 icmp_type;
	__u8 icmp_code;
	__u8 pad[2];
	struct ip_prefix src_ip;
	struct ip_prefix dst_ip;
	__u32 socket;
	__u32 pps; /* 0: no limit */
};

/* Rows of punt_opts, and bits of xsw_punt_conf.given */
enum {
	PUNT_ETHERTYPE,
	PUNT_VLAN,
	PUNT_DST,
	PUNT_PROTO,
	PUNT_SRC_IP,
	PUNT_DST_IP,
	PUNT_SRC_PORT,
	PUNT_DST_PORT,
	PUNT_ICMP_TYPE,
	PUNT_ICMP_CODE,
	PUNT_SOCKET,
	PUNT_HOST, /* has no value on the command line, and is no key of a file */
	PUNT_PPS,
	PUNT_OPTS
};
#define PUNT_GIVEN(conf, opt) ((conf)->given >> (opt)&1)
#define PUNT_MATCHES ((1U << PUNT_SOCKET) - 1) /* bits of what a rule matches */
#define PUNT_ACTIONS (1U << PUNT_SOCKET | 1U << PUNT_HOST)

extern const struct opts punt_opts;

/**
 * punt_opt_set() - read @value into @conf
 * @opt: a row of punt_opts; the value of PUNT_HOST is "on"; the name of a type of ICMP is one of
 *	the protocol that @conf names already
 * @ifname: for the error
 *
 * Return: 0; -EINVAL with the error set: a bad value, or the option is given already.
 */
int punt_opt_set(int opt, const char *value, const char *ifname, struct xsw_punt_conf *conf);

/** punt_action() - "socket" or "host" */
const char *punt_action(const struct xsw_punt_conf *conf);

/** punt_format() - the whole rule as on a command line */
void punt_format(const struct xsw_punt_conf *conf, char *text, size_t size);

/** punt_family() - the EtherType that the address of PUNT_SRC_IP or PUNT_DST_IP needs, 0: any */
__u16 punt_family(const struct xsw_punt_conf *conf, int opt);

/**
 * xsw_punt_finish() - can there be frames that match?
 * @ifname: for the error
 *
 * Return: 0 or -EINVAL with the error set.
 */
int xsw_punt_finish(const char *ifname, const struct xsw_punt_conf *conf);

/** xsw_punt_same() - do two rules match the same frames? */
bool xsw_punt_same(const struct xsw_punt_conf *a, const struct xsw_punt_conf *b);
