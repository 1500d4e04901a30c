/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of a port as words: one table for the command line, the
 * configuration file, help and output.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "ctrl/port/port.h"

enum port_opt_kind {
	PORT_OPT_FLAG,	   /* on | off, a bit of xsw_port_conf.flags */
	PORT_OPT_FLAG_OFF, /* the same, of a bit that is set when it is off */
	PORT_OPT_CHOICE,   /* one of @choices */
	PORT_OPT_VID,	   /* 0 to 4094, or none */
	PORT_OPT_LIST,	   /* VLAN list, or all */
	PORT_OPT_CPUS,	   /* list of CPUs */
	PORT_OPT_LIMIT,	   /* how many addresses, 0: no limit */
};

struct port_opt {
	const char *word;
	enum port_opt_kind kind;
	__u32 bit;		    /* FLAG: XSW_PORT_*; others: XSW_PORT_GIVEN_* */
	const char *const *choices; /* CHOICE: NULL-terminated */
};

extern const struct port_opt port_opts[];
extern const size_t port_opts_count;

/** port_opt_find() - the option @word, or NULL */
const struct port_opt *port_opt_find(const char *word);

/**
 * port_opt_set() - read @value into @conf
 *
 * Return: 0; -EINVAL when the value is not one of the option's. The error names
 * @ifname and the word.
 */
int port_opt_set(const struct port_opt *opt, const char *value, const char *ifname,
		 struct xsw_port_conf *conf);

/** port_opt_values() - "on|off", "VID", ... for help and messages */
void port_opt_values(const struct port_opt *opt, char *text, size_t size);

/** port_opt_get() - the value of a running port as a word; "" for an empty list or no tag */
void port_opt_get(const struct port_opt *opt, const struct xsw_port_info *info, char *text,
		  size_t size);

/**
 * port_opt_default_value() - what it is when nobody names it, as a word
 *
 * "" for an empty list, NULL where it depends on others or there is no value.
 */
const char *port_opt_default_value(const struct port_opt *opt);

/** port_opt_default() - is the value the one that `port add` would have chosen? */
bool port_opt_default(const struct port_opt *opt, const struct xsw_port_info *info);
