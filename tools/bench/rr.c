// SPDX-License-Identifier: GPL-2.0
/* Request and response: how long one byte takes there and back, as netperf's TCP_RR
 * and UDP_RR, with percentiles.
 *
 *	rr serve PORT			answer TCP and UDP until killed
 *	rr tcp|udp ADDRESS PORT SECONDS	ask; prints transactions/s and p50, p90, p99 in us
 *
 * A response that does not come within a second is a loss and ends the program with 2.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctrl/base/clock.h"

#define SAMPLES_MAX (4 << 20)

static void die(const char *what)
{
	fprintf(stderr, "rr: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int socket_open(int type)
{
	struct timeval second = { .tv_sec = 1 };
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	return fd;
}

static struct sockaddr_in address(const char *ip, const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (ip && inet_pton(AF_INET, ip, &a.sin_addr) != 1) {
		errno = EINVAL;
		die(ip);
	}
	return a;
}

/* One connection at a time, as long as it sends. */
static void serve_tcp(int listener)
{
	int fd = accept(listener, NULL, NULL), one = 1;
	char byte;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	while (read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
		;
	close(fd);
}

static void serve_udp(int fd)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char byte;

	while (recvfrom(fd, &byte, 1, 0, (struct sockaddr *)&from, &len) == 1)
		sendto(fd, &byte, 1, 0, (struct sockaddr *)&from, len);
}

static int serve(const char *port)
{
	struct sockaddr_in a = address(NULL, port);
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	fds[0].fd = socket_open(SOCK_STREAM);
	fds[1].fd = socket_open(SOCK_DGRAM);
	for (int i = 0; i < 2; i++)
		if (bind(fds[i].fd, (struct sockaddr *)&a, sizeof(a)))
			die("bind");
	if (listen(fds[0].fd, 8))
		die("listen");
	while (poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			serve_tcp(fds[0].fd);
		if (fds[1].revents)
			serve_udp(fds[1].fd);
	}
	return 2;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double percentile_us(const uint32_t *ns, size_t n, double p)
{
	return ns[(size_t)(p / 100 * (n - 1))] / 1000.0;
}

static int ask(int type, const char *ip, const char *port, double seconds)
{
	struct sockaddr_in a = address(ip, port);
	int fd = socket_open(type), one = 1;
	uint64_t begin, sent, end;
	uint32_t *took;
	char byte = 'x';
	size_t n = 0;

	took = malloc(SAMPLES_MAX * sizeof(*took));
	if (!took)
		die("malloc");
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	begin = end = monotonic_ns();
	while (n < SAMPLES_MAX && end - begin < seconds * 1e9) {
		sent = end;
		if (send(fd, &byte, 1, 0) != 1 || recv(fd, &byte, 1, 0) != 1)
			die("no response");
		end = monotonic_ns();
		took[n++] = end - sent;
	}
	qsort(took, n, sizeof(*took), compare);
	printf("%.0f %.1f %.1f %.1f\n", n / ((end - begin) / 1e9), percentile_us(took, n, 50),
	       percentile_us(took, n, 90), percentile_us(took, n, 99));
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "tcp"))
		return ask(SOCK_STREAM, argv[2], argv[3], atof(argv[4]));
	if (argc == 5 && !strcmp(argv[1], "udp"))
		return ask(SOCK_DGRAM, argv[2], argv[3], atof(argv[4]));
	fprintf(stderr, "usage: rr serve PORT | rr tcp|udp ADDRESS PORT SECONDS\n");
	return 1;
}
