// SPDX-License-Identifier: GPL-2.0
/* Frames in words, for the shell tests.
 *
 *   frame probe [-n COUNT] IN "FRAME" OUT...	send one frame at IN, print "OUT FRAME" for each
 *						one that arrives (sorted); COUNT are awaited
 *   frame send IF "FRAME" [COUNT]		send it COUNT times
 *   frame recv IF COUNT SECONDS		print what arrives
 *   frame flow [-r] IN OUT "FRAME" SECONDS PPS	numbered frames; prints "sent N lost N dup N"; ends
 *						early at SIGTERM; -r: sources change too
 *   frame sources IN "FRAME" FIRST COUNT	as send, each from another source address
 *   frame vlans IN "FRAME" FIRST COUNT		as send, each with another VID in its first tag
 *   frame tap NAME				make a tap and hold it, reading nothing
 *   frame taps A B "FRAME" COUNT		send it twice by tap A, once by tap B, COUNT times; each
 *						is opened anew, as a guest that starts does
 *   frame talk NAME				open a tap; send the frames in words that come on standard
 *						input, print those that arrive; ends with its input
 *   frame cut IN OUT DEV "FRAME" COUNT		COUNT times: send it at IN, set DEV down, send it again and
 *						wait for it at OUT, set DEV up; prints how many came
 *   frame unplug NAME OUT "FRAME" COUNT	COUNT times: send it by tap NAME with and without carrier;
 *						prints how many came to OUT
 *   frame hex "FRAME"				the bytes
 *
 * FRAME is  DST SRC [TPID/VID[/PCP[/dei]]]... [payN | lenN]  or  hex:BYTES.
 * Addresses: bcast, zero, hN = 02:00:00:00:00:N, gN = 01:00:5e:00:00:N,
 * rN = 01:80:c2:00:00:N, or six octets. payN: bytes of payload after the
 * ethertype 88b5 (default 46); lenN: the whole frame is cut or filled to N.
 */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "ctrl/base/mac.h"
#include "frame.h"

#define ETHERTYPE 0x88b5 /* local experimental 1, IEEE 802 */
#define PAYLOAD 46
#define ENDS_MAX 1024

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static uint8_t pattern(int i)
{
	return 0x40 + i % 61;
}

static void bad_word(const char *word)
{
	fprintf(stderr, "frame: what is '%s'?\n", word);
	exit(1);
}

static void read_mac(const char *word, uint8_t *mac)
{
	static const struct {
		char letter;
		uint8_t mac[6];
	} names[] = { { 'h', { 2 } }, { 'g', { 1, 0, 0x5e } }, { 'r', { 1, 0x80, 0xc2 } } };

	if (!strcmp(word, "bcast")) {
		memset(mac, 0xff, 6);
		return;
	}
	memset(mac, 0, 6);
	if (!strcmp(word, "zero") || mac_parse(word, mac))
		return;
	for (int i = 0; i < 3; i++) {
		if (word[0] != names[i].letter)
			continue;
		memcpy(mac, names[i].mac, 6);
		mac[5] = atoi(word + 1);
		return;
	}
	bad_word(word);
}

static void put16(uint8_t *p, unsigned int value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

static int read_hex(const char *text, uint8_t *data)
{
	int len = 0;

	for (; sscanf(text, "%2hhx", &data[len]) == 1 && len < FRAME_MAX - 4; text += 2)
		len++;
	return len;
}

/* Words to bytes. Returns the length. */
static int frame_read(const char *text, uint8_t *data)
{
	char copy[1024], *next = copy, *word;
	int len = 0, payload = PAYLOAD, whole = 0;
	unsigned int tpid, vid, pcp;

	if (!strncmp(text, "hex:", 4))
		return read_hex(text + 4, data);
	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&next, " "))) {
		if (!*word)
			continue;
		if (len < 12) {
			read_mac(word, data + len);
			len += 6;
		} else if (sscanf(word, "pay%d", &payload) == 1 ||
			   sscanf(word, "len%d", &whole) == 1) {
			continue;
		} else {
			pcp = 0;
			if (sscanf(word, "%x/%u/%u", &tpid, &vid, &pcp) < 2)
				bad_word(word);
			put16(data + len, tpid);
			put16(data + len + 2,
			      pcp << 13 | (strstr(word, "/dei") ? 0x1000 : 0) | vid);
			len += 4;
		}
	}
	put16(data + len, ETHERTYPE);
	len += 2;
	if (whole)
		payload = whole > len ? whole - len : 0;
	for (int i = 0; i < payload; i++)
		data[len + i] = pattern(i);
	return whole ? whole : len + payload;
}

static int print_mac(char *to, const uint8_t *m)
{
	if (!memcmp(m, "\xff\xff\xff\xff\xff\xff", 6))
		return sprintf(to, "bcast");
	if (!memcmp(m, "\x02\0\0\0\0", 5))
		return sprintf(to, "h%d", m[5]);
	if (!memcmp(m, "\x01\0\x5e\0\0", 5))
		return sprintf(to, "g%d", m[5]);
	if (!memcmp(m, "\x01\x80\xc2\0\0", 5))
		return sprintf(to, "r%d", m[5]);
	return sprintf(to, "%s", mac_text(m));
}

static void print_bytes(char *to, const uint8_t *data, int len)
{
	to += sprintf(to, "hex:");
	for (int i = 0; i < len; i++)
		to += sprintf(to, "%02x", data[i]);
}

/* Bytes to words, the inverse of frame_read(); hex if there are no such words. */
static void frame_print(char *to, const uint8_t *data, int len)
{
	char *start = to;
	int at = 12;

	if (len < 14) {
		print_bytes(start, data, len);
		return;
	}
	to += print_mac(to, data);
	*to++ = ' ';
	to += print_mac(to, data + 6);
	while (at + 6 <= len && (data[at] << 8 | data[at + 1]) != ETHERTYPE) {
		int tci = data[at + 2] << 8 | data[at + 3];

		to += sprintf(to, " %x/%d", data[at] << 8 | data[at + 1], tci & 0xfff);
		if (tci >> 12)
			to += sprintf(to, "/%d%s", tci >> 13, tci & 0x1000 ? "/dei" : "");
		at += 4;
		if (at > 36)
			break;
	}
	if (at + 2 > len || (data[at] << 8 | data[at + 1]) != ETHERTYPE) {
		print_bytes(start, data, len);
		return;
	}
	at += 2;
	if (len - at != PAYLOAD)
		to += sprintf(to, " pay%d", len - at);
	for (int i = 0; at + i < len; i++) {
		if (data[at + i] != pattern(i)) {
			print_bytes(start, data, len);
			return;
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void wait_any(const int *fds, int n, double seconds)
{
	struct pollfd p[ENDS_MAX];

	for (int i = 0; i < n; i++)
		p[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	poll(p, n, seconds > 0 ? seconds * 1000 + 1 : 0);
}

static int cmd_probe(int argc, char **argv)
{
	static char text[2 * FRAME_MAX + 64];
	static uint8_t data[FRAME_MAX];
	static char *lines[4096];
	int in, fds[ENDS_MAX], outs, len, n = 0, want = 0, seen;
	double end;

	if (argc > 2 && !strcmp(argv[0], "-n")) {
		want = atoi(argv[1]);
		argc -= 2;
		argv += 2;
	}
	if (argc < 3 || argc - 2 > ENDS_MAX)
		return 1;
	in = frame_open(argv[0]);
	outs = argc - 2;
	for (int i = 0; i < outs; i++)
		fds[i] = frame_open(argv[i + 2]);
	len = frame_read(argv[1], data);
	if (frame_send(in, data, len))
		die("cannot send at", argv[0]);
	end = monotonic_s() + 1;
	do { /* until all are there and 20 ms were quiet */
		seen = n;
		wait_any(fds, outs, n < want ? end - monotonic_s() : 0.02);
		for (int i = 0; i < outs; i++) {
			while (n < 4096 && (len = frame_recv(fds[i], data)) >= 0) {
				int at = sprintf(text, "%s ", argv[i + 2]);

				frame_print(text + at, data, len);
				lines[n++] = strdup(text);
			}
		}
	} while (n > seen || (n < want && monotonic_s() < end));
	qsort(lines, n, sizeof(*lines), by_text);
	for (int i = 0; i < n; i++)
		puts(lines[i]);
	return 0;
}

static int cmd_send(int argc, char **argv)
{
	static uint8_t data[FRAME_MAX];
	int fd, len, count = argc > 2 ? atoi(argv[2]) : 1;

	if (argc < 2)
		return 1;
	fd = frame_open(argv[0]);
	len = frame_read(argv[1], data);
	while (count-- > 0)
		if (frame_send(fd, data, len))
			die("cannot send at", argv[0]);
	return 0;
}

/* As send, with one frame after the other: number() writes @i into it. */
static int send_numbered(int argc, char **argv, void (*number)(uint8_t *data, unsigned int i))
{
	static uint8_t data[FRAME_MAX];
	unsigned int first, count;
	int fd, len;

	if (argc < 4)
		return 1;
	fd = frame_open(argv[0]);
	len = frame_read(argv[1], data);
	first = atoi(argv[2]);
	count = atoi(argv[3]);
	for (unsigned int i = first; i < first + count; i++) {
		number(data, i);
		if (frame_send(fd, data, len))
			die("cannot send at", argv[0]);
	}
	return 0;
}

/* The source's last four octets */
static void number_source(uint8_t *data, unsigned int i)
{
	uint32_t be = htonl(i);

	memcpy(data + 8, &be, 4);
}

static int cmd_sources(int argc, char **argv)
{
	return send_numbered(argc, argv, number_source);
}

/* The VID of the first tag */
static void number_vlan(uint8_t *data, unsigned int vid)
{
	data[14] = (data[14] & 0xf0) | vid >> 8;
	data[15] = vid;
}

static int cmd_vlans(int argc, char **argv)
{
	return send_numbered(argc, argv, number_vlan);
}

static int cmd_recv(int argc, char **argv)
{
	static char text[2 * FRAME_MAX + 64];
	static uint8_t data[FRAME_MAX];
	int fd, len, count;
	double end;

	if (argc < 3)
		return 1;
	fd = frame_open(argv[0]);
	count = atoi(argv[1]);
	end = monotonic_s() + atof(argv[2]);
	while (count > 0 && monotonic_s() < end) {
		wait_any(&fd, 1, end - monotonic_s());
		while (count > 0 && (len = frame_recv(fd, data)) >= 0) {
			frame_print(text, data, len);
			puts(text);
			count--;
		}
	}
	return count > 0;
}

struct flow {
	uint8_t data[FRAME_MAX];
	int len, number_at; /* where the number of the frame stands */
	uint32_t sent;
	uint64_t received, again;
	uint8_t *seen; /* by number */
};

static void flow_recv(struct flow *flow, int fd)
{
	static uint8_t got[FRAME_MAX];
	uint32_t number;
	int len;

	while ((len = frame_recv(fd, got)) >= 0) {
		if (len < 20 || memcmp(got, flow->data, 6) || memcmp(got + 6, flow->data + 6, 2))
			continue; /* somebody else's */
		memcpy(&number, got + len - 4, 4);
		number = ntohl(number);
		if (number >= flow->sent)
			continue;
		flow->received += !flow->seen[number];
		flow->again += flow->seen[number];
		flow->seen[number] = 1;
	}
}

static int cmd_flow(int argc, char **argv)
{
	static struct flow flow;
	double begin, end, pps;
	bool sources = argc > 0 && !strcmp(argv[0], "-r");
	uint32_t max;
	int in, out;

	argc -= sources;
	argv += sources;
	if (argc < 5)
		return 1;
	in = frame_open(argv[0]);
	out = frame_open(argv[1]);
	flow.len = frame_read(argv[2], flow.data);
	pps = atof(argv[4]);
	begin = monotonic_s();
	end = begin + atof(argv[3]);
	max = (end - begin) * pps + 1;
	flow.seen = calloc(max, 1);
	signal(SIGTERM, on_signal);
	while (!stopped && monotonic_s() < end && flow.sent < max) {
		while (!stopped && flow.sent < (monotonic_s() - begin) * pps && flow.sent < max) {
			uint32_t number = htonl(flow.sent);

			memcpy(flow.data + flow.len - 4, &number, 4);
			if (sources)
				memcpy(flow.data + 8, &number, 4);
			flow.sent++;
			if (frame_send(in, flow.data, flow.len))
				die("cannot send at", argv[0]);
			flow_recv(&flow, out);
		}
		wait_any(&out, 1, 1 / pps);
		flow_recv(&flow, out);
	}
	for (end = monotonic_s() + 1; flow.received < flow.sent && monotonic_s() < end;
	     flow_recv(&flow, out))
		wait_any(&out, 1, 0.05);
	printf("sent %u lost %llu dup %llu\n", flow.sent,
	       (unsigned long long)(flow.sent - flow.received), (unsigned long long)flow.again);
	return 0;
}

static int tap_open(const char *name)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	strncpy(req.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &req))
		die("cannot open tap", name);
	return fd;
}

static void tap_send(const char *name, const uint8_t *data, int len, int count)
{
	int fd = tap_open(name);

	for (int i = 0; i < count; i++)
		if (write(fd, data, len) != len)
			die("cannot send by tap", name);
	close(fd);
}

static int cmd_taps(int argc, char **argv)
{
	static uint8_t data[FRAME_MAX];
	int len;

	if (argc < 4)
		return 1;
	len = frame_read(argv[2], data);
	for (int i = 0; i < atoi(argv[3]); i++) {
		tap_send(argv[0], data, len, 2);
		tap_send(argv[1], data, len, 1);
	}
	return 0;
}

static int cmd_tap(int argc, char **argv)
{
	if (argc < 1)
		return 1;
	tap_open(argv[0]);
	signal(SIGTERM, on_signal);
	while (!stopped)
		pause();
	return 0;
}

/* What has come to tap @fd. */
static void talk_print(int fd)
{
	static char text[2 * FRAME_MAX + 64];
	static uint8_t data[FRAME_MAX];
	int len;

	while ((len = read(fd, data, sizeof(data))) > 0) {
		frame_print(text, data, len);
		puts(text);
	}
	fflush(stdout);
}

static int cmd_talk(int argc, char **argv)
{
	static uint8_t data[FRAME_MAX];
	static char line[1024];
	int fds[2] = { STDIN_FILENO, -1 }, len;

	if (argc < 1)
		return 1;
	fds[1] = tap_open(argv[0]);
	setvbuf(stdin, NULL, _IONBF, 0);
	for (;;) {
		struct pollfd p[2] = { { .fd = fds[0], .events = POLLIN },
				       { .fd = fds[1], .events = POLLIN } };

		if (poll(p, 2, -1) < 0)
			return 1;
		if (p[1].revents)
			talk_print(fds[1]);
		if (!p[0].revents)
			continue;
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		line[strcspn(line, "\n")] = '\0';
		len = frame_read(line, data);
		if (write(fds[1], data, len) != len)
			fprintf(stderr, "frame: %s did not take it: %s\n", argv[0],
				strerror(errno));
	}
}

static void set_up(const char *name, bool up)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq req = {};

	strncpy(req.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &req))
		die("cannot ask", name);
	req.ifr_flags = up ? req.ifr_flags | IFF_UP : req.ifr_flags & ~IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &req))
		die("cannot set", name);
	close(fd);
}

/* How many frames have come to @fd, once it has been quiet for @seconds. */
static int count_recv(int fd, double seconds)
{
	static uint8_t data[FRAME_MAX];
	int n = 0, before;

	do {
		before = n;
		wait_any(&fd, 1, seconds);
		while (frame_recv(fd, data) >= 0)
			n++;
	} while (n > before);
	return n;
}

static int cmd_cut(int argc, char **argv)
{
	static uint8_t data[FRAME_MAX];
	int in, out, len, came = 0;

	if (argc < 5)
		return 1;
	in = frame_open(argv[0]);
	out = frame_open(argv[1]);
	len = frame_read(argv[3], data);
	for (int i = 0; i < atoi(argv[4]); i++) {
		frame_send(in, data, len); /* while it is known where to */
		frame_send(in, data, len);
		count_recv(out, 0);
		set_up(argv[2], false);
		frame_send(in, data, len);
		came += count_recv(out, 0.05);
		set_up(argv[2], true);
	}
	printf("%d\n", came);
	return 0;
}

static int cmd_unplug(int argc, char **argv)
{
	static uint8_t data[FRAME_MAX];
	int fd, out, len, on = 1, off = 0, came = 0;

	if (argc < 4)
		return 1;
	fd = tap_open(argv[0]);
	out = frame_open(argv[1]);
	len = frame_read(argv[2], data);
	for (int i = 0; i < atoi(argv[3]); i++) {
		if (ioctl(fd, TUNSETCARRIER, &on) || write(fd, data, len) != len ||
		    write(fd, data, len) != len || ioctl(fd, TUNSETCARRIER, &off) ||
		    write(fd, data, len) != len)
			die("cannot send by tap", argv[0]);
		came += count_recv(out, 0);
	}
	came += count_recv(out, 0.05);
	printf("%d\n", came);
	return 0;
}

static int cmd_hex(int argc, char **argv)
{
	static char text[2 * FRAME_MAX + 64];
	static uint8_t data[FRAME_MAX];

	if (argc < 1)
		return 1;
	print_bytes(text, data, frame_read(argv[0], data));
	puts(text);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = { { "probe", cmd_probe },     { "send", cmd_send },
			 { "recv", cmd_recv },	     { "flow", cmd_flow },
			 { "sources", cmd_sources }, { "tap", cmd_tap },
			 { "hex", cmd_hex },	     { "vlans", cmd_vlans },
			 { "taps", cmd_taps },	     { "talk", cmd_talk },
			 { "cut", cmd_cut },	     { "unplug", cmd_unplug } };

	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	fprintf(stderr,
		"usage: frame probe|send|recv|flow|sources|tap|taps|talk|cut|unplug|hex ...\n");
	return 1;
}
