/* SPDX-License-Identifier: GPL-2.0 */
/* Reads and writes of a switch's maps, in the order that the data path
 * expects. Private to ctrl/.
 */
#pragma once

#include <stddef.h>

#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"
#include "maps/port.h"

int switch_read(const struct xsw_switch_handle *sw, struct xsw_switch *conf);
int switch_write(const struct xsw_switch_handle *sw, const struct xsw_switch *conf);

/** switch_flags() - change XSW_SWITCH_* bits; nothing if they are so. Return: 0 or -errno. */
int switch_flags(const struct xsw_switch_handle *sw, __u32 clear, __u32 set);

/** table_wait_for_readers() - until no program still acts on what it read before this call */
void table_wait_for_readers(void);

int record_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record);
int record_write(const struct xsw_switch_handle *sw, __u32 port,
		 const struct xsw_port_record *record);

/**
 * record_read_all() - one system call for all ports
 * @records: result, indexed by port number, freed by the caller
 *
 * Return: how many elements there are (beyond, all are free), or -errno.
 */
int record_read_all(const struct xsw_switch_handle *sw, struct xsw_port_record **records);

/** slot_read() - the slot of @port in use, 0 if there is no such port */
__u32 slot_read(const struct xsw_switch_handle *sw, __u32 port);

/** slot_of_ifindex() - the slot of the port that device @ifindex is, or 0 */
__u32 slot_of_ifindex(const struct xsw_switch_handle *sw, __u32 ifindex);

/** conf_read() - settings of a port. Return: 0 or -ENOENT. */
int conf_read(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port *conf);

/** table_add() - the settings of @port, whose device is to come by table_device_add() */
int table_add(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf);

/**
 * table_device_add() - make device @ifindex known as that of @port; runs in its namespace
 * table_device_del() - the device is gone; the port stays
 * @prog_egress: descriptor of the program that floods meet at egress
 */
int table_device_add(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex,
		     int prog_egress);
void table_device_del(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex);

/**
 * table_slot_is_free() - is it known that no program reads the other slot of @port?
 * table_slots_wait() - until that is so of all ports
 *
 * Only a process that has the lock of writers and keeps the switch open knows of a slot.
 */
bool table_slot_is_free(const struct xsw_switch_handle *sw, __u32 port);
void table_slots_wait(const struct xsw_switch_handle *sw);

/** table_swap() - replace the settings of a port in one step */
int table_swap(const struct xsw_switch_handle *sw, __u32 port, const struct xsw_port *conf);

/**
 * table_devmap() - (re)write the devmap entries; runs in the device's namespace
 * @prog_flood: the program that floods meet at egress
 * @prog_unicast: known unicast, -1: none; see bpf/flood_xdp.h
 */
int table_devmap(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex, int prog_flood,
		 int prog_unicast);

/**
 * table_devmap_lacks() - has the kernel removed the device of @port, @ifindex, from the devmaps?
 * table_devmap_mend() - then enter it again; runs in the device's namespace
 * table_devmap_clear() - or make sure that nothing is there
 *
 * It does so with a device that leaves its namespace, for good or to come back
 * (dev_map_notification() in kernel/bpf/devmap.c).
 */
bool table_devmap_lacks(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex);
void table_devmap_mend(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex);
void table_devmap_clear(const struct xsw_switch_handle *sw, __u32 port);

/** table_flags() - change XSW_PORT_* bits in the settings of a port; nothing if they are so */
int table_flags(const struct xsw_switch_handle *sw, __u32 port, __u32 clear, __u32 set);

/**
 * table_need() - is a table there that earlier versions did not have?
 * @fd: of the table
 * @what: what it is for
 *
 * Return: 0, or -EOPNOTSUPP with the error set.
 */
int table_need(const struct xsw_switch_handle *sw, int fd, const char *what);

/**
 * features_note() - write into @conf what the programs pinned in @dir know: this version's
 * features_need() - do the programs that run know an option?
 * @least: XSW_FEATURES_* since when
 * @what: the option
 *
 * Return: 0, or -EOPNOTSUPP with the error set.
 */
void features_note(const char *dir, struct xsw_switch *conf);
int features_need(const struct xsw_switch_handle *sw, __u32 least, const char *what);

/**
 * table_read() - all of a hash map; what changes meanwhile may be missing or old
 * @keys: freed by the caller; @values too, NULL if they do not matter
 *
 * Return: how many, or -errno.
 */
int table_read(int map, size_t key_size, size_t value_size, void **keys, void **values);

void table_del(const struct xsw_switch_handle *sw, __u32 port, __u32 ifindex);

/** port_end_lower() - after a port is gone; a switch without ports belongs to no namespace */
void port_end_lower(const struct xsw_switch_handle *sw);
