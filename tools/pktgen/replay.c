// SPDX-License-Identifier: GPL-2.0
/* Capture files are libpcap's, pcap and pcapng to read, pcap to write. Time
 * stamps are not looked at: frames go at the rate that is asked for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/config.h"
#include "tools/pktgen/dev.h"
#include "tools/pktgen/replay.h"

#define SNAPLEN 65535

static int fail(const char *path, const char *fmt, __u64 frame)
{
	char text[160];

	snprintf(text, sizeof(text), fmt, (unsigned long long)frame);
	return xsw_fail(EINVAL, "capture", path, "%s", text);
}

static int grow(struct replay *r, size_t *room, size_t size, __u64 *room_frames)
{
	void *p;

	while (size > *room) {
		p = realloc(r->data, *room = *room ? *room * 2 : 1 << 20);
		if (!p)
			return -ENOMEM;
		r->data = p;
	}
	if (r->frames == *room_frames) {
		p = realloc(r->frame, (*room_frames = *room_frames ? *room_frames * 2 : 1024) *
					      sizeof(*r->frame));
		if (!p)
			return -ENOMEM;
		r->frame = p;
	}
	return 0;
}

static int check(const char *path, const struct pcap_pkthdr *h, __u64 number, __u32 len_max)
{
	if (h->caplen < h->len)
		return fail(path, "frame %llu was cut when it was captured", number);
	if (h->len < LEN_MIN)
		return fail(path, "frame %llu is shorter than an Ethernet header", number);
	if (h->len > len_max)
		return fail(path, "frame %llu is too long for the device", number);
	return 0;
}

static int read_frames(struct replay *r, pcap_t *pcap, const char *path, __u32 len_max)
{
	struct pcap_pkthdr *h;
	const u_char *bytes;
	size_t room = 0, size = 0;
	__u64 room_frames = 0;
	int ret, err;

	while ((ret = pcap_next_ex(pcap, &h, &bytes)) == 1) {
		err = check(path, h, r->frames + 1, len_max);
		if (err)
			return err;
		if (grow(r, &room, size + h->len, &room_frames))
			return xsw_fail(ENOMEM, "capture", path, "no memory");
		memcpy(r->data + size, bytes, h->len);
		r->frame[r->frames++] = (struct replay_frame){ size, h->len };
		size += h->len;
	}
	if (ret == PCAP_ERROR)
		return xsw_fail(EINVAL, "capture", path, "%s", pcap_geterr(pcap));
	if (!r->frames)
		return xsw_fail(EINVAL, "capture", path, "holds no frames");
	r->mean_len = (double)size / r->frames;
	return 0;
}

int replay_read(struct replay *r, const char *path, __u32 len_max)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, why);
	int err;

	if (!pcap)
		return xsw_fail(ENOENT, "capture", path, "%s", why);
	if (pcap_datalink(pcap) != DLT_EN10MB)
		err = xsw_fail(EINVAL, "capture", path, "holds no Ethernet frames");
	else
		err = read_frames(r, pcap, path, len_max);
	pcap_close(pcap);
	if (err)
		replay_free(r);
	return err;
}

void replay_free(struct replay *r)
{
	free(r->data);
	free(r->frame);
	*r = (struct replay){};
}

void replay_write(const struct replay *r, unsigned int index, unsigned int threads, __u64 n,
		  struct slot *slot)
{
	const struct replay_frame *f = &r->frame[(n * threads + index) % r->frames];

	slot_fill(slot, r->data + f->offset, f->len);
}

int recorder_open(struct recorder *r, const char *path)
{
	r->pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	r->dumper = r->pcap ? pcap_dump_open(r->pcap, path) : NULL;
	if (r->dumper)
		return 0;
	if (!r->pcap)
		return xsw_fail(ENOMEM, "capture", path, "no memory");
	xsw_fail(EIO, "capture", path, "%s", pcap_geterr(r->pcap));
	pcap_close(r->pcap);
	return -EIO;
}

void recorder_write(struct recorder *r, const struct slot *slot)
{
	struct pcap_pkthdr h = { .len = slot->len };
	__u8 frame[LEN_MAX];

	gettimeofday(&h.ts, NULL);
	h.caplen = slot_copy(slot, frame);
	pcap_dump((u_char *)r->dumper, &h, frame);
}

int recorder_close(struct recorder *r, const char *path)
{
	int err = pcap_dump_flush(r->dumper) || ferror(pcap_dump_file(r->dumper));

	pcap_dump_close(r->dumper);
	pcap_close(r->pcap);
	return err ? xsw_fail(EIO, "capture", path, "cannot write") : 0;
}
