// SPDX-License-Identifier: GPL-2.0
/* pcapng FILE: what stands in a capture file, a line a block, by the draft's words alone
 * (draft-ietf-opsawg-pcapng), so that what xsw writes is not read with xsw's own code:
 *
 *   if NAME snaplen N [filter TEXT]
 *   NAME in|out|? LEN queue N|- "COMMENT" HEX
 *   stat NAME recv N drop N
 *
 * "-" is standard input. Exit status 1: the file is not whole, or not as the draft wants it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTION 0x0a0d0d0a
#define INTERFACES 2048
#define BLOCK_MAX (1 << 20)

static struct {
	char name[64];
} interface[INTERFACES];
static uint32_t interfaces;

static int bad(const char *what)
{
	fprintf(stderr, "pcapng: %s\n", what);
	exit(1);
}

static uint32_t u32(const uint8_t *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static uint64_t u64(const uint8_t *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

/* The value of option @code between @p and @end, or NULL. @len: result */
static const uint8_t *option(const uint8_t *p, const uint8_t *end, uint16_t code, uint16_t *len)
{
	uint16_t head[2];

	for (; p + 4 <= end; p += 4 + ((head[1] + 3) & ~3)) {
		memcpy(head, p, sizeof(head));
		if (p + 4 + head[1] > end)
			bad("an option is longer than its block");
		if (!head[0])
			return NULL;
		*len = head[1];
		if (head[0] == code)
			return p + 4;
	}
	return NULL;
}

static void section(const uint8_t *body, const uint8_t *end)
{
	if (end - body < 16 || u32(body) != 0x1a2b3c4d || u32(body + 4) != 1)
		bad("not a section of version 1.0 of this byte order");
	interfaces = 0;
}

static void interface_block(const uint8_t *body, const uint8_t *end)
{
	const uint8_t *name, *resolution, *filter;
	uint16_t len = 0;

	if (end - body < 8 || interfaces == INTERFACES || (u32(body) & 0xffff) != 1)
		bad("not an interface of type Ethernet");
	resolution = option(body + 8, end, 9, &len);
	if (!resolution || len != 1 || *resolution != 9)
		bad("times are not in nanoseconds");
	name = option(body + 8, end, 2, &len);
	snprintf(interface[interfaces].name, sizeof(interface[0].name), "%.*s", name ? len : 1,
		 name ? (const char *)name : "?");
	printf("if %s snaplen %u", interface[interfaces++].name, u32(body + 4));
	filter = option(body + 8, end, 11, &len);
	if (filter && len && !filter[0])
		printf(" filter %.*s", len - 1, filter + 1);
	printf("\n");
}

static const char *direction_of(const uint8_t *options, const uint8_t *end)
{
	uint16_t len = 0;
	const uint8_t *flags = option(options, end, 2, &len);

	if (!flags || len != 4)
		return "?";
	return (u32(flags) & 3) == 1 ? "in" : (u32(flags) & 3) == 2 ? "out" : "?";
}

static void packet(const uint8_t *body, const uint8_t *end)
{
	const uint8_t *options, *comment, *queue;
	uint16_t len = 0;
	uint32_t caught;

	if (end - body < 20 || u32(body) >= interfaces)
		bad("a packet of no interface");
	caught = u32(body + 12);
	options = body + 20 + ((caught + 3) & ~3u);
	if (caught > end - body - 20 || options > end || caught > u32(body + 16))
		bad("a packet is longer than its block, or than it was");
	printf("%s %s %u queue ", interface[u32(body)].name, direction_of(options, end),
	       u32(body + 16));
	queue = option(options, end, 6, &len);
	printf(queue && len == 4 ? "%u " : "- ", queue ? u32(queue) : 0);
	comment = option(options, end, 1, &len);
	printf("\"%.*s\" ", comment ? len : 0, comment ? (const char *)comment : "");
	for (uint32_t i = 0; i < caught; i++)
		printf("%02x", body[20 + i]);
	printf("\n");
}

static void statistics(const uint8_t *body, const uint8_t *end)
{
	const uint8_t *received, *dropped;
	uint16_t len = 0;

	if (end - body < 12 || u32(body) >= interfaces)
		bad("statistics of no interface");
	received = option(body + 12, end, 4, &len);
	dropped = option(body + 12, end, 5, &len);
	if (!received || !dropped)
		bad("statistics without counters");
	printf("stat %s recv %llu drop %llu\n", interface[u32(body)].name,
	       (unsigned long long)u64(received), (unsigned long long)u64(dropped));
}

static void block(uint32_t type, const uint8_t *body, const uint8_t *end)
{
	switch (type) {
	case SECTION:
		section(body, end);
		break;
	case 1:
		interface_block(body, end);
		break;
	case 5:
		statistics(body, end);
		break;
	case 6:
		packet(body, end);
		break;
	default:
		bad("a block of another type");
	}
}

int main(int argc, char **argv)
{
	static uint8_t body[BLOCK_MAX];
	uint32_t head[2], len;
	FILE *file;

	if (argc != 2)
		bad("usage: pcapng FILE|-");
	file = strcmp(argv[1], "-") ? fopen(argv[1], "r") : stdin;
	if (!file)
		bad("cannot open");
	while (fread(head, 1, sizeof(head), file) == sizeof(head)) {
		if (head[1] < 12 || head[1] % 4 || head[1] > BLOCK_MAX)
			bad("a block's length");
		len = head[1] - 8;
		if (fread(body, 1, len, file) != len)
			bad("a block is cut");
		if (u32(body + len - 4) != head[1])
			bad("a block's two lengths differ");
		block(head[0], body, body + len - 4);
	}
	return fflush(stdout) ? 1 : 0;
}
