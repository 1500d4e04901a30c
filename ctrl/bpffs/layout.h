/* SPDX-License-Identifier: GPL-2.0 */
/* The layout of a switch's tables, which stands in the path of its pins. This version makes
 * switches of XSW_LAYOUT; commands also read and change those of layout 1, and `switch upgrade`
 * takes them over. Needs libbpf alone, as ctrl/bpffs/known_maps.h does.
 *
 * Layout 2 has room in three tables where layout 1 had none: at the end of values of xsw_switch
 * and xsw_meta, and in front of the bitmaps of xsw_port. All else is the same.
 */
#pragma once

#include <stddef.h>
#include <linux/types.h>

/**
 * layout_dir() - the folder of a switch's pins: <root>/<folder>/v<layout>
 * @dir: result, cut off at @size bytes: the root and the names have limits of their own
 *
 * Return: its layout: 1 if there is such a folder, and none of XSW_LAYOUT; else XSW_LAYOUT.
 */
int layout_dir(char *dir, size_t size, const char *root, const char *folder);

/** layout_of() - the layout of the switch whose pins are in @dir, see layout_dir() */
int layout_of(const char *dir);

/** layout1_lacks() - by how many bytes values of table @name are shorter in layout 1, or 0 */
__u32 layout1_lacks(const char *name);

/**
 * layout_read() - read a value of table @name of a switch of @layout
 * @map: descriptor
 * @value: result, as this version has it; what layout 1 lacks is 0
 *
 * Return: 0 or -errno.
 */
int layout_read(int layout, const char *name, int map, __u32 key, void *value);

/**
 * layout_write() - write a value
 *
 * Return: 0; -EOPNOTSUPP: layout 1 has no room for something that @value says; -errno.
 */
int layout_write(int layout, const char *name, int map, __u32 key, const void *value);

/**
 * layout1_copy() - fill table @name of this layout from that of layout 1
 * @from, @to: descriptors
 *
 * Exact under the lock of writers, for no program writes into these tables.
 * Return: 0 or -errno.
 */
int layout1_copy(const char *name, int from, int to);
