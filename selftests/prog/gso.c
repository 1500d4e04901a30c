// SPDX-License-Identifier: GPL-2.0
/* GSO frames of guests, for the shell tests: taps with vnet headers.
 *
 *   gso [-c] [-n COUNT] IN "FRAME" OUT...	send one frame by tap IN, COUNT times; print what the
 *						readers of taps OUT get: "OUT N x LENGTH [gso SIZE]";
 *						-c: they take no segments, the kernel cuts them
 *   gso -u SIZE ADDRESS COUNT			from this host: COUNT datagrams of SIZE bytes in one
 *						call, left to be cut (UDP_SEGMENT)
 *   gso -s ADDRESS SIZE [BYTES]		SCTP: send BYTES in messages of SIZE; without: receive
 *
 * FRAME: words that stand for headers, outermost first, then payload and GSO:
 *   hN | bcast		destination 02:00:00:00:00:N; the source is h1
 *   tagVID		a VLAN tag
 *   ip4[+N] ip6	N bytes of options
 *   hopN dstN		IPv6 extension header of N bytes
 *   gre		GRE with key
 *   udpPORT		to a port: a tunnel's, or what the datagrams have
 *   tcp[:SEQUENCE]	sequence number, hexadecimal
 *   payN		N bytes
 *   tcp4N tcp6N usoN ufoN	gso_size
 *   nocsum		no partial checksum
 *   lieN		csum_start is N
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define FRAME_MAX 66000
#define OUTS_MAX 8
#define LENGTHS_MAX 16

struct frame {
	uint8_t data[FRAME_MAX];
	int len;
	int last;	/* where the innermost transport header is */
	uint8_t *next;	/* the field that says what header follows */
	int next_bytes; /* 1 or 2 */
	struct virtio_net_hdr vnet;
};

static void die(const char *what)
{
	fprintf(stderr, "gso: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

/* Begin a header of @len bytes, of that number: an EtherType or IP protocol. */
static uint8_t *header(struct frame *f, int len, unsigned int ethertype, unsigned int proto)
{
	uint8_t *p = f->data + f->len;

	if (f->next_bytes == 2)
		put16(f->next, ethertype);
	else if (f->next_bytes)
		*f->next = proto;
	f->len += len;
	f->next_bytes = 0;
	return p;
}

static void ip4(struct frame *f, int options)
{
	uint8_t *p = header(f, 20 + options, 0x0800, 4);

	p[0] = 0x45 + options / 4;
	p[8] = 64;
	memcpy(p + 12, "\xc0\0\2\1\xc0\0\2\2", 8);
	memset(p + 20, 1, options); /* no operation */
	f->next = p + 9;
	f->next_bytes = 1;
}

static void ip6(struct frame *f)
{
	uint8_t *p = header(f, 40, 0x86dd, 41);

	p[0] = 0x60;
	p[7] = 64;
	memcpy(p + 8,
	       "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 32);
	f->next = p + 6;
	f->next_bytes = 1;
}

static void extension(struct frame *f, int len, int number)
{
	uint8_t *p = header(f, len, 0, number);
	int at = 2, n;

	p[1] = len / 8 - 1;
	for (; at < len; at += n) { /* PadN */
		n = len - at < 257 ? len - at : 257;
		p[at] = n > 1;
		if (n > 1)
			p[at + 1] = n - 2;
	}
	f->next = p;
	f->next_bytes = 1;
}

static void gre(struct frame *f)
{
	uint8_t *p = header(f, 8, 0, 47);

	p[0] = 0x20;
	put16(p + 4, 0x0101);
	put16(p + 6, 0x2345);
	f->next = p + 2;
	f->next_bytes = 2;
}

static void tcp(struct frame *f, uint32_t sequence)
{
	uint8_t *p;

	f->last = f->len;
	p = header(f, 20, 0, 6);
	put16(p, 1024);
	put16(p + 2, 2048);
	put16(p + 4, sequence >> 16);
	put16(p + 6, sequence);
	p[12] = 0x50;
	p[13] = 0x10;
	put16(p + 14, 1000);
	f->vnet.csum_offset = 16;
}

static void udp(struct frame *f, int port)
{
	uint8_t *p;

	f->last = f->len;
	p = header(f, 8, 0, 17);
	put16(p, 1024);
	put16(p + 2, port);
	f->vnet.csum_offset = 6;
}

static bool word_of_frame(struct frame *f, const char *word)
{
	unsigned int n = 0;

	if (!strcmp(word, "bcast") || sscanf(word, "h%u", &n) == 1) {
		memcpy(f->data, n ? "\2\0\0\0\0\0" : "\xff\xff\xff\xff\xff\xff", 6);
		if (n)
			f->data[5] = n;
		memcpy(f->data + 6, "\2\0\0\0\0\1", 6);
		f->len = 14;
		f->next = f->data + 12;
		f->next_bytes = 2;
	} else if (sscanf(word, "tag%u", &n) == 1) {
		f->next = header(f, 4, 0x8100, 0) + 2;
		put16(f->next - 2, n);
		f->next_bytes = 2;
	} else if (!strcmp(word, "ip4") || sscanf(word, "ip4+%u", &n) == 1) {
		ip4(f, n);
	} else if (!strcmp(word, "ip6")) {
		ip6(f);
	} else if (sscanf(word, "hop%u", &n) == 1) {
		extension(f, n, 0);
	} else if (sscanf(word, "dst%u", &n) == 1) {
		extension(f, n, 60);
	} else if (!strcmp(word, "gre")) {
		gre(f);
	} else if (sscanf(word, "udp%u", &n) == 1) {
		udp(f, n);
	} else {
		return false;
	}
	return true;
}

static bool word_of_gso(struct frame *f, const char *word, unsigned int *start)
{
	unsigned int n;

	if (sscanf(word, "tcp4%u", &n) == 1) {
		f->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV4;
	} else if (sscanf(word, "tcp6%u", &n) == 1) {
		f->vnet.gso_type = VIRTIO_NET_HDR_GSO_TCPV6;
	} else if (sscanf(word, "uso%u", &n) == 1) {
		f->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP_L4;
	} else if (sscanf(word, "ufo%u", &n) == 1) {
		f->vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	} else if (!strcmp(word, "nocsum")) {
		f->vnet.flags = 0;
		return true;
	} else if (sscanf(word, "lie%u", start) == 1) {
		return true;
	} else {
		return false;
	}
	f->vnet.gso_size = n;
	return true;
}

static uint32_t sum16(const uint8_t *p, int len)
{
	uint32_t sum = 0;

	for (int i = 0; i < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	return sum;
}

/* What the checksum field of a frame holds that leaves the rest to the device: the sum of the
 * pseudo header, of the innermost IP header.
 */
static void pseudo_sum(struct frame *f, const uint8_t *ip, bool v6)
{
	bool is_udp = f->vnet.csum_offset == 6;
	uint32_t sum = f->len - f->last + (is_udp ? 17 : 6);

	sum += v6 ? sum16(ip + 8, 32) : sum16(ip + 12, 8);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put16(f->data + f->last + f->vnet.csum_offset, sum);
}

/* Lengths, and the checksum, now that all is there. */
static void complete(struct frame *f)
{
	for (int at = 12; at < f->last; at++) {
		uint8_t *p = f->data + at;

		if (p[0] == 0x08 && !p[1] && p[2] >> 4 == 4) {
			put16(p + 4, f->len - at - 2);
			pseudo_sum(f, p + 2, false);
		} else if (p[0] == 0x86 && p[1] == 0xdd && p[2] >> 4 == 6) {
			put16(p + 6, f->len - at - 42);
			pseudo_sum(f, p + 2, true);
		}
	}
	if (f->vnet.csum_offset == 6)
		put16(f->data + f->last + 4, f->len - f->last);
	f->vnet.hdr_len = f->last + (f->vnet.csum_offset == 6 ? 8 : 20);
}

static void frame_read(struct frame *f, char *text)
{
	unsigned int start = 0, n;
	char *word;

	f->vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	while ((word = strsep(&text, " "))) {
		if (!*word || word_of_frame(f, word) || word_of_gso(f, word, &start))
			continue;
		n = 1;
		if (sscanf(word, "pay%u", &n) == 1) {
			memset(f->data + f->len, 'x', n);
			f->len += n;
		} else if (!strcmp(word, "tcp") || sscanf(word, "tcp:%x", &n) == 1) {
			tcp(f, n);
		} else {
			fprintf(stderr, "gso: what is '%s'?\n", word);
			exit(1);
		}
	}
	complete(f);
	f->vnet.csum_start = start ? start : (unsigned int)f->last;
	if (!f->vnet.flags)
		f->vnet.csum_start = f->vnet.csum_offset = 0;
}

static int tap_open(const char *name, bool cuts)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	unsigned int all = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6;

	strncpy(req.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &req))
		die(name);
	if (cuts ? ioctl(fd, TUNSETOFFLOAD, 0) :
		   ioctl(fd, TUNSETOFFLOAD, all | TUN_F_USO4 | TUN_F_USO6) &&
			    ioctl(fd, TUNSETOFFLOAD, all))
		die("cannot set offloads");
	return fd;
}

/* A tap that was opened sends when the kernel has seen its carrier, which it tells first; a
 * request that changes a link is served after that is done.
 */
static void tap_wait(const char *name)
{
	struct ifreq req = {};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strncpy(req.ifr_name, name, IFNAMSIZ - 1);
	for (int i = 0; i < 10000; i++) {
		if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &req))
			die(name);
		if (req.ifr_flags & IFF_RUNNING)
			break;
		usleep(1000);
	}
	req.ifr_qlen = 5000;
	if (ioctl(fd, SIOCSIFTXQLEN, &req))
		die(name);
	close(fd);
}

/* Print all that @fd has got. */
static void tap_print(const char *name, int fd)
{
	struct {
		int len, gso, n;
	} got[LENGTHS_MAX] = {};
	static uint8_t data[FRAME_MAX];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct virtio_net_hdr vnet;
	struct iovec v[] = { { &vnet, sizeof(vnet) }, { data, sizeof(data) } };
	int len, i;

	while (poll(&p, 1, 100) > 0 && (len = readv(fd, v, 2)) > 0) {
		len -= sizeof(vnet);
		if (vnet.gso_type == VIRTIO_NET_HDR_GSO_NONE)
			vnet.gso_size = 0;
		for (i = 0; i < LENGTHS_MAX && got[i].n; i++)
			if (got[i].len == len && got[i].gso == vnet.gso_size)
				break;
		if (i == LENGTHS_MAX)
			continue;
		got[i].len = len;
		got[i].gso = vnet.gso_size;
		got[i].n++;
	}
	for (i = 0; i < LENGTHS_MAX && got[i].n; i++) {
		printf("%s %d x %d", name, got[i].n, got[i].len);
		if (got[i].gso)
			printf(" gso %d", got[i].gso);
		printf("\n");
	}
}

static int taps(int argc, char **argv, bool cuts, int count)
{
	static struct frame f;
	struct iovec v[] = { { &f.vnet, sizeof(f.vnet) }, { f.data, 0 } };
	int in, out[OUTS_MAX];

	if (argc < 2 || argc - 2 > OUTS_MAX)
		return 1;
	frame_read(&f, argv[1]);
	v[1].iov_len = f.len;
	in = tap_open(argv[0], false);
	for (int i = 2; i < argc; i++)
		out[i - 2] = tap_open(argv[i], cuts);
	for (int i = 2; i < argc; i++)
		tap_wait(argv[i]);
	for (int i = 0; i < count; i++)
		if (writev(in, v, 2) < 0)
			die("cannot send");
	for (int i = 2; i < argc; i++)
		tap_print(argv[i], out[i - 2]);
	return 0;
}

static struct sockaddr_in address(const char *text)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7777) };

	if (inet_pton(AF_INET, text, &to.sin_addr) != 1)
		die(text);
	return to;
}

static int datagrams(int size, const char *to, int count)
{
	static uint8_t data[FRAME_MAX];
	struct sockaddr_in addr = address(to);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)))
		die("cannot have datagrams cut");
	if (sendto(fd, data, size * count, 0, (void *)&addr, sizeof(addr)) < 0)
		die("cannot send");
	return 0;
}

/* All of a connection's bytes, or as many as its sender has. */
static int sctp(const char *host, int size, long bytes)
{
	static uint8_t data[FRAME_MAX];
	struct sockaddr_in addr = address(host);
	int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), n, one = 1;
	long got = 0;

	if (fd < 0)
		die("no SCTP");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bytes) {
		if (connect(fd, (void *)&addr, sizeof(addr)))
			die("cannot connect");
		for (; got < bytes; got += n)
			if ((n = send(fd, data, size, 0)) <= 0)
				die("cannot send");
	} else {
		if (bind(fd, (void *)&addr, sizeof(addr)) || listen(fd, 1))
			die("cannot listen");
		fd = accept(fd, NULL, NULL);
		while (fd >= 0 && (n = recv(fd, data, sizeof(data), 0)) > 0)
			got += n;
		printf("%ld\n", got);
	}
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	bool cuts = false;
	int c, count = 1;

	while ((c = getopt(argc, argv, "+cn:u:s:")) > 0) {
		switch (c) {
		case 'c':
			cuts = true;
			break;
		case 'n':
			count = atoi(optarg);
			break;
		case 'u':
			return argc - optind < 2 ? 1 :
						   datagrams(atoi(optarg), argv[optind],
							     atoi(argv[optind + 1]));
		case 's':
			return argc - optind < 1 ?
				       1 :
				       sctp(optarg, atoi(argv[optind]),
					    argv[optind + 1] ? atol(argv[optind + 1]) : 0);
		default:
			return 1;
		}
	}
	return taps(argc - optind, argv + optind, cuts, count);
}
