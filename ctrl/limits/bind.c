// SPDX-License-Identifier: GPL-2.0
/* Bindings. An address of layer 3 counts while the entry of its MAC has XSW_BIND_IP: it
 * is written before that, and what a killed command leaves without it is cleared by the
 * next that sets it.
 */
#include "ctrl/limits/bind.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/fdb/table.h"

static int bind_fail(int err, const __u8 *mac, const char *what)
{
	return xsw_fail(err, "bind", mac_text(mac), "%s", what);
}

static int write_fail(int err, const __u8 *mac)
{
	if (err == -E2BIG)
		return bind_fail(ENOSPC, mac, "the table of bindings is full");
	return bind_fail(err, mac, strerror(-err));
}

static bool ip_is_group(const struct in6_addr *ip)
{
	if (IN6_IS_ADDR_V4MAPPED(ip)) /* 224.0.0.0/3, 0.0.0.0/8 */
		return ip->s6_addr[12] >= 224 || !ip->s6_addr[12];
	return IN6_IS_ADDR_MULTICAST(ip) || IN6_IS_ADDR_UNSPECIFIED(ip);
}

int xsw_bind_check(const __u8 *mac, const struct in6_addr *ip)
{
	static const __u8 zero[6];

	if (mac[0] & 1 || !memcmp(mac, zero, sizeof(zero)))
		return bind_fail(EINVAL, mac, "not the address of a host");
	if (ip && ip_is_group(ip))
		return bind_fail(EINVAL, mac, "ip: not the address of a host");
	return 0;
}

static struct xsw_bind_key key_make(__u32 port, const __u8 *mac)
{
	struct xsw_bind_key key = { .port = port };

	memcpy(key.mac, mac, sizeof(key.mac));
	return key;
}

static struct xsw_bind_ip_key ip_key_make(const struct xsw_bind_key *of, const struct in6_addr *ip)
{
	struct xsw_bind_ip_key key = { .port = of->port };

	memcpy(key.mac, of->mac, sizeof(key.mac));
	memcpy(key.ip, ip, sizeof(key.ip));
	return key;
}

static int bind_write(const struct xsw_switch_handle *sw, const struct xsw_bind_key *key,
		      __u32 addresses)
{
	struct xsw_bind value = { .flags = addresses ? XSW_BIND_IP : 0, .addresses = addresses };
	int err = bpf_map_update_elem(sw->map.bind, key, &value, BPF_ANY) ? -errno : 0;

	decisions_void(sw); /* what was decided of a source is void */
	return err;
}

/* Does address @a belong to @of, or with @of->mac NULL to the port? */
static bool ip_belongs(const struct xsw_bind_ip_key *a, __u32 port, const __u8 *mac)
{
	return a->port == port && (!mac || !memcmp(a->mac, mac, sizeof(a->mac)));
}

/* Remove the addresses of a MAC, or with @mac NULL all of a port. */
static void ips_clear(const struct xsw_switch_handle *sw, __u32 port, const __u8 *mac)
{
	struct xsw_bind_ip_key *keys;
	int n = table_read(sw->map.bind_ip, sizeof(*keys), 8, (void **)&keys, NULL);

	for (int i = 0; i < n; i++)
		if (ip_belongs(&keys[i], port, mac))
			bpf_map_delete_elem(sw->map.bind_ip, &keys[i]);
	if (n >= 0)
		free(keys);
}

void binds_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_bind_key *keys;
	int n;

	if (sw->map.bind < 0)
		return;
	n = table_read(sw->map.bind, sizeof(*keys), sizeof(struct xsw_bind), (void **)&keys, NULL);
	for (int i = 0; i < n; i++)
		if (keys[i].port == port)
			bpf_map_delete_elem(sw->map.bind, &keys[i]);
	if (n >= 0)
		free(keys);
	ips_clear(sw, port, NULL);
}

/* ---- adding ---- */

static int ip_add(const struct xsw_switch_handle *sw, const struct xsw_bind_key *key,
		  const struct xsw_bind *now, const struct in6_addr *ip)
{
	struct xsw_bind_ip_key address = ip_key_make(key, ip);
	__u32 one = 1;
	int err;

	if (!(now->flags & XSW_BIND_IP))
		ips_clear(sw, key->port, key->mac);
	else if (!bpf_map_lookup_elem(sw->map.bind_ip, &address, &one))
		return -EEXIST;
	if (bpf_map_update_elem(sw->map.bind_ip, &address, &one, BPF_ANY))
		return -errno;
	err = bind_write(sw, key, now->addresses + 1);
	if (err)
		bpf_map_delete_elem(sw->map.bind_ip, &address);
	return err;
}

int xsw_bind_add(struct xsw_switch_handle *sw, __u32 port, const __u8 *mac,
		 const struct in6_addr *ip)
{
	struct xsw_bind_key key = key_make(port, mac);
	struct xsw_bind now = {};
	bool there;
	int err;

	err = xsw_bind_check(mac, ip);
	if (!err)
		err = table_need(sw, sw->map.bind, "bindings");
	if (err)
		return err;
	there = !bpf_map_lookup_elem(sw->map.bind, &key, &now);
	if (ip)
		err = ip_add(sw, &key, &now, ip);
	else
		err = there ? -EEXIST : bind_write(sw, &key, 0);
	if (err == -EEXIST)
		return bind_fail(err, mac, "exists already");
	return err ? write_fail(err, mac) : 0;
}

/* ---- removing ---- */

static int ip_del(const struct xsw_switch_handle *sw, const struct xsw_bind_key *key,
		  const struct xsw_bind *now, const struct in6_addr *ip)
{
	struct xsw_bind_ip_key address = ip_key_make(key, ip);
	__u32 one;
	int err;

	if (!(now->flags & XSW_BIND_IP) || bpf_map_lookup_elem(sw->map.bind_ip, &address, &one))
		return -ENOENT;
	err = bind_write(sw, key, now->addresses - 1);
	if (!err && bpf_map_delete_elem(sw->map.bind_ip, &address))
		err = -errno;
	decisions_void(sw);
	return err;
}

static int mac_del(const struct xsw_switch_handle *sw, const struct xsw_bind_key *key)
{
	if (bpf_map_delete_elem(sw->map.bind, key))
		return -errno;
	decisions_void(sw);
	ips_clear(sw, key->port, key->mac);
	return 0;
}

int xsw_bind_del(struct xsw_switch_handle *sw, __u32 port, const __u8 *mac,
		 const struct in6_addr *ip)
{
	struct xsw_bind_key key = key_make(port, mac);
	struct xsw_bind now;
	int err;

	err = table_need(sw, sw->map.bind, "bindings");
	if (err)
		return err;
	err = bpf_map_lookup_elem(sw->map.bind, &key, &now) ? -errno : 0;
	if (!err)
		err = ip ? ip_del(sw, &key, &now, ip) : mac_del(sw, &key);
	if (err == -ENOENT)
		return bind_fail(err, mac, ip ? "has no such ip" : "no such binding");
	return err ? write_fail(err, mac) : 0;
}

/* ---- listing ---- */

static int row_compare(const void *a, const void *b)
{
	const struct xsw_bind_row *x = a, *y = b;

	if (x->key.port != y->key.port)
		return x->key.port < y->key.port ? -1 : 1;
	return memcmp(x->key.mac, y->key.mac, sizeof(x->key.mac));
}

static int ip_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct in6_addr));
}

static int row_ip_add(struct xsw_bind_row *row, const struct xsw_bind_ip_key *key)
{
	struct in6_addr *more = realloc(row->ip, (row->ips + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	row->ip = more;
	memcpy(&more[row->ips++], key->ip, sizeof(*more));
	return 0;
}

/* Rows of the MACs of @port. Return: how many, or -errno. */
static int list_macs(const struct xsw_switch_handle *sw, __u32 port, struct xsw_bind_row **rows)
{
	struct xsw_bind_key *keys;
	struct xsw_bind *values;
	int total = 0, n;

	n = table_read(sw->map.bind, sizeof(*keys), sizeof(*values), (void **)&keys,
		       (void **)&values);
	if (n < 0)
		return n;
	*rows = calloc(n + 1, sizeof(**rows));
	for (int i = 0; *rows && i < n; i++) {
		if (port && keys[i].port != port)
			continue;
		(*rows)[total].key = keys[i];
		(*rows)[total++].ips = values[i].flags & XSW_BIND_IP ? 0 : -1;
	}
	free(keys);
	free(values);
	if (!*rows)
		return -ENOMEM;
	qsort(*rows, total, sizeof(**rows), row_compare);
	return total;
}

static int list_ips(const struct xsw_switch_handle *sw, struct xsw_bind_row *rows, int total)
{
	struct xsw_bind_ip_key *keys;
	int err = 0, n;

	n = table_read(sw->map.bind_ip, sizeof(*keys), 8, (void **)&keys, NULL);
	if (n < 0)
		return n;
	for (int i = 0; i < n && !err; i++) {
		struct xsw_bind_row like = { .key = key_make(keys[i].port, keys[i].mac) }, *row;

		row = bsearch(&like, rows, total, sizeof(*rows), row_compare);
		if (row && row->ips >= 0) /* -1: what a killed command left */
			err = row_ip_add(row, &keys[i]);
	}
	free(keys);
	for (int i = 0; i < total; i++) {
		if (rows[i].ips < 0)
			rows[i].ips = 0;
		if (rows[i].ips)
			qsort(rows[i].ip, rows[i].ips, sizeof(*rows[i].ip), ip_compare);
	}
	return err;
}

int xsw_bind_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_bind_row **rows)
{
	int total, err;

	*rows = NULL;
	if (sw->map.bind < 0)
		return 0;
	total = list_macs(sw, port, rows);
	err = total < 0 ? total : list_ips(sw, *rows, total);
	if (!err)
		return total;
	xsw_bind_list_free(*rows, total > 0 ? total : 0);
	*rows = NULL;
	return xsw_fail(err, "bind", sw->name, "cannot read: %s", strerror(-err));
}

void xsw_bind_list_free(struct xsw_bind_row *rows, int n)
{
	for (int i = 0; i < n; i++)
		free(rows[i].ip);
	free(rows);
}
