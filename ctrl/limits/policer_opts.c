// SPDX-License-Identifier: GPL-2.0
/* The table of policer options and what follows from it. */
#include "ctrl/limits/policer_opts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/rate_text.h"

#define FRAMES_MAX 1000000000ULL
#define AT(member) offsetof(struct xsw_policer_conf, member)

static const char *const yellows[] = { "remark", "drop", NULL };
static const char *const pcps[] = { "0", "1", "2", "3", "4", "5", "6", "7", NULL };
static const char *const off_on[] = { "off", "on", NULL };

const char *const policer_kinds[XSW_POLICE_KINDS] = { "ingress", "egress", "broadcast", "multicast",
						      "unknown" };

const struct policer_opt policer_opts[POLICER_OPTS] = {
	[POLICER_RATE] = { "rate", POLICER_OPT_RATE, true, AT(rate_bps), NULL },
	[POLICER_BURST] = { "burst", POLICER_OPT_SIZE, true, AT(burst_bytes), NULL },
	[POLICER_PPS] = { "pps", POLICER_OPT_NUMBER, true, AT(pps), NULL },
	[POLICER_BURST_PACKETS] = { "burst_packets", POLICER_OPT_NUMBER, true, AT(burst_packets),
				    NULL },
	[POLICER_PEAK_RATE] = { "peak_rate", POLICER_OPT_RATE, false, AT(peak_bps), NULL },
	[POLICER_PEAK_BURST] = { "peak_burst", POLICER_OPT_SIZE, false, AT(peak_burst_bytes),
				 NULL },
	[POLICER_EXCESS_BURST] = { "excess_burst", POLICER_OPT_SIZE, false, AT(excess_burst_bytes),
				   NULL },
	[POLICER_YELLOW] = { "yellow", POLICER_OPT_CHOICE, false, AT(yellow), yellows },
	[POLICER_YELLOW_PCP] = { "yellow_pcp", POLICER_OPT_CHOICE, false, AT(yellow_pcp), pcps },
	[POLICER_YELLOW_DEI] = { "yellow_dei", POLICER_OPT_CHOICE, false, AT(yellow_dei), off_on },
};

const struct policer_opt *policer_opt_find(const char *word, bool storm)
{
	for (size_t i = 0; i < POLICER_OPTS; i++)
		if (!strcmp(policer_opts[i].word, word) && (policer_opts[i].storm || !storm))
			return &policer_opts[i];
	return NULL;
}

void policer_opt_values(const struct policer_opt *opt, char *text, size_t size)
{
	size_t used = 0;

	switch (opt->kind) {
	case POLICER_OPT_RATE:
		snprintf(text, size, "a rate such as 100mbit");
		return;
	case POLICER_OPT_SIZE:
		snprintf(text, size, "a size such as 64kb");
		return;
	case POLICER_OPT_NUMBER:
		snprintf(text, size, "1 to %llu", FRAMES_MAX);
		return;
	case POLICER_OPT_CHOICE:
		break;
	}
	text[0] = '\0';
	for (int i = 0; opt->choices[i] && used < size; i++)
		used += snprintf(text + used, size - used, "%s%s", i ? "|" : "", opt->choices[i]);
}

static int number_parse(const char *text, __u64 *number)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || *end || !*number || *number > FRAMES_MAX ? -EINVAL : 0;
}

static int choice_parse(const struct policer_opt *opt, const char *text, __u64 *number)
{
	for (*number = 0; opt->choices[*number]; ++*number)
		if (!strcmp(opt->choices[*number], text))
			return 0;
	return -EINVAL;
}

static int value_parse(const struct policer_opt *opt, const char *text, __u64 *number)
{
	switch (opt->kind) {
	case POLICER_OPT_RATE:
		return unit_rate_parse(text, number);
	case POLICER_OPT_SIZE:
		return unit_size_parse(text, number);
	case POLICER_OPT_NUMBER:
		return number_parse(text, number);
	default:
		return choice_parse(opt, text, number);
	}
}

int policer_opt_set(const struct policer_opt *opt, const char *value, const char *object,
		    const char *ifname, struct xsw_policer_conf *conf)
{
	char *to = (char *)conf + opt->where, allowed[64];
	__u64 number;

	if (value_parse(opt, value, &number)) {
		policer_opt_values(opt, allowed, sizeof(allowed));
		return xsw_fail(EINVAL, object, ifname, "%s '%s': must be %s", opt->word, value,
				allowed);
	}
	if (opt->kind == POLICER_OPT_CHOICE)
		*(__u32 *)to = number;
	else
		*(__u64 *)to = number;
	conf->given |= 1U << (opt - policer_opts);
	return 0;
}

__u64 policer_opt_number(const struct policer_opt *opt, const struct xsw_policer_conf *conf)
{
	const char *from = (const char *)conf + opt->where;

	return opt->kind == POLICER_OPT_CHOICE ? *(const __u32 *)from : *(const __u64 *)from;
}

void policer_opt_get(const struct policer_opt *opt, const struct xsw_policer_conf *conf, char *text,
		     size_t size)
{
	__u64 number = policer_opt_number(opt, conf);

	switch (opt->kind) {
	case POLICER_OPT_RATE:
		unit_rate_format(number, text, size);
		break;
	case POLICER_OPT_SIZE:
		unit_size_format(number, text, size);
		break;
	case POLICER_OPT_NUMBER:
		snprintf(text, size, "%llu", (unsigned long long)number);
		break;
	case POLICER_OPT_CHOICE:
		snprintf(text, size, "%s", opt->choices[number]);
		break;
	}
}
