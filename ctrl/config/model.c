// SPDX-License-Identifier: GPL-2.0
/* The configuration in memory, and what runs, read into it. Only switches that are seen (see
 * ctrl/bpffs/view.h) are dumped or changed.
 */
#include "ctrl/config/model.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"

void cfg_free(struct cfg *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t p = 0; p < c->sw[i].ports; p++)
			cfg_parts_free(c->sw[i].port[p].part);
		free(c->sw[i].port);
		free(c->sw[i].fdb.item);
		free(c->sw[i].mirrors.item);
	}
	free(c->sw);
	free(c->broken);
	memset(c, 0, sizeof(*c));
}

struct cfg_switch *cfg_switch_find(const struct cfg *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->sw[i].name, name))
			return &c->sw[i];
	return NULL;
}

struct cfg_port *cfg_port_find(const struct cfg_switch *sw, const char *dev)
{
	for (size_t i = 0; sw && i < sw->ports; i++)
		if (!strcmp(sw->port[i].dev, dev))
			return &sw->port[i];
	return NULL;
}

struct cfg_fdb *cfg_fdb_find(const struct cfg_switch *sw, const struct cfg_fdb *like)
{
	return sw ? cfg_list_find(&sw->fdb, cfg_part_fdb.same, like) : NULL;
}

/* ---- the running state ---- */

void cfg_port_name(struct xsw_port_settings *s)
{
	struct xsw_port_settings by_default;

	opts_default(&port_opts, &by_default);
	if (s->port.tag && s->port.tag != OPT_VID_NONE) /* the mode follows the tag */
		by_default.port.vlan_mode = XSW_MODE_ACCESS;
	s->given = opts_differ(&port_opts, s, &by_default);
}

static int port_load(struct cfg_switch *s, const struct xsw_switch_handle *sw,
		     const struct xsw_port_info *info)
{
	struct cfg_port *p = cfg_grow((void **)&s->port, &s->ports, sizeof(*p));

	if (!p)
		return -ENOMEM;
	memcpy(p->dev, info->ifname, sizeof(p->dev));
	p->returned = info->state == XSW_PORT_STATE_ABSENT &&
		      !(info->settings.port.flags & XSW_PORT_HOST) && if_nametoindex(info->ifname);
	p->settings = info->settings;
	cfg_port_name(&p->settings);
	return cfg_parts_load(p->part, sw, info->port);
}

static int switch_load(struct cfg *c, const char *name)
{
	struct xsw_switch_handle sw;
	struct xsw_switch_info swi;
	struct xsw_port_info info;
	struct cfg_switch *s;
	int err = xsw_switch_open(name, &sw);

	if (err)
		return err;
	err = xsw_switch_info(&sw, &swi);
	if (err)
		goto out;
	s = cfg_grow((void **)&c->sw, &c->n, sizeof(*s));
	if (!s) {
		err = -ENOMEM;
		goto out;
	}
	snprintf(s->name, sizeof(s->name), "%s", name);
	memcpy(s->netns, sw.netns, sizeof(s->netns));
	s->settings = swi.settings;
	s->settings.given = OPTS_ALL;
	for (__u32 p = xsw_port_next(&sw, 0); p && !err; p = xsw_port_next(&sw, p))
		if (!xsw_port_info(&sw, p, &info))
			err = port_load(s, &sw, &info);
	if (!err)
		err = cfg_part_fdb.load(&cfg_part_fdb, &s->fdb, &sw, XSW_ANY_PORT);
	if (!err)
		err = cfg_part_mirrors.load(&cfg_part_mirrors, &s->mirrors, &sw, XSW_ANY_PORT);
out:
	xsw_switch_close(&sw);
	return err;
}

static int broken_add(struct cfg *c, const char *name)
{
	char *to = cfg_grow((void **)&c->broken, &c->brokens, XSW_NAME_LEN);

	if (!to)
		return -ENOMEM;
	snprintf(to, XSW_NAME_LEN, "%s", name);
	return 0;
}

int cfg_broken(const struct cfg *running, const char *name)
{
	struct xsw_switch_handle sw;
	int err = 0;

	for (size_t i = 0; i < running->brokens && !err; i++) {
		if (name && strcmp(name, running->broken[i]))
			continue;
		err = xsw_switch_open(running->broken[i], &sw); /* says what is wrong with it */
		if (!err)
			xsw_switch_close(&sw);
	}
	return err;
}

int cfg_load_running(struct cfg *c)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int n = xsw_switch_list(&names), err = n < 0 ? n : 0;

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < n && !err; i++) {
		err = switch_load(c, names[i]);
		if (err == -ENOENT) /* removed since it was listed */
			err = 0;
		if (err == -EUCLEAN)
			err = broken_add(c, names[i]);
	}
	free(names);
	if (err)
		cfg_free(c);
	return err;
}
