/* SPDX-License-Identifier: GPL-2.0 */
/* Choose the path of a port, and prepare its device for it. Private to ctrl/. */
#pragma once

#include "ctrl/kernel/link.h"
#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"

/**
 * path_take() - put the port on the path that @record->want_path asks for
 * @record: use_path, reason and saved are set; written to the map before each
 *	change of a device, so that a killed command can be undone
 *
 * Falls back to skb with a reason. Return: 0, or -EBUSY with the error set if
 * the user insists on XDP and somebody else's program is attached.
 */
int path_take(const struct xsw_switch_handle *sw, __u32 port, const struct link_info *dev,
	      struct xsw_port_record *record);

/** path_leave() - detach XDP and give the device back what XDP needed */
void path_leave(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		bool here);

/** path_changes() - would path_take() now do something else than what is in use? */
bool path_changes(const struct xsw_port_record *record, __u32 want_path);
