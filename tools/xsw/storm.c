// SPDX-License-Identifier: GPL-2.0
/* xsw storm: how much broadcast, multicast and unknown unicast a port may send in. */
#include <stdio.h>
#include <string.h>

#include "ctrl/limits/policer_opts.h"
#include "tools/xsw/policer.h"

static const char help_text[] = "Usage: xsw storm set DEV { broadcast | multicast | unknown } "
				"[ OPTION VALUE ]...\n"
				"       xsw storm del DEV { broadcast | multicast | unknown }\n"
				"       xsw storm show [ DEV ]\n";

static void print_options(void)
{
	policer_print_help(true);
}

/* DEV { broadcast | multicast | unknown } */
static int read_id(struct words *w, const char **ifname, struct xsw_policer_id *id)
{
	const char *word;

	*ifname = words_next(w);
	if (!*ifname)
		return usage("storm", NULL, "DEV missing");
	word = words_next(w);
	id->of = XSW_POLICE_WHOLE;
	for (id->kind = XSW_STORM_BROADCAST; word && id->kind < XSW_POLICE_KINDS; id->kind++)
		if (!strcmp(word, policer_kinds[id->kind]))
			return 0;
	return usage("storm", *ifname, "broadcast, multicast or unknown missing");
}

static int storm_set(struct words *w)
{
	return policer_run_set(w, read_id);
}

static int storm_del(struct words *w)
{
	return policer_run_del(w, read_id);
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	return policer_show(sw, info, true);
}

static int storm_show(struct words *w)
{
	return show_ports(w, "storm", show_port);
}

static const struct command commands[] = {
	{ "set", storm_set },	{ "del", storm_del }, { "show", storm_show },
	{ "list", storm_show }, { NULL, NULL },
};

const struct object object_storm = { "storm", help_text, .options = print_options,
				     .commands = commands, .fallback = "show" };
