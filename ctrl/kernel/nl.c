// SPDX-License-Identifier: GPL-2.0
/* Netlink requests: one socket each, since it belongs to a namespace. */
#include "ctrl/kernel/nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NL_BUFFER (64 * 1024)

void nl_begin(struct nl_req *req, __u16 type, __u16 flags, const void *body, size_t len)
{
	memset(req, 0, sizeof(*req));
	req->h.nlmsg_type = type;
	req->h.nlmsg_flags = NLM_F_REQUEST | flags;
	req->h.nlmsg_len = NLMSG_LENGTH(len);
	memcpy(NLMSG_DATA(&req->h), body, len);
}

void nl_put(struct nl_req *req, __u16 type, const void *data, size_t len)
{
	__u32 at = NLMSG_ALIGN(req->h.nlmsg_len);
	struct nlattr *a = (struct nlattr *)((char *)req + at);

	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)a + NLA_HDRLEN, data, len);
	req->h.nlmsg_len = at + NLA_ALIGN(a->nla_len);
}

struct nlattr *nl_nest(struct nl_req *req, __u16 type, const void *head, size_t len)
{
	__u32 at = NLMSG_ALIGN(req->h.nlmsg_len);

	nl_put(req, type, head, len);
	return (struct nlattr *)((char *)req + at);
}

void nl_nest_end(struct nl_req *req, struct nlattr *nest)
{
	nest->nla_len = (char *)req + req->h.nlmsg_len - (char *)nest;
}

/* Hand on the messages of one datagram. Return: 1 to read on, 0 when done, -errno. */
static int nl_messages(const struct nlmsghdr *h, int len,
		       void (*reply)(const struct nlmsghdr *h, void *arg), void *arg)
{
	for (; NLMSG_OK(h, (unsigned int)len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			return e->error;
		}
		if (h->nlmsg_type == NLMSG_DONE)
			return 0;
		if (reply)
			reply(h, arg);
	}
	return 1;
}

int nl_talk(int protocol, struct nl_req *req, void (*reply)(const struct nlmsghdr *h, void *arg),
	    void *arg)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	char *buf = NULL;
	int fd, err;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return -errno;
	if ((req->h.nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		req->h.nlmsg_flags |= NLM_F_ACK;
	buf = malloc(NL_BUFFER);
	if (!buf) {
		err = -ENOMEM;
		goto out;
	}
	if (sendto(fd, req, req->h.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0) {
		err = -errno;
		goto out;
	}
	do {
		ssize_t n = recv(fd, buf, NL_BUFFER, 0);

		if (n < 0 && errno == EINTR) {
			err = 1;
			continue;
		}
		if (n < 0) {
			err = -errno;
			goto out;
		}
		err = nl_messages((const struct nlmsghdr *)buf, n, reply, arg);
	} while (err > 0);
out:
	free(buf);
	close(fd);
	return err;
}

void nl_parse(const void *attrs, int len, const struct nlattr **table, int max)
{
	const struct nlattr *a = attrs;

	memset(table, 0, (max + 1) * sizeof(*table));
	while (len >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= len) {
		int type = a->nla_type & NLA_TYPE_MASK;

		if (type <= max)
			table[type] = a;
		len -= NLA_ALIGN(a->nla_len);
		a = (const struct nlattr *)((const char *)a + NLA_ALIGN(a->nla_len));
	}
}

__u32 nl_u32(const struct nlattr *a)
{
	__u32 value = 0;

	if (a && NL_LEN(a) >= (int)sizeof(value))
		memcpy(&value, NL_DATA(a), sizeof(value));
	return value;
}

const char *nl_str(const struct nlattr *a)
{
	return a ? NL_DATA(a) : "";
}

static void family_reply(const struct nlmsghdr *h, void *arg)
{
	const struct nlattr *a[CTRL_ATTR_FAMILY_ID + 1];
	int len = h->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);

	nl_parse((char *)NLMSG_DATA(h) + GENL_HDRLEN, len, a, CTRL_ATTR_FAMILY_ID);
	if (a[CTRL_ATTR_FAMILY_ID])
		*(int *)arg = *(const __u16 *)NL_DATA(a[CTRL_ATTR_FAMILY_ID]);
}

int nl_genl_family(const char *name)
{
	struct genlmsghdr body = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct nl_req req;
	int id = 0, err;

	nl_begin(&req, GENL_ID_CTRL, 0, &body, sizeof(body));
	nl_put(&req, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	err = nl_talk(NETLINK_GENERIC, &req, family_reply, &id);
	if (err)
		return err;
	return id ? id : -ENOENT;
}
