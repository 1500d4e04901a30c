// SPDX-License-Identifier: GPL-2.0
#include "ctrl/base/pcapng.h"

#include <errno.h>
#include <string.h>

#define BLOCK_SECTION 0x0a0d0d0a
#define BLOCK_INTERFACE 1
#define BLOCK_STATISTICS 5
#define BLOCK_PACKET 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define LINKTYPE_ETHERNET 1
#define OPT_END 0
#define OPT_COMMENT 1
#define SHB_USERAPPL 4
#define IF_NAME 2
#define IF_DESCRIPTION 3
#define IF_TSRESOL 9
#define IF_FILTER 11
#define FILTER_TEXT 0
#define EPB_FLAGS 2
#define EPB_QUEUE 6
#define ISB_IFRECV 4
#define ISB_IFDROP 5

/* ---- a block ---- */

static void put(struct pcapng *p, const void *data, uint32_t len)
{
	static const uint8_t zero[4];

	if (len)
		memcpy(p->block + p->len, data, len);
	p->len += len;
	memcpy(p->block + p->len, zero, -len & 3);
	p->len += -len & 3;
}

static void put_u32(struct pcapng *p, uint32_t value)
{
	put(p, &value, sizeof(value));
}

static void put_option(struct pcapng *p, uint16_t code, const void *data, uint16_t len)
{
	uint16_t head[2] = { code, len };

	put(p, head, sizeof(head));
	put(p, data, len);
}

static void put_text(struct pcapng *p, uint16_t code, const char *text)
{
	if (text && *text)
		put_option(p, code, text, strnlen(text, PCAPNG_TEXT_MAX));
}

/* Its length stands before and behind it: the first is put in at the end. */
static void block_begin(struct pcapng *p, uint32_t type)
{
	p->len = 0;
	put_u32(p, type);
	put_u32(p, 0);
}

static void block_end(struct pcapng *p)
{
	uint32_t len = p->len + sizeof(len);

	memcpy(p->block + 4, &len, sizeof(len));
	put_u32(p, len);
	if (fwrite(p->block, p->len, 1, p->file) == 1)
		p->bytes += p->len;
	else if (!p->error)
		p->error = errno ? errno : EIO;
}

/* In two words, the higher one first */
static void put_time(struct pcapng *p, uint64_t time_ns)
{
	put_u32(p, time_ns >> 32);
	put_u32(p, time_ns);
}

/* ---- the kinds of blocks ---- */

void pcapng_begin(struct pcapng *p, FILE *file, const char *us)
{
	int64_t length = -1; /* not known */
	uint16_t version[2] = { 1, 0 };

	p->file = file;
	p->interfaces = 0;
	p->bytes = 0;
	block_begin(p, BLOCK_SECTION);
	put_u32(p, BYTE_ORDER_MAGIC);
	put(p, version, sizeof(version));
	put(p, &length, sizeof(length));
	put_text(p, SHB_USERAPPL, us);
	put_option(p, OPT_END, NULL, 0);
	block_end(p);
}

/* The filter's text follows a byte that says it is one. */
static void put_filter(struct pcapng *p, const char *filter)
{
	char text[1 + PCAPNG_TEXT_MAX] = { FILTER_TEXT };
	size_t len = filter ? strnlen(filter, PCAPNG_TEXT_MAX) : 0;

	if (!len)
		return;
	memcpy(text + 1, filter, len);
	put_option(p, IF_FILTER, text, len + 1);
}

uint32_t pcapng_interface(struct pcapng *p, const struct pcapng_interface *i)
{
	uint16_t linktype[2] = { LINKTYPE_ETHERNET, 0 };
	uint8_t resolution = 9; /* 10^-9 s */

	block_begin(p, BLOCK_INTERFACE);
	put(p, linktype, sizeof(linktype));
	put_u32(p, i->snaplen);
	put_text(p, IF_NAME, i->name);
	put_text(p, IF_DESCRIPTION, i->description);
	put_option(p, IF_TSRESOL, &resolution, sizeof(resolution));
	put_filter(p, i->filter);
	put_option(p, OPT_END, NULL, 0);
	block_end(p);
	return p->interfaces++;
}

void pcapng_packet(struct pcapng *p, const struct pcapng_packet *packet)
{
	block_begin(p, BLOCK_PACKET);
	put_u32(p, packet->interface);
	put_time(p, packet->time_ns);
	put_u32(p, packet->caught);
	put_u32(p, packet->len);
	put(p, packet->data, packet->caught);
	put_text(p, OPT_COMMENT, packet->comment);
	put_option(p, EPB_FLAGS, &packet->direction, sizeof(packet->direction));
	if (packet->has_queue)
		put_option(p, EPB_QUEUE, &packet->queue, sizeof(packet->queue));
	put_option(p, OPT_END, NULL, 0);
	block_end(p);
}

void pcapng_statistics(struct pcapng *p, uint32_t interface, uint64_t time_ns, uint64_t received,
		       uint64_t dropped)
{
	block_begin(p, BLOCK_STATISTICS);
	put_u32(p, interface);
	put_time(p, time_ns);
	put_option(p, ISB_IFRECV, &received, sizeof(received));
	put_option(p, ISB_IFDROP, &dropped, sizeof(dropped));
	put_option(p, OPT_END, NULL, 0);
	block_end(p);
}

int pcapng_flush(struct pcapng *p)
{
	if (fflush(p->file) && !p->error)
		p->error = errno ? errno : EIO;
	return -p->error;
}
