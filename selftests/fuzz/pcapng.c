// SPDX-License-Identifier: GPL-2.0
/* The capture file that xsw-punt writes: libpcap reads back every frame as it was, in the same
 * order, with its length and time.
 */
#include "selftests/fuzz/fuzz.h"

#include <pcap/pcap.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maps/limits.h"
#include "maps/punt.h"
#include "tools/punt/punt.h"

#define FRAMES 32
#define HEADER 14
#define CAUGHT_MAX (XSW_PUNT_CAUGHT_MAX + 4) /* with a tag put in, see ctrl/punt/xsw-punt.c */
#define NS 1000000000ULL

static struct {
	struct xsw_punt_frame frame[FRAMES];
	int frames;
	uint8_t bytes[CAUGHT_MAX];
	char name[XSW_NAME_LEN];
} in;

/* There is no switch: names of any length. */
const char *__wrap_xsw_punt_port_name(struct xsw_punt *punt, unsigned int port)
{
	memset(in.name, 'a' + port % 26, sizeof(in.name));
	in.name[port % sizeof(in.name)] = '\0';
	return in.name;
}

static void frame_draw(struct draw *d, struct xsw_punt_frame *f)
{
	uint32_t most = CAUGHT_MAX - HEADER, caught;

	*f = (struct xsw_punt_frame){ .port = draw16(d), .ifindex = draw8(d) % 3 + 1 };
	for (int i = 0; i < 4; i++)
		f->time_ns = f->time_ns << 16 | draw16(d);
	caught = draw16(d);
	f->caught = HEADER + (caught < most ? caught : most);
	f->len = f->caught + draw16(d);
	f->data = in.bytes + (sizeof(in.bytes) - f->caught); /* ends where the memory does */
}

static void inputs_draw(struct draw *d)
{
	in.frames = draw8(d) % (FRAMES + 1);
	for (int i = 0; i < in.frames; i++)
		frame_draw(d, &in.frame[i]);
	for (size_t i = 0; i < sizeof(in.bytes); i++)
		in.bytes[i] = d->p < d->end ? draw8(d) : i * 7;
}

static void file_write(const char *path)
{
	char *word[] = { (char *)path };
	struct run r = { .word = word, .words = 1 };

	must(!handler_pcapng.open(&r));
	for (int i = 0; i < in.frames; i++)
		handler_pcapng.frame(&in.frame[i], &r);
	must(!handler_pcapng.flush(&r) && !handler_pcapng.close(&r));
}

static void same(const struct xsw_punt_frame *f, const struct pcap_pkthdr *head,
		 const uint8_t *data)
{
	must(head->caplen == f->caught && head->len == f->len);
	must(!memcmp(data, f->data, f->caught));
	must((uint64_t)head->ts.tv_sec == f->time_ns / NS &&
	     (uint64_t)head->ts.tv_usec == f->time_ns % NS);
}

static void file_read(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *head;
	const uint8_t *data;

	for (int i = 0; i < in.frames; i++) {
		if (in.frame[i].port >= XSW_MAX_PORTS) /* no port: not written */
			continue;
		must(pcap && pcap_datalink(pcap) == DLT_EN10MB);
		must(pcap_next_ex(pcap, &head, &data) == 1);
		same(&in.frame[i], head, data);
	}
	if (!pcap) /* libpcap takes no file without interfaces */
		return;
	must(pcap_next_ex(pcap, &head, &data) == PCAP_ERROR_BREAK);
	pcap_close(pcap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draw d = { data, data + size };
	static int fd = -1;
	char path[32];

	if (fd < 0)
		fd = memfd_create("pcapng", 0);
	must(fd >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	inputs_draw(&d);
	file_write(path);
	file_read(path);
	return 0;
}
