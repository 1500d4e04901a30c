// SPDX-License-Identifier: GPL-2.0
/* xsw mirror: copies of what ports or a switch carry, for an output port or a VLAN. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/switch/lock.h"
#include "ctrl/switch/mirror.h"
#include "tools/xsw/xsw.h"

static void print_help(void)
{
	opts_usage("Usage: xsw mirror", " { add | set } NAME switch SWITCH", &mirror_opts);
	printf("       xsw mirror del NAME switch SWITCH\n"
	       "       xsw mirror show [ NAME ] [ switch SWITCH ]\n");
}

/* ---- changing ---- */

struct order {
	const char *name;
	const char *switch_name;
	struct xsw_mirror_settings want;
};

static int read_switch(struct words *w, struct order *o)
{
	if (o->switch_name)
		return usage("mirror", o->name, "switch: given twice");
	o->switch_name = words_next(w);
	return o->switch_name ? 0 : usage("mirror", o->name, "switch: SWITCH missing");
}

/* NAME, and then `switch SWITCH` among the options. @opts: NULL: there are none */
static int read_order(struct words *w, const struct opts *opts, struct order *o)
{
	const char *word;
	int err = 0;

	o->name = words_next(w);
	if (!o->name)
		return usage("mirror", NULL, "NAME missing");
	if (xsw_mirror_name_check(o->name))
		return failed_value();
	while (!err && (word = words_next(w)))
		if (!strcmp(word, "switch"))
			err = read_switch(w, o);
		else if (opts)
			err = read_opt(opts, word, words_next(w), o->name, &o->want);
		else
			err = usage("mirror", o->name, "unknown word '%s'", word);
	if (!err && !o->switch_name)
		err = usage("mirror", o->name, "switch SWITCH missing");
	if (!err && mirror_settings_check(o->name, &o->want))
		err = failed_value();
	return err;
}

typedef int (*change_fn)(const struct xsw_switch_handle *sw, const struct order *o);

static int add_on(const struct xsw_switch_handle *sw, const struct order *o)
{
	return xsw_mirror_add(sw, o->name, &o->want);
}

static int set_on(const struct xsw_switch_handle *sw, const struct order *o)
{
	return xsw_mirror_set(sw, o->name, &o->want);
}

static int del_on(const struct xsw_switch_handle *sw, const struct order *o)
{
	return xsw_mirror_del(sw, o->name);
}

static int change(const struct order *o, change_fn call, int forgiven)
{
	struct xsw_switch_handle sw;
	int err = xsw_lock_and_repair();

	if (!err)
		err = xsw_switch_open(o->switch_name, &sw);
	if (err)
		return failed(err);
	err = call(&sw, o);
	xsw_switch_close(&sw);
	return done(err, forgiven);
}

static bool has_output(const struct xsw_mirror_settings *s)
{
	return s->output_port[0] || s->output_vlan;
}

static int mirror_add(struct words *w)
{
	struct order o = {};
	int err = read_order(w, &mirror_opts, &o);

	if (!err && !has_output(&o.want))
		err = usage("mirror", o.name, "to-port DEV or to-vlan VID missing");
	return err ? err : change(&o, add_on, opt.may_exist ? -EEXIST : 0);
}

static int mirror_set(struct words *w)
{
	struct order o = {};
	int err = read_order(w, &mirror_opts, &o);

	return err ? err : change(&o, set_on, 0);
}

static int mirror_del(struct words *w)
{
	struct order o = {};
	int err = read_order(w, NULL, &o);

	return err ? err : change(&o, del_on, opt.if_exists ? -ENOENT : 0);
}

/* ---- showing ---- */

static void names_show(const char *key, const char *text, const struct name_list *list)
{
	if (list->n)
		out_text("%s", text);
	out_list(key);
	for (__u32 i = 0; i < list->n; i++)
		out_item(i ? "," : " ", list->name[i]);
	out_close();
}

static void vlans_show(const struct vlan_set *vlans)
{
	char text[OPT_TEXT_MAX];

	vlan_set_format(vlans, text, sizeof(text));
	if (text[0])
		out_text(" vlan %s", text);
	out_list("vlans");
	for (__u32 vid = 0; vid <= XSW_VID_MAX; vid++)
		if (vlan_set_has(vlans, vid))
			out_int(NULL, NULL, vid);
	out_close();
}

static void output_show(const struct xsw_mirror_settings *s)
{
	if (s->output_port[0])
		out_string("output_port", " to-port ", s->output_port);
	else
		out_null("output_port");
	if (s->output_vlan)
		out_int("output_vlan", " to-vlan ", s->output_vlan);
	else
		out_null("output_vlan");
	if (!has_output(s))
		out_text(" no output");
}

/* "m1  to-port p9  12  3": where to, copies, dropped */
static void brief_show(const struct xsw_switch_handle *sw, const struct xsw_mirror_row *row)
{
	const struct xsw_mirror_settings *s = &row->settings;
	char text[32] = "-";

	if (s->output_vlan)
		snprintf(text, sizeof(text), "vlan %u", s->output_vlan);
	out_column("name", 16, row->name);
	out_column(NULL, 16, s->output_port[0] ? s->output_port : text);
	out_column_int(12, row->sums.packets);
	out_column_int(0, row->sums.dropped);
	out_row_end(sw->netns);
}

static void row_show(const struct xsw_switch_handle *sw, const struct xsw_mirror_row *row)
{
	const struct xsw_mirror_settings *s = &row->settings;

	if (out_brief()) {
		brief_show(sw, row);
		return;
	}
	out_object(NULL);
	out_string("name", "", row->name);
	out_switch(": switch ", sw->name, sw->netns);
	out_bool("all", NULL, s->all);
	if (s->all)
		out_text(" all on");
	names_show("src_ports", " src-port", &s->src_ports);
	names_show("dst_ports", " dst-port", &s->dst_ports);
	vlans_show(&s->vlans);
	output_show(s);
	out_int("snaplen", s->snaplen ? " snaplen " : NULL, s->snaplen);
	out_int("packets", "\n    packets ", row->sums.packets);
	out_int("bytes", " bytes ", row->sums.bytes);
	out_int("dropped", " dropped ", row->sums.dropped);
	out_text("\n");
	out_close();
}

struct asked {
	const char *name; /* NULL: all */
	bool found;
};

static int show_switch(const struct xsw_switch_handle *sw, void *arg)
{
	struct asked *asked = arg;
	struct xsw_mirror_row *rows;
	int n = xsw_mirror_list(sw, &rows);

	for (int i = 0; i < n; i++) {
		if (asked->name && strcmp(asked->name, rows[i].name))
			continue;
		asked->found = true;
		row_show(sw, &rows[i]);
	}
	free(rows);
	return n < 0 ? n : 0;
}

static int read_asked(struct words *w, struct asked *asked, const char **switch_name)
{
	const char *word;

	while ((word = words_next(w))) {
		if (!strcmp(word, "switch") && !*switch_name) {
			*switch_name = words_next(w);
			if (!*switch_name)
				return usage("mirror", NULL, "switch: SWITCH missing");
		} else if (!asked->name) {
			asked->name = word;
		} else {
			return usage("mirror", asked->name, "unknown word '%s'", word);
		}
	}
	return 0;
}

static int mirror_show(struct words *w)
{
	struct asked asked = {};
	const char *switch_name = NULL;
	int err = read_asked(w, &asked, &switch_name);

	if (err)
		return err;
	out_begin();
	err = each_switch(switch_name, show_switch, &asked);
	if (!err && asked.name && !asked.found)
		err = xsw_fail(ENOENT, "mirror", asked.name, "no such mirror");
	return out_end(err);
}

static const struct command commands[] = {
	{ "add", .run = mirror_add },	{ "set", .run = mirror_set },
	{ "del", .run = mirror_del },	{ "show", .run = mirror_show },
	{ "list", .run = mirror_show }, {},
};

const struct object object_mirror = { "mirror", .print_help = print_help, .commands = commands };
