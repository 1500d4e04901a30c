/* SPDX-License-Identifier: GPL-2.0 */
/* The mirrors of a switch as they stand in its tables (maps/mirror.h): ports are numbers here. What a
 * user calls them is for ctrl/switch/mirror.h. Private to ctrl/. All that changes something runs under
 * xsw_lock_and_repair().
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/mirror.h"
#include "maps/port.h"

/** mirrors_new() - memory for all mirrors of a switch, none; freed with free(). NULL: error set. */
struct xsw_mirrors *mirrors_new(void);

/**
 * mirrors_read() - the mirrors that the programs use
 *
 * Return: 0 or -errno. A switch of a version without mirrors has none.
 */
int mirrors_read(const struct xsw_switch_handle *sw, struct xsw_mirrors *all);

/**
 * mirrors_write() - let the programs use @all from one frame to the next
 * @all: @n, and of each mirror what a user can say and @id; the rest is worked out
 *
 * Return: 0 or -errno without error text.
 */
int mirrors_write(const struct xsw_switch_handle *sw, struct xsw_mirrors *all);

/** mirrors_find() - the place of the mirror called @name, or -ENOENT */
int mirrors_find(const struct xsw_mirrors *all, const char *name);

/**
 * mirrors_append() - one more mirror, behind all others, with counters of its own that are 0
 *
 * Return: its place; -ENOSPC: there are XSW_MIRRORS; -errno. No error text.
 */
int mirrors_append(const struct xsw_switch_handle *sw, struct xsw_mirrors *all, const char *name);

/** mirrors_remove() - the mirror at @place */
void mirrors_remove(struct xsw_mirrors *all, int place);

/** mirror_lists() - is @port in the list @ports, @src or @dst of a mirror? */
bool mirror_lists(const __u64 *ports, __u32 port);

/** mirror_sums_read() - what the programs have counted. Return: 0 or -errno. */
int mirror_sums_read(const struct xsw_switch_handle *sw, const struct xsw_mirror *m,
		     struct xsw_mirror_sums *sums);

/** mirrors_hint() - before port number @conf->port is there: do mirrors select it? */
void mirrors_hint(const struct xsw_switch_handle *sw, struct xsw_port *conf);

/**
 * mirrors_port_clear() - @port is gone: it leaves the lists of mirrors
 *
 * A mirror whose output it was stays, without output.
 */
void mirrors_port_clear(const struct xsw_switch_handle *sw, __u32 port);

/** mirrors_follow() - make what ports know of mirrors agree with these, after another version ran */
void mirrors_follow(const struct xsw_switch_handle *sw);
