// SPDX-License-Identifier: GPL-2.0
/* All programs of a switch in one object, so that they share one set of maps.
 * A thin entry file per hook; the steps of a frame's way are in the headers
 * they include: ingress, learn, forward, egress, count.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#include "bpf/entry_age.h"
#include "bpf/entry_egress.h"
#include "bpf/entry_loss.h"
#include "bpf/entry_tc.h"
#include "bpf/entry_user.h"
#include "bpf/entry_xdp.h"

char _license[] SEC("license") = "GPL";
