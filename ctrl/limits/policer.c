// SPDX-License-Identifier: GPL-2.0
/* Policers and storm control: what a user asks, made into what the data path reads.
 *
 * A policer is written before a flag of the port refers to it, and the flag goes first
 * when it is removed; what a killed command leaves without a flag is cleared by the
 * next one that sets it.
 */
#include "ctrl/limits/policer.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/rate.h"
#include "ctrl/bpffs/port_table.h"

/* ---- what the data path reads ---- */

static void policer_make(struct xsw_policer *p, const struct xsw_policer_conf *c)
{
	if (POLICER_GIVEN(c, POLICER_RATE))
		rate_make(&p->bytes, c->burst_bytes, 8, c->rate_bps);
	if (POLICER_GIVEN(c, POLICER_PPS))
		rate_make(&p->packets, c->burst_packets, 1, c->pps);
	if (POLICER_GIVEN(c, POLICER_PEAK_RATE))
		rate_make(&p->peak, c->peak_burst_bytes, 8, c->peak_bps);
	if (POLICER_GIVEN(c, POLICER_EXCESS_BURST))
		p->peak.burst = rate_duration(c->excess_burst_bytes, 8, c->rate_bps);
	if (c->yellow == XSW_YELLOW_DROP)
		p->flags |= XSW_POLICER_YELLOW_DROP;
	if (POLICER_GIVEN(c, POLICER_YELLOW_PCP))
		p->flags |= XSW_POLICER_YELLOW_PCP;
	if (c->yellow_dei)
		p->flags |= XSW_POLICER_YELLOW_DEI;
	p->yellow_pcp = c->yellow_pcp;
	p->user.rate_bps = c->rate_bps;
	p->user.burst = c->burst_bytes;
	p->user.pps = c->pps;
	p->user.burst_packets = c->burst_packets;
	p->user.peak_bps = c->peak_bps;
	p->user.peak_burst = c->peak_burst_bytes + c->excess_burst_bytes;
}

/* The inverse: as xsw_policer_finish() left it. */
static void conf_make(struct xsw_policer_conf *c, const struct xsw_policer *p)
{
	memset(c, 0, sizeof(*c));
	if (p->user.rate_bps) {
		policer_give(c, POLICER_RATE, p->user.rate_bps);
		policer_give(c, POLICER_BURST, p->user.burst);
	}
	if (p->user.pps) {
		policer_give(c, POLICER_PPS, p->user.pps);
		policer_give(c, POLICER_BURST_PACKETS, p->user.burst_packets);
	}
	if (p->user.peak_bps) {
		policer_give(c, POLICER_PEAK_RATE, p->user.peak_bps);
		policer_give(c, POLICER_PEAK_BURST, p->user.peak_burst);
	} else if (p->user.peak_burst) {
		policer_give(c, POLICER_EXCESS_BURST, p->user.peak_burst);
	}
	if (!p->user.peak_burst)
		return;
	c->yellow = p->flags & XSW_POLICER_YELLOW_DROP ? XSW_YELLOW_DROP : XSW_YELLOW_REMARK;
	c->yellow_pcp = p->yellow_pcp;
	c->yellow_dei = !!(p->flags & XSW_POLICER_YELLOW_DEI);
	if (p->flags & XSW_POLICER_YELLOW_PCP)
		c->given |= 1U << POLICER_YELLOW_PCP;
	if (c->yellow == XSW_YELLOW_REMARK)
		c->given |= 1U << POLICER_YELLOW_DEI;
	c->given |= 1U << POLICER_YELLOW;
}

/* ---- the tables ---- */

/* The flag of the port that refers to a policer */
static __u32 flag_of(const struct xsw_policer_id *id)
{
	if (xsw_policer_is_storm(id))
		return XSW_PORT_STORM;
	if (id->of == XSW_POLICE_WHOLE)
		return id->kind == XSW_POLICE_INGRESS ? XSW_PORT_POLICE_IN : XSW_PORT_POLICE_OUT;
	return id->kind == XSW_POLICE_INGRESS ? XSW_PORT_POLICE_IN_OF : XSW_PORT_POLICE_OUT_OF;
}

static struct xsw_policer_key key_of(__u32 port, const struct xsw_policer_id *id)
{
	return (struct xsw_policer_key){
		.port = port, .kind = id->kind, .of = id->of, .value = id->value
	};
}

/* Return: 0 or -ENOENT; an element of the array that limits nothing is none. */
static int policer_read(const struct xsw_switch_handle *sw, const struct xsw_port *conf,
			const struct xsw_policer_id *id, struct xsw_policer *p)
{
	__u32 index = XSW_POLICER_INDEX(conf->port, id->kind);
	struct xsw_policer_key key = key_of(conf->port, id);

	if (!(conf->flags & flag_of(id)))
		return -ENOENT;
	if (id->of != XSW_POLICE_WHOLE)
		return bpf_map_lookup_elem(sw->map.policer_of, &key, p) ? -errno : 0;
	if (bpf_map_lookup_elem(sw->map.policer, &index, p))
		return -errno;
	return p->user.rate_bps || p->user.pps ? 0 : -ENOENT;
}

static int policer_write(const struct xsw_switch_handle *sw, __u32 port,
			 const struct xsw_policer_id *id, const struct xsw_policer *p)
{
	__u32 index = XSW_POLICER_INDEX(port, id->kind);
	struct xsw_policer_key key = key_of(port, id);
	int err;

	if (id->of == XSW_POLICE_WHOLE)
		err = bpf_map_update_elem(sw->map.policer, &index, p, BPF_ANY);
	else
		err = bpf_map_update_elem(sw->map.policer_of, &key, p, BPF_ANY);
	return err ? -errno : 0;
}

static void policer_clear(const struct xsw_switch_handle *sw, __u32 port,
			  const struct xsw_policer_id *id)
{
	static const struct xsw_policer none;
	struct xsw_policer_key key = key_of(port, id);

	if (id->of == XSW_POLICE_WHOLE)
		policer_write(sw, port, id, &none);
	else
		bpf_map_delete_elem(sw->map.policer_of, &key);
}

static struct xsw_policer_id id_of(const struct xsw_policer_key *key)
{
	return (struct xsw_policer_id){ .kind = key->kind, .of = key->of, .value = key->value };
}

/* Clear what the flag @flag refers to. Return: how many there were. */
static int clear_all(const struct xsw_switch_handle *sw, __u32 port, __u32 flag)
{
	struct xsw_policer_id id = { .of = XSW_POLICE_WHOLE };
	struct xsw_policer_key *keys;
	int n;

	for (id.kind = 0; id.kind < XSW_POLICE_KINDS; id.kind++)
		if (flag_of(&id) & flag)
			policer_clear(sw, port, &id);
	if (!(flag & (XSW_PORT_POLICE_IN_OF | XSW_PORT_POLICE_OUT_OF)))
		return 0;
	n = table_read(sw->map.policer_of, sizeof(*keys), sizeof(struct xsw_policer),
		       (void **)&keys, NULL);
	for (int i = 0; i < n; i++) {
		id = id_of(&keys[i]);
		if (keys[i].port == port && flag_of(&id) & flag)
			policer_clear(sw, port, &id);
	}
	if (n >= 0)
		free(keys);
	return n;
}

void policers_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	if (sw->map.policer >= 0)
		clear_all(sw, port,
			  XSW_PORT_POLICE_IN | XSW_PORT_POLICE_OUT | XSW_PORT_POLICE_IN_OF |
				  XSW_PORT_POLICE_OUT_OF | XSW_PORT_STORM);
}

static int write_fail(const struct xsw_switch_handle *sw, __u32 port, int err)
{
	struct xsw_port_record record = {};

	record_read(sw, port, &record);
	if (err == -E2BIG)
		return xsw_fail(ENOSPC, "policer", record.ifname,
				"switch '%s' has %d policers of VLANs and PCPs, no more fit",
				sw->name, XSW_POLICERS_OF);
	return xsw_fail(err, "policer", record.ifname, "cannot write: %s", strerror(-err));
}

/* Counters go on. The buckets begin anew, full: what the old rate would still hold back
 * may be years at the new one.
 */
static void counters_keep(struct xsw_policer *p, const struct xsw_policer *old)
{
	p->green = old->green;
	p->yellow = old->yellow;
	p->red = old->red;
}

int xsw_policer_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id,
		    const struct xsw_policer_conf *conf)
{
	struct xsw_policer p = {}, old;
	struct xsw_port now;
	int err;

	err = table_need(sw, sw->map.policer, "policers");
	if (err)
		return err;
	err = conf_read(sw, port, &now);
	if (err)
		return write_fail(sw, port, err);
	policer_make(&p, conf);
	if (!policer_read(sw, &now, id, &old)) {
		if (!memcmp(&p, &old, offsetof(struct xsw_policer, pad)))
			return 0; /* as it is: its bucket is not filled */
		counters_keep(&p, &old);
	}
	if (!(now.flags & flag_of(id)))
		clear_all(sw, port, flag_of(id));
	err = policer_write(sw, port, id, &p);
	if (!err)
		err = table_flags(sw, port, 0, flag_of(id));
	return err ? write_fail(sw, port, err) : 0;
}

/* Does flag @flag refer to another policer than @id? Return: 0, 1, or -errno. */
static int has_others(const struct xsw_switch_handle *sw, __u32 port,
		      const struct xsw_policer_id *id)
{
	struct xsw_policer_row *rows;
	bool others = false;
	int n = xsw_policer_list(sw, port, &rows);

	for (int i = 0; i < n; i++)
		others |= flag_of(&rows[i].id) == flag_of(id) &&
			  memcmp(&rows[i].id, id, sizeof(*id));
	if (n >= 0)
		free(rows);
	return n < 0 ? n : others;
}

int xsw_policer_del(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id)
{
	struct xsw_port_record record = {};
	struct xsw_policer old;
	struct xsw_port now;
	int err, others;

	err = table_need(sw, sw->map.policer, "policers");
	if (err)
		return err;
	record_read(sw, port, &record);
	if (conf_read(sw, port, &now) || policer_read(sw, &now, id, &old))
		return xsw_fail(ENOENT, policer_opts_of(id)->object, record.ifname,
				"there is no such limit");
	others = has_others(sw, port, id);
	err = others < 0 ? others : others ? 0 : table_flags(sw, port, flag_of(id), 0);
	if (err)
		return write_fail(sw, port, err);
	policer_clear(sw, port, id);
	return 0;
}

/* ---- listing ---- */

static int row_compare(const void *a, const void *b)
{
	const struct xsw_policer_row *x = a, *y = b;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->id.kind != y->id.kind)
		return x->id.kind < y->id.kind ? -1 : 1;
	if (x->id.of != y->id.of) /* the whole port first */
		return (__u8)(x->id.of + 1) < (__u8)(y->id.of + 1) ? -1 : 1;
	return (int)x->id.value - y->id.value;
}

struct rows {
	struct xsw_policer_row *row;
	int n, room;
};

static int row_add(struct rows *rows, __u32 port, const struct xsw_policer_id *id,
		   const struct xsw_policer *p)
{
	struct xsw_policer_row *row;
	bool drop = p->flags & XSW_POLICER_YELLOW_DROP;

	if (rows->n == rows->room) {
		rows->room += rows->room / 2 + 64;
		row = realloc(rows->row, rows->room * sizeof(*row));
		if (!row)
			return -ENOMEM;
		rows->row = row;
	}
	row = &rows->row[rows->n++];
	memset(row, 0, sizeof(*row));
	row->port = port;
	row->id = *id;
	conf_make(&row->conf, p);
	row->passed = p->green + (drop ? 0 : p->yellow);
	row->yellow = p->yellow;
	row->dropped = p->red + (drop ? p->yellow : 0);
	return 0;
}

/* Those of whole ports */
static int list_ports(const struct xsw_switch_handle *sw, __u32 port, struct rows *rows)
{
	struct xsw_policer_id id = { .of = XSW_POLICE_WHOLE };
	struct xsw_switch conf;
	struct xsw_port of;
	struct xsw_policer p;
	int err = switch_read(sw, &conf);

	for (__u32 n = port ? port : 1; !err && n < conf.port_end && (!port || n == port); n++) {
		if (conf_read(sw, n, &of))
			continue;
		for (id.kind = 0; !err && id.kind < XSW_POLICE_KINDS; id.kind++)
			if (!policer_read(sw, &of, &id, &p))
				err = row_add(rows, n, &id, &p);
	}
	return err;
}

/* Those of VLANs and PCPs; the table need not be read for a port that has none. */
static int list_of(const struct xsw_switch_handle *sw, __u32 port, struct rows *rows)
{
	struct xsw_policer_key *keys;
	struct xsw_policer *values;
	struct xsw_port conf;
	int n, err = 0;

	if (port && (conf_read(sw, port, &conf) ||
		     !(conf.flags & (XSW_PORT_POLICE_IN_OF | XSW_PORT_POLICE_OUT_OF))))
		return 0;
	n = table_read(sw->map.policer_of, sizeof(*keys), sizeof(*values), (void **)&keys,
		       (void **)&values);
	if (n < 0)
		return n;
	for (int i = 0; i < n && !err; i++) {
		struct xsw_policer_id id = id_of(&keys[i]);

		if ((!port || keys[i].port == port) && !conf_read(sw, keys[i].port, &conf) &&
		    conf.flags & flag_of(&id))
			err = row_add(rows, keys[i].port, &id, &values[i]);
	}
	free(keys);
	free(values);
	return err;
}

int xsw_policer_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_policer_row **row)
{
	struct rows rows = {};
	int err;

	*row = NULL;
	if (sw->map.policer < 0)
		return 0;
	err = list_ports(sw, port, &rows);
	if (!err)
		err = list_of(sw, port, &rows);
	if (err) {
		free(rows.row);
		return xsw_fail(err, "policer", sw->name, "cannot read: %s", strerror(-err));
	}
	if (rows.n)
		qsort(rows.row, rows.n, sizeof(*rows.row), row_compare);
	*row = rows.row;
	return rows.n;
}
