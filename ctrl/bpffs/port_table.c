// SPDX-License-Identifier: GPL-2.0
/* Reads and writes of a switch's maps. A port enters the tables from the back
 * (settings, slot) to the front (ifindex) and leaves them the other way round.
 */
#include "ctrl/bpffs/port_table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/decisions.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/members.h"

#define READ_CHUNK 1024

static int elem_read(int map, __u32 key, void *value)
{
	return bpf_map_lookup_elem(map, &key, value) ? -errno : 0;
}

static int elem_write(int map, __u32 key, const void *value)
{
	return bpf_map_update_elem(map, &key, value, BPF_ANY) ? -errno : 0;
}

int switch_read(const struct xsw_switch_handle *sw, struct xsw_switch *conf)
{
	int err = layout_read(sw->layout, "xsw_switch", sw->map.sw, 0, conf);

	conf->layout = sw->layout; /* an upgrade that was killed has written another */
	return err;
}

int switch_write(const struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	return layout_write(sw->layout, "xsw_switch", sw->map.sw, 0, conf);
}

int switch_flags(const struct xsw_switch_handle *sw, __u32 clear, __u32 set)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);
	__u32 flags;

	if (err)
		return err;
	flags = (conf.flags & ~clear) | set;
	if (flags == conf.flags)
		return 0;
	conf.flags = flags;
	return switch_write(sw, &conf);
}

int record_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record)
{
	return layout_read(sw->layout, "xsw_meta", sw->map.record, port, record);
}

int record_write(const struct xsw_switch_handle *sw, __u32 port,
		 const struct xsw_port_record *record)
{
	return layout_write(sw->layout, "xsw_meta", sw->map.record, port, record);
}

/* The first @n elements of xsw_meta, by one system call if they are as this version has them */
static int records_get(const struct xsw_switch_handle *sw, __u32 n, struct xsw_port_record *records)
{
	__u32 out, keys[XSW_MAX_PORTS], count = n;
	int err = 0;

	if (!layout_lacks(sw->layout, "xsw_meta"))
		return bpf_map_lookup_batch(sw->map.record, NULL, &out, keys, records, &count,
					    NULL) &&
				       errno != ENOENT ?
			       -errno :
			       0;
	for (__u32 port = 0; port < n && !err; port++)
		err = record_read(sw, port, &records[port]);
	return err;
}

/* A port being added has the lowest free number, so at the most port_end. Where that cannot be
 * read all elements are.
 */
int record_read_all(const struct xsw_switch_handle *sw, struct xsw_port_record **records)
{
	struct xsw_switch conf;
	__u32 n;
	int err;

	n = !switch_read(sw, &conf) && conf.port_end < XSW_MAX_PORTS ? conf.port_end + 1 :
								       XSW_MAX_PORTS;
	*records = calloc(XSW_MAX_PORTS, sizeof(**records));
	err = *records ? records_get(sw, n, *records) : -ENOMEM;
	if (!err)
		return n;
	free(*records);
	*records = NULL;
	return err;
}

__u32 slot_read(const struct xsw_switch_handle *sw, __u32 port)
{
	__u32 slot = 0;

	if (!port || port >= XSW_MAX_PORTS || elem_read(sw->map.slot, port, &slot))
		return 0;
	return slot;
}

__u32 slot_of_ifindex(const struct xsw_switch_handle *sw, __u32 ifindex)
{
	__u32 slot = 0;

	if (!ifindex ||
	    elem_read(ifindex < XSW_IFINDEX_ARRAY ? sw->map.ifindex : sw->map.ifindex_hi, ifindex,
		      &slot))
		return 0;
	return slot;
}

int conf_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port *conf)
{
	__u32 slot = slot_read(sw, port);

	if (slot && sw->kept && sw->kept->late[port]) {
		*conf = sw->kept->late[port]->next;
		return 0;
	}
	return slot ? layout_read(sw->layout, "xsw_port", sw->map.port, slot, conf) : -ENOENT;
}

static int conf_write(const struct xsw_switch_handle *sw, __u32 slot, const struct xsw_port *conf)
{
	return layout_write(sw->layout, "xsw_port", sw->map.port, slot, conf);
}

/* A port without a device has ifindex 0, which is no key. */
static int ifindex_write(const struct xsw_switch_handle *sw, __u32 ifindex, __u32 slot)
{
	if (!ifindex)
		return 0;
	if (ifindex < XSW_IFINDEX_ARRAY)
		return elem_write(sw->map.ifindex, ifindex, &slot);
	if (slot)
		return elem_write(sw->map.ifindex_hi, ifindex, &slot);
	bpf_map_delete_elem(sw->map.ifindex_hi, &ifindex);
	return 0;
}

/* port_end: above every number in use. */
void port_end_lower(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;
	struct xsw_port_record *records;
	int n, last;

	n = record_read_all(sw, &records);
	if (n < 0 || switch_read(sw, &conf))
		return;
	for (last = n - 1; last > 0 && records[last].state == XSW_RECORD_FREE; last--)
		;
	free(records);
	if (conf.port_end == (__u32)last + 1)
		return;
	conf.port_end = last + 1;
	switch_write(sw, &conf);
}

static int port_end_raise(const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (err || conf.port_end > port)
		return err;
	conf.port_end = port + 1;
	return switch_write(sw, &conf);
}

int table_devmap(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex, int prog_flood,
		 int prog_unicast)
{
	struct bpf_devmap_val value = { .ifindex = ifindex, .bpf_prog.fd = prog_flood };
	int err = elem_write(sw->map.flood, port, &value);

	value.bpf_prog.fd = prog_unicast;
	return err ? err : elem_write(sw->map.tx, port, &value);
}

/* Programs of a version that had no xsw_peer yet flood without asking whether unicast has
 * begun a bulk (bpf/flood_xdp.h): with them all frames meet the program at egress.
 */
static int prog_unicast(const struct xsw_switch_handle *sw, int prog_egress)
{
	return sw->map.peer >= 0 ? -1 : prog_egress;
}

bool table_devmap_lacks(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex)
{
	struct bpf_devmap_val tx = {}, flood = {};

	return bpf_map_lookup_elem(sw->map.tx, &port, &tx) || tx.ifindex != ifindex ||
	       bpf_map_lookup_elem(sw->map.flood, &port, &flood) || flood.ifindex != ifindex;
}

void table_devmap_clear(const struct xsw_switch_handle *sw, __u32 port)
{
	bpf_map_delete_elem(sw->map.tx, &port);
	bpf_map_delete_elem(sw->map.flood, &port);
}

void table_devmap_mend(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex)
{
	int egress = prog_get(sw->dir, "prog_egress");

	if (egress < 0)
		return;
	table_devmap(sw, port, ifindex, egress, prog_unicast(sw, egress));
	close(egress);
	decisions_void(sw);
}

int table_add(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf)
{
	struct xsw_state state = {};
	__u32 slot = port;
	int err;

	err = conf_write(sw, slot, conf);
	if (!err)
		err = elem_write(sw->map.state, port, &state);
	if (!err)
		err = members_set(sw->map.members, port, conf);
	if (!err)
		err = elem_write(sw->map.slot, port, &slot);
	return err ? err : port_end_raise(sw, port);
}

int table_device_add(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex, int prog_egress)
{
	int err = table_devmap(sw, port, ifindex, prog_egress, prog_unicast(sw, prog_egress));

	if (!err)
		err = ifindex_write(sw, ifindex, slot_read(sw, port));
	decisions_void(sw); /* decisions made for a slot's former settings are void */
	return err;
}

/* The number may belong to another port by now, if a device came back. */
void table_device_del(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex)
{
	__u32 slot = slot_of_ifindex(sw, ifindex);

	if (slot && XSW_SLOT_PORT(slot) == port)
		ifindex_write(sw, ifindex, 0);
	table_devmap_clear(sw, port);
	decisions_void(sw);
}

void table_wait_for_readers(void)
{
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(50000); /* nohz_full kernels refuse it; no program runs for so long */
}

bool table_slot_is_free(const struct xsw_switch_handle *sw, __u32 port)
{
	return sw->kept && sw->kept->slot_free[port];
}

void table_slots_wait(const struct xsw_switch_handle *sw)
{
	table_wait_for_readers();
	kept_slots_freed(sw->kept);
}

int table_swap(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf)
{
	__u32 slot = slot_read(sw, port);
	int err;

	if (!slot)
		return -ENOENT;
	slot = XSW_SLOT_OTHER(slot);
	if (!table_slot_is_free(sw, port))
		table_slots_wait(sw); /* the last change has taken it out of use */
	if (sw->kept)
		sw->kept->slot_free[port] = false; /* whatever comes of this */
	err = conf_write(sw, slot, conf);
	if (!err)
		err = members_set(sw->map.members, port, conf);
	if (!err)
		err = elem_write(sw->map.slot, port, &slot);
	if (!err)
		err = ifindex_write(sw, conf->ifindex, slot);
	if (!err)
		members_trim(sw->map.members, port, conf);
	decisions_void(sw);
	return err;
}

int table_flags(const struct xsw_switch_handle *sw, __u32 port, __u32 clear, __u32 set)
{
	struct xsw_port conf;
	int err = conf_read(sw, port, &conf);
	__u32 flags = (conf.flags & ~clear) | set;

	if (err || flags == conf.flags)
		return err;
	conf.flags = flags;
	return table_swap(sw, port, &conf);
}

static int earlier_fail(const struct xsw_switch_handle *sw, const char *what)
{
	xsw_fail(EOPNOTSUPP, "switch", sw->name, "runs an earlier version, which has no %s", what);
	xsw_remedy("xsw switch upgrade %s", sw->name);
	return -EOPNOTSUPP;
}

int table_need(const struct xsw_switch_handle *sw, int fd, const char *what)
{
	return fd >= 0 ? 0 : earlier_fail(sw, what);
}

/* The kernel's number of the program that is pinned as prog_tc, 0: none */
static __u32 prog_tc_id(const char *dir)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int prog = prog_get_read(dir, "prog_tc"), err;

	if (prog < 0)
		return 0;
	err = bpf_obj_get_info_by_fd(prog, &info, &len);
	close(prog);
	return err ? 0 : info.id;
}

void features_note(const char *dir, struct xsw_switch *conf)
{
	conf->features = XSW_FEATURES;
	conf->features_prog = prog_tc_id(dir);
}

int features_need(const struct xsw_switch_handle *sw, __u32 least, const char *what)
{
	__u32 known = sw->layout < 2 ? XSW_FEATURES_LAYOUT_1 : XSW_FEATURES_LAYOUT_2;
	struct xsw_switch conf;

	if (known < least && !switch_read(sw, &conf) && conf.features_prog &&
	    conf.features_prog == prog_tc_id(sw->dir))
		known = conf.features;
	return known >= least ? 0 : earlier_fail(sw, what);
}

/* Room for @n elements of a map; values are padded in the kernel's answers. */
static int read_room(void **keys, void **values, size_t key_size, size_t value_size, __u32 n)
{
	void *k = realloc(*keys, n * key_size), *v;

	if (k)
		*keys = k;
	v = realloc(*values, n * value_size);
	if (v)
		*values = v;
	return k && v ? 0 : -ENOMEM;
}

int table_read(int map, size_t key_size, size_t value_size, void **keys, void **values)
{
	__u32 at[2][8] = {}, n = 0, chunk = READ_CHUNK, count;
	void *k = NULL, *v = NULL;
	int err, end = 0;

	for (bool first = true; !end;) {
		count = chunk;
		err = read_room(&k, &v, key_size, value_size, n + chunk);
		if (err)
			goto out;
		end = bpf_map_lookup_batch(map, first ? NULL : at[0], at[1], k + n * key_size,
					   v + n * value_size, &count, NULL);
		err = end ? -errno : 0;
		if (err == -ENOSPC) { /* one bucket holds more than a chunk */
			chunk *= 2;
			end = 0;
			continue;
		}
		if (err && err != -ENOENT)
			goto out;
		n += count;
		first = false;
		memcpy(at[0], at[1], sizeof(at[0]));
	}
	err = 0;
out:
	if (err || !values)
		free(v);
	else
		*values = v;
	if (err)
		free(k);
	else
		*keys = k;
	return err ? err : (int)n;
}

void table_del(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex)
{
	struct xsw_state state = {};
	__u32 none = 0;

	table_device_del(sw, port, ifindex);
	elem_write(sw->map.slot, port, &none);
	members_trim(sw->map.members, port, NULL);
	elem_write(sw->map.state, port, &state);
	decisions_void(sw);
}
