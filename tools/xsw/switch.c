// SPDX-License-Identifier: GPL-2.0
/* xsw switch: make, change, upgrade, remove and show switches. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/port/port.h"
#include "ctrl/switch/lock.h"
#include "ctrl/switch/switch.h"
#include "tools/xsw/xsw.h"

static void print_help(void)
{
	opts_usage("Usage: xsw switch", " { add | set } NAME", &switch_opts);
	printf("       xsw switch { del | upgrade } NAME\n"
	       "       xsw switch show [ NAME ]\n");
}

static int read_conf(struct words *w, const char *name, struct xsw_switch_settings *want)
{
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w)))
		err = read_opt(&switch_opts, word, words_next(w), name, want);
	return err;
}

static int switch_add(struct words *w)
{
	const char *name = words_next(w);
	struct xsw_switch_settings want = {};
	int err;

	if (!name)
		return usage("switch", NULL, "NAME missing");
	if (xsw_switch_name_check(name))
		return failed_value();
	err = read_conf(w, name, &want);
	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_switch_add(name, &want);
	return done(err, opt.may_exist ? -EEXIST : 0);
}

static int switch_set(struct words *w)
{
	const char *name = words_next(w);
	struct xsw_switch_settings want = {};
	struct xsw_switch_handle sw;
	int err;

	if (!name)
		return usage("switch", NULL, "NAME missing");
	err = read_conf(w, name, &want);
	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_switch_open(name, &sw);
	if (err)
		return failed(err);
	err = xsw_switch_set(&sw, &want);
	xsw_switch_close(&sw);
	return done(err, 0);
}

static int named(struct words *w, int (*call)(const char *name), int forgiven)
{
	const char *name = words_next(w);
	int err;

	if (!name)
		return usage("switch", NULL, "NAME missing");
	err = no_more(w, "switch", name);
	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (!err)
		err = call(name);
	return done(err, forgiven);
}

#define PROGRESS_S 1.0 /* before anything is told */

/* For somebody who waits at a terminal. */
static void progress(const char *name, int done, int of)
{
	static double begun_s;

	if (done == 1)
		begun_s = monotonic_s();
	if (monotonic_s() - begun_s < PROGRESS_S)
		return;
	if (done < of)
		fprintf(stderr, "\rxsw: switch '%s': %d of %d ports removed", name, done, of);
	else
		fprintf(stderr, "\r\033[K");
}

static int switch_del(struct words *w)
{
	if (isatty(STDERR_FILENO))
		xsw_switch_progress(progress);
	return named(w, xsw_switch_del, opt.if_exists ? -ENOENT : 0);
}

static int switch_upgrade(struct words *w)
{
	return named(w, xsw_switch_upgrade, 0);
}

static void ports_show(const struct xsw_switch_handle *sw)
{
	struct xsw_port_info info;

	out_text("    ports");
	out_list("ports");
	for (__u32 p = xsw_port_next(sw, 0); p; p = xsw_port_next(sw, p))
		if (!xsw_port_info(sw, p, &info))
			out_string("ifname", " ", info.ifname);
	out_close();
	out_text("\n");
}

/* "sw0  12  p1 p2 p3": entries of the FDB, and the ports */
static void brief_show(const struct xsw_switch_handle *sw, const struct xsw_switch_info *i)
{
	struct xsw_port_info info;

	out_column("name", 16, sw->name);
	out_column_int(8, i->fdb_entries);
	for (__u32 p = xsw_port_next(sw, 0); p; p = xsw_port_next(sw, p))
		if (!xsw_port_info(sw, p, &info))
			out_column("ifname", 0, info.ifname);
	out_row_end(sw->netns);
}

static int show_switch(const struct xsw_switch_handle *sw, void *arg)
{
	struct xsw_switch_info i;
	int err = xsw_switch_info(sw, &i);

	if (err)
		return err;
	if (out_brief()) {
		brief_show(sw, &i);
		return 0;
	}
	out_object(NULL);
	out_string("name", "", sw->name);
	out_text(":");
	out_netns(sw->netns);
	opts_for(o, &switch_opts)
		out_opt(o, &i.settings, true);
	out_int("fdb_entries", "\n    fdb_entries ", i.fdb_entries);
	out_text(" layout %u version %s\n", i.settings.conf.layout, i.settings.conf.version);
	ports_show(sw);
	out_int("layout", NULL, i.settings.conf.layout);
	out_string("version", NULL, i.settings.conf.version);
	out_close();
	return 0;
}

static int switch_show(struct words *w)
{
	const char *name = words_next(w);

	if (no_more(w, "switch", name))
		return EXIT_USAGE;
	out_begin();
	return out_end(each_switch(name, show_switch, NULL));
}

static const struct command commands[] = {
	{ "add", .run = switch_add },
	{ "set", .run = switch_set },
	{ "del", .run = switch_del },
	{ "show", .run = switch_show },
	{ "list", .run = switch_show },
	{ "upgrade", .run = switch_upgrade },
	{},
};

const struct object object_switch = { "switch", .print_help = print_help, .commands = commands };
