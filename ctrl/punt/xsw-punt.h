/* SPDX-License-Identifier: GPL-2.0 */
/* Frames that `xsw punt add ... socket N` takes out of a switch, for a program of yours.
 * Installed as <xsw-punt.h>; link with `pkg-config --libs xsw-punt`. See xsw-punt(8), and
 * arp-answer.c among the examples.
 *
 *	struct xsw_punt *punt;
 *
 *	if (xsw_punt_open("sw0", 0, 0, &punt))
 *		errx(1, "%s", xsw_punt_error());
 *	struct pollfd p = { .fd = xsw_punt_fd(punt), .events = POLLIN };
 *	while (poll(&p, 1, -1) >= 0)
 *		xsw_punt_read(punt, look_at_a_frame, NULL);
 *
 * While nobody has a socket open, its frames are switched as if there were no rule. It needs
 * CAP_SYS_ADMIN, or CAP_BPF and CAP_PERFMON, and CAP_NET_RAW to send. Who drops them after
 * xsw_punt_open() does not read what enters on a CPU that is switched on later: that is
 * switched.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct xsw_punt;

struct xsw_punt_frame {
	const void *data;  /* from the Ethernet header on, with all tags; valid in the call */
	uint32_t caught;   /* bytes at @data */
	uint32_t len;	   /* of the frame: more than @caught above 65 KB */
	uint64_t time_ns;  /* CLOCK_REALTIME when it came in */
	uint32_t ifindex;  /* of the port's device */
	uint16_t port;	   /* number of the port, for xsw_punt_port_name() */
	uint16_t vlan;	   /* inside the switch; 0: none. Of 01-80-C2-00-00-0X: of its tag */
	uint16_t gso_size; /* 0, or payload of the longest segment that this frame stands for */
	uint8_t rule;	   /* which of the port's rules it was, from 0 on */
};

/**
 * xsw_punt_open() - read socket @number of switch @name
 * @ring_bytes: room for frames that wait, on each CPU, made a power of two; 0: 512 KB. Below
 * 128 KB the longest frames do not fit (guests send up to 64 KB), and count as lost for
 * a ring that is full.
 * @punt: result, for xsw_punt_close()
 *
 * Where switches are pinned, the environment's XSW_BPFFS says (/sys/fs/bpf/xsw).
 * Return: 0; -ENOENT: no such switch; -EOPNOTSUPP: one of an earlier version; -EBUSY:
 * another process has the socket; -errno.
 */
int xsw_punt_open(const char *name, unsigned int number, size_t ring_bytes, struct xsw_punt **punt);
void xsw_punt_close(struct xsw_punt *punt);

/** xsw_punt_error() - why the last call of this thread failed, as a sentence */
const char *xsw_punt_error(void);

/**
 * xsw_punt_fd() - readable when frames have come, for poll() and the like
 *
 * That is said once: after each poll() that says so call xsw_punt_read(), which leaves nothing
 * behind. What is not read then is not told of again before another frame comes.
 */
int xsw_punt_fd(const struct xsw_punt *punt);

/**
 * xsw_punt_read() - call @frame for each that waits; never blocks
 *
 * Frames of one CPU come in their order. A checksum may be partial and a frame stand for
 * many (@gso_size) where the sender leaves that to the device, as guests do.
 * Return: how many there were, or -errno.
 */
int xsw_punt_read(struct xsw_punt *punt,
		  void (*frame)(const struct xsw_punt_frame *frame, void *arg), void *arg);

/** xsw_punt_alive() - is the switch still there? When it is not, close. */
int xsw_punt_alive(const struct xsw_punt *punt);

/** xsw_punt_port_name() - the device of port @port, "" if none; valid until the next call */
const char *xsw_punt_port_name(struct xsw_punt *punt, unsigned int port);

/**
 * xsw_punt_send() - send a frame out of device @ifindex
 * @data: from the Ethernet header on, without FCS
 *
 * It leaves past the switch: not counted there, and no VLAN settings are applied. The
 * caller must be in the network namespace of the device. Return: 0 or -errno.
 */
int xsw_punt_send(struct xsw_punt *punt, uint32_t ifindex, const void *data, size_t len);

#ifdef __cplusplus
}
#endif
