/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests by libnl-3, with the kernel's own errno and words. Private to ctrl/.
 * Attributes are put and read by libnl's nla_put(), nlmsg_parse() and their kin.
 */
#pragma once

#include <stddef.h>
#include <linux/netlink.h>
#include <linux/types.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

typedef void (*netlink_reply)(struct nlmsghdr *h, void *arg);

/**
 * netlink_request() - begin a request
 * @body: the fixed header that @type wants (struct ifinfomsg, ...), of @len bytes
 *
 * Return: the message, for netlink_talk(); NULL if there is no memory.
 */
struct nl_msg *netlink_request(int type, int flags, const void *body, size_t len);

/** netlink_put() - add an attribute of at most 256 bytes; @msg may be NULL */
void netlink_put(struct nl_msg *msg, int type, const void *data, size_t len);

/**
 * netlink_talk() - send a request and read the answer
 * @protocol: NETLINK_ROUTE, NETLINK_GENERIC, NETLINK_NETFILTER
 * @msg: freed here; NULL: there was no memory for it
 * @reply: called for each message but acknowledgements, after the last has come; may be NULL
 *
 * The socket belongs to the network namespace of the calling thread. A dump during which
 * something changed (NLM_F_DUMP_INTR) is begun again, a limited number of times; then its last
 * reading is handed on.
 * Return: 0 or -errno of the kernel. Sets no error text, see netlink_error().
 */
int netlink_talk(int protocol, struct nl_msg *msg, netlink_reply reply, void *arg);

/**
 * netlink_error() - why the last netlink_talk() of this thread failed
 * @err: what it returned
 *
 * Return: the text of @err, and behind it what the kernel said about it (NLMSGERR_ATTR_MSG), if
 * anything: "Invalid argument: MTU greater than device maximum". Valid until the next call.
 */
const char *netlink_error(int err);

/** netlink_family() - number of a generic netlink family. Return: > 0, or -ENOENT. */
int netlink_family(const char *name);

/** netlink_u32() - value of an attribute, 0 if there is none */
__u32 netlink_u32(const struct nlattr *a);

/** netlink_str() - string value of an attribute, "" if there is none */
const char *netlink_str(const struct nlattr *a);
