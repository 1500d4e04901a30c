/* SPDX-License-Identifier: GPL-2.0 */
/* What the handlers of punted frames share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctrl/punt/xsw-punt.h"

struct run;

/* A handler. Functions return 0 or -errno with the error set (ctrl/base/error.h). */
struct handler {
	const char *name;
	int words; /* it takes at the most, behind SWITCH */
	int needs; /* at the least */
	int (*open)(struct run *r);
	void (*frame)(const struct xsw_punt_frame *f, void *run);
	int (*tick)(struct run *r);  /* about once a second, and first at once; or NULL */
	int (*flush)(struct run *r); /* the frames that were there have been told; or NULL */
	int (*close)(struct run *r);
};

struct run {
	const char *netns, *bpffs; /* NULL: not given */
	const struct handler *handler;
	const char *switch_name;
	char **word; /* behind SWITCH */
	int words;
	unsigned int socket;
	unsigned int interval_s; /* lldp */
	unsigned long count;	 /* stop after so many frames, 0: never */
	unsigned long frames;
	bool json;
	bool rules; /* lldp: add and remove them */
	struct xsw_punt *punt;
};

extern const struct handler handler_lldp, handler_pcapng, handler_print;
