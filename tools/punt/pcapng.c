// SPDX-License-Identifier: GPL-2.0
/* pcapng FILE: frames as a capture file, draft-ietf-opsawg-pcapng. One interface a port,
 * described when its first frame comes; times in nanoseconds.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/pcapng.h"
#include "maps/limits.h"
#include "tools/punt/punt.h"

static struct {
	struct pcapng to;
	const char *path;
	struct {
		uint32_t id; /* plus 1; 0: not described yet */
		uint32_t ifindex;
	} port[XSW_MAX_PORTS];
} out;

/* Return: its number. A port number that went to another device is another interface. */
static uint32_t interface_of(struct run *r, const struct xsw_punt_frame *f)
{
	struct pcapng_interface interface = {};

	if (out.port[f->port].id && out.port[f->port].ifindex == f->ifindex)
		return out.port[f->port].id - 1;
	interface.name = xsw_punt_port_name(r->punt, f->port);
	out.port[f->port].id = pcapng_interface(&out.to, &interface) + 1;
	out.port[f->port].ifindex = f->ifindex;
	return out.port[f->port].id - 1;
}

/* ---- the handler ---- */

static int write_fail(int err)
{
	return xsw_fail(err, "file", out.path, "cannot write: %s", strerror(err));
}

static int handler_flush(struct run *r)
{
	int err = pcapng_flush(&out.to);

	(void)r;
	return err ? write_fail(-err) : 0;
}

static int handler_open(struct run *r)
{
	FILE *file;

	memset(&out, 0, sizeof(out));
	out.path = r->word[0];
	file = strcmp(out.path, "-") ? fopen(out.path, "we") : stdout;
	if (!file)
		return xsw_fail(errno, "file", out.path, "cannot open: %s", strerror(errno));
	pcapng_begin(&out.to, file, "xsw-punt");
	return handler_flush(r);
}

static void handler_frame(const struct xsw_punt_frame *f, void *run)
{
	struct pcapng_packet packet = {
		.time_ns = f->time_ns,
		.len = f->len,
		.caught = f->caught,
		.data = f->data,
		.direction = PCAPNG_INBOUND,
	};

	if (f->port >= XSW_MAX_PORTS)
		return;
	packet.interface = interface_of(run, f);
	pcapng_packet(&out.to, &packet);
}

static int handler_close(struct run *r)
{
	int err = handler_flush(r);

	return fclose(out.to.file) && !err ? write_fail(errno ? errno : EIO) : err;
}

const struct handler handler_pcapng = {
	.name = "pcapng",
	.words = 1,
	.needs = 1,
	.open = handler_open,
	.frame = handler_frame,
	.flush = handler_flush,
	.close = handler_close,
};
