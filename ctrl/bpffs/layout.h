/* SPDX-License-Identifier: GPL-2.0 */
/* The layout of a switch's tables, which stands in the path of its pins. This version makes
 * switches of XSW_LAYOUT; commands also read and change those of earlier layouts, and `switch
 * upgrade` takes them over. Needs libbpf alone, as ctrl/bpffs/known_maps.h does.
 *
 * Layout 2 has room in three tables where layout 1 had none: at the end of values of xsw_switch
 * and xsw_meta, and in front of the bitmaps of xsw_port.
 * Layout 3 has another FDB (maps/fdb.h), which was 16 hash maps before, in an array of maps.
 * All else is the same.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/**
 * layout_dir() - the folder of a switch's pins: <root>/<folder>/v<layout>
 * @dir: result, cut off at @size bytes: the root and the names have limits of their own
 *
 * Return: its layout: the highest of which there is such a folder, XSW_LAYOUT if there is none.
 */
int layout_dir(char *dir, size_t size, const char *root, const char *folder);

/** layout_of() - the layout of the switch whose pins are in @dir, see layout_dir() */
int layout_of(const char *dir);

/** layout_has_shards() - is the FDB of @layout made of hash maps? */
bool layout_has_shards(int layout);

/** layout_lacks() - by how many bytes values of table @name are shorter in @layout, or 0 */
__u32 layout_lacks(int layout, const char *name);

/** layout_elements() - how many elements table @name has in @layout. @now: in this one */
__u32 layout_elements(int layout, const char *name, __u32 now);

/** layout_remakes() - is there a new table @name when a switch of @layout is upgraded? */
bool layout_remakes(int layout, const char *name);

/**
 * layout_read() - read a value of table @name of a switch of @layout
 * @map: descriptor
 * @value: result, as this version has it; what @layout lacks is 0
 *
 * Return: 0 or -errno.
 */
int layout_read(int layout, const char *name, int map, __u32 key, void *value);

/**
 * layout_write() - write a value
 *
 * Return: 0; -EOPNOTSUPP: @layout has no room for something that @value says; -errno.
 */
int layout_write(int layout, const char *name, int map, __u32 key, const void *value);

/**
 * layout_copy() - fill table @name of this layout from that of @layout
 * @from, @to: descriptors
 *
 * The FDB, its counts and its timer are left as they are: entries are copied by ctrl/fdb/copy.h.
 * Exact under the lock of writers, for no program writes into the other tables, but into xsw_able:
 * what changes there after, the new programs see themselves. Return: 0 or -errno.
 */
int layout_copy(int layout, const char *name, int from, int to);
