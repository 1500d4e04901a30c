// SPDX-License-Identifier: GPL-2.0
/* xsw punt: frames of a port that go to a program or to the host instead. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/punt/punt.h"
#include "tools/xsw/xsw.h"

static const char help_text[] =
	"Usage: xsw punt { add | del } DEV [ ethertype X ] [ vlan VID ] [ dst MAC ] [ proto P ]\n"
	"           [ src-ip PREFIX ] [ dst-ip PREFIX ] [ src-port N ] [ dst-port N ]\n"
	"           [ icmp-type TYPE [ icmp-code N ] ]\n"
	"           { socket [ N ] | host } [ pps N ]\n"
	"       xsw punt show [ DEV ]\n";

struct rule {
	const char *ifname;
	struct xsw_punt_conf conf;
};

/* `socket` may do without its number. */
static const char *value_of(struct words *w, int opt)
{
	const char *next = words_peek(w);

	if (opt == PUNT_HOST)
		return "on";
	if (opt == PUNT_SOCKET && (!next || opts_find(&punt_opts, next)))
		return "0";
	return words_next(w);
}

static int read_rule(struct words *w, struct rule *rule)
{
	const char *word, *value;
	const struct opt *o;

	*rule = (struct rule){ .ifname = words_next(w) };
	if (!rule->ifname)
		return usage("punt", NULL, "DEV missing");
	while ((word = words_next(w))) {
		o = opts_find(&punt_opts, word);
		if (!o)
			return unknown_option(&punt_opts, word, rule->ifname);
		value = value_of(w, o - punt_opts.row);
		if (!value)
			return usage("punt", rule->ifname, "%s: value missing", word);
		if (punt_opt_set(o - punt_opts.row, value, rule->ifname, &rule->conf))
			return failed_value();
	}
	return xsw_punt_finish(rule->ifname, &rule->conf) ? failed_value() : 0;
}

static int add_on(struct xsw_switch_handle *sw, __u32 port, void *rule)
{
	return xsw_punt_add(sw, port, &((struct rule *)rule)->conf);
}

static int del_on(struct xsw_switch_handle *sw, __u32 port, void *rule)
{
	return xsw_punt_del(sw, port, &((struct rule *)rule)->conf);
}

static int punt_add(struct words *w)
{
	struct rule rule;
	int err = read_rule(w, &rule);

	if (err)
		return err;
	if (!(rule.conf.given & PUNT_ACTIONS))
		return usage("punt", rule.ifname, "socket or host missing");
	return change_port(rule.ifname, add_on, &rule, opt.may_exist ? -EEXIST : 0);
}

static int punt_del(struct words *w)
{
	struct rule rule;
	int err = read_rule(w, &rule);

	return err ? err : change_port(rule.ifname, del_on, &rule, opt.if_exists ? -ENOENT : 0);
}

static void options_show(const struct xsw_punt_conf *conf)
{
	char value[256];

	punt_format(conf, value, sizeof(value));
	out_text(" %s\n", value);
	opts_for(o, &punt_opts)
		if (opt_given(&punt_opts, o, conf))
			out_opt(o, conf, false);
}

/* "p1  12  0  ethertype arp socket 0": punted, lost, and the rule */
static void brief_show(const struct xsw_punt_row *row, const struct xsw_port_info *info)
{
	char rule[256];

	punt_format(&row->conf, rule, sizeof(rule));
	out_column("ifname", 16, info->ifname);
	out_column_int(12, row->punted);
	out_column_int(12, row->limited + row->full);
	out_column(NULL, 0, rule);
	out_row_end(info->netns);
}

/* @readers: a bit for each socket that is read */
static void row_show(const struct xsw_punt_row *row, const struct xsw_port_info *info,
		     __u32 readers)
{
	bool to_socket = PUNT_GIVEN(&row->conf, PUNT_SOCKET);
	bool read = readers >> row->conf.socket & 1;

	if (out_brief()) {
		brief_show(row, info);
		return;
	}
	out_object(NULL);
	out_port(info);
	out_string("action", NULL, punt_action(&row->conf));
	options_show(&row->conf);
	if (to_socket)
		out_bool("read", NULL, read);
	out_int("punted", "    punted ", row->punted);
	out_int("limited", " limited ", row->limited);
	out_int("ring_full", " ring_full ", row->full);
	out_text(to_socket && !read ? ", nobody reads\n" : "\n");
	out_close();
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	struct xsw_punt_row rows[XSW_PUNT_RULES];
	int n = xsw_punt_list(sw, info->port, rows);
	__u32 readers = n > 0 ? xsw_punt_readers(sw) : 0;

	for (int i = 0; i < n; i++)
		row_show(&rows[i], info, readers);
	return n < 0 ? n : 0;
}

static const struct command commands[] = { { "add", punt_add, XSW_LINE_KEEPS },
					   { "del", punt_del, XSW_LINE_KEEPS },
					   {} };

const struct object object_punt = { "punt", help_text, .commands = commands, .show = show_port };
