// SPDX-License-Identifier: GPL-2.0
/* The running configuration as a file. */
#include <errno.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/config/config.h"
#include "ctrl/config/model.h"
#include "ctrl/config/text.h"

/* The kernel takes any bytes for the name of a device, a file only characters. */
static int names_check(const struct cfg *c)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t p = 0; p < c->sw[i].ports; p++)
			if (cfg_name_check(c->sw[i].port[p].dev))
				return xsw_fail(EILSEQ, "port", c->sw[i].port[p].dev,
						"a file cannot hold its name: not UTF-8");
	return 0;
}

static void dump_port(struct cfg_writer *w, const struct cfg_port *p)
{
	cfg_item_begin(w);
	cfg_put_name(w, "dev", p->dev);
	cfg_put_opts(w, &port_opts, &p->settings, 0);
	cfg_parts_dump(w, p->part);
}

static void dump_switch(struct cfg_writer *w, const struct cfg_switch *s)
{
	cfg_item_begin(w);
	cfg_put_name(w, "name", s->name);
	if (view_has_all() && s->netns[0])
		cfg_put_name(w, "netns", s->netns);
	cfg_put_opts(w, &switch_opts, &s->settings, 0);
	cfg_list_begin(w, "ports", s->ports);
	for (size_t i = 0; i < s->ports; i++)
		dump_port(w, &s->port[i]);
	cfg_list_end(w);
	cfg_part_dump(w, &cfg_part_fdb, &s->fdb);
	if (s->mirrors.n)
		cfg_part_dump(w, &cfg_part_mirrors, &s->mirrors);
}

void cfg_dump(const struct cfg *c, const char *name, FILE *out)
{
	struct cfg_writer w = { .out = out };

	fputs(CFG_DUMP_BEGIN "\n", out);
	cfg_list_begin(&w, "switches", c->n);
	for (size_t i = 0; i < c->n; i++)
		if (!name || !strcmp(name, c->sw[i].name))
			dump_switch(&w, &c->sw[i]);
	fputs(CFG_DUMP_END "\n", out);
}

int xsw_config_dump(const char *name, FILE *out)
{
	struct cfg c;
	int err = name ? view_check_name(name) : 0;

	if (!err)
		err = cfg_load_running(&c);
	if (err)
		return err;
	err = cfg_broken(&c, name);
	if (!err && name && !cfg_switch_find(&c, name))
		err = xsw_fail(ENOENT, "switch", name, "no such switch");
	if (!err)
		err = names_check(&c);
	if (!err)
		cfg_dump(&c, name, out);
	cfg_free(&c);
	if (err)
		return err;
	return ferror(out) ? xsw_fail(EIO, "config", NULL, "cannot write") : 0;
}
