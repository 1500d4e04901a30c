/* SPDX-License-Identifier: GPL-2.0 */
/* A port of the switch as the process sees it: what it receives from, and how it sends. The main
 * thread opens and closes ports (ports.h). Workers read what port_get() gives until their round
 * ends.
 */
#pragma once

#include <stdbool.h>
#include <linux/if_xdp.h>
#include <linux/types.h>

#include "ctrl/kernel/napi.h"
#include "maps/limits.h"
#include "maps/xsk.h"

/* How a thread waits for frames; of the queues it has, the most eager one counts. */
enum mode { MODE_INTERRUPT, MODE_ADAPTIVE, MODE_BUSY_POLL, MODE_SPIN };

struct port_io;

struct port {
	__u32 number;
	__u32 ifindex;
	char ifname[XSW_NAME_LEN];
	__u32 mtu;	 /* see port_mtu() */
	__u64 mtu_asked; /* a tick of the coarse clock */
	bool up;
	bool served;   /* its frames come to us */
	bool csum;     /* also those whose checksum is partial, which we complete */
	bool at_first; /* @io is the one that is there at once, until there is a better one */
	__u32 tries;   /* to open that, in vain */
	enum mode mode;
	struct napi_settings napi;
	const struct port_io *io;   /* how its frames come and go */
	__u32 queues;		    /* that @io has opened: if served, to receive from */
	int fd[XSW_XSK_QUEUES];	    /* readable when frames have come to the queue */
	void *priv[XSW_XSK_QUEUES]; /* of @io, one a queue */
	struct port *next;	    /* of those to be freed */
};

/** port_get() - or NULL */
struct port *port_get(__u32 number);

/** port_set() - what port_get() gives from now on. Context: main thread. */
void port_set(__u32 number, struct port *p);

/**
 * port_mtu() - of the device, as it was a tick of the coarse clock ago at most
 *
 * The main thread hears of each change, but a busy machine may run the workers long before
 * it. So a worker asks the kernel itself, once a tick.
 */
__u32 port_mtu(struct port *p);

/**
 * port_send() - descriptors of whole frames
 * @queue: a number; the same for frames whose order matters
 *
 * Takes all of them, and counts what does not get away. Return: does something wait for
 * port_push()?
 */
bool port_send(struct port *p, __u32 queue, const struct xdp_desc *d, __u32 n);

/** port_push() - does something wait to be sent? Then let it go on. Return: still? */
bool port_push(struct port *p, __u32 queue);

/** ports_reap() - take back the memory of all that has been sent */
void ports_reap(void);

/** port_note() - tell on stderr what goes wrong with port @ifname, NULL: with all of them */
void port_note(const char *ifname, const char *text);
