// SPDX-License-Identifier: GPL-2.0
/* Mirrors as a user sees them, made from names of ports to their numbers and back. All that can be refused is found before anything
 * changes.
 */
#include "ctrl/switch/mirror.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/copies/mirror.h"
#include "ctrl/port/port.h"

static bool names(const struct xsw_mirror_settings *s, const char *word)
{
	return opt_given(&mirror_opts, opts_find(&mirror_opts, word), s);
}

static int in_other_fail(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_mirror *m,
			 const struct xsw_mirror *other)
{
	struct xsw_port_info info = {};

	xsw_port_info(sw, port, &info);
	if (m == other)
		return xsw_fail(EBUSY, "mirror", m->name,
				"port '%s' is its output, and cannot be mirrored", info.ifname);
	return xsw_fail(EBUSY, "mirror", m->name,
			"port '%s' is its output, and an output port is in no other mirror: "
			"mirror '%s' has it",
			info.ifname, other->name);
}

/* Is the output port of @m in a list, or the output of another? */
static int output_check(const struct xsw_switch_handle *sw, const struct xsw_mirrors *all,
			const struct xsw_mirror *m)
{
	for (__u32 i = 0; i < all->n && m->out_port; i++) {
		const struct xsw_mirror *o = &all->mirror[i];

		if (mirror_lists(o->src, m->out_port) || mirror_lists(o->dst, m->out_port) ||
		    (o != m && o->out_port == m->out_port))
			return in_other_fail(sw, m->out_port, m, o);
	}
	return 0;
}

static int outputs_check(const struct xsw_switch_handle *sw, const struct xsw_mirrors *all)
{
	int err = 0;

	for (__u32 i = 0; i < all->n && !err; i++)
		err = output_check(sw, all, &all->mirror[i]);
	return err;
}

/* ---- from names to numbers ---- */

static int port_of(const struct xsw_switch_handle *sw, const char *mirror, const char *ifname)
{
	struct xsw_switch_handle found;
	int port = xsw_port_find_on(sw->name, ifname, &found);

	if (port < 0)
		return port == -ENOENT ?
			       xsw_fail(ENOENT, "mirror", mirror,
					"'%s' is not a port of switch '%s'", ifname, sw->name) :
			       port;
	xsw_switch_close(&found);
	return port;
}

static int list_make(const struct xsw_switch_handle *sw, const char *mirror,
		     const struct name_list *list, __u64 *ports)
{
	__u64 made[XSW_MIRROR_PORT_WORDS] = {};

	for (__u32 i = 0; i < list->n; i++) {
		int port = port_of(sw, mirror, list->name[i]);

		if (port < 0)
			return port;
		made[port / 64] |= 1ULL << port % 64;
	}
	memcpy(ports, made, sizeof(made));
	return 0;
}

static void vlans_make(const struct vlan_set *list, __u64 *vlans)
{
	memcpy(vlans, list->bits, sizeof(list->bits));
	if (vlan_set_empty(list))
		memset(vlans, 0xff, sizeof(list->bits));
}

static int output_make(const struct xsw_switch_handle *sw, const struct xsw_mirror_settings *s,
		       struct xsw_mirror *m)
{
	int port = 0;

	if (names(s, "to-port"))
		port = port_of(sw, m->name, s->output_port);
	else if (!names(s, "to-vlan"))
		return 0;
	if (port < 0)
		return port;
	m->flags &= ~XSW_MIRROR_TO_VLAN;
	m->out_port = port;
	m->out_vlan = 0;
	if (names(s, "to-vlan")) {
		m->flags |= XSW_MIRROR_TO_VLAN;
		m->out_vlan = s->output_vlan;
	}
	return 0;
}

/* Give @m what @s names. */
static int mirror_make(const struct xsw_switch_handle *sw, const struct xsw_mirror_settings *s,
		       struct xsw_mirror *m)
{
	int err = mirror_settings_check(m->name, s);

	if (!err && names(s, "src-port"))
		err = list_make(sw, m->name, &s->src_ports, m->src);
	if (!err && names(s, "dst-port"))
		err = list_make(sw, m->name, &s->dst_ports, m->dst);
	if (!err)
		err = output_make(sw, s, m);
	if (err)
		return err;
	if (names(s, "all"))
		m->flags = s->all ? m->flags | XSW_MIRROR_ALL : m->flags & ~XSW_MIRROR_ALL;
	if (names(s, "vlan"))
		vlans_make(&s->vlans, m->vlans);
	if (s->snaplen) /* a clone is whole: only a program where it leaves could cut it */
		return xsw_fail(EOPNOTSUPP, "mirror", m->name,
				"snaplen: this version sends whole copies");
	return 0;
}

/* ---- change ---- */

static int append(const struct xsw_switch_handle *sw, struct xsw_mirrors *all, const char *name)
{
	int place;

	if (mirrors_find(all, name) >= 0)
		return xsw_fail(EEXIST, "mirror", name, "exists already");
	place = mirrors_append(sw, all, name);
	if (place == -ENOSPC)
		return xsw_fail(ENOSPC, "mirror", name, "switch '%s' has %d mirrors, no more fit",
				sw->name, XSW_MIRRORS);
	return place < 0 ? xsw_fail(place, "mirror", name, "cannot write: %s", strerror(-place)) :
			   place;
}

static int find(const struct xsw_switch_handle *sw, struct xsw_mirrors *all, const char *name)
{
	int place = mirrors_find(all, name);

	return place >= 0 ?
		       place :
		       xsw_fail(ENOENT, "mirror", name, "switch '%s' has no such mirror", sw->name);
}

/* The mirrors there are, to be changed. Return: 0 or -errno with the error set. */
static int begin(const struct xsw_switch_handle *sw, const char *name, struct xsw_mirrors **all)
{
	int err = table_need(sw, sw->map.mirror, "mirrors");

	if (err)
		return err;
	*all = mirrors_new();
	if (!*all)
		return -ENOMEM;
	err = mirrors_read(sw, *all);
	if (!err)
		return 0;
	free(*all);
	return xsw_fail(err, "mirror", name, "cannot read: %s", strerror(-err));
}

/* @all is what there is to be, unless there was an error. */
static int end(const struct xsw_switch_handle *sw, const char *name, struct xsw_mirrors *all,
	       int err)
{
	if (!err)
		err = outputs_check(sw, all);
	if (!err) {
		err = mirrors_write(sw, all);
		if (err)
			xsw_fail(err, "mirror", name, "cannot write: %s", strerror(-err));
	}
	free(all);
	return err;
}

int xsw_mirror_add(const struct xsw_switch_handle *sw, const char *name,
		   const struct xsw_mirror_settings *want)
{
	struct xsw_mirrors *all;
	int err = begin(sw, name, &all), place;

	if (err)
		return err;
	place = append(sw, all, name);
	return end(sw, name, all, place < 0 ? place : mirror_make(sw, want, &all->mirror[place]));
}

int xsw_mirror_set(const struct xsw_switch_handle *sw, const char *name,
		   const struct xsw_mirror_settings *want)
{
	struct xsw_mirrors *all;
	int err = begin(sw, name, &all), place;

	if (err)
		return err;
	place = find(sw, all, name);
	return end(sw, name, all, place < 0 ? place : mirror_make(sw, want, &all->mirror[place]));
}

int xsw_mirror_del(const struct xsw_switch_handle *sw, const char *name)
{
	struct xsw_mirrors *all;
	int err = begin(sw, name, &all), place;

	if (err)
		return err;
	place = find(sw, all, name);
	if (place >= 0)
		mirrors_remove(all, place);
	return end(sw, name, all, place < 0 ? place : 0);
}

/* Move the mirror called @name from @now to the end of @next, as it is but for its settings. */
static int carry_over(const struct xsw_switch_handle *sw, struct xsw_mirrors *now,
		      struct xsw_mirrors *next, const char *name)
{
	int place = mirrors_find(now, name);
	struct xsw_mirror *m = &next->mirror[next->n];

	if (place < 0)
		return -ENOENT;
	memset(m, 0, sizeof(*m));
	memcpy(m->name, now->mirror[place].name, sizeof(m->name));
	m->id = now->mirror[place].id;
	m->flags = XSW_MIRROR_USED;
	memset(m->vlans, 0xff, sizeof(m->vlans));
	return next->n++;
}

/* New mirrors come in the second round, when it is known which counters are taken. */
static int replace(const struct xsw_switch_handle *sw, struct xsw_mirrors *now,
		   struct xsw_mirrors *next, const struct xsw_mirror_row *rows, size_t n)
{
	struct xsw_mirrors *kept = mirrors_new();
	int err = kept ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && !err; i++)
		carry_over(sw, now, kept, rows[i].name);
	for (size_t i = 0; i < n && !err; i++) {
		int place = mirrors_find(kept, rows[i].name);

		if (place < 0)
			place = append(sw, kept, rows[i].name);
		err = place < 0 ? place : mirror_make(sw, &rows[i].settings, &kept->mirror[place]);
		if (!err)
			next->mirror[next->n++] = kept->mirror[place];
	}
	free(kept);
	return err;
}

int xsw_mirrors_replace(const struct xsw_switch_handle *sw, const struct xsw_mirror_row *rows,
			size_t n)
{
	struct xsw_mirrors *now, *next;
	int err = begin(sw, NULL, &now);

	if (err)
		return err;
	next = mirrors_new();
	err = next ? replace(sw, now, next, rows, n) : -ENOMEM;
	free(now);
	return end(sw, NULL, next, err);
}

/* ---- from numbers to names ---- */

static void list_name(const struct xsw_switch_handle *sw, const __u64 *ports,
		      struct name_list *list)
{
	struct xsw_port_info info;

	for (__u32 port = 1; port < XSW_MAX_PORTS; port++)
		if (mirror_lists(ports, port) && !xsw_port_info(sw, port, &info))
			name_list_add(list, info.ifname);
}

static bool is_every_vlan(const __u64 *vlans)
{
	for (int i = 0; i < XSW_VLAN_WORDS; i++)
		if (~vlans[i])
			return false;
	return true;
}

static void row_name(const struct xsw_switch_handle *sw, const struct xsw_mirror *m,
		     struct xsw_mirror_row *row)
{
	struct xsw_mirror_settings *s = &row->settings, by_default;
	struct xsw_port_info info;

	memcpy(row->name, m->name, sizeof(row->name));
	s->all = !!(m->flags & XSW_MIRROR_ALL);
	s->snaplen = m->snaplen;
	s->output_vlan = m->out_vlan;
	if (m->out_port && !xsw_port_info(sw, m->out_port, &info))
		memcpy(s->output_port, info.ifname, sizeof(s->output_port));
	if (!is_every_vlan(m->vlans))
		memcpy(s->vlans.bits, m->vlans, sizeof(m->vlans));
	list_name(sw, m->src, &s->src_ports);
	list_name(sw, m->dst, &s->dst_ports);
	opts_default(&mirror_opts, &by_default);
	s->given = opts_differ(&mirror_opts, s, &by_default);
}

int xsw_mirror_list(const struct xsw_switch_handle *sw, struct xsw_mirror_row **list)
{
	struct xsw_mirrors *all = mirrors_new();
	int err = all ? mirrors_read(sw, all) : -ENOMEM, n;

	*list = NULL;
	if (!err && all->n)
		*list = calloc(all->n, sizeof(**list));
	if (!err && all->n && !*list)
		err = -ENOMEM;
	for (__u32 i = 0; !err && i < all->n; i++) {
		row_name(sw, &all->mirror[i], &(*list)[i]);
		err = mirror_sums_read(sw, &all->mirror[i], &(*list)[i].sums);
	}
	n = err ? 0 : all->n;
	free(all);
	if (!err)
		return n;
	free(*list);
	*list = NULL;
	return xsw_fail(err, "switch", sw->name, "cannot read its mirrors: %s", strerror(-err));
}

bool xsw_mirror_of_output(const struct xsw_switch_handle *sw, __u32 port,
			  char name[XSW_MIRROR_NAME_LEN])
{
	struct xsw_mirrors *all = mirrors_new();
	bool found = false;

	if (all && sw->map.mirror >= 0 && !mirrors_read(sw, all))
		for (__u32 i = 0; i < all->n && !found; i++) {
			found = all->mirror[i].out_port == port;
			if (found)
				memcpy(name, all->mirror[i].name, XSW_MIRROR_NAME_LEN);
		}
	free(all);
	return found;
}
