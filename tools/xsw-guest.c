// SPDX-License-Identifier: GPL-2.0
/* xsw-guest: a virtual machine as a switch sees it, without a hypervisor.
 *
 *   switch --- TAP [ this process ] NAME, the NIC of a guest in namespace NETNS
 *
 * Plays the part of QEMU's virtio-net backend for selftests, demo and
 * benchmarks: moves frames between two taps together with their virtio
 * header, so that partial checksums and segments of 64 KB stay what they are.
 * What a driver would negotiate is --offloads: on NAME it is what the guest's
 * stack may send, on TAP what the guest receives; without them all frames are
 * complete and no longer than the MTU.
 *
 * Makes the taps that do not exist; those made before (`ip tuntap add`) keep
 * their state when it ends. Neither is set up. One thread a queue, for both
 * directions, as vhost has it. See help_text for the options.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>

#include "ctrl/base/mac.h"

#ifndef TUN_F_USO4 /* headers before 6.2 */
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

#define EXIT_USAGE 1
#define EXIT_REFUSED 2

#define VNET_HDR_LEN 12 /* struct virtio_net_hdr_mrg_rxbuf */
#define BUFFER_LEN (VNET_HDR_LEN + 14 + 2 * 4 + 65536)
#define BATCH 64	 /* frames from one side before the other has its turn */
#define MAX_QUEUES 256	 /* drivers/net/tun.c, MAX_TAP_QUEUES */
#define NIC_TXQLEN 16384 /* frames that the guest's NIC holds for us */

#define F_USO (TUN_F_USO4 | TUN_F_USO6) /* the kernel takes both or none */
#define F_ALL (TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | F_USO)

static const char help_text[] =
	"Usage: xsw-guest [ OPTIONS ] TAP NETNS NAME\n"
	"Carry frames between the switch's tap TAP and NAME, a NIC in network namespace NETNS,\n"
	"as a hypervisor does. Prints 'ready', ends with SIGTERM, SIGINT, a tap, or NETNS.\n"
	"OPTIONS := -q|--queues N      queue pairs, a thread each (1)\n"
	"           -o|--offloads on   all that the kernel has (the default)\n"
	"           -o|--offloads off  none\n"
	"           -o|--offloads LIST some of csum,tso4,tso6,uso; uso needs Linux 6.2\n"
	"           -a|--mac MAC       address of NAME\n"
	"           -m|--mtu N         MTU of NAME and TAP\n"
	"           -h|--help\n"
	"Exit status: 0 ended by a signal, 1 usage, 2 a tap was refused or is gone.\n";

struct config {
	const char *tap;
	const char *netns;
	const char *name;
	unsigned int queues;
	unsigned int offloads; /* TUN_F_* */
	bool offloads_exact;   /* named one by one: to have them all, or not to run */
	bool set_mac;
	unsigned char mac[6];
	int mtu; /* 0: as it is */
};

/* One direction of a queue. A frame that was read and can not be written yet
 * is held; until it is gone nothing more is read, and what follows waits in
 * the tap, as behind a virtio ring that is full.
 */
struct lane {
	int from;
	int to;
	size_t held; /* bytes, 0: none */
	char frame[BUFFER_LEN];
};

struct queue {
	struct lane in;	 /* to the guest */
	struct lane out; /* from the guest */
	pthread_t thread;
};

static __attribute__((noreturn, format(printf, 2, 3))) void die(int status, const char *fmt, ...)
{
	static atomic_flag said = ATOMIC_FLAG_INIT;
	va_list ap;

	while (atomic_flag_test_and_set(&said)) /* another thread says it and ends us all */
		pause();
	va_start(ap, fmt);
	fputs("xsw-guest: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	_exit(status);
}

/* ---- frames */

/* Write the frame that is held.
 * Return: false if it must wait. What is refused for good (device down,
 * malformed header) is lost, as on a wire.
 */
static bool lane_write(struct lane *l)
{
	ssize_t n;

	do {
		n = write(l->to, l->frame, l->held);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0 && errno == EBADFD)
		die(EXIT_REFUSED, "a tap is gone");
	l->held = 0;
	return true;
}

/* Return: false if there is nothing to read. */
static bool lane_read(struct lane *l)
{
	ssize_t n;

	do {
		n = read(l->from, l->frame, sizeof(l->frame));
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN) /* EBADFD; EFAULT while it goes */
		die(EXIT_REFUSED, "a tap is gone");
	if (n <= 0)
		return false;
	l->held = n;
	return true;
}

/* Return: true if there may be more to do at once. */
static bool lane_move(struct lane *l)
{
	for (int i = 0; i < BATCH; i++) {
		if (!l->held && !lane_read(l))
			return false;
		if (!lane_write(l))
			return false;
	}
	return true;
}

static void queue_wait(const struct queue *q)
{
	struct pollfd fds[2] = {
		{ .fd = q->in.from, .events = q->in.held ? 0 : POLLIN },
		{ .fd = q->out.from, .events = q->out.held ? 0 : POLLIN },
	};

	if (q->in.held)
		fds[1].events |= POLLOUT;
	if (q->out.held)
		fds[0].events |= POLLOUT;
	if (poll(fds, 2, -1) < 0 && errno != EINTR)
		die(EXIT_REFUSED, "cannot wait for frames: %s", strerror(errno));
}

static void *queue_run(void *arg)
{
	struct queue *q = arg;

	for (;;) {
		bool more = lane_move(&q->in);

		more |= lane_move(&q->out);
		if (!more)
			queue_wait(q);
	}
	return NULL;
}

/* ---- taps */

static struct ifreq ifreq_of(const char *dev)
{
	struct ifreq ifr = {};

	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	return ifr;
}

static void tap_set_offloads(int fd, const char *dev, const struct config *c)
{
	unsigned long flags = c->offloads;
	int err;

	err = ioctl(fd, TUNSETOFFLOAD, flags);
	if (err && errno == EINVAL && !c->offloads_exact)
		err = ioctl(fd, TUNSETOFFLOAD, flags & ~F_USO);
	if (err)
		die(EXIT_REFUSED, "tap '%s': cannot set offloads: %s", dev, strerror(errno));
}

/* Attach one queue. Non-blocking, as QEMU's: only then does the kernel run native XDP. */
static int tap_open(const char *dev, const struct config *c)
{
	struct ifreq ifr = ifreq_of(dev);
	int fd, err, hdr_len = VNET_HDR_LEN;

	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die(EXIT_REFUSED, "cannot open '/dev/net/tun': %s", strerror(errno));
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (c->queues > 1 ? IFF_MULTI_QUEUE : 0);
	err = ioctl(fd, TUNSETIFF, &ifr);
	if (err && errno == EINVAL && c->queues == 1) { /* made before, with multi_queue */
		ifr.ifr_flags |= IFF_MULTI_QUEUE;
		err = ioctl(fd, TUNSETIFF, &ifr);
	}
	if (err)
		die(EXIT_REFUSED, "tap '%s': cannot open: %s", dev,
		    errno == EINVAL ? "not a tap, or made without multi_queue" : strerror(errno));
	if (ioctl(fd, TUNSETVNETHDRSZ, &hdr_len))
		die(EXIT_REFUSED, "tap '%s': cannot set header: %s", dev, strerror(errno));
	tap_set_offloads(fd, dev, c);
	return fd;
}

static void dev_set_mtu(const char *dev, int mtu)
{
	struct ifreq ifr = ifreq_of(dev);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ifr.ifr_mtu = mtu;
	if (fd < 0 || ioctl(fd, SIOCSIFMTU, &ifr))
		die(EXIT_REFUSED, "tap '%s': cannot set mtu %d: %s", dev, mtu, strerror(errno));
	close(fd);
}

/* A driver whose ring is full stops the guest's stack. A tap cannot, and drops:
 * give it room for more than a TCP window.
 */
static void nic_set_txqlen(const char *dev)
{
	struct ifreq ifr = ifreq_of(dev);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ifr.ifr_qlen = NIC_TXQLEN;
	if (fd < 0 || ioctl(fd, SIOCSIFTXQLEN, &ifr))
		die(EXIT_REFUSED, "tap '%s': cannot set txqueuelen: %s", dev, strerror(errno));
	close(fd);
}

static void tap_set_mac(int fd, const char *dev, const unsigned char *mac)
{
	struct ifreq ifr = ifreq_of(dev);

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);
	if (ioctl(fd, SIOCSIFHWADDR, &ifr))
		die(EXIT_REFUSED, "tap '%s': cannot set address: %s", dev, strerror(errno));
}

static const char *netns_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	return path;
}

static void netns_enter(const char *name)
{
	int fd = open(netns_path(name), O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(EXIT_REFUSED, "network namespace '%s': cannot enter: %s", name,
		    strerror(errno));
	close(fd);
}

static void taps_open(struct queue *q, const struct config *c)
{
	bool made;

	for (unsigned int i = 0; i < c->queues; i++)
		q[i].in.from = q[i].out.to = tap_open(c->tap, c);
	if (c->mtu)
		dev_set_mtu(c->tap, c->mtu);
	netns_enter(c->netns);
	made = !if_nametoindex(c->name);
	for (unsigned int i = 0; i < c->queues; i++)
		q[i].in.to = q[i].out.from = tap_open(c->name, c);
	if (made)
		nic_set_txqlen(c->name);
	if (c->mtu)
		dev_set_mtu(c->name, c->mtu);
	if (c->set_mac)
		tap_set_mac(q[0].in.to, c->name, c->mac);
}

/* ---- command line */

static void offloads_parse(struct config *c, char *text)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} known[] = {
		{ "csum", TUN_F_CSUM },
		{ "tso4", TUN_F_TSO4 | TUN_F_TSO_ECN },
		{ "tso6", TUN_F_TSO6 | TUN_F_TSO_ECN },
		{ "uso", F_USO },
	};
	size_t i, n = sizeof(known) / sizeof(known[0]);

	c->offloads = !strcmp(text, "on") ? F_ALL : 0;
	c->offloads_exact = !c->offloads;
	if (c->offloads || !strcmp(text, "off"))
		return;
	for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
		for (i = 0; i < n && strcmp(word, known[i].name); i++)
			;
		if (i == n)
			die(EXIT_USAGE, "offload '%s': not on, off, csum, tso4, tso6, uso", word);
		c->offloads |= known[i].flags;
	}
	if (!(c->offloads & TUN_F_CSUM)) /* segments of a large frame need checksums */
		die(EXIT_USAGE, "offloads: csum is missing");
}

static unsigned int number_parse(const char *what, const char *text, unsigned int min,
				 unsigned int max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || text[0] < '0' || text[0] > '9' || n < min || n > max)
		die(EXIT_USAGE, "%s '%s': must be %u to %u", what, text, min, max);
	return n;
}

static void mac_option(struct config *c, const char *text)
{
	if (!mac_parse(text, c->mac) || c->mac[0] & 1)
		die(EXIT_USAGE, "mac '%s': not like 02:00:00:00:00:01, or of a group", text);
	c->set_mac = true;
}

static void options_parse(struct config *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "queues", required_argument, NULL, 'q' },
		{ "offloads", required_argument, NULL, 'o' },
		{ "mac", required_argument, NULL, 'a' },
		{ "mtu", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{},
	};
	int o;

	opterr = 0;
	while ((o = getopt_long(argc, argv, ":q:o:a:m:h", options, NULL)) != -1) {
		if (o == 'q')
			c->queues = number_parse("queues", optarg, 1, MAX_QUEUES);
		else if (o == 'o')
			offloads_parse(c, optarg);
		else if (o == 'a')
			mac_option(c, optarg);
		else if (o == 'm')
			c->mtu = number_parse("mtu", optarg, 68, 65521);
		else if (o == 'h')
			exit(fputs(help_text, stdout) < 0);
		else
			die(EXIT_USAGE, "option '%s': %s, see --help", argv[optind - 1],
			    o == ':' ? "value missing" : "unknown");
	}
}

static void config_parse(struct config *c, int argc, char **argv)
{
	options_parse(c, argc, argv);
	if (argc - optind != 3)
		die(EXIT_USAGE, "expected TAP NETNS NAME, see --help");
	c->tap = argv[optind];
	c->netns = argv[optind + 1];
	c->name = argv[optind + 2];
	if (!c->netns[0] || strchr(c->netns, '/'))
		die(EXIT_USAGE, "network namespace '%s': must be a name that `ip netns` shows",
		    c->netns);
	for (int i = optind; i < argc; i += 2)
		if (!argv[i][0] || strlen(argv[i]) >= IFNAMSIZ || strpbrk(argv[i], "/%"))
			die(EXIT_USAGE, "tap '%s': not the name of a device", argv[i]);
}

/* Until a signal, or until NETNS has been removed: our sockets keep it alive,
 * so that nothing else would tell.
 */
static void end_wait(const sigset_t *signals, const char *netns)
{
	static const struct timespec second = { .tv_sec = 1 };

	while (sigtimedwait(signals, NULL, &second) < 0)
		if (access(netns_path(netns), F_OK))
			die(EXIT_REFUSED, "network namespace '%s' is gone", netns);
}

int main(int argc, char **argv)
{
	struct config c = { .queues = 1, .offloads = F_ALL };
	struct queue *queues;
	sigset_t signals;

	config_parse(&c, argc, argv);
	queues = calloc(c.queues, sizeof(*queues));
	if (!queues)
		die(EXIT_REFUSED, "no memory for %u queues", c.queues);
	taps_open(queues, &c);

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL); /* the threads inherit it */
	for (unsigned int i = 0; i < c.queues; i++)
		if (pthread_create(&queues[i].thread, NULL, queue_run, &queues[i]))
			die(EXIT_REFUSED, "cannot start a thread for queue %u", i);
	puts("ready");
	fflush(stdout);
	end_wait(&signals, c.netns);
	return 0;
}
