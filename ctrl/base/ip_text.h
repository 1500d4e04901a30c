/* SPDX-License-Identifier: GPL-2.0 */
/* IP addresses and prefixes as text. An IPv4 address is kept as ::ffff:a.b.c.d
 * (RFC 4291, 2.5.5.2).
 */
#pragma once

#include <netinet/in.h>
#include <stddef.h>
#include <linux/types.h>

struct ip_prefix {
	struct in6_addr ip; /* the bits behind the prefix are 0 */
	__u8 len;	    /* 0 to 128; of an IPv4 prefix 96 to 128 */
};

/** ip_parse() - read an IPv4 or IPv6 address. Return: 0 or -EINVAL. */
int ip_parse(const char *text, struct in6_addr *ip);

/** ip_format() - @text has room for INET6_ADDRSTRLEN */
void ip_format(const struct in6_addr *ip, char *text);

/**
 * prefix_parse() - read "192.0.2.0/24" or "2001:db8::/32"; without a length it is one address
 *
 * Return: 0; -EINVAL: no address, a length that is too long, or a bit behind the prefix is set.
 */
int prefix_parse(const char *text, struct ip_prefix *prefix);

/** prefix_format() - always with a length */
void prefix_format(const struct ip_prefix *prefix, char *text, size_t size);
