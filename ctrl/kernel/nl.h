/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests with the kernel's own errno. Private to ctrl/. */
#pragma once

#include <stddef.h>
#include <linux/netlink.h>
#include <linux/types.h>

/* A request under construction; @room bytes for attributes follow. */
struct nl_req {
	struct nlmsghdr h;
	char room[512];
};

/** nl_begin() - start a request: @body is the fixed header (struct ifinfomsg, ...) of @len bytes */
void nl_begin(struct nl_req *req, __u16 type, __u16 flags, const void *body, size_t len);

/** nl_put() - add an attribute; the request has room for what ctrl/ asks */
void nl_put(struct nl_req *req, __u16 type, const void *data, size_t len);

/** nl_nest() - begin an attribute that holds what follows, after @head of @len bytes */
struct nlattr *nl_nest(struct nl_req *req, __u16 type, const void *head, size_t len);
void nl_nest_end(struct nl_req *req, struct nlattr *nest);

/**
 * nl_talk() - send a request and read the answer
 * @protocol: NETLINK_ROUTE, NETLINK_GENERIC
 * @reply: called for each message but acknowledgements; may be NULL
 *
 * The socket belongs to the network namespace of the calling thread.
 * Return: 0 or -errno of the kernel. Sets no error text.
 */
int nl_talk(int protocol, struct nl_req *req, void (*reply)(const struct nlmsghdr *h, void *arg),
	    void *arg);

/**
 * nl_parse() - index attributes by type
 * @table: @max + 1 pointers, NULL where there is none
 */
void nl_parse(const void *attrs, int len, const struct nlattr **table, int max);

/** nl_u32() - value of an attribute, 0 if there is none */
__u32 nl_u32(const struct nlattr *a);

/** nl_str() - string value of an attribute, "" if there is none */
const char *nl_str(const struct nlattr *a);

/** nl_genl_family() - number of a generic netlink family. Return: > 0, or -errno. */
int nl_genl_family(const char *name);

#define NL_DATA(a) ((const void *)((const char *)(a) + NLA_HDRLEN))
#define NL_LEN(a) ((a)->nla_len - NLA_HDRLEN)
