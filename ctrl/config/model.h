/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration between file and running state: both are read into the same
 * structure. Private to ctrl/config*.c.
 */
#pragma once

#include <netinet/in.h>
#include <stdio.h>

#include "ctrl/fdb/fdb.h"
#include "ctrl/limits/policer.h"
#include "ctrl/port/port.h"
#include "ctrl/punt/punt.h"
#include "ctrl/switch/switch.h"

struct cfg_fdb {
	struct xsw_fdb_key key;
	char dev[XSW_NAME_LEN];
};

struct cfg_policer {
	struct xsw_policer_id id;
	struct xsw_policer_conf conf; /* finished */
};

struct cfg_bind {
	__u8 mac[6];
	struct in6_addr *ip;
	size_t ips; /* 0: any */
};

struct cfg_port {
	char dev[XSW_NAME_LEN];
	struct cfg_policer *policer; /* and storm control */
	size_t policers;
	struct cfg_bind *bind;
	size_t binds;
	struct xsw_punt_conf *punt; /* in their order */
	size_t punts;
	bool returned; /* running: its device is gone, and another has its name by now */
	struct xsw_port_settings settings; /* all; @given: those that a file has to name */
};

struct cfg_switch {
	char name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN];	     /* of one that runs; of a file: "" */
	struct xsw_switch_settings settings; /* all named */
	struct cfg_port *port;
	size_t ports;
	struct cfg_fdb *fdb;
	size_t fdbs;
};

struct cfg {
	struct cfg_switch *sw;
	size_t n;
	char (*broken)[XSW_NAME_LEN]; /* running switches that cannot be read, see cfg_broken() */
	size_t brokens;
};

void cfg_free(struct cfg *c);

/** cfg_grow() - one more zeroed element of @size. Return: it, or NULL with the error set. */
void *cfg_grow(void **array, size_t *n, size_t size);

struct cfg_switch *cfg_switch_find(const struct cfg *c, const char *name);
struct cfg_port *cfg_port_find(const struct cfg_switch *sw, const char *dev);
struct cfg_fdb *cfg_fdb_find(const struct cfg_switch *sw, const struct xsw_fdb_key *key);

/** cfg_port_name() - let @s name what is not default, as a file has to */
void cfg_port_name(struct xsw_port_settings *s);

/** cfg_load_running() - what runs in this network namespace, but for switches that are broken */
int cfg_load_running(struct cfg *c);

/**
 * cfg_broken() - is @name (NULL: any) a switch with a pin missing, or that is not xsw's?
 *
 * Return: 0, or -EUCLEAN with the error set.
 */
int cfg_broken(const struct cfg *running, const char *name);

/** cfg_dump_opts() - the options that @settings name, one a line behind @indent */
void cfg_dump_opts(const struct opts *opts, const void *settings, const char *indent, FILE *out);

/** cfg_dump() - @c as a file, or one of its switches (@name NULL: all) */
void cfg_dump(const struct cfg *c, const char *name, FILE *out);

/** cfg_parse() - as cfg_read(), of an open file; on failure @c is what was read so far */
int cfg_parse(const char *path, FILE *in, struct cfg *c);

/** cfg_read() - what a file says, checked; errors carry "FILE:LINE:COLUMN" */
int cfg_read(const char *path, struct cfg *c);

/* A change under way. */
struct change {
	bool dry_run;
	bool exact; /* to a state that was: what it has not goes, whoever made it */
	void (*report)(const char *line, void *arg);
	void *arg;
};

/* The port under way: opened when it is needed. */
struct cfg_target {
	struct change *ch;
	const char *dev;
	struct xsw_switch_handle sw;
	int port;
};

/** cfg_change() - from what runs, @now, to @want; switches that @want has not stay, or go: exact */
int cfg_change(struct change *ch, const struct cfg *now, const struct cfg *want);

/** cfg_undo() - back to @before; the error that led here stays the one that is reported */
void cfg_undo(const struct cfg *before);

/** cfg_switch_del(), cfg_port_del() - with the report of it */
int cfg_switch_del(struct change *ch, const char *name);
int cfg_port_del(struct change *ch, const char *name, const char *dev);

/** cfg_target_open() - find the port, unless nothing is to be changed */
int cfg_target_open(struct cfg_target *t);

/** change_told() - report one more change */
void change_told(struct change *ch, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
