// SPDX-License-Identifier: GPL-2.0
/* Frames of a port with ra_guard, dhcp_guard or both, built from the input, perhaps cut, and in
 * pieces: the steps of the data path drop those that a plain reading says are a router's or a DHCP
 * server's, or hide it, and only those.
 */
#include "selftests/fuzz/one_port.h"

#include "selftests/prog/guard_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int drops[] = {
		[GUARD_PASSES] = -1, [GUARD_RA] = XSW_DROP_RA, [GUARD_DHCP] = XSW_DROP_DHCP
	};
	static struct xsw_port *port;
	struct frame f;
	uint8_t guards;

	if (!port)
		port = port_make(XSW_PORT_RARE);
	draw_input = data;
	draw_input_end = data + size;
	guards = take8() % 3 + 1;
	port->rare = (guards & 1 ? XSW_RARE_RA_GUARD : 0) | (guards & 2 ? XSW_RARE_DHCP_GUARD : 0);
	guarded_draw(&f);
	if (f.len < 18) /* the header or a tag may be cut: runt */
		return 0;
	must(drops[guard_says(&f, guards & 1, guards & 2)] == port_drops(&f));
	return 0;
}
