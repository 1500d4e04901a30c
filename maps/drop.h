/* SPDX-License-Identifier: GPL-2.0 */
/* Why a frame was dropped: the one list of numbers and words. Append only;
 * a number once given stays, the words are stable interface.
 */
#pragma once

#define XSW_DROP_REASONS(X)                                                                        \
	X(RUNT, "runt")		  /* header or first tag cut short */                              \
	X(RESERVED, "reserved")	  /* 01-80-C2-00-00-00..0F */                                      \
	X(SRC, "src")		  /* source is a group address or zero */                          \
	X(VID, "vid")		  /* VID 4095 */                                                   \
	X(VLAN, "vlan")		  /* the port does not admit this VLAN or tag */                   \
	X(LOCKED, "locked")	  /* locked port, source has no entry here */                      \
	X(SPOOF, "spoof")	  /* source not allowed on the port */                             \
	X(ISOLATED, "isolated")	  /* from an isolated port to another */                           \
	X(SAME_PORT, "same-port") /* destination is behind the ingress port */                     \
	X(NO_MEMBER, "no-member") /* destination port is not a member of the VLAN */               \
	X(MTU, "mtu")		  /* longer than the egress port takes */                          \
	X(POLICER, "policer")	  /* over the configured rate */                                   \
	X(STORM, "storm")	  /* over the storm control rate */                                \
	X(MAC_LIMIT, "mac-limit") /* more addresses than the port may have */                      \
	X(PORT_DOWN, "port-down") /* the port cannot forward: no frame enters or leaves */         \
	X(XMIT, "xmit")		  /* the egress device did not take it */                          \
	X(RX_OFF, "rx-off")	  /* ingress port has rx off */                                    \
	X(TX_OFF, "tx-off")	  /* egress port has tx off */                                     \
	X(NO_MEMORY, "no-memory") /* no room to retag or clone the frame */                        \
	X(RING_FULL, "ring-full") /* the program that the frame is for reads too slowly */         \
	X(DHCP, "dhcp")		  /* of a DHCP server, on a port that has none */                  \
	X(RA, "ra")		  /* of a router of IPv6, on a port that has none */               \
	X(MIRROR, "mirror")	  /* from or to the output port of a mirror */

#define XSW_DROP_ENUM(name, text) XSW_DROP_##name,
enum xsw_drop { XSW_DROP_REASONS(XSW_DROP_ENUM) XSW_DROP_COUNT };
#undef XSW_DROP_ENUM

#define XSW_DROP_MAX 32 /* room in struct xsw_stats */
_Static_assert(XSW_DROP_COUNT <= XSW_DROP_MAX, "room for drop reasons");
