/* SPDX-License-Identifier: GPL-2.0 */
/* Who serves the AF_XDP sockets of a switch: xsw-slowpath, while it holds a lock on the
 * switch's folder in bpffs. The lock goes with the process, however that ends.
 */
#pragma once

#include <stdbool.h>

#include "ctrl/bpffs/handle.h"
#include "maps/port_record.h"

/**
 * xsk_lock() - be the process that serves the sockets
 *
 * Return: a descriptor that holds the lock until it is closed; -EBUSY if another process
 * does; -errno. The error is set.
 */
int xsk_lock(const struct xsw_switch_handle *sw);

/** xsk_served() - does such a process live? */
bool xsk_served(const struct xsw_switch_handle *sw);

/**
 * xsk_path() - what path the frames of a port with path afxdp take now
 * @record: use_path and reason are set; other ports' stay
 */
void xsk_path(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record);
