/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration between file and running state: both are read into the same
 * structure. Private to ctrl/config/.
 */
#pragma once

#include <stdio.h>

#include "ctrl/config/parts.h"
#include "ctrl/port/port.h"
#include "ctrl/switch/switch.h"

struct cfg_port {
	char dev[XSW_NAME_LEN];
	bool returned;			   /* running: absent, and a device has its name by now */
	struct xsw_port_settings settings; /* all; @given: those that a file has to name */
	struct cfg_list part[CFG_PORT_PARTS];
};

struct cfg_switch {
	char name[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN];	     /* of one that runs; of a file: "" */
	struct xsw_switch_settings settings; /* all named */
	struct cfg_port *port;
	size_t ports;
	struct cfg_list fdb;	 /* struct cfg_fdb */
	struct cfg_list mirrors; /* struct xsw_mirror_row */
};

struct cfg {
	struct cfg_switch *sw;
	size_t n;
	char (*broken)[XSW_NAME_LEN]; /* running switches that cannot be read, see cfg_broken() */
	size_t brokens;
};

void cfg_free(struct cfg *c);

struct cfg_switch *cfg_switch_find(const struct cfg *c, const char *name);
struct cfg_port *cfg_port_find(const struct cfg_switch *sw, const char *dev);

/** cfg_fdb_find() - the entry of @sw (NULL: none) with the key of @like, or NULL */
struct cfg_fdb *cfg_fdb_find(const struct cfg_switch *sw, const struct cfg_fdb *like);

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

/** cfg_dump() - @c as a file, or one of its switches (@name NULL: all) */
void cfg_dump(const struct cfg *c, const char *name, FILE *out);

/** cfg_parse() - as cfg_read(), of an open file; on failure @c is what was read so far */
int cfg_parse(const char *path, FILE *in, struct cfg *c);

/* A key of a switch or of a port in a file that is neither an option nor a part. */
struct cfg_key {
	const char *word;
	int (*read)(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg);
};

extern const struct cfg_key cfg_switch_keys[], cfg_port_keys[]; /* up to one without a word */

/** cfg_read() - what a file says, checked; errors carry "FILE:LINE:COLUMN" */
int cfg_read(const char *path, struct cfg *c);

/** cfg_change() - from what runs, @now, to @want; switches that @want has not stay, or go: exact */
int cfg_change(struct change *ch, const struct cfg *now, const struct cfg *want);

/** cfg_undo() - back to @before; the error that led here stays the one that is reported */
void cfg_undo(const struct cfg *before);

/** cfg_switch_del(), cfg_port_del() - with the report of it */
int cfg_switch_del(struct change *ch, const char *name);
int cfg_port_del(struct change *ch, const char *name, const char *dev);
