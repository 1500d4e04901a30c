/* SPDX-License-Identifier: GPL-2.0 */
/* What policers and storm control share: both are limits with the same words. */
#pragma once

#include "ctrl/policer.h"
#include "tools/xsw/xsw.h"

/** policer_read() - the option words up to the end, checked. Return: 0 or EXIT_USAGE, printed. */
int policer_read(struct words *w, const char *ifname, const struct xsw_policer_id *id,
		 struct xsw_policer_conf *conf);

/** policer_apply() - set, with @conf NULL delete. Return: an exit status. */
int policer_apply(const char *ifname, const struct xsw_policer_id *id,
		  const struct xsw_policer_conf *conf);

/** policer_print_help() - the list of options */
void policer_print_help(bool storm);

/** policer_show() - those of a port, of the one kind or the other */
int policer_show(const struct xsw_switch_handle *sw, const struct xsw_port_info *info, bool storm,
		 struct json_object *array);
