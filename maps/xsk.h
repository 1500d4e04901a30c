/* SPDX-License-Identifier: GPL-2.0 */
/* Map xsw_xsk: the AF_XDP sockets of a switch, by port and receive queue. Bound by
 * xsw-slowpath; an entry goes with its socket.
 */
#pragma once

#include "maps/limits.h"

#define XSW_XSK_QUEUES 64 /* of a device; what further ones receive the kernel forwards */
#define XSW_XSK_INDEX(port, queue) ((port)*XSW_XSK_QUEUES + (queue))
#define XSW_XSKS (XSW_MAX_PORTS * XSW_XSK_QUEUES)
