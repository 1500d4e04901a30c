// SPDX-License-Identifier: GPL-2.0
/* xsw port: put devices on a switch, change their settings, show them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/limits/bind.h"
#include "ctrl/port/port.h"
#include "ctrl/stats/port_stats.h"
#include "ctrl/switch/check.h"
#include "ctrl/switch/lock.h"
#include "ctrl/switch/mirror.h"
#include "maps/stats.h"
#include "tools/xsw/xsw.h"

static const char help_text[] =
	"Usage: xsw port { add DEV switch NAME | set DEV } [ OPTION VALUE ]...\n"
	"       xsw port { del | attach | reopen } DEV\n"
	"       xsw port show [ DEV ] [ switch NAME ]\n";

static bool is_on_off(const char *word)
{
	return word && (!strcmp(word, "on") || !strcmp(word, "off"));
}

/* Options up to the end; `switch NAME` and `host` alone too where @switch_name is not NULL. */
static int read_conf(struct words *w, const char *ifname, struct xsw_port_settings *want,
		     const char **switch_name)
{
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w))) {
		if (switch_name && !strcmp(word, "switch"))
			err = word_name("port", ifname, word, w, switch_name);
		else if (switch_name && !strcmp(word, "host") && !is_on_off(words_peek(w)))
			err = read_opt(&port_opts, word, "on", ifname, want);
		else
			err = read_opt(&port_opts, word, words_next(w), ifname, want);
	}
	return err;
}

/* What the switch goes by, now that the device is a port. */
static void rules_warn(const struct xsw_switch_handle *sw, __u32 port, bool upper)
{
	struct xsw_check_row *rows;
	int n = xsw_check_rules(sw, port, upper, &rows);

	for (int i = 0; i < n; i++)
		warn("port", rows[i].ifname, "%s; remedy: %s", rows[i].detail, rows[i].remedy);
	free(rows);
}

/* What path xdp costs here, if it was asked for now, and not by a batch for all ports of a host. */
static void costs_warn(const struct xsw_switch_handle *sw, __u32 port,
		       const struct xsw_port_settings *want)
{
	struct xsw_port_info info;

	if (opt.batch || want->path != XSW_WANT_XDP)
		return;
	if (!xsw_port_info(sw, port, &info) && info.path_costs)
		warn("port", info.ifname, "%s", info.path_costs);
}

static void port_warn(const char *switch_name, const char *ifname,
		      const struct xsw_port_settings *want)
{
	struct xsw_switch_handle sw;
	int port = xsw_port_find_on(switch_name, ifname, &sw);

	if (port < 0)
		return;
	rules_warn(&sw, port, true);
	costs_warn(&sw, port, want);
	xsw_switch_close(&sw);
}

static int port_add(struct words *w)
{
	const char *ifname = words_next(w), *switch_name = NULL;
	struct xsw_switch_handle sw, other;
	struct xsw_port_settings want = {};
	int err;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = read_conf(w, ifname, &want, &switch_name);
	if (err)
		return err;
	if (!switch_name)
		return usage("port", ifname, "switch NAME missing");
	err = xsw_lock_and_repair();
	if (!err)
		err = xsw_switch_open(switch_name, &sw);
	if (err)
		return failed(err);
	err = xsw_port_add(&sw, ifname, &want);
	if (err == -EEXIST && opt.may_exist) {
		/* The settings apply all the same, if it is this switch's. */
		struct xsw_error other_has_it = *xsw_error_last();
		int port = xsw_port_find_on(sw.name, ifname, &other);

		if (port > 0) {
			err = xsw_port_set(&other, port, &want);
			xsw_switch_close(&other);
		} else {
			err = xsw_fail(EEXIST, NULL, NULL, "%s", other_has_it.text);
		}
	}
	xsw_switch_close(&sw);
	if (err)
		return failed(err);
	port_warn(switch_name, ifname, &want);
	return EXIT_DONE;
}

static void unbound_warn(const struct xsw_switch_handle *sw, __u32 port,
			 const struct xsw_port_settings *want)
{
	struct xsw_bind_row *rows;
	struct xsw_port_info info;
	int n;

	if (!(want->port.flags & XSW_PORT_SPOOF_MAC) || xsw_port_info(sw, port, &info))
		return;
	n = xsw_bind_list(sw, port, &rows);
	if (!n)
		warn("port", info.ifname,
		     "nothing may be sent from here until 'xsw bind add %s mac MAC'", info.ifname);
	xsw_bind_list_free(rows, n);
}

static int settings_change(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	const struct xsw_port_settings *want = arg;
	int err = xsw_port_set(sw, port, want);

	if (err)
		return err;
	unbound_warn(sw, port, want);
	costs_warn(sw, port, want);
	if (xsw_batch_first(sw, port))
		rules_warn(sw, port, false);
	return 0;
}

static int port_set(struct words *w)
{
	const char *ifname = words_next(w);
	struct xsw_port_settings want = {};
	int err;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = read_conf(w, ifname, &want, NULL);
	return err ? err : change_port(ifname, settings_change, &want, 0);
}

/* Change the port that is the only word. */
static int named(struct words *w, change_port_fn change, int forgiven)
{
	const char *ifname = words_next(w);
	int err;

	if (!ifname)
		return usage("port", NULL, "DEV missing");
	err = no_more(w, "port", ifname);
	return err ? err : change_port(ifname, change, NULL, forgiven);
}

static int delete (struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	char mirror[XSW_MIRROR_NAME_LEN];
	bool output = xsw_mirror_of_output(sw, port, mirror);
	int err = xsw_port_del(sw, port);

	if (!err && output)
		warn("mirror", mirror,
		     "the port was its output: it copies nothing until 'xsw mirror "
		     "set %s switch %s' gives it another",
		     mirror, sw->name);
	return err;
}

static int port_del(struct words *w)
{
	return named(w, delete, opt.if_exists ? -ENOENT : 0);
}

static int attach(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	return xsw_port_attach(sw, port);
}

/* The rule of udev calls once for a device, perhaps while files for thousands of ports are applied.
 * udev kills what takes longer than 180 s.
 */
#define ATTACH_WAIT_S 150

static int port_attach(struct words *w)
{
	xsw_lock_wait(ATTACH_WAIT_S);
	return named(w, attach, opt.if_exists ? -ENOENT : 0);
}

static int reopen(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	return xsw_port_reopen(sw, port);
}

static int port_reopen(struct words *w)
{
	return named(w, reopen, 0);
}

/* The programs raise the number before they learn and lower it after: never show less. */
static int macs(const struct xsw_port_info *i)
{
	return i->guard.learned > 0 ? i->guard.learned : 0;
}

static const char *owner(const struct xsw_port_info *i)
{
	return i->record.given & XSW_GIVEN_CONFIG ? "config" : "runtime";
}

/* What the text begins with, whatever the options are. */
static void print_state(const struct xsw_port_info *i)
{
	out_word("state", " state ", xsw_port_state_text(i->state));
	out_text(" mtu %u path %s", i->mtu, xsw_path_text(i->record.use_path));
	if (i->record.reason[0])
		out_text(" (%s)", i->record.reason);
	if (opt.details)
		out_text(" owner %s", owner(i));
	if (i->settings.port.flags & XSW_PORT_MAC_LIMIT)
		out_text(" macs %d", macs(i));
	if (i->unable)
		out_text("\n    cannot forward: %s", i->unable);
	if (i->shut)
		out_text("\n    shut down %.0f s ago: more than %u addresses; xsw port reopen %s",
			 i->shut_s, i->settings.mac_limit, i->ifname);
	out_text("\n   ");
}

static void shutdown_show(const struct xsw_port_info *i)
{
	char remedy[64];

	snprintf(remedy, sizeof(remedy), "xsw port reopen %s", i->ifname);
	out_object("shutdown");
	out_string("reason", NULL, "mac-limit");
	out_int("seconds_ago", NULL, i->shut_s);
	out_string("remedy", NULL, remedy);
	out_close();
}

static void options_show(const struct xsw_port_info *i)
{
	struct xsw_port_settings by_default;

	opts_default(&port_opts, &by_default);
	opts_for(o, &port_opts) {
		out_opt(o, &i->settings,
			opt.details || !strcmp(o->word, "vlan_mode") ||
				opt_differs(o, &i->settings, &by_default));
		if (!strcmp(o->word, "path")) {
			out_string("path_in_use", NULL, xsw_path_text(i->record.use_path));
			out_string("path_reason", NULL, i->record.reason);
		}
	}
	out_text("\n");
}

/* "p1  up  xdp  sw0  access 10" */
static void brief_show(const struct xsw_port_info *i)
{
	char text[OPT_TEXT_MAX];
	bool access = i->settings.port.vlan_mode == XSW_MODE_ACCESS;

	out_column("ifname", 16, i->ifname);
	out_column("state", 7, xsw_port_state_text(i->state));
	out_column(NULL, 6, xsw_path_text(i->record.use_path));
	out_column(NULL, 16, i->switch_name);
	opt_text(opts_find(&port_opts, "vlan_mode"), &i->settings, text, sizeof(text));
	out_column(NULL, 0, text);
	opt_text(opts_find(&port_opts, access ? "tag" : "trunks"), &i->settings, text,
		 sizeof(text));
	out_column(NULL, 0, text[0] ? text : "all");
	out_row_end(i->netns);
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *i, void *arg)
{
	if (out_brief()) {
		brief_show(i);
		return 0;
	}
	out_object(NULL);
	out_port(i);
	print_state(i);
	out_int("ifindex", NULL, i->settings.port.ifindex);
	options_show(i);
	out_int("mtu", NULL, i->mtu);
	out_int("macs", NULL, macs(i));
	out_string("state", NULL, xsw_port_state_text(i->state));
	out_bool("forwarding", NULL, !i->unable);
	out_string("forwarding_reason", NULL, i->unable ? i->unable : "");
	out_string("owner", NULL, owner(i));
	if (i->shut)
		shutdown_show(i);
	if (opt.statistics)
		stats_tell(sw, i);
	out_close();
	return 0;
}

static int port_show(struct words *w)
{
	struct where where = {};
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w)))
		err = word_where("port", word, w, &where);
	if (err)
		return err;
	out_begin();
	return out_end(each_port(where.ifname, where.switch_name, show_port, NULL));
}

static const struct command commands[] = {
	{ "add", .run = port_add },	  { "set", port_set, XSW_LINE_SETS },
	{ "del", .run = port_del },	  { "show", .run = port_show },
	{ "list", .run = port_show },	  { "attach", .run = port_attach },
	{ "reopen", .run = port_reopen }, {},
};

const struct object object_port = { "port", help_text, .opts = &port_opts, .commands = commands };
