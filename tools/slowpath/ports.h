/* SPDX-License-Identifier: GPL-2.0 */
/* Open and close ports as commands change the switch. Context: main thread. */
#pragma once

#include "ctrl/switch/switch.h"
#include "tools/slowpath/port.h"

/**
 * ports_unserved() - no port has a socket, whatever a process that was killed has left
 *
 * To be called at once by who has taken the switch: until then ports look served.
 */
void ports_unserved(void);

/**
 * ports_begin() - of switch @sw
 * @chunks: there are
 * @mode_of: how to wait for the frames of a port
 */
void ports_begin(const struct xsw_switch_handle *sw, __u32 chunks,
		 enum mode (*mode_of)(const char *ifname));

/**
 * ports_follow() - open and close as the switch's ports have come, gone or changed
 * @links: devices may have changed, too
 *
 * Return: is something left to try again?
 */
bool ports_follow(bool links);

/** ports_end() - close all. Context: no worker runs. */
void ports_end(void);
