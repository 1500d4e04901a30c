// SPDX-License-Identifier: GPL-2.0
/* The reader of LLDP frames: anybody on the wire writes them. What is read is text that can
 * be printed, and is the same when it is sent and read again.
 */
#include "selftests/fuzz/fuzz.h"

#include "ctrl/punt/lldp_frame.h"

#define SUBTYPE_LOCAL 7 /* of chassis and port: text */

static void text(const char *t)
{
	must(memchr(t, '\0', XSW_LLDP_TEXT));
	for (; *t; t++)
		must(*t >= ' ' && *t <= '~');
}

static void again(struct xsw_lldp *n)
{
	static const __u8 source[6] = { 2, 0, 0, 0, 0, 1 };
	__u8 frame[LLDP_FRAME_MAX];
	struct xsw_lldp other;
	size_t len;
	__u64 msap;

	n->chassis_subtype = SUBTYPE_LOCAL;
	n->port_subtype = SUBTYPE_LOCAL;
	len = lldp_build(frame, source, n);
	must(len <= sizeof(frame) && !lldp_parse(frame, len, &other, &msap));
	must(other.ttl_s == n->ttl_s && !strcmp(other.chassis_id, n->chassis_id) &&
	     !strcmp(other.port_id, n->port_id));
	if (n->ttl_s)
		must(!strcmp(other.sys_name, n->sys_name) &&
		     !strcmp(other.sys_descr, n->sys_descr) && other.can == n->can);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct xsw_lldp n;
	__u64 msap;

	if (lldp_parse(data, size, &n, &msap))
		return 0;
	text(n.chassis_id);
	text(n.port_id);
	text(n.port_descr);
	text(n.sys_name);
	text(n.sys_descr);
	text(n.address);
	if (*n.chassis_id && *n.port_id)
		again(&n);
	return 0;
}
