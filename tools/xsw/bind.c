// SPDX-License-Identifier: GPL-2.0
/* xsw bind: sources that a port with spoof_check may use. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"
#include "ctrl/limits/bind.h"
#include "ctrl/switch/lock.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw bind { add | del } DEV mac MAC [ ip ADDRESS ]\n"
				"       xsw bind show [ DEV ]\n";

struct bind_words {
	const char *ifname;
	__u8 mac[6];
	struct in6_addr ip;
	bool has_ip;
};

static int read_mac(const char *ifname, const char *text, __u8 *m)
{
	if (!text)
		return usage("bind", ifname, "mac: value missing");
	if (mac_parse(text, m))
		return 0;
	return usage("bind", ifname, "mac '%s': not an address such as 02:00:00:00:00:01", text);
}

static int read_words(struct words *w, struct bind_words *b)
{
	const char *word;
	int err;

	memset(b, 0, sizeof(*b));
	b->ifname = words_next(w);
	if (!b->ifname)
		return usage("bind", NULL, "DEV missing");
	word = words_next(w);
	if (!word || strcmp(word, "mac"))
		return usage("bind", b->ifname, "mac MAC missing");
	err = read_mac(b->ifname, words_next(w), b->mac);
	word = words_peek(w);
	if (err || !word || strcmp(word, "ip"))
		return err ? err : no_more(w, "bind", b->ifname);
	words_next(w);
	word = words_next(w);
	if (!word)
		return usage("bind", b->ifname, "ip: value missing");
	if (ip_parse(word, &b->ip))
		return usage("bind", b->ifname, "ip '%s': must be an IPv4 or IPv6 address", word);
	b->has_ip = true;
	return no_more(w, "bind", b->ifname);
}

static int add_on(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	const struct bind_words *b = arg;

	return xsw_bind_add(sw, port, b->mac, b->has_ip ? &b->ip : NULL);
}

static int del_on(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	const struct bind_words *b = arg;

	return xsw_bind_del(sw, port, b->mac, b->has_ip ? &b->ip : NULL);
}

static int bind_add(struct words *w)
{
	struct bind_words b;
	int err = read_words(w, &b);

	return err ? err : change_port(b.ifname, add_on, &b, opt.may_exist ? -EEXIST : 0);
}

static int bind_del(struct words *w)
{
	struct bind_words b;
	int err = read_words(w, &b);

	return err ? err : change_port(b.ifname, del_on, &b, opt.if_exists ? -ENOENT : 0);
}

/* "p1  02:00:00:00:00:01 192.0.2.1 2001:db8::1" */
static void brief_show(const struct xsw_bind_row *row, const struct xsw_port_info *info)
{
	char ip[INET6_ADDRSTRLEN];

	out_column("ifname", 16, info->ifname);
	out_column("mac", 17, mac_text(row->key.mac));
	for (int i = 0; i < row->ips; i++) {
		ip_format(&row->ip[i], ip);
		out_column("ip", 0, ip);
	}
	out_row_end(info->netns);
}

static void row_show(const struct xsw_bind_row *row, const struct xsw_port_info *info)
{
	char ip[INET6_ADDRSTRLEN];

	if (out_brief()) {
		brief_show(row, info);
		return;
	}
	out_object(NULL);
	out_port(info);
	out_string("mac", " mac ", mac_text(row->key.mac));
	out_list("ip");
	for (int i = 0; i < row->ips; i++) {
		ip_format(&row->ip[i], ip);
		out_string("ip", " ip ", ip);
	}
	out_close();
	out_text("\n");
	out_close();
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	struct xsw_bind_row *rows;
	int n = xsw_bind_list(sw, info->port, &rows);

	for (int i = 0; i < n; i++)
		row_show(&rows[i], info);
	xsw_bind_list_free(rows, n);
	return n < 0 ? n : 0;
}

static const struct command commands[] = { { "add", bind_add, XSW_LINE_KEEPS },
					   { "del", bind_del, XSW_LINE_KEEPS },
					   {} };

const struct object object_bind = { "bind", help_text, .commands = commands, .show = show_port };
