/* SPDX-License-Identifier: GPL-2.0 */
/* Busy poll: the socket options, and the two settings that leave a NAPI to its poller. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

struct napi_settings {
	__u32 ifindex;
	bool taken;
	long defer_hard_irqs; /* as they were */
	long gro_flush_timeout;
};

/**
 * napi_take() - let interrupts wait while somebody polls
 * @n: for napi_restore()
 *
 * Return: whether it was possible; it needs CAP_SYS_ADMIN. Busy poll works without, less well.
 */
bool napi_take(const char *ifname, __u32 ifindex, struct napi_settings *n);

/** napi_restore() - as they were */
void napi_restore(struct napi_settings *n);

/** napi_poll_begin() - prefer busy poll on a socket. Return: 0 or -errno, without error text. */
int napi_poll_begin(int fd);

/** napi_known() - has the driver named a NAPI for the socket? */
bool napi_known(int fd);
