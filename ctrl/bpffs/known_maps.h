/* SPDX-License-Identifier: GPL-2.0 */
/* What the pins of a switch have to be. A pin that is another map, a program or a folder is
 * found when it is opened: who reads a value into memory of its size, or maps a table, must not
 * meet a longer value or a shorter table. Needs libbpf alone, as ctrl/bpffs/table_use.h. Private to
 * ctrl/.
 */
#pragma once

#include <linux/types.h>

#define KNOWN_PROGS 5

/* A program of a switch that a pin keeps; those of tracepoints are kept by their links. */
struct known_prog {
	const char *pin, *name;
	__u32 type; /* BPF_PROG_TYPE_* */
};

extern const struct known_prog known_progs[KNOWN_PROGS];

/**
 * map_get() - open a table of a switch
 * map_get_read() - for reading
 * @dir: the switch's folder
 * @name: of a map, as programs and pin have it
 *
 * Return: descriptor; -ENOENT: there is no such pin; -EISDIR: a folder has its name; -EUCLEAN: it
 * is another map than that of the switch's layout (type, sizes of key and value, number of elements), or
 * none; -errno.
 */
int map_get(const char *dir, const char *name);
int map_get_read(const char *dir, const char *name);

/** prog_get() - open a program by its pin, "prog_tc". Return: as map_get(). */
int prog_get(const char *dir, const char *pin);
int prog_get_read(const char *dir, const char *pin);

/** link_pin_get() - open a link by its pin. Return: as map_get(). */
int link_pin_get(const char *dir, const char *pin);

/** map_check() - is @fd the map @name as it has to be in @dir? Return: 0, -EUCLEAN, -errno. */
int map_check(const char *dir, const char *name, int fd);
