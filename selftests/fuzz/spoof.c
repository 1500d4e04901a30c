// SPDX-License-Identifier: GPL-2.0
/* Frames of a port with spoof_check, built from the input, perhaps cut, and in pieces: the steps
 * of the data path drop those whose sender is not bound, and only those, as a plain reading of
 * the frame says.
 */
#include "selftests/fuzz/one_port.h"

#include "maps/spoof.h"
#include "selftests/prog/spoof_model.h"

static void bind_put(const uint8_t *mac, const uint8_t *ip)
{
	struct xsw_bind_ip_key key_ip = { .port = 1 };
	struct xsw_bind_key key = { .port = 1 };
	struct xsw_bind value = { .flags = ip ? XSW_BIND_IP : 0 };
	__u32 one = 1;

	memcpy(key.mac, mac, 6);
	must(!umap_update(umap_by_name("xsw_bind"), &key, &value, 0));
	if (!ip)
		return;
	memcpy(key_ip.mac, mac, 6);
	memcpy(key_ip.ip, ip, 16);
	must(!umap_update(umap_by_name("xsw_bind_ip"), &key_ip, &one, 0));
}

static void tables_make(void)
{
	uint8_t mapped[16] = { [10] = 0xff, 0xff };

	port_make(XSW_PORT_SPOOF_MAC);
	memcpy(mapped + 12, own4, 4);
	bind_put(macs[0], mapped);
	bind_put(macs[0], own6);
	bind_put(macs[1], NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f;

	if (!umap_by_name("xsw_switch"))
		tables_make();
	draw_input = data;
	draw_input_end = data + size;
	frame_draw(&f);
	if (f.len < 18) /* the header or a tag may be cut: runt */
		return 0;
	must(forged(&f) == (port_drops(&f) == XSW_DROP_SPOOF));
	return 0;
}
