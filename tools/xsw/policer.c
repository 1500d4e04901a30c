// SPDX-License-Identifier: GPL-2.0
/* xsw policer and xsw storm: rates of ports, of their VLANs and of their priorities, and how much
 * broadcast, multicast and unknown unicast a port may send in. Both have the same words.
 */
#include "ctrl/limits/policer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/xsw/xsw.h"

/* What a command is about */
struct limit {
	const char *ifname;
	struct xsw_policer_id id;
	struct xsw_policer_conf conf; /* nothing given: is to be removed */
};

/* ---- reading ---- */

/* { ingress | egress } [ vlan VID | pcp N ] */
static int read_policer(struct words *w, struct limit *l)
{
	const char *word = words_next(w);
	__u32 value;
	int err;

	if (!word || (strcmp(word, "ingress") && strcmp(word, "egress")))
		return usage("policer", l->ifname, "ingress or egress missing");
	l->id.kind = word[0] == 'i' ? XSW_POLICE_INGRESS : XSW_POLICE_EGRESS;
	word = words_peek(w);
	if (!word || (strcmp(word, "vlan") && strcmp(word, "pcp")))
		return 0;
	words_next(w);
	l->id.of = word[0] == 'v' ? XSW_POLICE_VLAN : XSW_POLICE_PCP;
	err = word_u32("policer", l->ifname, word, words_next(w), 0,
		       l->id.of == XSW_POLICE_VLAN ? XSW_VID_MAX : 7, &value);
	l->id.value = value;
	return err;
}

/* { broadcast | multicast | unknown } */
static int read_storm(struct words *w, struct limit *l)
{
	const char *word = words_next(w);

	for (l->id.kind = XSW_STORM_BROADCAST; word && l->id.kind < XSW_POLICE_KINDS; l->id.kind++)
		if (!strcmp(word, policer_kinds[l->id.kind]))
			return 0;
	return usage("storm", l->ifname, "broadcast, multicast or unknown missing");
}

static int read_id(struct words *w, bool storm, struct limit *l)
{
	*l = (struct limit){ .ifname = words_next(w), .id.of = XSW_POLICE_WHOLE };
	if (!l->ifname)
		return usage(storm ? "storm" : "policer", NULL, "DEV missing");
	return storm ? read_storm(w, l) : read_policer(w, l);
}

static int read_options(struct words *w, struct limit *l)
{
	const char *word;
	int err = 0;

	while (!err && (word = words_next(w)))
		err = read_opt(policer_opts_of(&l->id), word, words_next(w), l->ifname, &l->conf);
	if (err)
		return err;
	return xsw_policer_finish(l->ifname, &l->id, &l->conf) ? failed_value() : 0;
}

/* ---- changing ---- */

static void small_burst_warn(const struct xsw_switch_handle *sw, __u32 port, const struct limit *l)
{
	__u32 mtu = xsw_port_mtu(sw, port);

	if (mtu && xsw_policer_small_burst(&l->conf, mtu))
		warn("policer", l->ifname,
		     "a burst below two frames of mtu %u: TCP will be far below the rate", mtu);
}

static int set_on(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	const struct limit *l = arg;
	int err = xsw_policer_set(sw, port, &l->id, &l->conf);

	if (!err && !xsw_policer_is_storm(&l->id)) /* no TCP among what is flooded */
		small_burst_warn(sw, port, l);
	return err;
}

static int del_on(struct xsw_switch_handle *sw, __u32 port, void *arg)
{
	const struct limit *l = arg;

	return xsw_policer_del(sw, port, &l->id);
}

static int limit_set(struct words *w, bool storm)
{
	struct limit l;
	int err = read_id(w, storm, &l);

	if (!err)
		err = read_options(w, &l);
	return err ? err : change_port(l.ifname, set_on, &l, 0);
}

static int limit_del(struct words *w, bool storm)
{
	struct limit l;
	int err = read_id(w, storm, &l);

	if (!err)
		err = no_more(w, policer_opts_of(&l.id)->object, l.ifname);
	return err ? err : change_port(l.ifname, del_on, &l, opt.if_exists ? -ENOENT : 0);
}

/* ---- showing ---- */

/* "p1  ingress vlan 10  100mbit  -  12  3": the rate, pps, passed, dropped */
static void brief_show(const struct xsw_policer_row *row, const struct xsw_port_info *info)
{
	const struct opts *opts = policer_opts_of(&row->id);
	char text[64];

	out_column("ifname", 16, info->ifname);
	snprintf(text, sizeof(text), "%s", policer_kinds[row->id.kind]);
	if (row->id.of != XSW_POLICE_WHOLE)
		snprintf(text, sizeof(text), "%s %s %u", policer_kinds[row->id.kind],
			 row->id.of == XSW_POLICE_VLAN ? "vlan" : "pcp", row->id.value);
	out_column(NULL, 17, text);
	for (int i = POLICER_RATE; i <= POLICER_PPS; i += POLICER_PPS - POLICER_RATE) {
		text[0] = '\0';
		if (POLICER_GIVEN(&row->conf, i))
			opt_text(&opts->row[i], &row->conf, text, sizeof(text));
		out_column(NULL, 12, text);
	}
	out_column_int(12, row->passed);
	out_column_int(0, row->dropped);
	out_row_end(info->netns);
}

static void row_show(const struct xsw_policer_row *row, const struct xsw_port_info *info)
{
	bool storm = xsw_policer_is_storm(&row->id);
	const struct opts *opts = policer_opts_of(&row->id);

	if (out_brief()) {
		brief_show(row, info);
		return;
	}
	out_object(NULL);
	out_port(info);
	out_string(storm ? "class" : "direction", " ", policer_kinds[row->id.kind]);
	if (row->id.of == XSW_POLICE_VLAN)
		out_int("vlan", " vlan ", row->id.value);
	else if (row->id.of == XSW_POLICE_PCP)
		out_int("pcp", " pcp ", row->id.value);
	opts_for(o, opts)
		if (opt_given(opts, o, &row->conf) || o < opts->row + POLICER_YELLOW)
			out_opt(o, &row->conf, opt_given(opts, o, &row->conf));
	out_int("passed", "\n    passed ", row->passed);
	if (!storm)
		out_int("yellow_packets",
			POLICER_GIVEN(&row->conf, POLICER_YELLOW) ? " yellow_packets " : NULL,
			row->yellow);
	out_int("dropped", " dropped ", row->dropped);
	out_text("\n");
	out_close();
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     bool storm)
{
	struct xsw_policer_row *rows;
	int n = xsw_policer_list(sw, info->port, &rows);

	for (int i = 0; i < n; i++)
		if (xsw_policer_is_storm(&rows[i].id) == storm)
			row_show(&rows[i], info);
	free(rows);
	return n < 0 ? n : 0;
}

static int show_policers(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
			 void *arg)
{
	return show_port(sw, info, false);
}

static int show_storm(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		      void *arg)
{
	return show_port(sw, info, true);
}

/* ---- commands ---- */

static const char policer_help[] =
	"Usage: xsw policer set DEV { ingress | egress } [ vlan VID | pcp N ] "
	"[ OPTION VALUE ]...\n"
	"       xsw policer del DEV { ingress | egress } [ vlan VID | pcp N ]\n"
	"       xsw policer show [ DEV ]\n";

static int policer_set(struct words *w)
{
	return limit_set(w, false);
}

static int policer_del(struct words *w)
{
	return limit_del(w, false);
}

static const struct command policer_commands[] = { { "set", policer_set, XSW_LINE_KEEPS },
						   { "del", policer_del, XSW_LINE_KEEPS },
						   {} };

const struct object object_policer = { "policer", policer_help, &policer_opts,
				       .commands = policer_commands, .show = show_policers };

static const char storm_help[] = "Usage: xsw storm set DEV { broadcast | multicast | unknown } "
				 "[ OPTION VALUE ]...\n"
				 "       xsw storm del DEV { broadcast | multicast | unknown }\n"
				 "       xsw storm show [ DEV ]\n";

static int storm_set(struct words *w)
{
	return limit_set(w, true);
}

static int storm_del(struct words *w)
{
	return limit_del(w, true);
}

static const struct command storm_commands[] = { { "set", storm_set, XSW_LINE_KEEPS },
						 { "del", storm_del, XSW_LINE_KEEPS },
						 {} };

const struct object object_storm = { "storm", storm_help, &storm_opts, .commands = storm_commands,
				     .show = show_storm };
