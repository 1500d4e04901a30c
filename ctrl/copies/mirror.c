// SPDX-License-Identifier: GPL-2.0
/* Write the mirrors of a switch. They stand twice, and a word of xsw_switch says which of the two is
 * in use. Ports that mirrors select have a bit in their settings, so that other ports need not ask:
 * the bit comes before the mirrors are in use, and goes after them. A bit too many costs time, so a
 * command that is killed has changed all mirrors or none.
 */
#include "ctrl/copies/mirror.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/stats/sum.h"

struct xsw_mirrors *mirrors_new(void)
{
	struct xsw_mirrors *all = calloc(1, sizeof(*all));

	if (!all)
		xsw_fail(ENOMEM, "mirror", NULL, "out of memory");
	return all;
}

int mirrors_read(const struct xsw_switch_handle *sw, struct xsw_mirrors *all)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);
	__u32 bank;

	memset(all, 0, sizeof(*all));
	if (err || sw->map.mirror < 0 || !conf.mirrors)
		return err;
	bank = conf.mirrors - 1;
	return bpf_map_lookup_elem(sw->map.mirror, &bank, all) ? -errno : 0;
}

/* ---- what is worked out ---- */

bool mirror_lists(const __u64 *ports, __u32 port)
{
	return ports[port / 64] >> (port % 64) & 1;
}

static bool same_destination(const struct xsw_mirror *a, const struct xsw_mirror *b)
{
	if ((a->flags ^ b->flags) & XSW_MIRROR_TO_VLAN)
		return false;
	return a->flags & XSW_MIRROR_TO_VLAN ? a->out_vlan == b->out_vlan :
					       a->out_port && a->out_port == b->out_port;
}

static void same_make(struct xsw_mirrors *all, __u32 place)
{
	struct xsw_mirror *m = &all->mirror[place];

	m->same = 1U << place;
	for (__u32 i = 0; i < all->n; i++)
		if (same_destination(m, &all->mirror[i]))
			m->same |= 1U << i;
}

static bool is_output(const struct xsw_mirrors *all, __u32 port)
{
	for (__u32 i = 0; i < all->n; i++)
		if (all->mirror[i].out_port == port)
			return true;
	return false;
}

static void port_make(struct xsw_mirrors *all, __u32 port)
{
	struct xsw_mirror_port *p = &all->port[port];

	memset(p, 0, sizeof(*p));
	if (is_output(all, port)) {
		p->src = XSW_MIRROR_RESERVED;
		return;
	}
	for (__u32 i = 0; i < all->n; i++) {
		const struct xsw_mirror *m = &all->mirror[i];
		bool every = m->flags & XSW_MIRROR_ALL;

		if (every || mirror_lists(m->src, port))
			p->src |= 1U << i;
		if (every || mirror_lists(m->dst, port))
			p->dst |= 1U << i;
	}
}

static void all_make(struct xsw_mirrors *all)
{
	for (__u32 i = 0; i < all->n; i++)
		same_make(all, i);
	for (__u32 port = 1; port < XSW_MAX_PORTS; port++)
		port_make(all, port);
}

static bool concerns(const struct xsw_mirrors *all, __u32 port)
{
	return all->n && (all->port[port].src || all->port[port].dst);
}

/* ---- the bit of ports ---- */

#define PORTS_SIZE (XSW_MAX_SLOTS * sizeof(struct xsw_port))

static bool has_rare(const struct xsw_port *p)
{
	static const struct xsw_port none;

	return memcmp(&p->rare, &none.rare,
		      offsetof(struct xsw_port, trunks) - offsetof(struct xsw_port, rare));
}

/* In settings that programs read: each word is written whole. */
static void hint_set(struct xsw_port *p)
{
	__atomic_fetch_or(&p->rare, XSW_RARE_MIRROR, __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&p->flags, XSW_PORT_RARE, __ATOMIC_SEQ_CST);
}

static void hint_clear(struct xsw_port *p)
{
	if (!(p->rare & XSW_RARE_MIRROR))
		return;
	__atomic_fetch_and(&p->rare, ~XSW_RARE_MIRROR, __ATOMIC_SEQ_CST);
	if (!has_rare(p))
		__atomic_fetch_and(&p->flags, ~XSW_PORT_RARE, __ATOMIC_SEQ_CST);
}

/* Set the bits that @all wants, or take away the others. */
static int hints_write(const struct xsw_switch_handle *sw, const struct xsw_mirrors *all, bool set)
{
	struct xsw_port *slots =
		mmap(NULL, PORTS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, sw->map.port, 0);

	if (slots == MAP_FAILED)
		return -errno;
	for (__u32 port = 1; port < XSW_MAX_PORTS; port++) {
		__u32 slot = slot_read(sw, port);

		if (slot && set && concerns(all, port))
			hint_set(&slots[slot]);
		else if (slot && !set && !concerns(all, port))
			hint_clear(&slots[slot]);
	}
	munmap(slots, PORTS_SIZE);
	return 0;
}

void mirrors_hint(const struct xsw_switch_handle *sw, struct xsw_port *conf)
{
	struct xsw_mirrors *all = calloc(1, sizeof(*all));

	if (all && !mirrors_read(sw, all) && concerns(all, conf->port)) {
		conf->rare |= XSW_RARE_MIRROR;
		conf->flags |= XSW_PORT_RARE;
	}
	free(all);
}

/* ---- write ---- */

/* Which one is not in use, from 1 on */
static __u32 other_bank(const struct xsw_switch *conf)
{
	return conf->mirrors == 1 ? 2 : 1;
}

/* Let the programs use what stands in the other bank. */
static int bank_swap(const struct xsw_switch_handle *sw, const struct xsw_mirrors *all)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err)
		return err;
	conf.mirrors = all->n ? other_bank(&conf) : 0;
	err = switch_write(sw, &conf);
	decisions_void(sw);
	return err;
}

static int bank_write(const struct xsw_switch_handle *sw, const struct xsw_mirrors *all)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);
	__u32 bank;

	if (err)
		return err;
	bank = other_bank(&conf) - 1;
	table_wait_for_readers(); /* the last change has taken it out of use */
	return bpf_map_update_elem(sw->map.mirror, &bank, all, BPF_ANY) ? -errno : 0;
}

/* What an output port has sent is no more: it is unknown where these addresses live. */
static void outputs_flush(const struct xsw_switch_handle *sw, const struct xsw_mirrors *was,
			  const struct xsw_mirrors *all)
{
	for (__u32 i = 0; i < all->n; i++)
		if (all->mirror[i].out_port && !is_output(was, all->mirror[i].out_port))
			xsw_fdb_flush(sw, all->mirror[i].out_port, XSW_ANY_VLAN);
}

int mirrors_write(const struct xsw_switch_handle *sw, struct xsw_mirrors *all)
{
	struct xsw_mirrors *was = mirrors_new();
	int err = was ? mirrors_read(sw, was) : -ENOMEM;

	all_make(all);
	if (!err)
		err = bank_write(sw, all);
	if (!err)
		err = hints_write(sw, all, true);
	if (!err)
		err = bank_swap(sw, all);
	if (!err) {
		outputs_flush(sw, was, all);
		hints_write(sw, all, false);
	}
	free(was);
	return err;
}

void mirrors_follow(const struct xsw_switch_handle *sw)
{
	struct xsw_mirrors *all = calloc(1, sizeof(*all));

	if (all && sw->map.mirror >= 0 && !mirrors_read(sw, all)) {
		hints_write(sw, all, true);
		hints_write(sw, all, false);
		decisions_void(sw);
	}
	free(all);
}

/* ---- edit ---- */

int mirrors_find(const struct xsw_mirrors *all, const char *name)
{
	for (__u32 i = 0; i < all->n; i++)
		if (!strcmp(all->mirror[i].name, name))
			return i;
	return -ENOENT;
}

static __u32 id_take(const struct xsw_mirrors *all)
{
	__u32 used = 0, id = 0;

	for (__u32 i = 0; i < all->n; i++)
		used |= 1U << all->mirror[i].id;
	while (used >> id & 1)
		id++;
	return id;
}

int mirrors_append(const struct xsw_switch_handle *sw, struct xsw_mirrors *all, const char *name)
{
	struct xsw_mirror *m;
	int err;

	if (all->n >= XSW_MIRRORS)
		return -ENOSPC;
	m = &all->mirror[all->n];
	memset(m, 0, sizeof(*m));
	strncpy(m->name, name, sizeof(m->name) - 1);
	m->flags = XSW_MIRROR_USED;
	m->id = id_take(all);
	memset(m->vlans, 0xff, sizeof(m->vlans));
	err = stats_zero(sw->map.mirror_sums, m->id, sizeof(struct xsw_mirror_sums));
	return err ? err : (int)all->n++;
}

void mirrors_remove(struct xsw_mirrors *all, int place)
{
	all->n--;
	memmove(&all->mirror[place], &all->mirror[place + 1],
		(all->n - place) * sizeof(all->mirror[0]));
	memset(&all->mirror[all->n], 0, sizeof(all->mirror[0]));
}

int mirror_sums_read(const struct xsw_switch_handle *sw, const struct xsw_mirror *m,
		     struct xsw_mirror_sums *sums)
{
	return stats_sum(sw->map.mirror_sums, m->id, sizeof(*sums), sums);
}

/* ---- a port that goes ---- */

static bool list_leave(__u64 *ports, __u32 port)
{
	bool was = mirror_lists(ports, port);

	ports[port / 64] &= ~(1ULL << port % 64);
	return was;
}

void mirrors_port_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_mirrors *all = calloc(1, sizeof(*all));
	bool changed = false;

	if (!all || sw->map.mirror < 0 || mirrors_read(sw, all))
		goto out;
	for (__u32 i = 0; i < all->n; i++) {
		struct xsw_mirror *m = &all->mirror[i];

		changed |= list_leave(m->src, port);
		changed |= list_leave(m->dst, port);
		changed |= m->out_port == port;
		if (m->out_port == port)
			m->out_port = 0;
	}
	if (changed)
		mirrors_write(sw, all);
out:
	free(all);
}
