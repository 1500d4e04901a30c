/* SPDX-License-Identifier: GPL-2.0 */
/* What policers and storm control share: both are limits with the same words. */
#pragma once

#include "ctrl/limits/policer.h"
#include "tools/xsw/xsw.h"

/* Reads which limit a command is about. Return: 0 or EXIT_USAGE, printed. */
typedef int (*policer_id_reader)(struct words *w, const char **ifname, struct xsw_policer_id *id);

/**
 * policer_run_set() - the rest of a command that sets a limit
 * policer_run_del() - ... that removes one
 *
 * Return: an exit status.
 */
int policer_run_set(struct words *w, policer_id_reader read);
int policer_run_del(struct words *w, policer_id_reader read);

/** policer_print_help() - the list of options */
void policer_print_help(bool storm);

/** policer_show() - those of a port, of the one kind or the other */
int policer_show(const struct xsw_switch_handle *sw, const struct xsw_port_info *info, bool storm);
