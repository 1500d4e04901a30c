/* SPDX-License-Identifier: GPL-2.0 */
/* What a process leaves to program xsw_user of a live switch, see maps/request.h. */
#pragma once

#include "maps/request.h"

struct steps_frame;

struct request_ops {
	int (*learn)(const struct xsw_request_learn *ask);
	int (*police)(const struct xsw_request_police *ask);
	/* @ask->caught bytes of @f, NULL: it is gone, and none are. NULL: nobody is told */
	void (*capture)(const struct xsw_request_capture *ask, const struct steps_frame *f);
};

/* NULL: the tables are this process's own, and the steps write them themselves. */
extern const struct request_ops *request_ops;
