// SPDX-License-Identifier: GPL-2.0
/* print: a line for each frame, or a JSON object. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "tools/punt/punt.h"

#define HEX_MAX (2 * 65536)

/* At the most @max bytes of the frame */
static const char *hex(const struct xsw_punt_frame *f, uint32_t max)
{
	static char text[HEX_MAX + 1];
	const uint8_t *data = f->data;
	uint32_t n = f->caught < max ? f->caught : max;

	for (uint32_t i = 0; i < n && 2 * i < HEX_MAX; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	return text;
}

static void frame_json(const struct xsw_punt_frame *f, struct run *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "time_ns", json_object_new_int64(f->time_ns));
	json_object_object_add(o, "ifname",
			       json_object_new_string(xsw_punt_port_name(r->punt, f->port)));
	json_object_object_add(o, "ifindex", json_object_new_int64(f->ifindex));
	json_object_object_add(o, "vlan", json_object_new_int64(f->vlan));
	json_object_object_add(o, "rule", json_object_new_int64(f->rule));
	json_object_object_add(o, "len", json_object_new_int64(f->len));
	json_object_object_add(o, "caught", json_object_new_int64(f->caught));
	json_object_object_add(o, "gso_size", json_object_new_int64(f->gso_size));
	json_object_object_add(o, "data", json_object_new_string(hex(f, f->caught)));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void print_frame(const struct xsw_punt_frame *f, void *run)
{
	struct run *r = run;

	if (r->json)
		frame_json(f, r);
	else
		printf("%s: vlan %u rule %u len %u %s%s\n", xsw_punt_port_name(r->punt, f->port),
		       f->vlan, f->rule, f->len, hex(f, 64), f->caught > 64 ? "..." : "");
}

static int print_flush(struct run *r)
{
	(void)r;
	return fflush(stdout) ? xsw_fail(EIO, "output", NULL, "cannot write to standard output") :
				0;
}

const struct handler handler_print = {
	.name = "print",
	.frame = print_frame,
	.flush = print_flush,
};
