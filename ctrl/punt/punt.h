/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of punting as a user sees them; how they stand in the map: maps/punt.h. */
#pragma once

#include <linux/types.h>

#include "ctrl/bpffs/handle.h"
#include "ctrl/punt/punt_opts.h"

struct xsw_punt_row {
	struct xsw_punt_conf conf;
	__u64 punted, limited, full; /* frames; see struct xsw_punt_rule */
};

/**
 * xsw_punt_add() - append a rule to those of @port
 *
 * Return: 0; -EEXIST if it is there already; -ENOSPC; -EINVAL if one that matches the same
 * does something else; -errno; the error is set. Context: under xsw_lock_and_repair().
 */
int xsw_punt_add(struct xsw_switch_handle *sw, __u32 port, const struct xsw_punt_conf *conf);

/**
 * xsw_punt_del() - remove the rule that matches the same
 * @conf: an action or a rate that it gives must be the rule's
 *
 * Return: 0; -ENOENT; -errno; the error is set. Context: under xsw_lock_and_repair().
 */
int xsw_punt_del(struct xsw_switch_handle *sw, __u32 port, const struct xsw_punt_conf *conf);

/**
 * xsw_punt_list() - rules of @port, in their order
 * @rows: room for XSW_PUNT_RULES
 *
 * Return: how many, or -errno. A switch of an earlier version has none.
 */
int xsw_punt_list(const struct xsw_switch_handle *sw, __u32 port, struct xsw_punt_row *rows);

/** xsw_punt_readers() - sockets that somebody of this PID namespace reads, a bit each */
__u32 xsw_punt_readers(const struct xsw_switch_handle *sw);

/** punts_clear() - remove all rules of a port that is gone */
void punts_clear(const struct xsw_switch_handle *sw, __u32 port);

/** punt_rule_make() - what the data path reads of a rule; @rule: result, all of it written */
void punt_rule_make(struct xsw_punt_rule *rule, const struct xsw_punt_conf *conf);

/** punt_conf_make() - the inverse of punt_rule_make() */
void punt_conf_make(struct xsw_punt_conf *conf, const struct xsw_punt_rule *rule);
