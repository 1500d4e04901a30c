/* SPDX-License-Identifier: GPL-2.0 */
/* What `xsw why` finds. */
#pragma once

#include <linux/types.h>

#include "ctrl/port/check_rows.h"
#include "maps/stats.h"
#include "tools/xsw/xsw.h"

struct finding {
	int status;	     /* XSW_CHECK_*: fail stops frames now, warn did or may */
	const char *finding; /* stable word */
	const char *reason;  /* of a drop, else NULL */
	char ifname[XSW_NAME_LEN];
	char netns[XSW_NETNS_LEN];
	__u64 frames; /* dropped while it was looked; of a drop */
	__u64 total;  /* since the counters began */
	char detail[384];
	char remedy[384]; /* commands; "" where none can be told */
};

struct findings {
	struct finding *row;
	int n;
	bool no_memory;
};

/**
 * finding_add() - one more
 * @info: the port that it is about
 *
 * Return: it, or NULL without memory, which @f then notes.
 */
__attribute__((format(printf, 5, 6))) struct finding *finding_add(struct findings *f,
								  const struct xsw_port_info *info,
								  int status, const char *finding,
								  const char *fmt, ...);

/** finding_remedy() - what helps against the one that was added last */
__attribute__((format(printf, 2, 3))) void finding_remedy(struct findings *f, const char *fmt, ...);

/**
 * find_drops() - what was dropped where frames enter and leave a port, by reason
 * @then, @now: its counters, before and after it was looked
 */
void find_drops(struct findings *f, const struct xsw_port_info *info, const struct xsw_stats *then,
		const struct xsw_stats *now);

struct vlans_look;

/**
 * vlans_look_begin() - begin to look which VLANs come in at the port that it does not admit
 * vlans_look_wait() - look for @s seconds
 * vlans_look_end() - @look may be NULL
 * find_vlans() - tell what was seen; @look may be NULL
 *
 * Return of vlans_look_begin(): NULL where no frames can be captured.
 */
struct vlans_look *vlans_look_begin(const struct xsw_port_info *info);
void vlans_look_wait(struct vlans_look *look, double s);
void vlans_look_end(struct vlans_look *look);
void find_vlans(struct findings *f, const struct xsw_port_info *info,
		const struct vlans_look *look);

/** find_link() - why a port cannot forward */
void find_link(struct findings *f, const struct xsw_port_info *info);

/** find_moves() - addresses that left the port, or come and go, by the events that are kept */
void find_moves(struct findings *f, const struct xsw_switch_handle *sw,
		const struct xsw_port_info *info);

/** find_bound() - addresses that are bound to the port and speak elsewhere */
void find_bound(struct findings *f, const struct xsw_switch_handle *sw,
		const struct xsw_port_info *info);

/** why_mode() - "vlan_mode access tag 10", in a buffer that the next call overwrites */
const char *why_mode(const struct xsw_port_settings *settings);

/** port_name_of() - the name of port number @port of @sw, in a buffer that the next call overwrites */
const char *port_name_of(const struct xsw_switch_handle *sw, __u32 port);

/**
 * why_peer_mac() - the MAC address that `peer ADDRESS` means
 * @text: a MAC or IP address; an IP address is looked up among bindings and neighbours
 *
 * Return: 0, EXIT_USAGE or EXIT_REFUSED, printed.
 */
int why_peer_mac(const struct xsw_switch_handle *sw, const char *text, __u8 *mac);

/** find_peer() - what keeps the port and the host with address @mac from each other */
void find_peer(struct findings *f, const struct xsw_switch_handle *sw,
	       const struct xsw_port_info *info, const __u8 *mac);
