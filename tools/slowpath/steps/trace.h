/* SPDX-License-Identifier: GPL-2.0 */
/* What would become of a frame that entered a switch now: the steps run on copies of the switch's
 * tables (copied.h), and tell what they ask and answer. Nothing is learned, counted, charged or
 * sent.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/switch/switch.h"
#include "maps/fdb.h"
#include "maps/limits.h"
#include "maps/stats.h"

#define TRACE_LEN_MIN 14	   /* an Ethernet header: no device takes less */
#define TRACE_LEN_MAX (65535 + 18) /* and the largest MTU, with a tag */

enum trace_verdict {
	TRACE_UNICAST,
	TRACE_FLOODED,
	TRACE_DROPPED,
	TRACE_PUNTED, /* to a program that reads punted frames */
	TRACE_HOST,   /* to the host's network stack, by a rule of punting */
};

/* What is known of a port, by number; one without a name is none. */
struct trace_port {
	char ifname[XSW_NAME_LEN];
	__u32 ifindex;
	__u32 mtu;	    /* 0: it has no device */
	const char *unable; /* why it cannot forward, NULL: it can */
};

struct trace_step {
	const char *step;
	char text[256];
};

struct trace_out {
	__u32 port;
	__u32 len;
	__u8 *data;
};

struct trace {
	/* asked */
	__u32 port;			/* where the frame comes in */
	__u32 path;			/* XSW_PATH_* by which it comes in */
	const struct trace_port *ports; /* XSW_MAX_PORTS of them */
	bool (*skb_tells)(
		void); /* do programs see whether the checksum of a veth's frame is full? */

	/* answered */
	enum trace_verdict verdict;
	int reason;  /* enum xsw_drop, -1: none */
	int vlan;    /* in the switch, -1: it got into none */
	bool learns; /* the FDB would be another: @learned on @port */
	struct xsw_fdb_key learned;
	__u32 finishes; /* XSW_PATH_* that would finish the frame */
	struct trace_step *steps;
	__u32 n_steps;
	struct trace_out *outs;
	__u32 n_outs;
};

/**
 * trace_begin() - on the tables of @sw
 * @readers: sockets of punted frames that a program reads, a bit each
 *
 * Call trace_end() also if it fails. Return: 0, or -errno with the error set.
 */
int trace_begin(const struct xsw_switch_handle *sw, __u32 readers);
void trace_end(void);

/**
 * trace_run() - the way of one frame
 * @t: "asked" is filled in, the rest is 0; trace_free() afterwards
 * @len: TRACE_LEN_MIN to TRACE_LEN_MAX
 *
 * Return: 0; -ENOENT: there is no such port; -EAGAIN: commands change it all the time; -ENOMEM.
 */
int trace_run(struct trace *t, const __u8 *frame, __u32 len);
void trace_free(struct trace *t);
