// SPDX-License-Identifier: GPL-2.0
/* IP addresses and prefixes as text. */
#include "ctrl/base/ip_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAPPED 96 /* bits before the IPv4 address in ::ffff:a.b.c.d */

int ip_parse(const char *text, struct in6_addr *ip)
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		memcpy(ip->s6_addr, mapped, sizeof(mapped));
		memcpy(ip->s6_addr + sizeof(mapped), &v4, sizeof(v4));
		return 0;
	}
	return inet_pton(AF_INET6, text, ip) == 1 ? 0 : -EINVAL;
}

void ip_format(const struct in6_addr *ip, char *text)
{
	if (IN6_IS_ADDR_V4MAPPED(ip))
		inet_ntop(AF_INET, ip->s6_addr + 12, text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, ip, text, INET6_ADDRSTRLEN);
}

/* Read how many bits the prefix has. Return: the number, or -EINVAL. */
static long bits_parse(const char *text, long max)
{
	char *end;
	long bits;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	bits = strtol(text, &end, text[1] == 'x' ? 16 : 10);
	return *end || bits > max ? -EINVAL : bits;
}

int prefix_parse(const char *text, struct ip_prefix *prefix)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchrnul(text, '/');
	long bits = 128;
	bool v4;

	if (slash - text >= (int)sizeof(address))
		return -EINVAL;
	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	if (ip_parse(address, &prefix->ip))
		return -EINVAL;
	v4 = !strchr(address, ':');
	if (*slash)
		bits = bits_parse(slash + 1, v4 ? 32 : 128);
	if (bits < 0)
		return -EINVAL;
	if (*slash && v4)
		bits += MAPPED;
	for (long i = bits; i < 128; i++)
		if (prefix->ip.s6_addr[i / 8] >> (7 - i % 8) & 1)
			return -EINVAL;
	prefix->len = bits;
	return v4 == IN6_IS_ADDR_V4MAPPED(&prefix->ip) ? 0 : -EINVAL;
}

void prefix_format(const struct ip_prefix *prefix, char *text, size_t size)
{
	char address[INET6_ADDRSTRLEN];

	ip_format(&prefix->ip, address);
	snprintf(text, size, "%s/%u", address,
		 IN6_IS_ADDR_V4MAPPED(&prefix->ip) ? prefix->len - MAPPED : prefix->len);
}
