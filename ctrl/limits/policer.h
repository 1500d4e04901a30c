/* SPDX-License-Identifier: GPL-2.0 */
/* Policers and storm control as a user sees them. What stands in the maps, and what
 * the colours mean: maps/policer.h.
 */
#pragma once

#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "ctrl/limits/policer_opts.h"

struct xsw_policer_row {
	__u32 port;
	struct xsw_policer_id id;
	struct xsw_policer_conf conf;
	__u64 passed, yellow, dropped; /* frames; what is yellow is among the other two */
};

/**
 * xsw_policer_set() - limit frames of @port; replaces what the policer had
 * @conf: finished
 *
 * Its counters go on. Return: 0 or -errno with the error set. Context: under xsw_lock_and_repair().
 */
int xsw_policer_set(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id,
		    const struct xsw_policer_conf *conf);

/** xsw_policer_del() - Return: 0 or -ENOENT, -errno. Context: under xsw_lock_and_repair(). */
int xsw_policer_del(struct xsw_switch_handle *sw, __u32 port, const struct xsw_policer_id *id);

/**
 * xsw_policer_list() - policers and storm control of @port (or XSW_ANY_PORT), sorted
 * @rows: freed by the caller with free()
 *
 * Return: how many, or -errno. A switch of an earlier version has none.
 */
int xsw_policer_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_policer_row **rows);

/** policers_clear() - remove all policers and storm control of a port that is gone */
void policers_clear(const struct xsw_switch_handle *sw, __u32 port);
