// SPDX-License-Identifier: GPL-2.0
/* Rates and sizes as tc(8) writes them. */
#include "ctrl/base/rate_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define KIB 1024.0
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct unit {
	const char *suffix;
	double factor;
};

static const struct unit rate_units[] = {
	{ "", 1 },
	{ "bit", 1 },
	{ "kbit", 1e3 },
	{ "mbit", 1e6 },
	{ "gbit", 1e9 },
	{ "tbit", 1e12 },
	{ "kibit", KIB },
	{ "mibit", KIB *KIB },
	{ "gibit", KIB *KIB *KIB },
	{ "tibit", KIB *KIB *KIB *KIB },
	{ "bps", 8 },
	{ "kbps", 8e3 },
	{ "mbps", 8e6 },
	{ "gbps", 8e9 },
	{ "tbps", 8e12 },
	{ "kibps", 8 * KIB },
	{ "mibps", 8 * KIB *KIB },
	{ "gibps", 8 * KIB *KIB *KIB },
	{ "tibps", 8 * KIB *KIB *KIB *KIB },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "b", 1 },
	{ "k", KIB },
	{ "kb", KIB },
	{ "m", KIB *KIB },
	{ "mb", KIB *KIB },
	{ "g", KIB *KIB *KIB },
	{ "gb", KIB *KIB *KIB },
	{ "kbit", KIB / 8 },
	{ "mbit", KIB *KIB / 8 },
	{ "gbit", KIB *KIB *KIB / 8 },
};

/* Digits with at the most one point among them: no sign, exponent or "inf". */
static int number_parse(const char *text, double *number, const char **rest)
{
	size_t digits = strspn(text, "0123456789."), points = 0;
	char copy[32];

	for (size_t i = 0; i < digits; i++)
		points += text[i] == '.';
	if (text[0] == '.' || !digits || digits >= sizeof(copy) || points > 1)
		return -EINVAL;
	memcpy(copy, text, digits);
	copy[digits] = '\0';
	*number = strtod(copy, NULL);
	*rest = text + digits;
	return 0;
}

static int unit_parse(const char *text, const struct unit *units, size_t n, __u64 *value)
{
	const char *suffix;
	double number;

	if (number_parse(text, &number, &suffix))
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(units[i].suffix, suffix))
			continue;
		number = round(number * units[i].factor);
		if (number >= 0x1p53)
			return -ERANGE;
		*value = number;
		return 0;
	}
	return -EINVAL;
}

int unit_rate_parse(const char *text, __u64 *bps)
{
	return unit_parse(text, rate_units, COUNT(rate_units), bps);
}

int unit_size_parse(const char *text, __u64 *bytes)
{
	return unit_parse(text, size_units, COUNT(size_units), bytes);
}

static void unit_format(__u64 value, __u64 step, const char *const *suffixes, char *text,
			size_t size)
{
	int i = 0;

	for (; value && value % step == 0 && suffixes[i + 1]; i++)
		value /= step;
	snprintf(text, size, "%llu%s", (unsigned long long)value, suffixes[i]);
}

void unit_rate_format(__u64 bps, char *text, size_t size)
{
	static const char *const suffixes[] = { "bit", "kbit", "mbit", "gbit", "tbit", NULL };

	unit_format(bps, 1000, suffixes, text, size);
}

void unit_size_format(__u64 bytes, char *text, size_t size)
{
	static const char *const suffixes[] = { "b", "kb", "mb", "gb", NULL };

	unit_format(bytes, 1024, suffixes, text, size);
}
