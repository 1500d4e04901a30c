/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of a policer as words: one table for the command line, the
 * configuration file, help and output.
 */
#pragma once

#include <stddef.h>

#include "ctrl/limits/policer.h"

enum policer_opt_kind {
	POLICER_OPT_RATE,   /* bits per second */
	POLICER_OPT_SIZE,   /* bytes */
	POLICER_OPT_NUMBER, /* frames */
	POLICER_OPT_CHOICE, /* one of @choices, by its number */
};

struct policer_opt {
	const char *word;
	enum policer_opt_kind kind;
	bool storm;   /* storm control has it too */
	size_t where; /* in struct xsw_policer_conf: __u64, of a choice __u32 */
	const char *const *choices;
};

/* Bits of xsw_policer_conf.given, in the order of the table */
enum {
	POLICER_RATE,
	POLICER_BURST,
	POLICER_PPS,
	POLICER_BURST_PACKETS,
	POLICER_PEAK_RATE,
	POLICER_PEAK_BURST,
	POLICER_EXCESS_BURST,
	POLICER_YELLOW,
	POLICER_YELLOW_PCP,
	POLICER_YELLOW_DEI,
	POLICER_OPTS
};
#define POLICER_GIVEN(conf, opt) ((conf)->given >> (opt)&1)

extern const struct policer_opt policer_opts[POLICER_OPTS];

/** policer_opt_find() - the option @word of a policer, or of storm control; or NULL */
const struct policer_opt *policer_opt_find(const char *word, bool storm);

/**
 * policer_opt_set() - read @value into @conf
 * @object: "policer" or "storm", for the error
 *
 * Return: 0 or -EINVAL with the error set.
 */
int policer_opt_set(const struct policer_opt *opt, const char *value, const char *object,
		    const char *ifname, struct xsw_policer_conf *conf);

/** policer_opt_values() - "RATE", "drop|remark", ... for help and messages */
void policer_opt_values(const struct policer_opt *opt, char *text, size_t size);

/** policer_opt_number() - a value as the JSON output and @policer_opt_get() have it */
__u64 policer_opt_number(const struct policer_opt *opt, const struct xsw_policer_conf *conf);

/** policer_opt_get() - a value as it can be given; only for those in @conf->given */
void policer_opt_get(const struct policer_opt *opt, const struct xsw_policer_conf *conf, char *text,
		     size_t size);

/* Names of xsw_policer_id.kind: "ingress", "egress", "broadcast", "multicast", "unknown" */
extern const char *const policer_kinds[XSW_POLICE_KINDS];
