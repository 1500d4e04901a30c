// SPDX-License-Identifier: GPL-2.0
/* All programs of a switch in one object, so that they share one set of maps.
 * This is the one unit that is compiled: it includes a thin file for each hook, and those include
 * the steps of a frame's way, a header each: ingress, learn, forward, egress, count.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "bpf/in_kernel.h"

#include "bpf/hook_age.c"
#include "bpf/hook_egress.c"
#include "bpf/hook_loss.c"
#include "bpf/hook_request.c"
#include "bpf/hook_tc.c"
#include "bpf/hook_xdp.c"

char _license[] SEC("license") = "GPL";
