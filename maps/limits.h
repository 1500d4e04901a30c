/* SPDX-License-Identifier: GPL-2.0 */
/* Sizes that kernel and user space agree on. A change here is a change of
 * the layout: raise XSW_LAYOUT, which is part of every pin's path.
 */
#pragma once

#define XSW_LAYOUT 3 /* pins live in <bpffs>/<switch>/v3/ */

#define XSW_MAX_PORTS 1024 /* port numbers run from 1 to 1023; 0 is "none" */
#define XSW_NAME_LEN 16	   /* switch and device names, with the final NUL */

/* Each port owns two slots of settings: its number, and its number plus
 * XSW_MAX_PORTS. One is in use, the other is written by `port set`.
 */
#define XSW_MAX_SLOTS (2 * XSW_MAX_PORTS)
#define XSW_SLOT_PORT(slot) ((slot) & (XSW_MAX_PORTS - 1))
#define XSW_SLOT_OTHER(slot) ((slot) ^ XSW_MAX_PORTS)

/* ifindex numbers below this are looked up in an array, others in a hash. */
#define XSW_IFINDEX_ARRAY 65536

#define XSW_VID_MAX 4094  /* 4095 is reserved, IEEE 802.1Q-2018 table 9-2 */
#define XSW_VLAN_WORDS 64 /* 4096 bits as __u64 */
