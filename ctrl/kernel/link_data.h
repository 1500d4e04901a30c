/* SPDX-License-Identifier: GPL-2.0 */
/* What the driver of a virtual device tells of it by rtnetlink (IFLA_INFO_DATA). Private to
 * ctrl/kernel/.
 */
#pragma once

#include <netlink/attr.h>

#include "ctrl/kernel/link.h"

/** link_data_read() - set mode, external, lower, outer_ip6 and tap_queues of a device whose kind is known */
void link_data_read(struct nlattr *data, struct link_info *info);
