// SPDX-License-Identifier: GPL-2.0
/* A handler of punted frames in 50 lines: answers who asks for an IPv4 address.
 *	xsw punt add tap0 ethertype arp socket 5
 *	arp-answer sw0 5 192.0.2.1 02:00:00:00:00:01
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/ether.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <xsw-punt.h>

static struct in_addr address;
static struct ether_addr mac;
static void answer(const struct xsw_punt_frame *f, void *punt)
{
	unsigned char b[64];
	size_t l3 = 14;

	if (f->caught > sizeof(b)) /* no ARP */
		return;
	memcpy(b, f->data, f->caught);
	while (l3 + 28 < f->caught && b[l3 - 2] == 0x81 && b[l3 - 1] == 0)
		l3 += 4; /* tags stay as they are */
	if (l3 + 28 > f->caught || memcmp(b + l3 + 2, "\x08\0\x06\x04\0\x01", 6) ||
	    memcmp(b + l3 + 24, &address, 4)) /* RFC 826: not a request for it */
		return;
	memcpy(b + l3 + 18, b + l3 + 8, 10);
	memcpy(b + l3 + 8, &mac, 6);
	memcpy(b + l3 + 14, &address, 4);
	b[l3 + 7] = 2;
	memcpy(b, b + 6, 6);
	memcpy(b + 6, &mac, sizeof(mac));
	if (xsw_punt_send(punt, f->ifindex, b, f->caught))
		warnx("%s", xsw_punt_error());
}

int main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLIN };
	struct xsw_punt *punt;
	if (argc != 5 || !inet_aton(argv[3], &address) || !ether_aton_r(argv[4], &mac))
		errx(1, "usage: arp-answer SWITCH SOCKET IPV4 MAC");
	if (xsw_punt_open(argv[1], atoi(argv[2]), 0, &punt))
		errx(2, "%s", xsw_punt_error());
	for (p.fd = xsw_punt_fd(punt); poll(&p, 1, 1000) >= 0 && xsw_punt_alive(punt);)
		xsw_punt_read(punt, answer, punt);
	xsw_punt_close(punt);
}
