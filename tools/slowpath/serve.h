/* SPDX-License-Identifier: GPL-2.0 */
/* Serve the ports of a switch that have path afxdp, until told to end. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "maps/limits.h"
#include "tools/slowpath/port.h"
#include "tools/slowpath/workers.h"

#define SERVE_MODES 64

struct serve_conf {
	const char *switch_name; /* NULL: the only one */
	__u32 threads;		 /* 0: one a CPU that this process may use */
	__u32 chunks;
	__u32 report_s; /* 0: never */
	bool json;	/* reports are */
	enum mode mode;
	struct {
		char ifname[XSW_NAME_LEN];
		enum mode mode;
	} port_mode[SERVE_MODES];
	__u32 port_modes;
	int cpu[WORKERS_MAX]; /* what threads are bound to, in turn */
	__u32 cpus;	      /* 0: to none */
};

/** serve() - until SIGTERM or SIGINT, or the switch is gone. Return: 0 or -errno, error set. */
int serve(const struct serve_conf *conf);
