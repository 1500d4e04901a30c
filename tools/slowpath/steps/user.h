/* SPDX-License-Identifier: GPL-2.0 */
/* What a process leaves to program xsw_user of a live switch, see maps/user.h. */
#pragma once

#include "maps/user.h"

struct user_ops {
	int (*learn)(const struct xsw_user_learn *ask);
	int (*police)(const struct xsw_user_police *ask);
};

/* NULL: the tables are this process's own, and the steps write them themselves. */
extern const struct user_ops *user_ops;
