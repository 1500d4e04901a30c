/* SPDX-License-Identifier: GPL-2.0 */
/* XDP programs of others at a device: whose they are, and what removes them. Private to ctrl/. */
#pragma once

#include <stddef.h>

#include "ctrl/kernel/link.h"

/** prog_name() - of the program with number @id, "?" if it cannot be read */
void prog_name(__u32 id, char *name, size_t size);

/**
 * xdp_program_tell() - about the program that @dev has
 * @what: result: "XDP program xdp_pass (id 7, generic)", with the link, where that is pinned or
 *	which process holds it, if the program is attached so
 * @remedy: result: the command that removes it; `ip link` cannot remove what a link attaches
 *
 * Runs in the network namespace of the device.
 */
void xdp_program_tell(const struct link_info *dev, char *what, size_t what_size, char *remedy,
		      size_t remedy_size);
