// SPDX-License-Identifier: GPL-2.0
/* xsw policer: rates of ports, of their VLANs and of their priorities. */
#include "tools/xsw/policer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/limits/policer_opts.h"
#include "ctrl/switch/lock.h"

/* ---- shared with storm control ---- */

void policer_print_help(bool storm)
{
	char values[64];

	printf("OPTIONS:\n");
	for (size_t i = 0; i < POLICER_OPTS; i++) {
		if (storm && !policer_opts[i].storm)
			continue;
		policer_opt_values(&policer_opts[i], values, sizeof(values));
		printf("  %-16s %s\n", policer_opts[i].word, values);
	}
}

static int policer_read(struct words *w, const char *ifname, const struct xsw_policer_id *id,
			struct xsw_policer_conf *conf)
{
	const char *object = xsw_policer_is_storm(id) ? "storm" : "policer", *word, *value;
	const struct policer_opt *o;

	while ((word = words_next(w))) {
		o = policer_opt_find(word, xsw_policer_is_storm(id));
		if (!o)
			return usage(object, ifname, "unknown word '%s', see 'xsw %s help'", word,
				     object);
		value = words_next(w);
		if (!value)
			return usage(object, ifname, "%s: value missing", word);
		if (policer_opt_set(o, value, object, ifname, conf))
			return failed_value();
	}
	return xsw_policer_finish(ifname, id, conf) ? failed_value() : 0;
}

static void small_burst_warn(const struct xsw_switch_handle *sw, int port, const char *ifname,
			     const struct xsw_policer_conf *conf)
{
	struct xsw_port_info info;

	if (!xsw_port_info(sw, port, &info) && xsw_policer_small_burst(conf, info.mtu))
		warn("policer", ifname,
		     "a burst below two frames of mtu %u: TCP will be far below the rate",
		     info.mtu);
}

static int policer_apply(const char *ifname, const struct xsw_policer_id *id,
			 const struct xsw_policer_conf *conf)
{
	struct xsw_switch_handle sw;
	int err, port;

	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	port = xsw_port_find(ifname, &sw);
	if (port == -ENOENT && !conf && opt.if_exists)
		return EXIT_DONE;
	if (port < 0)
		return failed(port);
	err = conf ? xsw_policer_set(&sw, port, id, conf) : xsw_policer_del(&sw, port, id);
	if (!err && conf && !xsw_policer_is_storm(id)) /* no TCP among what is flooded */
		small_burst_warn(&sw, port, ifname, conf);
	xsw_switch_close(&sw);
	if (err == -ENOENT && opt.if_exists)
		return EXIT_DONE;
	return err ? failed(err) : EXIT_DONE;
}

static void options_show(const struct xsw_policer_row *row)
{
	bool storm = xsw_policer_is_storm(&row->id);
	char value[32];

	for (size_t i = 0; i < POLICER_OPTS; i++) {
		const struct policer_opt *p = &policer_opts[i];
		bool given = POLICER_GIVEN(&row->conf, i);

		if ((storm && !p->storm) || (p->kind == POLICER_OPT_CHOICE && !given))
			continue;
		policer_opt_get(p, &row->conf, value, sizeof(value));
		if (given)
			out_text(" %s %s", p->word, value);
		if (i == POLICER_YELLOW)
			out_string(p->word, NULL, value);
		else if (i == POLICER_YELLOW_DEI)
			out_bool(p->word, NULL, row->conf.yellow_dei);
		else
			out_int(p->word, NULL, policer_opt_number(p, &row->conf));
	}
}

static void row_show(const struct xsw_policer_row *row, const struct xsw_port_info *info)
{
	bool storm = xsw_policer_is_storm(&row->id);

	out_object(NULL);
	out_port(info);
	out_string(storm ? "class" : "direction", " ", policer_kinds[row->id.kind]);
	if (row->id.of == XSW_POLICE_VLAN)
		out_int("vlan", " vlan ", row->id.value);
	else if (row->id.of == XSW_POLICE_PCP)
		out_int("pcp", " pcp ", row->id.value);
	options_show(row);
	out_int("passed", "\n    passed ", row->passed);
	if (!storm)
		out_int("yellow_packets",
			POLICER_GIVEN(&row->conf, POLICER_YELLOW) ? " yellow_packets " : NULL,
			row->yellow);
	out_int("dropped", " dropped ", row->dropped);
	out_text("\n");
	out_close();
}

int policer_show(const struct xsw_switch_handle *sw, const struct xsw_port_info *info, bool storm)
{
	struct xsw_policer_row *rows;
	int n = xsw_policer_list(sw, info->port, &rows);

	for (int i = 0; i < n; i++) {
		if (xsw_policer_is_storm(&rows[i].id) == storm)
			row_show(&rows[i], info);
	}
	free(rows);
	return n < 0 ? n : 0;
}

/* ---- xsw policer ---- */

static const char help_text[] =
	"Usage: xsw policer set DEV { ingress | egress } [ vlan VID | pcp N ] "
	"[ OPTION VALUE ]...\n"
	"       xsw policer del DEV { ingress | egress } [ vlan VID | pcp N ]\n"
	"       xsw policer show [ DEV ]\n";

static void print_options(void)
{
	policer_print_help(false);
}

/* DEV { ingress | egress } [ vlan VID | pcp N ] */
static int read_id(struct words *w, const char **ifname, struct xsw_policer_id *id)
{
	const char *word;
	__u32 value;
	int err;

	*ifname = words_next(w);
	if (!*ifname)
		return usage("policer", NULL, "DEV missing");
	word = words_next(w);
	if (!word || (strcmp(word, "ingress") && strcmp(word, "egress")))
		return usage("policer", *ifname, "ingress or egress missing");
	id->kind = word[0] == 'i' ? XSW_POLICE_INGRESS : XSW_POLICE_EGRESS;
	id->of = XSW_POLICE_WHOLE;
	word = words_peek(w);
	if (!word || (strcmp(word, "vlan") && strcmp(word, "pcp")))
		return 0;
	words_next(w);
	id->of = word[0] == 'v' ? XSW_POLICE_VLAN : XSW_POLICE_PCP;
	err = word_u32("policer", *ifname, word, words_next(w), 0,
		       id->of == XSW_POLICE_VLAN ? XSW_VID_MAX : 7, &value);
	id->value = value;
	return err;
}

int policer_run_set(struct words *w, policer_id_reader read)
{
	struct xsw_policer_conf conf = {};
	struct xsw_policer_id id = {};
	const char *ifname;
	int err;

	err = read(w, &ifname, &id);
	if (!err)
		err = policer_read(w, ifname, &id, &conf);
	return err ? err : policer_apply(ifname, &id, &conf);
}

int policer_run_del(struct words *w, policer_id_reader read)
{
	struct xsw_policer_id id = {};
	const char *ifname;
	int err;

	err = read(w, &ifname, &id);
	if (!err)
		err = no_more(w, xsw_policer_is_storm(&id) ? "storm" : "policer", ifname);
	return err ? err : policer_apply(ifname, &id, NULL);
}

static int policer_set(struct words *w)
{
	return policer_run_set(w, read_id);
}

static int policer_del(struct words *w)
{
	return policer_run_del(w, read_id);
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info,
		     void *arg)
{
	return policer_show(sw, info, false);
}

static int policer_list(struct words *w)
{
	return show_ports(w, "policer", show_port);
}

static const struct command commands[] = {
	{ "set", policer_set },	  { "del", policer_del }, { "show", policer_list },
	{ "list", policer_list }, { NULL, NULL },
};

const struct object object_policer = { "policer", help_text, .options = print_options,
				       .commands = commands, .fallback = "show" };
