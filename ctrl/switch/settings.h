/* SPDX-License-Identifier: GPL-2.0 */
/* All that a user can set of a switch, and the table of it. */
#pragma once

#include "ctrl/base/opt.h"
#include "maps/switch.h"

/* Whole when read of a switch or begun by opts_default(); of a request, those that @given names. */
struct xsw_switch_settings {
	__u64 given; /* bit N: row N of switch_opts is named */
	struct xsw_switch conf;
};

extern const struct opts switch_opts;

/** switch_settings_apply() - give @conf the settings that @want names */
void switch_settings_apply(const struct xsw_switch_settings *want, struct xsw_switch *conf);
