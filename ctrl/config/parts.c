// SPDX-License-Identifier: GPL-2.0
/* The parts of a port, as a table: running, in a file, and from one to the other. A port that is
 * to be more restricted is never less so in between: items are set before others go.
 */
#include "ctrl/config/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct cfg_part *const cfg_port_parts[CFG_PORT_PARTS] = {
	[CFG_POLICERS] = &cfg_part_policers,
	[CFG_STORM] = &cfg_part_storm,
	[CFG_BIND] = &cfg_part_bind,
	[CFG_PUNT] = &cfg_part_punt,
};

/* ---- one part ---- */

struct reading {
	const struct cfg_part *part;
	const char *dev;
	struct cfg_list *list;
	void *item;
};

static bool is_key(const struct cfg_part *part, const char *word)
{
	for (const char *const *key = part->keys; *key; key++)
		if (!strcmp(word, *key))
			return true;
	return false;
}

static int key_read(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	const struct reading *i = arg;
	const struct opts *opts = i->part->opts;
	const struct opt *o = opts ? opts_find(opts, word) : NULL;

	if (is_key(i->part, word))
		return i->part->key(i->part, r, word, value, i->item);
	if (!o || i->part->hidden >> (o - opts->row) & 1)
		return cfg_bad(r, key, "%s: unknown key '%s'", i->part->word, word);
	if (!cfg_scalar(value) && !opt_is_list(o) && o->type != OPT_NAMES)
		return cfg_bad(r, value, "%s: must be a value", word);
	return cfg_read_opt(r, opts, o, value, i->dev, i->item);
}

static int item_read(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	struct reading *i = arg;
	int err;

	i->item = cfg_list_add(i->list, i->part->size);
	if (!i->item)
		return -ENOMEM;
	err = cfg_for_pairs(r, node, i->part->word, key_read, i);
	return err ? err : i->part->check(i->part, r, node, i->dev, i->list, i->item);
}

int cfg_part_read(struct cfg_reader *r, yaml_node_t *value, const struct cfg_part *part,
		  const char *dev, struct cfg_list *list)
{
	struct reading reading = { part, dev, list, NULL };

	return cfg_for_items(r, value, part->word, item_read, &reading);
}

void cfg_part_dump(struct cfg_writer *w, const struct cfg_part *part, const struct cfg_list *list)
{
	cfg_list_begin(w, part->word, list->n);
	for (size_t i = 0; i < list->n; i++) {
		cfg_item_begin(w);
		part->dump(w, cfg_list_at(list, i));
		if (part->opts)
			cfg_put_opts(w, part->opts, cfg_list_at(list, i), part->hidden);
	}
	cfg_list_end(w);
}

static int set_apply(const struct cfg_part *part, struct cfg_target *t, const struct cfg_list *now,
		     const struct cfg_list *want)
{
	int err = 0;

	for (size_t i = 0; i < want->n && !err; i++) {
		const void *w = cfg_list_at(want, i);

		err = part->apply(t, cfg_list_find(now, part->same, w), w);
	}
	for (size_t i = 0; i < now->n && !err; i++) {
		const void *n = cfg_list_at(now, i);

		if (!cfg_list_find(want, part->same, n))
			err = part->apply(t, n, NULL);
	}
	return err;
}

/* What stands where it should stays, the rest goes and is appended anew. */
static int order_apply(const struct cfg_part *part, struct cfg_target *t,
		       const struct cfg_list *now, const struct cfg_list *want)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < now->n && !err; i++) {
		const void *n = cfg_list_at(now, i);

		if (kept < want->n && !memcmp(n, cfg_list_at(want, kept), part->size))
			kept++;
		else
			err = part->apply(t, n, NULL);
	}
	for (size_t i = kept; i < want->n && !err; i++)
		err = part->apply(t, NULL, cfg_list_at(want, i));
	return err;
}

/* ---- all of a port ---- */

int cfg_parts_load(struct cfg_list *list, const struct xsw_switch_handle *sw, __u32 port)
{
	int err = 0;

	for (size_t i = 0; i < CFG_PORT_PARTS && !err; i++)
		err = cfg_port_parts[i]->load(cfg_port_parts[i], &list[i], sw, port);
	return err;
}

void cfg_parts_dump(struct cfg_writer *w, const struct cfg_list *list)
{
	for (size_t i = 0; i < CFG_PORT_PARTS; i++)
		if (list[i].n)
			cfg_part_dump(w, cfg_port_parts[i], &list[i]);
}

int cfg_parts_read(struct cfg_reader *r, const char *word, yaml_node_t *value, const char *dev,
		   struct cfg_list *list)
{
	for (size_t i = 0; i < CFG_PORT_PARTS; i++)
		if (!strcmp(word, cfg_port_parts[i]->word))
			return cfg_part_read(r, value, cfg_port_parts[i], dev, &list[i]);
	return -ENOENT;
}

int cfg_parts_apply(struct cfg_target *t, const struct cfg_list *now, const struct cfg_list *want)
{
	static const struct cfg_list none[CFG_PORT_PARTS];
	int err = 0;

	if (!now)
		now = none;
	for (size_t i = 0; i < CFG_PORT_PARTS && !err; i++)
		err = (cfg_port_parts[i]->same ? set_apply : order_apply)(cfg_port_parts[i], t,
									  &now[i], &want[i]);
	return err;
}

void cfg_parts_free(struct cfg_list *list)
{
	for (size_t i = 0; i < CFG_PORT_PARTS; i++) {
		for (size_t n = 0; n < list[i].n && cfg_port_parts[i]->free; n++)
			cfg_port_parts[i]->free(cfg_list_at(&list[i], n));
		free(list[i].item);
	}
}
