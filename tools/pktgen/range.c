// SPDX-License-Identifier: GPL-2.0
/* Reading of addresses, ranges and rates; called by the command line only. */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "tools/pktgen/range.h"

static int bad(const char *what, const char *text, const char *why)
{
	return xsw_fail(EINVAL, "option", what, "'%s': %s", text, why);
}

/* A decimal number and what follows it; the suffixes k, m, g and t are taken. */
static bool decimal(const char *text, double *value, const char **rest)
{
	static const char suffixes[] = "kmgt";
	const char *suffix;
	char *end;

	if ((*text < '0' || *text > '9') && *text != '.')
		return false;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return false;
	errno = 0;
	*value = strtod(text, &end);
	if (errno || end == text || !isfinite(*value))
		return false;
	suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
	if (suffix) {
		*value *= pow(1000, suffix - suffixes + 1);
		end++;
	}
	*rest = end;
	return true;
}

int number_read(const char *what, const char *text, __u64 min, __u64 max, __u64 *value)
{
	const char *rest = "";
	char why[80];
	double d;

	snprintf(why, sizeof(why), "must be a number from %llu to %llu", (unsigned long long)min,
		 (unsigned long long)max);
	if (!decimal(text, &d, &rest) || *rest || d != floor(d) || d < min || d > max)
		return bad(what, text, why);
	*value = d;
	return 0;
}

int seconds_read(const char *what, const char *text, double *value)
{
	const char *rest;

	if (!decimal(text, value, &rest) || *rest || *value <= 0 || *value > 1e9)
		return bad(what, text, "must be a number of seconds");
	return 0;
}

int rate_read(const char *what, const char *text, struct rate *rate)
{
	const char *rest;
	double value;

	*rate = (struct rate){};
	if (!decimal(text, &value, &rest) || value <= 0 || value > 1e15)
		return bad(what, text, "must be a rate such as 100k, 1.5mpps or 1gbit");
	if (!*rest || !strcasecmp(rest, "pps"))
		rate->pps = value;
	else if (!strcasecmp(rest, "bit"))
		rate->bps = value;
	else
		return bad(what, text, "must be a rate such as 100k, 1.5mpps or 1gbit");
	return 0;
}

static bool mac_read(const char *text, __u64 *mac)
{
	__u8 m[6];

	if (!mac_parse(text, m))
		return false;
	*mac = 0;
	for (int i = 0; i < 6; i++)
		*mac = *mac << 8 | m[i];
	return true;
}

int mac_range_read(const char *what, const char *text, struct mac_range *range)
{
	const char *dash = strchr(text, '-');
	char first[32];

	snprintf(first, sizeof(first), "%.*s", dash ? (int)(dash - text) : 31, text);
	if (!mac_read(first, &range->first) || !mac_read(dash ? dash + 1 : first, &range->last))
		return bad(what, text, "must be an Ethernet address, or two with a dash between");
	if (range->last < range->first)
		return bad(what, text, "the last address is below the first");
	return 0;
}

static __u64 half(const __u8 *bytes)
{
	__u64 v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | bytes[i];
	return v;
}

struct end {
	int family;
	__u64 prefix;
	__u64 address;
	bool has_port;
	__u16 port;
};

static bool port_read(const char *text, struct end *e)
{
	char *stop;
	unsigned long v = strtoul(text, &stop, 10);

	if (*text < '0' || *text > '9' || *stop || v > 65535)
		return false;
	e->port = v;
	e->has_port = true;
	return true;
}

/* Split off the port; @address is without brackets then. */
static bool port_split(char *text, char **address, struct end *e)
{
	char *colon = strrchr(text, ':'), *bracket;

	*address = text;
	if (*text == '[') {
		bracket = strchr(text, ']');
		if (!bracket || (bracket[1] && bracket[1] != ':'))
			return false;
		*address = text + 1;
		colon = bracket[1] ? bracket + 1 : NULL;
		*bracket = '\0';
	} else if (colon && strchr(text, ':') != colon) {
		colon = NULL; /* an IPv6 address without port */
	}
	if (!colon)
		return true;
	if (*text != '[')
		*colon = '\0';
	return port_read(colon + 1, e);
}

static bool end_read(char *text, struct end *e)
{
	struct in6_addr v6;
	struct in_addr v4;
	char *address;

	if (!port_split(text, &address, e))
		return false;
	if (inet_pton(AF_INET, address, &v4) == 1) {
		e->family = AF_INET;
		e->prefix = 0;
		e->address = ntohl(v4.s_addr);
		return true;
	}
	if (inet_pton(AF_INET6, address, &v6) != 1)
		return false;
	e->family = AF_INET6;
	e->prefix = half(v6.s6_addr);
	e->address = half(v6.s6_addr + 8);
	return true;
}

int end_range_read(const char *what, const char *text, struct end_range *range)
{
	struct end first = { .port = range->port_first }, last;
	char copy[160], *dash;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return bad(what, text, "too long");
	dash = strchr(copy, '-');
	if (dash)
		*dash++ = '\0';
	if (!end_read(copy, &first))
		return bad(what, text, "must be ADDRESS[:PORT][-ADDRESS[:PORT]]");
	last = first;
	if (dash && !end_read(dash, &last))
		return bad(what, text, "must be ADDRESS[:PORT][-ADDRESS[:PORT]]");
	if (first.family != last.family || first.prefix != last.prefix)
		return bad(what, text, "both addresses must be of one family, and one /64");
	if (last.address < first.address || last.port < first.port)
		return bad(what, text, "the last address or port is below the first");
	*range = (struct end_range){ first.family, first.prefix, first.address,
				     last.address, first.port,	 last.port };
	return 0;
}
