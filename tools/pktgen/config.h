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
#define FRAGMENTS_MAX 16 /* 17 fit an skb, of which one is its head */
#define FRAGMENT_MAX 4096
#define SLOTS_MAX 16384
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

	__u32 len;     /* bytes of a frame, tags included, FCS not */
	__u32 len_min; /* -l twice: lengths at random, from this one to below @len; 0: no */
	__u32 lens;    /* how often -l was given */
	__u32 fragments, fragment_len; /* -F, -M as given; 0: not given */
	__u32 piece_len;	       /* what comes of them: bytes of a descriptor; 0: as fits */
	__u32 tx_slots, rx_slots;      /* of the rings; 0: not given */
	bool count_given;
	__u64 count;   /* 0: until stopped */
	double time_s; /* 0: until stopped */
	struct rate rate;
	__u32 batch;
	__u32 threads;
	int cpu;    /* of the first thread, -1: any */
	__u32 cpus; /* how many, from CPU 0 on; 0: all */
	__u32 wait_link_s;
	__u32 report_ms;

	bool smac_given;
	bool announce; /* rx, pong: a frame from each of smac first */
	struct mac_range dmac;
	struct mac_range smac;
	struct end_range dst; /* family 0: not given */
	struct end_range src;
	bool random_dst; /* address and port */
	bool random_src;
	struct tag tag[TAGS_MAX];
	__u32 tags;

	const char *pcap; /* tx: replay it; rx: record there */
	const char *netns;
	const char *bpffs;
	bool deviation; /* of the rate, in the live line */
	bool dump;	/* frames, to stdout */
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

/**
 * config_cpu() - the CPU of a thread
 *
 * Return: -1 where it may have any that -c allows.
 */
int config_cpu(const struct config *conf, unsigned int thread);

/** config_mean_len() - bytes of a frame, on average */
double config_mean_len(const struct config *conf);

const char *function_name(enum function f);
const char *mode_name(enum mode m);
