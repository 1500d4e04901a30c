// SPDX-License-Identifier: GPL-2.0
/* xsw punt: frames of a port that go to a program or to the host instead. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/punt/punt_opts.h"
#include "ctrl/switch/lock.h"
#include "tools/xsw/xsw.h"

static const char help_text[] =
	"Usage: xsw punt { add | del } DEV [ ethertype X ] [ vlan VID ] [ dst MAC ] [ proto P ]\n"
	"           [ src-ip PREFIX ] [ dst-ip PREFIX ] [ src-port N ] [ dst-port N ]\n"
	"           { socket [ N ] | host } [ pps N ]\n"
	"       xsw punt show [ DEV ]\n";

/* `socket` may do without its number. */
static const char *value_of(struct words *w, int opt)
{
	const char *next = words_peek(w);

	if (opt == PUNT_HOST || (opt == PUNT_SOCKET && (!next || punt_opt_find(next) >= 0)))
		return "0";
	return words_next(w);
}

static int read_words(struct words *w, const char **ifname, struct xsw_punt_conf *conf)
{
	const char *word, *value;
	int o;

	memset(conf, 0, sizeof(*conf));
	*ifname = words_next(w);
	if (!*ifname)
		return usage("punt", NULL, "DEV missing");
	while ((word = words_next(w))) {
		o = punt_opt_find(word);
		if (o < 0)
			return usage("punt", *ifname, "unknown word '%s', see 'xsw punt help'",
				     word);
		value = value_of(w, o);
		if (!value)
			return usage("punt", *ifname, "%s: value missing", word);
		if (punt_opt_set(o, value, *ifname, conf))
			return failed_value();
	}
	return xsw_punt_finish(*ifname, conf) ? failed_value() : 0;
}

static int apply(const char *ifname, const struct xsw_punt_conf *conf,
		 int (*call)(struct xsw_switch_handle *sw, __u32 port,
			     const struct xsw_punt_conf *conf),
		 int forgiven)
{
	struct xsw_switch_handle sw;
	int err, port;

	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	port = xsw_port_find(ifname, &sw);
	if (port < 0)
		return port == forgiven ? EXIT_DONE : failed(port);
	err = call(&sw, port, conf);
	xsw_switch_close(&sw);
	return err && err != forgiven ? failed(err) : EXIT_DONE;
}

static int punt_add(struct words *w)
{
	struct xsw_punt_conf conf;
	const char *ifname;
	int err = read_words(w, &ifname, &conf);

	if (err)
		return err;
	if (!(conf.given & PUNT_ACTIONS))
		return usage("punt", ifname, "socket or host missing");
	return apply(ifname, &conf, xsw_punt_add, opt.may_exist ? -EEXIST : 0);
}

static int punt_del(struct words *w)
{
	struct xsw_punt_conf conf;
	const char *ifname;
	int err = read_words(w, &ifname, &conf);

	return err ? err : apply(ifname, &conf, xsw_punt_del, opt.if_exists ? -ENOENT : 0);
}

static void options_show(const struct xsw_punt_conf *conf)
{
	char value[256];

	punt_format(conf, value, sizeof(value));
	out_text(" %s\n", value);
	for (int i = 0; i < PUNT_OPTS; i++) {
		const struct punt_opt *p = &punt_opts[i];

		if (!PUNT_GIVEN(conf, i) || !p->json)
			continue;
		p->get(conf, value, sizeof(value));
		if (p->number)
			out_int(p->json, NULL, strtol(value, NULL, 10));
		else
			out_string(p->json, NULL, value);
	}
}

/* @readers: a bit for each socket that is read */
static void row_show(const struct xsw_punt_row *row, const struct xsw_port_info *info,
		     __u32 readers)
{
	bool to_socket = PUNT_GIVEN(&row->conf, PUNT_SOCKET);
	bool read = readers >> row->conf.socket & 1;

	out_object(NULL);
	out_port(info);
	out_string("action", NULL, row->conf.action == XSW_PUNT_HOST ? "host" : "socket");
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

static int punt_show(struct words *w)
{
	return show_ports(w, "punt", show_port);
}

static const struct command commands[] = {
	{ "add", punt_add },   { "del", punt_del }, { "show", punt_show },
	{ "list", punt_show }, { NULL, NULL },
};

const struct object object_punt = { "punt", help_text, .commands = commands, .fallback = "show" };
