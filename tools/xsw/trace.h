/* SPDX-License-Identifier: GPL-2.0 */
/* The frame that `xsw trace` is about: in words, in hex, or a record of a file of frames. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "tools/slowpath/steps/trace.h"
#include "tools/xsw/xsw.h"

#define ASKED_TAGS 8

/* What the command line says; a member is in use if its bit of @given is set. */
struct asked {
	__u64 given;
	const char *ifname;
	__u8 src[6], dst[6];
	__u32 ethertype, len, nr, path;
	struct {
		__u16 tpid, tci;
	} tag[ASKED_TAGS];
	__u32 tags;
	const char *payload, *frame, *pcap; /* NULL: not given */
};

enum asked_opt { ASKED_SRC, ASKED_DST, ASKED_ETHERTYPE, ASKED_LEN, ASKED_NR, ASKED_PATH };

extern const struct opts asked_opts;

/** trace_ports() - what trace_run() has to know of the ports of @sw; @ports: XSW_MAX_PORTS, all zero */
void trace_ports(const struct xsw_switch_handle *sw, struct trace_port *ports);

/** trace_skb_tells() - for struct trace */
bool trace_skb_tells(void);

/** asked_read() - read the words of the command. Return: 0 or EXIT_USAGE, printed. */
int asked_read(struct words *w, struct asked *asked);

/**
 * asked_frame() - make the frame
 * @data: result, of TRACE_LEN_MAX bytes
 * @len: result
 *
 * Return: 0, EXIT_USAGE or EXIT_REFUSED, printed.
 */
int asked_frame(const struct asked *asked, __u8 *data, __u32 *len);
