/* SPDX-License-Identifier: GPL-2.0 */
/* What the user asked for. Written by the command line, read by all. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/port/port.h"
#include "tools/pktgen/range.h"

#define EXIT_DONE 0
#define EXIT_USAGE 1
#define EXIT_REFUSED 2

#define LEN_MIN 14
#define LEN_MAX 15360 /* what fits the pieces of a slot, see dev.h */
#define BATCH_MAX 512
#define THREADS_MAX 64
#define TAGS_MAX 4

enum function { FUNCTION_TX, FUNCTION_RX, FUNCTION_PING, FUNCTION_PONG };

enum mode { MODE_INTERRUPT, MODE_ADAPTIVE, MODE_BUSY_POLL, MODE_SPIN };

enum backend { BACKEND_AUTO, BACKEND_AF_XDP, BACKEND_PACKET, BACKEND_TAP };

enum binding { BIND_AUTO, BIND_COPY, BIND_ZERO_COPY };

struct tag {
	__u16 tpid;
	__u16 tci;
};

struct config {
	const char *interface;	   /* as the user named it */
	char ifname[16];	   /* the device */
	char switch_name[64];	   /* -i SWITCH:NAME, else "" */
	const char *port_settings; /* ... and the settings of that port, as given and as read */
	struct xsw_port_settings port;

	enum function function;
	bool function_given;
	enum backend backend;
	enum binding binding;
	enum mode mode;
	bool mode_given;
	bool vnet_hdr;
	bool up;   /* the tap is ours: set it up */
	__u32 mtu; /* ... with this MTU; 0: what the frames need */

	__u32 len; /* bytes of a frame, tags included, FCS not */
	bool count_given;
	__u64 count;   /* 0: until stopped */
	double time_s; /* 0: until stopped */
	struct rate rate;
	__u32 batch;
	__u32 threads;
	int cpu; /* of the first thread, -1: any */
	__u32 wait_link_s;
	__u32 report_ms;

	bool smac_given;
	struct mac_range dmac;
	struct mac_range smac;
	struct end_range dst; /* family 0: not given */
	struct end_range src;
	struct tag tag[TAGS_MAX];
	__u32 tags;

	const char *pcap; /* tx: replay it; rx: record there */
	const char *netns;
	const char *bpffs;
	bool json;
	bool pretty;
	bool quiet;
};

/**
 * config_read() - the command line
 *
 * Return: 0; EXIT_USAGE with the error set; -1 if all is done (--help, --version).
 */
int config_read(int argc, char **argv, struct config *conf);

const char *function_name(enum function f);
const char *mode_name(enum mode m);
