// SPDX-License-Identifier: GPL-2.0
/* xsw port: put devices on a switch, change their settings, show them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "ctrl/base/error.h"
#include "ctrl/limits/bind.h"
#include "ctrl/port/opts.h"
#include "ctrl/port/port.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/check.h"
#include "ctrl/switch/lock.h"
#include "maps/stats.h"
#include "tools/xsw/xsw.h"

static void print_help(void)
{
	char values[96];

	printf("Usage: xsw port { add DEV switch NAME | set DEV } [ OPTION VALUE ]...\n"
	       "       xsw port { del | reopen } DEV\n"
	       "       xsw port show [ DEV ] [ switch NAME ]\n"
	       "OPTIONS:\n");
	for (size_t i = 0; i < port_opts_count; i++) {
		port_opt_values(&port_opts[i], values, sizeof(values));
		printf("  %-16s %s\n", port_opts[i].word, values);
	}
}

static bool is_on_off(const char *word)
{
	return word && (!strcmp(word, "on") || !strcmp(word, "off"));
}

/* Options up to the end; `switch NAME` too where @switch_name is not NULL. */
static int read_conf(struct words *w, const char *ifname, struct xsw_port_conf *conf,
		     const char **switch_name)
{
	const struct port_opt *o;
	const char *word, *value;
	int err;

	while ((word = words_next(w))) {
		if (switch_name && !strcmp(word, "host") && !is_on_off(words_peek(w))) {
			conf->flags |= XSW_PORT_HOST;
			conf->flags_given |= XSW_PORT_HOST;
			continue;
		}
		value = words_next(w);
		if (switch_name && !strcmp(word, "switch")) {
			*switch_name = value;
			continue;
		}
		o = port_opt_find(word);
		if (!o)
			return usage("port", ifname, "unknown word '%s', see 'xsw port help'",
				     word);
		if (!value)
			return usage("port", ifname, "%s: value missing", word);
		err = port_opt_set(o, value, ifname, conf);
		if (err)
			return failed_value();
	}
	return 0;
}

/* What the switch goes by, now that the device is a port. */
static void rules_warn(const struct xsw_switch_handle *sw, __u32 port, const char *ifname,
		       bool upper)
{
	struct xsw_check_row *rows;
	int n = xsw_check_rules(sw, port, upper, &rows);

	for (int i = 0; i < n; i++)
		warn("port", ifname, "%s; instead: %s", rows[i].detail, rows[i].remedy);
	free(rows);
}

static void rules_warn_name(const char *switch_name, const char *ifname)
{
	struct xsw_switch_handle sw;
	int port = xsw_port_find_on(switch_name, ifname, &sw);

	if (port < 0)
		return;
	rules_warn(&sw, port, ifname, true);
	xsw_switch_close(&sw);
}

static int port_add(struct words *w)
{
	const char *ifname = words_next(w), *switch_name = NULL;
	struct xsw_switch_handle sw, other;
	struct xsw_port_conf conf = {};
	int err;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = read_conf(w, ifname, &conf, &switch_name);
	if (err)
		return err;
	if (!switch_name)
		return usage("port", ifname, "switch NAME missing");
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_switch_open(switch_name, &sw);
	if (err)
		return failed(err);
	err = xsw_port_add(&sw, ifname, &conf);
	if (err == -EEXIST && opt.may_exist) {
		/* The settings apply all the same, if it is this switch's. */
		struct xsw_error other_has_it = *xsw_error_last();
		int port = xsw_port_find_on(sw.name, ifname, &other);

		if (port > 0) {
			err = xsw_port_set(&other, port, &conf);
			xsw_switch_close(&other);
		} else {
			err = xsw_fail(EEXIST, NULL, NULL, "%s", other_has_it.text);
		}
	}
	xsw_switch_close(&sw);
	if (err)
		return failed(err);
	rules_warn_name(switch_name, ifname);
	return EXIT_DONE;
}

static void unbound_warn(const struct xsw_switch_handle *sw, __u32 port, const char *ifname,
			 const struct xsw_port_conf *conf)
{
	struct xsw_bind_row *rows;
	int n;

	if (!(conf->flags & XSW_PORT_SPOOF_MAC))
		return;
	n = xsw_bind_list(sw, port, &rows);
	if (!n)
		warn("port", ifname,
		     "nothing may be sent from here until 'xsw bind add %s mac MAC'", ifname);
	xsw_bind_list_free(rows, n);
}

static int port_set(struct words *w)
{
	const char *ifname = words_next(w);
	struct xsw_switch_handle sw;
	struct xsw_port_conf conf = {};
	int err, port;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = read_conf(w, ifname, &conf, NULL);
	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	port = xsw_port_find(ifname, &sw);
	if (port < 0)
		return failed(port);
	err = xsw_port_set(&sw, port, &conf);
	if (!err) {
		unbound_warn(&sw, port, ifname, &conf);
		rules_warn(&sw, port, ifname, false);
	}
	xsw_switch_close(&sw);
	return err ? failed(err) : EXIT_DONE;
}

/* Call @call for the port that is the only word. */
static int named(struct words *w, int (*call)(struct xsw_switch_handle *sw, __u32 port),
		 bool if_exists)
{
	const char *ifname = words_next(w);
	struct xsw_switch_handle sw;
	int err, port;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = no_more(w, "port", ifname);
	if (err)
		return err;
	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	port = xsw_port_find(ifname, &sw);
	if (port < 0)
		return port == -ENOENT && if_exists ? EXIT_DONE : failed(port);
	err = call(&sw, port);
	xsw_switch_close(&sw);
	return err ? failed(err) : EXIT_DONE;
}

static int port_del(struct words *w)
{
	return named(w, xsw_port_del, opt.if_exists);
}

static int port_reopen(struct words *w)
{
	return named(w, xsw_port_reopen, false);
}

static struct json_object *vlan_array(const __u64 *bits, bool all)
{
	struct json_object *a = json_object_new_array();

	for (int vid = 0; !all && vid <= XSW_VID_MAX; vid++)
		if (bits[vid / 64] >> (vid % 64) & 1)
			json_object_array_add(a, json_object_new_int(vid));
	return a;
}

/* The programs raise the number before they learn and lower it after: never show less. */
static int macs(const struct xsw_port_info *i)
{
	return i->guard.learned > 0 ? i->guard.learned : 0;
}

static struct json_object *shutdown_json(const struct xsw_port_info *i)
{
	struct json_object *o = json_object_new_object();
	char remedy[64];

	snprintf(remedy, sizeof(remedy), "xsw port reopen %s", i->ifname);
	json_add_string(o, "reason", "mac-limit");
	json_add_int(o, "seconds_ago", i->shut_s);
	json_add_string(o, "remedy", remedy);
	return o;
}

static struct json_object *port_json(const struct xsw_port_info *i)
{
	struct json_object *o = json_object_new_object();
	char value[64];

	json_add_port(o, i);
	json_add_int(o, "ifindex", i->conf.ifindex);
	for (size_t n = 0; n < port_opts_count; n++) {
		const struct port_opt *p = &port_opts[n];

		switch (p->kind) {
		case PORT_OPT_FLAG:
			json_add_bool(o, p->word, i->conf.flags & p->bit);
			break;
		case PORT_OPT_FLAG_OFF:
			json_add_bool(o, p->word, !(i->conf.flags & p->bit));
			break;
		case PORT_OPT_LIMIT:
			json_add_int(o, p->word, i->guard.mac_limit);
			break;
		case PORT_OPT_VID:
			json_add_int(o, p->word, i->conf.tag);
			break;
		case PORT_OPT_LIST:
			json_object_object_add(
				o, p->word,
				p->bit == XSW_PORT_GIVEN_TRUNKS ?
					vlan_array(i->conf.trunks,
						   i->conf.flags & XSW_PORT_TRUNKS_ALL) :
					vlan_array(i->conf.cvlans,
						   i->conf.flags & XSW_PORT_CVLANS_ALL));
			break;
		case PORT_OPT_CPUS:
			json_object_object_add(o, p->word, vlan_array(i->napi_cpus.bits, false));
			break;
		case PORT_OPT_CHOICE:
			port_opt_get(p, i, value, sizeof(value));
			if (p->bit == XSW_PORT_GIVEN_THREADED)
				json_add_bool(o, p->word, !strcmp(value, "on"));
			else
				json_add_string(o, p->word, value);
			break;
		}
		if (p->bit == XSW_PORT_GIVEN_PATH && p->kind == PORT_OPT_CHOICE) {
			json_add_string(o, "path_in_use", xsw_path_text(i->record.use_path));
			json_add_string(o, "path_reason", i->record.reason);
		}
	}
	json_add_int(o, "mtu", i->mtu);
	json_add_int(o, "macs", macs(i));
	json_add_string(o, "state", xsw_port_state_text(i->state));
	json_add_bool(o, "forwarding", !i->unable);
	json_add_string(o, "forwarding_reason", i->unable ? i->unable : "");
	json_add_string(o, "owner", i->record.given & XSW_GIVEN_CONFIG ? "config" : "runtime");
	if (i->shut)
		json_object_object_add(o, "shutdown", shutdown_json(i));
	return o;
}

static void port_print(const struct xsw_port_info *i)
{
	char value[4096];

	printf("%s: switch %s%s state %s mtu %u path %s", i->ifname, i->switch_name,
	       netns_words(i->netns), xsw_port_state_text(i->state), i->mtu,
	       xsw_path_text(i->record.use_path));
	if (i->record.reason[0])
		printf(" (%s)", i->record.reason);
	if (opt.details)
		printf(" owner %s", i->record.given & XSW_GIVEN_CONFIG ? "config" : "runtime");
	if (i->conf.flags & XSW_PORT_MAC_LIMIT)
		printf(" macs %d", macs(i));
	if (i->unable)
		printf("\n    cannot forward: %s", i->unable);
	if (i->shut)
		printf("\n    shut down %.0f s ago: more than %u addresses; xsw port reopen %s",
		       i->shut_s, i->guard.mac_limit, i->ifname);
	printf("\n   ");
	for (size_t n = 0; n < port_opts_count; n++) {
		const struct port_opt *p = &port_opts[n];
		bool always = p->bit == XSW_PORT_GIVEN_MODE && p->kind == PORT_OPT_CHOICE;

		if (!always && !opt.details && port_opt_default(p, i))
			continue;
		port_opt_get(p, i, value, sizeof(value));
		printf(" %s %s", p->word, value[0] ? value : "-");
	}
	printf("\n");
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *array)
{
	struct json_object *o;

	if (!opt.json) {
		port_print(info);
		if (opt.statistics)
			stats_print(sw, info->port);
		return 0;
	}
	o = port_json(info);
	if (opt.statistics)
		json_object_object_add(o, "stats", stats_json(sw, info));
	json_object_array_add(array, o);
	return 0;
}

static int port_show(struct words *w)
{
	const char *ifname = NULL, *switch_name = NULL, *word;
	struct json_object *array;

	while ((word = words_next(w))) {
		if (!strcmp(word, "switch")) {
			switch_name = words_next(w);
			if (!switch_name)
				return usage("port", NULL, "switch: NAME missing");
		} else if (!ifname) {
			ifname = strcmp(word, "dev") ? word : words_next(w);
		} else {
			return usage("port", NULL, "unknown word '%s'", word);
		}
	}
	array = json_object_new_array();
	return out_array(array, each_port(ifname, switch_name, show_port, array));
}

int object_port(struct words *w)
{
	static const struct command commands[] = {
		{ "add", port_add },   { "set", port_set },   { "del", port_del },
		{ "show", port_show }, { "list", port_show }, { "reopen", port_reopen },
		{ NULL, NULL },
	};

	if (words_peek(w) && !strcmp(words_peek(w), "help")) {
		print_help();
		return EXIT_DONE;
	}
	return command_run("port", commands, "show", "", w);
}
