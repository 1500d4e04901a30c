/* SPDX-License-Identifier: GPL-2.0 */
/* The other end of a port that is a veth, where TC may hand frames straight to it
 * (bpf_redirect_peer). Map xsw_peer, an array of __u64 by port number: the address of
 * that end in the order of its bytes, and XSW_PEER_VALID; 0: it may not. Written by the
 * controller, set to 0 by the programs when the kernel has refused, or the port could not forward.
 */
#pragma once

#define XSW_PEER_VALID (1ULL << 48)
