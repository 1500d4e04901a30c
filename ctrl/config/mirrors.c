// SPDX-License-Identifier: GPL-2.0
/* The mirrors of a switch in the configuration; their order counts. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/config/parts.h"
#include "ctrl/kernel/link.h"
#include "ctrl/switch/mirror.h"

static int mirrors_load(const struct cfg_part *part, struct cfg_list *list,
			const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_mirror_row *rows, *to;
	int n = xsw_mirror_list(sw, &rows), err = 0;

	for (int i = 0; i < n && !err; i++) {
		to = cfg_list_add(list, sizeof(*to));
		if (to)
			*to = rows[i];
		else
			err = -ENOMEM;
	}
	free(rows);
	return n < 0 ? n : err;
}

static void mirror_dump(struct cfg_writer *w, const void *item)
{
	const struct xsw_mirror_row *m = item;

	cfg_put_name(w, "name", m->name);
}

static int mirror_key(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		      yaml_node_t *value, void *item)
{
	struct xsw_mirror_row *m = item;
	int err = cfg_read_name(r, word, value, m->name, sizeof(m->name));

	return !err && xsw_mirror_name_check(m->name) ? cfg_bad_value(r, value) : err;
}

/* An alternative name stands for the name of a device that is there. */
static void name_resolve(char *name)
{
	__u32 ifindex = name[0] ? link_index(name) : 0;
	char ifname[IF_NAMESIZE];

	if (!ifindex || !if_indextoname(ifindex, ifname))
		return;
	memset(name, 0, XSW_NAME_LEN);
	strcpy(name, ifname);
}

static void list_resolve(struct name_list *list)
{
	struct name_list made = {};

	for (__u32 i = 0; i < list->n; i++) {
		name_resolve(list->name[i]);
		name_list_add(&made, list->name[i]);
	}
	*list = made;
}

/* An output port is in no other mirror, and no list. */
static int outputs_check(struct cfg_reader *r, yaml_node_t *node, const struct cfg_list *list,
			 const struct xsw_mirror_row *m)
{
	const char *out = m->settings.output_port;

	for (size_t i = 0; i < list->n; i++) {
		const struct xsw_mirror_row *o = cfg_list_at(list, i);

		if (out[0] && (mirror_settings_name(&o->settings, out) ||
			       (o != m && !strcmp(o->settings.output_port, out))))
			return cfg_bad(r, node, "mirrors: '%s' is the output of '%s', and in '%s'",
				       out, m->name, o->name);
		if (o->settings.output_port[0] &&
		    mirror_settings_name(&m->settings, o->settings.output_port))
			return cfg_bad(r, node, "mirrors: '%s' is the output of '%s', and in '%s'",
				       o->settings.output_port, o->name, m->name);
	}
	return 0;
}

static bool mirror_same(const void *a, const void *b)
{
	const struct xsw_mirror_row *x = a, *y = b;

	return !strcmp(x->name, y->name);
}

static int mirror_check(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
			const char *dev, const struct cfg_list *list, void *item)
{
	struct xsw_mirror_row *m = item;

	if (!m->name[0])
		return cfg_bad(r, node, "mirrors: name is missing");
	if (list->n > XSW_MIRRORS)
		return cfg_bad(r, node, "mirrors: more than %d", XSW_MIRRORS);
	if (cfg_list_find(list, mirror_same, m) != m)
		return cfg_bad(r, node, "mirrors: '%s' stands here twice", m->name);
	if (mirror_settings_check(m->name, &m->settings))
		return cfg_bad_value(r, node);
	name_resolve(m->settings.output_port);
	list_resolve(&m->settings.src_ports);
	list_resolve(&m->settings.dst_ports);
	return outputs_check(r, node, list, m);
}

bool cfg_mirrors_differ(const struct cfg_list *a, const struct cfg_list *b)
{
	bool differ = a->n != b->n;

	for (size_t i = 0; i < b->n && !differ; i++) {
		const struct xsw_mirror_row *x = cfg_list_at(a, i), *y = cfg_list_at(b, i);

		differ = !mirror_same(x, y) ||
			 opts_differ(&mirror_opts, &x->settings, &y->settings);
	}
	return differ;
}

static const struct xsw_mirror_row *mirror_find(const struct cfg_list *list,
						const struct xsw_mirror_row *like)
{
	return cfg_list_find(list, mirror_same, like);
}

void cfg_mirrors_tell(struct change *ch, const char *name, const struct cfg_list *now,
		      const struct cfg_list *want)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct xsw_mirror_row *m = cfg_list_at(now, i);

		if (!mirror_find(want, m))
			change_told(ch, "del mirror '%s' of switch '%s'", m->name, name);
	}
	for (size_t i = 0; i < want->n; i++) {
		const struct xsw_mirror_row *m = cfg_list_at(want, i), *was = mirror_find(now, m);

		if (!was || opts_differ(&mirror_opts, &was->settings, &m->settings))
			change_told(ch, "%s mirror '%s' of switch '%s'", was ? "set" : "add",
				    m->name, name);
	}
}

bool cfg_mirrors_name_all(const struct cfg_list *list, bool (*has)(const char *ifname, void *arg),
			  void *arg, const char **lacks)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct xsw_mirror_settings *s = cfg_list_at(list, i);
		const struct name_list *lists[] = { &s->src_ports, &s->dst_ports };

		*lacks = s->output_port;
		if (s->output_port[0] && !has(s->output_port, arg))
			return false;
		for (int l = 0; l < 2; l++)
			for (__u32 n = 0; n < lists[l]->n; n++) {
				*lacks = lists[l]->name[n];
				if (!has(*lacks, arg))
					return false;
			}
	}
	return true;
}

const struct cfg_part cfg_part_mirrors = {
	.word = "mirrors",
	.size = sizeof(struct xsw_mirror_row),
	.keys = (const char *const[]){ "name", NULL },
	.opts = &mirror_opts,
	.load = mirrors_load,
	.dump = mirror_dump,
	.key = mirror_key,
	.check = mirror_check,
	.same = mirror_same,
};
