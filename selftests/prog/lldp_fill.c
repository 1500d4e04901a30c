// SPDX-License-Identifier: GPL-2.0
/* Neighbours of ports that are not there, as many as XSW_LLDP_MANY and as if each had been heard
 * just now.
 *
 *   lldp_fill SWITCH
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/switch/switch.h"
#include "maps/lldp.h"

#define FIRST_PORT 100

int main(int argc, char **argv)
{
	struct xsw_lldp n = { .ttl_s = 1000, .chassis_id = "guest", .port_id = "x" };
	struct xsw_switch_handle sw;

	if (argc != 2 || xsw_switch_open(argv[1], &sw)) {
		fprintf(stderr, "lldp_fill: %s\n", argc == 2 ? xsw_error_last()->text : "SWITCH");
		return 2;
	}
	n.heard_ns = boot_ns();
	for (int i = 0; i < XSW_LLDP_MANY; i++) {
		struct xsw_lldp_key key = { .port = FIRST_PORT + i / XSW_LLDP_PORT_MAX,
					    .msap = i + 1 };

		if (bpf_map_update_elem(sw.map.lldp, &key, &n, BPF_NOEXIST)) {
			perror("lldp_fill");
			return 2;
		}
	}
	return 0;
}
