/* SPDX-License-Identifier: GPL-2.0 */
/* A rule of punting as words: one table for the command line, the configuration file,
 * help and output.
 */
#pragma once

#include <stddef.h>

#include "ctrl/punt/punt.h"

/* Bits of xsw_punt_conf.given, in the order of the table */
enum {
	PUNT_ETHERTYPE,
	PUNT_VLAN,
	PUNT_DST,
	PUNT_PROTO,
	PUNT_SRC_IP,
	PUNT_DST_IP,
	PUNT_SRC_PORT,
	PUNT_DST_PORT,
	PUNT_SOCKET,
	PUNT_HOST,
	PUNT_PPS,
	PUNT_OPTS
};
#define PUNT_GIVEN(conf, opt) ((conf)->given >> (opt)&1)
#define PUNT_MATCHES ((1U << PUNT_SOCKET) - 1) /* bits of what a rule matches */
#define PUNT_ACTIONS (1U << PUNT_SOCKET | 1U << PUNT_HOST)

struct punt_opt {
	const char *word;
	const char *json;					  /* the same in JSON */
	const char *values;					  /* for help and messages */
	int (*set)(const char *text, struct xsw_punt_conf *conf); /* 0 or -EINVAL */
	void (*get)(const struct xsw_punt_conf *conf, char *text, size_t size);
	bool number; /* in JSON: as @get has it */
};

extern const struct punt_opt punt_opts[PUNT_OPTS];

/** punt_opt_find() - the index of @word in the table, or -ENOENT */
int punt_opt_find(const char *word);

/**
 * punt_opt_set() - read @value into @conf; PUNT_HOST has none
 *
 * Return: 0 or -EINVAL with the error set.
 */
int punt_opt_set(int opt, const char *value, const char *ifname, struct xsw_punt_conf *conf);

/** punt_format() - the whole rule as on a command line */
void punt_format(const struct xsw_punt_conf *conf, char *text, size_t size);
