// SPDX-License-Identifier: GPL-2.0
/* Policers and storm control of a port in the configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/config/parts.h"
#include "ctrl/limits/policer.h"

struct policer {
	struct xsw_policer_conf conf;
	struct xsw_policer_id id;
	bool kind, of; /* read from a file: is there a direction or class, a vlan or pcp? */
};

static bool is_storm(const struct cfg_part *part)
{
	return part == &cfg_part_storm;
}

static bool policer_same(const void *a, const void *b)
{
	const struct policer *x = a, *y = b;

	return !memcmp(&x->id, &y->id, sizeof(x->id));
}

static int policer_load(const struct cfg_part *part, struct cfg_list *list,
			const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_policer_row *rows;
	int n = xsw_policer_list(sw, port, &rows), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++) {
		struct policer *p;

		if (xsw_policer_is_storm(&rows[i].id) != is_storm(part))
			continue;
		p = cfg_list_add(list, sizeof(*p));
		if (p)
			*p = (struct policer){ .conf = rows[i].conf, .id = rows[i].id };
		else
			err = -ENOMEM;
	}
	free(rows);
	return err;
}

static void policer_dump(struct cfg_writer *w, const void *item)
{
	const struct policer *p = item;

	cfg_put(w, xsw_policer_is_storm(&p->id) ? "class" : "direction", "%s",
		policer_kinds[p->id.kind]);
	if (p->id.of != XSW_POLICE_WHOLE)
		cfg_put(w, p->id.of == XSW_POLICE_VLAN ? "vlan" : "pcp", "%u", p->id.value);
}

/* ---- from a file ---- */

static int kind_read(struct cfg_reader *r, yaml_node_t *value, bool storm, struct policer *p)
{
	__u8 from = storm ? XSW_STORM_BROADCAST : 0;
	__u8 to = storm ? XSW_POLICE_KINDS : XSW_STORM_BROADCAST;
	const char *text = cfg_scalar(value);

	for (__u8 kind = from; text && kind < to; kind++) {
		if (strcmp(text, policer_kinds[kind]))
			continue;
		p->id.kind = kind;
		p->kind = true;
		return 0;
	}
	return cfg_bad(r, value, "must be %s",
		       storm ? "broadcast, multicast or unknown" : "ingress or egress");
}

static int of_read(struct cfg_reader *r, const char *word, yaml_node_t *value, struct policer *p)
{
	__u32 number;
	int err;

	if (p->of)
		return cfg_bad(r, value, "there is a vlan or a pcp, not both");
	p->of = true;
	p->id.of = word[0] == 'v' ? XSW_POLICE_VLAN : XSW_POLICE_PCP;
	err = cfg_read_u32(r, word, value, 0, word[0] == 'v' ? XSW_VID_MAX : 7, &number);
	p->id.value = number;
	return err;
}

static int policer_key(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		       yaml_node_t *value, void *item)
{
	bool storm = is_storm(part);

	if (!strcmp(word, storm ? "class" : "direction"))
		return kind_read(r, value, storm, item);
	return of_read(r, word, value, item);
}

static int policer_check(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
			 const char *dev, const struct cfg_list *list, void *item)
{
	struct policer *p = item;

	if (!p->of)
		p->id.of = XSW_POLICE_WHOLE;
	if (!p->kind)
		return cfg_bad(r, node, "%s is missing", is_storm(part) ? "class" : "direction");
	if (cfg_list_find(list, policer_same, p) != p)
		return cfg_bad(r, node, "the same stands here twice");
	return xsw_policer_finish(dev, &p->id, &p->conf) ? cfg_bad_value(r, node) : 0;
}

/* ---- from one to the other ---- */

static int policer_apply(struct cfg_target *t, const void *now, const void *want)
{
	const struct policer *n = now, *w = want;
	const struct xsw_policer_id *id = w ? &w->id : &n->id;
	int err;

	if (n && w && !memcmp(&n->conf, &w->conf, sizeof(w->conf)))
		return 0;
	change_told(t->ch, "%s %s '%s' %s%s", w ? "set" : "del", policer_opts_of(id)->object,
		    t->dev, policer_kinds[id->kind], policer_of_text(id));
	err = cfg_target_open(t);
	if (err || t->ch->dry_run)
		return err;
	return w ? xsw_policer_set(&t->sw, t->port, id, &w->conf) :
		   xsw_policer_del(&t->sw, t->port, id);
}

const struct cfg_part cfg_part_policers = {
	.word = "policers",
	.size = sizeof(struct policer),
	.keys = (const char *const[]){ "direction", "vlan", "pcp", NULL },
	.opts = &policer_opts,
	.load = policer_load,
	.dump = policer_dump,
	.key = policer_key,
	.check = policer_check,
	.same = policer_same,
	.apply = policer_apply,
};

const struct cfg_part cfg_part_storm = {
	.word = "storm",
	.size = sizeof(struct policer),
	.keys = (const char *const[]){ "class", NULL },
	.opts = &storm_opts,
	.load = policer_load,
	.dump = policer_dump,
	.key = policer_key,
	.check = policer_check,
	.same = policer_same,
	.apply = policer_apply,
};
