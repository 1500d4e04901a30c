// SPDX-License-Identifier: GPL-2.0
/* Which VLANs come in at a port that does not admit them: counters tell of frames alone, so these
 * are captured while `xsw why` looks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/shell_word.h"
#include "ctrl/kernel/perf_rings.h"
#include "ctrl/stats/capture.h"
#include "maps/drop.h"
#include "tools/xsw/why.h"

#define RING (64U << 10)
#define HEAD 18 /* bytes of a frame up to its first tag, and its type */
#define SHOWN 8 /* VLANs that are told */
#define VIDS 4096
#define WAIT_MS 100

struct vlans_look {
	struct xsw_switch_handle sw;
	struct xsw_capturing *capturing;
	struct perf_rings *rings;
	__u32 frames[VIDS]; /* by VID; 0: without a tag, too */
};

static void on_record(void *owner, const void *record, __u32 len)
{
	struct vlans_look *look = owner;
	struct xsw_capture_meta meta;
	const __u8 *data;
	__u32 vid = 0;

	memcpy(&meta, record, sizeof(meta));
	if (len < sizeof(meta) || meta.caught > len - sizeof(meta) - meta.skip)
		return;
	data = (const __u8 *)record + sizeof(meta) + meta.skip;
	if (meta.tag)
		vid = meta.tag & 0xfff;
	else if (meta.caught >= 16 &&
		 ((data[12] == 0x81 && !data[13]) || (data[12] == 0x88 && data[13] == 0xa8)))
		vid = (data[14] << 8 | data[15]) & 0xfff;
	look->frames[vid]++;
}

void vlans_look_end(struct vlans_look *look)
{
	if (!look)
		return;
	if (look->rings)
		perf_rings_close(look->rings);
	if (look->capturing)
		xsw_capture_close(look->capturing);
	xsw_switch_close(&look->sw);
	free(look);
}

struct vlans_look *vlans_look_begin(const struct xsw_port_info *info)
{
	const struct xsw_capture_want want = {
		.kinds = 1U << XSW_CAPTURE_RX_DROP,
		.reasons = 1U << XSW_DROP_VLAN,
		.snaplen = HEAD,
		.vlan = XSW_CAPTURE_ANY,
		.queue = XSW_CAPTURE_ANY,
	};
	struct vlans_look *look = calloc(1, sizeof(*look));

	if (!look || xsw_switch_open(info->switch_name, &look->sw)) {
		free(look);
		xsw_error_clear();
		return NULL;
	}
	if (perf_rings_open(RING, on_record, &look->rings) ||
	    xsw_capture_open(&look->sw, &want, look->rings, look, &look->capturing)) {
		vlans_look_end(look); /* an earlier version, or all captures are taken */
		xsw_error_clear();
		return NULL;
	}
	xsw_capture_port(look->capturing, info->port, true);
	xsw_capture_on(look->capturing);
	return look;
}

void vlans_look_wait(struct vlans_look *look, double s)
{
	__u64 end = monotonic_ns() + s * NS_PER_S, now, live = 0;

	while ((now = monotonic_ns()) < end) {
		__u64 left_ms = (end - now) / NS_PER_MS + 1;

		if (now - live >= NS_PER_S / 2) {
			xsw_capture_live(look->capturing);
			live = now;
		}
		perf_rings_wait(look->rings, left_ms < WAIT_MS ? left_ms : WAIT_MS);
		perf_rings_read(look->rings, false);
	}
	xsw_capture_off(look->capturing);
	perf_rings_read(look->rings, true);
}

void find_vlans(struct findings *f, const struct xsw_port_info *info, const struct vlans_look *look)
{
	char list[256] = "";
	size_t used = 0;
	int shown = 0, vids = 0;

	for (__u32 vid = 0; look && vid < VIDS; vid++) {
		if (!look->frames[vid])
			continue;
		vids++;
		if (shown++ >= SHOWN || used >= sizeof(list))
			continue;
		used += vid ? snprintf(list + used, sizeof(list) - used, "%svlan %u (%u)",
				       used ? ", " : "", vid, look->frames[vid]) :
			      snprintf(list + used, sizeof(list) - used, "%sno tag (%u)",
				       used ? ", " : "", look->frames[vid]);
	}
	if (!vids)
		return;
	finding_add(f, info, XSW_CHECK_FAIL, "vlan",
		    "frames come in that the port does not admit: %s%s; it has %s", list,
		    vids > SHOWN ? " and others" : "", why_mode(&info->settings));
	finding_remedy(f, "xsw port set %s trunks LIST   # with these, or change the sender",
		       shell_word(info->ifname, XSW_NAME_LEN));
}
