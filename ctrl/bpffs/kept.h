/* SPDX-License-Identifier: GPL-2.0 */
/* Switches that stay open from one command to the next, in a process that does many under one lock
 * of writers: the lines of a batch. Opening a switch takes 150 system calls, most changes take 20.
 *
 * What is kept is true as long as the process has the lock, and drops it before a command that
 * makes, removes, upgrades or resizes something: see ctrl/switch/batch.h. Private to ctrl/.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/port.h"

#define KEPT_MAX 64	/* switches */
#define KEPT_FDS 64	/* descriptors of one at the most */
#define KEPT_OTHERS 128 /* descriptors of whatever else the process does */

/* New settings of a port that no program reads yet, see kept_late_put() */
struct kept_late {
	struct xsw_port next;
	bool moves_vlans; /* what was learned at the port no longer holds */
};

struct xsw_kept {
	struct xsw_switch_handle sw;
	int prog_user;	  /* program xsw_user, -1: not open yet */
	bool rings_known; /* the next two are as they are to be */
	void *rings;	  /* of events, mapped; NULL: there are none */
	size_t rings_bytes;
	bool refresh;		       /* ask the devices again before the lock is given back */
	bool told[XSW_MAX_PORTS];      /* see xsw_batch_first() */
	__u32 mtu[XSW_MAX_PORTS];      /* of the device when it was asked, 0: not yet */
	bool slot_free[XSW_MAX_PORTS]; /* no program reads the other slot of the port */
	struct kept_late *late[XSW_MAX_PORTS]; /* by port */
};

/**
 * kept_room() - let the process have descriptors for as many switches as the system allows
 *
 * Before the first kept_begin(). Without it, or where the system allows few, few are kept.
 */
void kept_room(void);

/** kept_begin() - from here on keep what is opened; kept_end(): no longer */
void kept_begin(void);
void kept_end(void);

/** kept_is_full() - was there a switch that could not be kept because others are? */
bool kept_is_full(void);

/**
 * kept_put() - keep @sw, which has just been opened
 *
 * Nothing if nothing is to be kept, there is no room, or no memory.
 */
void kept_put(struct xsw_switch_handle *sw);

/** kept_get() - the switch called @name as it is kept. Return: is it? */
bool kept_get(const char *name, struct xsw_switch_handle *sw);

/** kept_next() - the kept switch behind @kept, the first behind NULL; NULL: there is none */
struct xsw_kept *kept_next(const struct xsw_kept *kept);

/** kept_take() - stop keeping one: @sw is the caller's to close. Return: was there one? */
bool kept_take(struct xsw_switch_handle *sw);

/**
 * kept_late_put() - note settings of @port that are to come: conf_read() tells of them
 * kept_late_take() - forget them again, because they are written now
 *
 * Settings that change faster than programs let go of a slot need not wait for each other.
 * Return: 0 or -ENOMEM; take: were there any?
 */
int kept_late_put(struct xsw_kept *kept, __u32 port, const struct xsw_port *next, bool moves_vlans);
bool kept_late_take(struct xsw_kept *kept, __u32 port, struct kept_late *late);

/** kept_slots_freed() - all programs have let go of the slots that are out of use now */
void kept_slots_freed(struct xsw_kept *kept);
