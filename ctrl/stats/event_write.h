/* SPDX-License-Identifier: GPL-2.0 */
/* Events by command. Private to ctrl/. All run under xsw_lock_and_repair(). */
#pragma once

#include "ctrl/bpffs/handle.h"
#include "maps/event.h"

/**
 * event_tell() - tell readers of something that a command did
 * @addr: NULL for none
 *
 * Best effort: a switch of an older version has no events.
 */
void event_tell(const struct xsw_switch_handle *sw, enum xsw_event_kind kind, __u32 port,
		const struct xsw_fdb_key *addr, __u32 arg);

/** event_tell_name() - the same for kinds that carry the device's name */
void event_tell_name(const struct xsw_switch_handle *sw, enum xsw_event_kind kind, __u32 port,
		     const char *ifname);
