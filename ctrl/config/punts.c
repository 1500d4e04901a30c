// SPDX-License-Identifier: GPL-2.0
/* Punting rules of a port in the configuration. Their order counts. */
#include <errno.h>
#include <string.h>

#include "ctrl/config/parts.h"
#include "ctrl/punt/punt.h"

struct punt {
	struct xsw_punt_conf conf;
	int to; /* read from a file: PUNT_SOCKET, PUNT_HOST, 0: not said */
};

static int punt_load(const struct cfg_part *part, struct cfg_list *list,
		     const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_punt_row rows[XSW_PUNT_RULES];
	int n = xsw_punt_list(sw, port, rows);

	for (int i = 0; i < n; i++) {
		struct punt *p = cfg_list_add(list, sizeof(*p));

		if (!p)
			return -ENOMEM;
		p->conf = rows[i].conf;
	}
	return n < 0 ? n : 0;
}

static void punt_dump(struct cfg_writer *w, const void *item)
{
	cfg_put(w, "to", "%s", punt_action(&((const struct punt *)item)->conf));
}

/* ---- from a file ---- */

static int punt_key(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		    yaml_node_t *value, void *item)
{
	const char *text = cfg_scalar(value);
	struct punt *p = item;

	if (text && !strcmp(text, "host"))
		p->to = PUNT_HOST;
	else if (text && !strcmp(text, "socket"))
		p->to = PUNT_SOCKET;
	else
		return cfg_bad(r, value, "to: must be socket or host");
	return 0;
}

/* Is the action named, and no other? A socket without a number is 0. */
static int to_finish(struct cfg_reader *r, yaml_node_t *node, const char *dev, struct punt *p)
{
	const char *value = p->to == PUNT_HOST ? "on" : "0";

	if (!p->to)
		return cfg_bad(r, node, "punt: to is missing");
	if (!PUNT_GIVEN(&p->conf, p->to) && punt_opt_set(p->to, value, dev, &p->conf))
		return cfg_bad_value(r, node);
	p->to = 0;
	return 0;
}

static int punt_check(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
		      const char *dev, const struct cfg_list *list, void *item)
{
	struct punt *p = item;
	int err = to_finish(r, node, dev, p);

	if (err)
		return err;
	if (xsw_punt_finish(dev, &p->conf))
		return cfg_bad_value(r, node);
	for (size_t i = 0; i + 1 < list->n; i++)
		if (xsw_punt_same(&((struct punt *)cfg_list_at(list, i))->conf, &p->conf))
			return cfg_bad(r, node, "punt: what it matches stands here twice");
	if (list->n > XSW_PUNT_RULES)
		return cfg_bad(r, node, "punt: more than %d rules", XSW_PUNT_RULES);
	return 0;
}

/* ---- from one to the other ---- */

static int punt_apply(struct cfg_target *t, const void *now, const void *want)
{
	const struct punt *p = want ? want : now;
	char text[256];
	int err;

	punt_format(&p->conf, text, sizeof(text));
	change_told(t->ch, "%s punt '%s' %s", want ? "add" : "del", t->dev, text);
	err = cfg_target_open(t);
	if (err || t->ch->dry_run)
		return err;
	return want ? xsw_punt_add(&t->sw, t->port, &p->conf) :
		      xsw_punt_del(&t->sw, t->port, &p->conf);
}

const struct cfg_part cfg_part_punt = {
	.word = "punt",
	.size = sizeof(struct punt),
	.keys = (const char *const[]){ "to", NULL },
	.opts = &punt_opts,
	.hidden = 1U << PUNT_HOST,
	.load = punt_load,
	.dump = punt_dump,
	.key = punt_key,
	.check = punt_check,
	.apply = punt_apply,
};
