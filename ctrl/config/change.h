/* SPDX-License-Identifier: GPL-2.0 */
/* A change of the running configuration under way, told line by line. Private to ctrl/config/. */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"

struct change {
	bool dry_run; /* tell, and do nothing */
	bool exact;   /* to a state that was: what that lacks goes, whoever made it */
	void (*report)(const char *line, void *arg);
	void *arg;
};

/* The port under way: opened when it is needed. */
struct cfg_target {
	struct change *ch;
	const char *dev;
	struct xsw_switch_handle sw; /* open if @port is not 0 */
	__u32 port;
};

/** change_told() - report one more change */
void change_told(struct change *ch, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** cfg_target_open() - find the port, unless it is open or nothing is to be done */
int cfg_target_open(struct cfg_target *t);

void cfg_target_close(struct cfg_target *t);
