/* SPDX-License-Identifier: GPL-2.0 */
/* The device that frames go out of and come in at, whatever carries them:
 *
 *   af_xdp	AF_XDP sockets of libxdp, zero-copy where the driver has it
 *   packet	AF_PACKET sockets, where AF_XDP is impossible
 *   tap	the other side of a tap, as a hypervisor: what is sent enters the host
 *
 * A thread works on queues of its own; nothing here locks.
 */
#pragma once

#include <net/if.h>
#include <stdbool.h>
#include <linux/types.h>

#include "ctrl/base/error.h"
#include "tools/pktgen/config.h"
#include "tools/pktgen/napi.h"

#define QUEUES_MAX 64
#define SLOT_PIECES FRAGMENTS_MAX
#define SLOT_CHUNKS 4 /* of 4096 bytes, which LEN_MAX bytes take */
#define NOTE_LEN 160
#define NOTES_MAX 4

/* A buffer for one frame, in pieces where it is longer than a chunk of AF_XDP memory. */
struct slot {
	__u32 len;
	__u32 room;
	__u32 piece_room; /* bytes of each piece but the last one; 0: there is one */
	__u32 pieces;
	bool filled; /* for frame.c: the template of the frames has been written to it */
	struct {
		__u8 *data;
		__u32 len;
	} piece[SLOT_PIECES];
};

struct dev;

struct queue {
	struct dev *dev;
	unsigned int index;
	int fd;		  /* readable when a frame has come, -1: not open */
	__u64 tx_dropped; /* frames that the device took and dropped at once */
	void *priv;
};

struct dev_ops {
	int (*open)(struct dev *dev);
	void (*close)(struct dev *dev);
	int (*queue_open)(struct queue *q);
	void (*queue_close)(struct queue *q);

	/* Find up to @n empty slots. Return: how many. */
	unsigned int (*tx_get)(struct queue *q, struct slot **slots, unsigned int n);
	/* Send slots of tx_get(), in order; a slot of length 0 is given back unsent. Return: 0 or
	 * -errno with the error set.
	 */
	int (*tx_put)(struct queue *q, struct slot **slots, unsigned int n);
	/* Have the device go on with frames that wait. Return: frames it still has, or -errno. */
	int (*tx_flush)(struct queue *q);
	/* Take up to @n frames that came. Return: how many, or -errno with the error set. */
	int (*rx_get)(struct queue *q, struct slot **slots, unsigned int n);
	/* Give back all frames of the last rx_get(). */
	void (*rx_put)(struct queue *q);
	/* Count frames that came and were lost, because the process had no room for them. */
	__u64 (*overruns)(struct queue *q);
	/* Drive the device's NAPI from this thread; NULL: impossible. Return: 1, or 0 while the
	 * driver has not told which NAPI it is; if a frame comes before it has, rx_get() fails.
	 */
	int (*busy_poll)(struct queue *q);
};

struct dev {
	const struct config *conf;
	const struct dev_ops *ops;
	char backend[48]; /* for the user: "af_xdp copy" */
	char note[NOTES_MAX][NOTE_LEN];
	unsigned int notes;
	__u32 ifindex;
	__u32 mtu;
	__u32 peer_vlan; /* LINK_FEAT_* taken from the other end of a veth, to give back */
	struct napi_settings napi;
	__u8 mac[6];
	bool sends;
	bool receives;
	int promisc_fd;
	unsigned int queues;
	struct queue queue[QUEUES_MAX];
	void *priv;
};

extern const struct dev_ops afxdp_ops;
extern const struct dev_ops packet_ops;
extern const struct dev_ops tap_ops;

struct link_info;

/**
 * dev_facts() - read what the kernel says of the device, to @dev and @info
 *
 * Return: 0, or -errno with the error set: there is no such Ethernet device, or its MTU is below
 * the frames that are to be sent.
 */
int dev_facts(struct dev *dev, struct link_info *info);

/** dev_link_wait() - wait for the link as long as -w says. Return: 0 or -ENETDOWN, error set. */
int dev_link_wait(const struct dev *dev);

/**
 * dev_promisc_begin() - receive frames for other addresses too; ends when promisc_fd is closed
 *
 * A NIC hands up such frames only in promiscuous mode. Return: 0 or -errno with the error set.
 */
int dev_promisc_begin(struct dev *dev);

/**
 * dev_peer_vlan_off() - have the other end of a veth write tags into the frames
 * dev_peer_vlan_restore() - give it the offload back, if it had it
 *
 * XDP looks at the bytes of a frame, where a tag that the other end leaves to offload is missing.
 */
void dev_peer_vlan_off(struct dev *dev, const struct link_info *info);
void dev_peer_vlan_restore(struct dev *dev);

/** dev_gone() - has the device gone, or another one taken its name, since it was opened? */
bool dev_gone(const struct dev *dev);

/** dev_note() - tell the user something about the measurement, with the results */
void dev_note(struct dev *dev, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** dev_fail() - xsw_fail() on the device */
#define dev_fail(dev, err, ...) xsw_fail(err, "device", (dev)->conf->ifname, __VA_ARGS__)

/** slot_fill() - copy a frame to a slot that has the room */
void slot_fill(struct slot *slot, const __u8 *frame, __u32 len);

/** slot_cut() - shorten a frame that stands in a slot, or give it its pieces back */
void slot_cut(struct slot *slot, __u32 len);

/** slot_copy() - copy a frame to @buffer, which has room for LEN_MAX bytes. Return: its bytes. */
__u32 slot_copy(const struct slot *slot, __u8 *buffer);

/**
 * link_up() - set a device up, as `ip link set up`
 * link_set_mtu() - set its MTU
 * link_set_txqlen() - set how many frames a tap holds until its guest reads them
 *
 * Return: 0 or -errno with the error set.
 */
int link_up(const char *ifname);
int link_set_mtu(const char *ifname, __u32 mtu);
int link_set_txqlen(const char *ifname, __u32 frames);
