/* SPDX-License-Identifier: GPL-2.0 */
/* Which tables the programs of a switch know of. That a table is pinned does not say so: its
 * pin stays when a version without it takes the switch over, and nobody reads it then.
 * What not every version has is opened by this rule, but for what no program reads ever.
 * Needs libbpf alone: the library for readers of punted frames has it too.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#define TABLE_USE_MAX 192 /* 3 programs, of 64 maps each at the most: the verifier's limit */

struct table_use {
	__u32 id[TABLE_USE_MAX]; /* of maps, as the kernel numbers them */
	__u32 n;
	const char *failed; /* the pin of a program that could not be asked, or NULL */
};

/**
 * table_use_read() - ask the programs pinned in @dir, the folder of a switch
 *
 * Read access to the pins is enough. A program that is not there knows of no table.
 * Return: 0; or as prog_get() of the last one that could not be asked, which @use names.
 */
int table_use_read(const char *dir, struct table_use *use);

/** table_use_has() - does one of the programs know of the map with descriptor @fd? */
bool table_use_has(const struct table_use *use, int fd);

/** table_use_has_name() - does one of the programs know of a map called @name? */
bool table_use_has_name(const struct table_use *use, const char *name);

/**
 * table_use_get() - open one table
 * table_use_get_read() - for reading
 *
 * Return: descriptor, -ENOENT if it is not there or no program knows of it; as map_get().
 */
int table_use_get(const char *dir, const char *name);
int table_use_get_read(const char *dir, const char *name);
