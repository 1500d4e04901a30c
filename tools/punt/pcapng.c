// SPDX-License-Identifier: GPL-2.0
/* pcapng FILE: frames as a capture file, draft-ietf-opsawg-pcapng. One interface a port,
 * described when its first frame comes; times in nanoseconds.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "maps/limits.h"
#include "tools/punt/punt.h"

#define BLOCK_SECTION 0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LINKTYPE_ETHERNET 1
#define OPT_END 0
#define SHB_USERAPPL 4
#define IF_NAME 2
#define IF_TSRESOL 9
#define EPB_FLAGS 2
#define FLAGS_INBOUND 1
#define BLOCK_MAX (65536 + 256)

static struct {
	FILE *file;
	const char *path;
	bool failed;
	uint32_t interfaces;
	struct {
		uint32_t id; /* plus 1; 0: not described yet */
		uint32_t ifindex;
	} port[XSW_MAX_PORTS];
	uint8_t block[BLOCK_MAX];
	uint32_t len;
} out;

/* ---- a block ---- */

static void put(const void *data, uint32_t len)
{
	static const uint8_t zero[4];

	if (len)
		memcpy(out.block + out.len, data, len);
	out.len += len;
	memcpy(out.block + out.len, zero, -len & 3);
	out.len += -len & 3;
}

static void put_u32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void put_option(uint16_t code, const void *data, uint16_t len)
{
	uint16_t head[2] = { code, len };

	put(head, sizeof(head));
	put(data, len);
}

/* Its length stands before and behind it: the first is put in at the end. */
static void block_begin(uint32_t type)
{
	out.len = 0;
	put_u32(type);
	put_u32(0);
}

static void block_end(void)
{
	uint32_t len = out.len + sizeof(len);

	memcpy(out.block + 4, &len, sizeof(len));
	put_u32(len);
	if (fwrite(out.block, out.len, 1, out.file) != 1)
		out.failed = true;
}

static void section(void)
{
	static const char us[] = "xsw-punt";
	int64_t length = -1; /* not known */
	uint16_t version[2] = { 1, 0 };

	block_begin(BLOCK_SECTION);
	put_u32(BYTE_ORDER_MAGIC);
	put(version, sizeof(version));
	put(&length, sizeof(length));
	put_option(SHB_USERAPPL, us, sizeof(us) - 1);
	put_option(OPT_END, NULL, 0);
	block_end();
}

/* Return: its number. A port number that went to another device is another interface. */
static uint32_t interface_of(struct run *r, const struct xsw_punt_frame *f)
{
	uint16_t linktype[2] = { LINKTYPE_ETHERNET, 0 };
	const char *name;
	uint8_t resolution = 9; /* 10^-9 s */

	if (out.port[f->port].id && out.port[f->port].ifindex == f->ifindex)
		return out.port[f->port].id - 1;
	name = xsw_punt_port_name(r->punt, f->port);
	block_begin(BLOCK_INTERFACE);
	put(linktype, sizeof(linktype));
	put_u32(0); /* no limit of length */
	put_option(IF_NAME, name, strlen(name));
	put_option(IF_TSRESOL, &resolution, sizeof(resolution));
	put_option(OPT_END, NULL, 0);
	block_end();
	out.port[f->port].id = ++out.interfaces;
	out.port[f->port].ifindex = f->ifindex;
	return out.interfaces - 1;
}

/* ---- the handler ---- */

static int pcapng_fail(void)
{
	int err = errno ? errno : EIO;

	return xsw_fail(err, "file", out.path, "cannot write: %s", strerror(err));
}

static int pcapng_open(struct run *r)
{
	memset(&out, 0, sizeof(out));
	out.path = r->word[0];
	out.file = strcmp(out.path, "-") ? fopen(out.path, "we") : stdout;
	if (!out.file)
		return xsw_fail(errno, "file", out.path, "cannot open: %s", strerror(errno));
	section();
	return fflush(out.file) ? pcapng_fail() : 0;
}

static void pcapng_frame(const struct xsw_punt_frame *f, void *run)
{
	uint32_t id, flags = FLAGS_INBOUND;

	if (f->port >= XSW_MAX_PORTS)
		return;
	id = interface_of(run, f);
	block_begin(BLOCK_PACKET);
	put_u32(id);
	put_u32(f->time_ns >> 32);
	put_u32(f->time_ns);
	put_u32(f->caught);
	put_u32(f->len);
	put(f->data, f->caught);
	put_option(EPB_FLAGS, &flags, sizeof(flags));
	put_option(OPT_END, NULL, 0);
	block_end();
}

static int pcapng_flush(struct run *r)
{
	(void)r;
	return fflush(out.file) || out.failed ? pcapng_fail() : 0;
}

static int pcapng_close(struct run *r)
{
	int err = pcapng_flush(r);

	return fclose(out.file) && !err ? pcapng_fail() : err;
}

const struct handler handler_pcapng = {
	.name = "pcapng",
	.words = 1,
	.needs = 1,
	.open = pcapng_open,
	.frame = pcapng_frame,
	.flush = pcapng_flush,
	.close = pcapng_close,
};
