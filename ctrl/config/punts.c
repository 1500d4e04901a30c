// SPDX-License-Identifier: GPL-2.0
/* Punting rules of a port: running, in a file, and from one to the other. Their order
 * counts: what stands where it should stays, the rest goes and is appended anew.
 */
#include "ctrl/config/punts.h"

#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/punt/punt.h"

int cfg_punts_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_punt_row rows[XSW_PUNT_RULES];
	int n = xsw_punt_list(sw, port, rows);

	for (int i = 0; i < n; i++) {
		struct xsw_punt_conf *c = cfg_grow((void **)&p->punt, &p->punts, sizeof(*c));

		if (!c)
			return -ENOMEM;
		*c = rows[i].conf;
	}
	return n < 0 ? n : 0;
}

void cfg_punts_dump(const struct cfg_port *p, FILE *out)
{
	char text[64];

	if (p->punts)
		fprintf(out, "        punt:\n");
	for (size_t i = 0; i < p->punts; i++) {
		const struct xsw_punt_conf *c = &p->punt[i];

		fprintf(out, "          - to: %s\n", punt_action(c));
		opts_for(o, &punt_opts) {
			if (!opt_given(&punt_opts, o, c) || o - punt_opts.row == PUNT_HOST)
				continue;
			opt_text(o, c, text, sizeof(text));
			fprintf(out,
				strchr(text, ':') ? "            %s: \"%s\"\n" :
						    "            %s: %s\n",
				o->word, text);
		}
	}
}

/* ---- from a file ---- */

struct punt_reader {
	struct xsw_punt_conf *punt;
	const char *dev;
	int to; /* PUNT_SOCKET, PUNT_HOST, 0: not said */
};

static int to_read(struct cfg_reader *r, yaml_node_t *value, struct punt_reader *pr)
{
	const char *text = cfg_scalar(value);

	if (text && !strcmp(text, "host"))
		pr->to = PUNT_HOST;
	else if (text && !strcmp(text, "socket"))
		pr->to = PUNT_SOCKET;
	else
		return cfg_bad(r, value, "to: must be socket or host");
	return 0;
}

static int punt_pair(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	const struct opt *o = opts_find(&punt_opts, word);
	struct punt_reader *pr = arg;

	if (!strcmp(word, "to"))
		return to_read(r, value, pr);
	if (!o || o - punt_opts.row == PUNT_HOST)
		return cfg_bad(r, key, "punt: unknown key '%s'", word);
	if (!cfg_scalar(value))
		return cfg_bad(r, value, "%s: must be a value", word);
	return cfg_read_opt(r, &punt_opts, o, value, pr->dev, pr->punt);
}

static int punt_check(struct cfg_reader *r, yaml_node_t *node, const struct cfg_port *p,
		      struct punt_reader *pr)
{
	if (!pr->to)
		return cfg_bad(r, node, "punt: to is missing");
	if (!PUNT_GIVEN(pr->punt, pr->to) &&
	    punt_opt_set(pr->to, pr->to == PUNT_HOST ? "on" : "0", p->dev, pr->punt))
		return cfg_bad_value(r, node);
	if (xsw_punt_finish(p->dev, pr->punt))
		return cfg_bad_value(r, node);
	for (size_t i = 0; i + 1 < p->punts; i++)
		if (xsw_punt_same(&p->punt[i], pr->punt))
			return cfg_bad(r, node, "punt: what it matches stands here twice");
	if (p->punts > XSW_PUNT_RULES)
		return cfg_bad(r, node, "punt: more than %d rules", XSW_PUNT_RULES);
	return 0;
}

int cfg_punt_item(struct cfg_reader *r, yaml_node_t *node, void *port)
{
	struct cfg_port *p = port;
	struct punt_reader pr = { .dev = p->dev };
	int err;

	pr.punt = cfg_grow((void **)&p->punt, &p->punts, sizeof(*pr.punt));
	if (!pr.punt)
		return -ENOMEM;
	err = cfg_for_pairs(r, node, "punt", punt_pair, &pr);
	return err ? err : punt_check(r, node, p, &pr);
}

/* ---- from one to the other ---- */

static int punt_change(struct cfg_target *t, bool add, const struct xsw_punt_conf *punt)
{
	char text[256];
	int err;

	punt_format(punt, text, sizeof(text));
	change_told(t->ch, "%s punt '%s' %s", add ? "add" : "del", t->dev, text);
	err = cfg_target_open(t);
	if (err || t->ch->dry_run)
		return err;
	return add ? xsw_punt_add(&t->sw, t->port, punt) : xsw_punt_del(&t->sw, t->port, punt);
}

int cfg_punts_apply(struct cfg_target *t, const struct cfg_port *now, const struct cfg_port *want)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; now && i < now->punts && !err; i++) {
		if (kept < want->punts &&
		    !memcmp(&now->punt[i], &want->punt[kept], sizeof(*want->punt)))
			kept++;
		else
			err = punt_change(t, false, &now->punt[i]);
	}
	for (size_t i = kept; i < want->punts && !err; i++)
		err = punt_change(t, true, &want->punt[i]);
	return err;
}
