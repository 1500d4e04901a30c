// SPDX-License-Identifier: GPL-2.0
/* xsw switch: make, change, upgrade, remove and show switches. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	if (err == -EEXIST && opt.may_exist)
		return EXIT_DONE;
	return err ? failed(err) : EXIT_DONE;
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
	return err ? failed(err) : EXIT_DONE;
}

static int named(struct words *w, int (*call)(const char *name), bool if_exists)
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
	if (err == -ENOENT && if_exists)
		return EXIT_DONE;
	return err ? failed(err) : EXIT_DONE;
}

static int switch_del(struct words *w)
{
	return named(w, xsw_switch_del, opt.if_exists);
}

static int switch_upgrade(struct words *w)
{
	return named(w, xsw_switch_upgrade, false);
}

static struct json_object *port_names(const struct xsw_switch_handle *sw)
{
	struct json_object *names = json_object_new_array();
	struct xsw_port_info info;

	for (__u32 p = xsw_port_next(sw, 0); p; p = xsw_port_next(sw, p))
		if (!xsw_port_info(sw, p, &info))
			json_object_array_add(names, json_object_new_string(info.ifname));
	return names;
}

static void print_switch(const struct xsw_switch_info *i, const char *netns,
			 struct json_object *ports)
{
	char value[32];

	printf("%s:%s", i->settings.conf.name, netns_words(netns));
	opts_for(o, &switch_opts) {
		opt_text(o, &i->settings, value, sizeof(value));
		printf(" %s %s", o->word, value);
	}
	printf("\n");
	printf("    fdb_entries %llu layout %u version %s\n", (unsigned long long)i->fdb_entries,
	       i->settings.conf.layout, i->settings.conf.version);
	printf("    ports");
	for (size_t n = 0; n < json_object_array_length(ports); n++)
		printf(" %s", json_object_get_string(json_object_array_get_idx(ports, n)));
	printf("\n");
}

static int show_switch(const struct xsw_switch_handle *sw, void *array)
{
	struct xsw_switch_info i;
	struct json_object *o, *ports;
	int err = xsw_switch_info(sw, &i);

	if (err)
		return err;
	ports = port_names(sw);
	if (!opt.json) {
		print_switch(&i, sw->netns, ports);
		json_object_put(ports);
		return 0;
	}
	o = json_object_new_object();
	json_add_string(o, "name", sw->name);
	json_add_string(o, "netns", sw->netns);
	opts_for(row, &switch_opts)
		json_add_opt(o, row, &i.settings);
	json_add_int(o, "fdb_entries", i.fdb_entries);
	json_object_object_add(o, "ports", ports);
	json_add_int(o, "layout", i.settings.conf.layout);
	json_add_string(o, "version", i.settings.conf.version);
	json_object_array_add(array, o);
	return 0;
}

static int switch_show(struct words *w)
{
	const char *name = words_next(w);
	struct json_object *array;

	if (no_more(w, "switch", name))
		return EXIT_USAGE;
	array = json_object_new_array();
	return out_array(array, each_switch(name, show_switch, array));
}

static const struct command commands[] = {
	{ "add", switch_add },	 { "set", switch_set },	  { "del", switch_del },
	{ "show", switch_show }, { "list", switch_show }, { "upgrade", switch_upgrade },
	{ NULL, NULL },
};

const struct object object_switch = { "switch", .options = print_help, .commands = commands,
				      .fallback = "show" };
