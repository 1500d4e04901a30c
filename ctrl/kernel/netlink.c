// SPDX-License-Identifier: GPL-2.0
/* Netlink requests by libnl-3: one socket each, since a socket belongs to a namespace. libnl folds
 * many numbers of errno into one of its own, so callbacks keep what the kernel said.
 */
#include "ctrl/kernel/netlink.h"

#include <errno.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RECEIVE_BYTES (64 * 1024) /* more than the kernel sends at once */
#define DUMPS_MAX 16		  /* as often is one begun that is interrupted each time */

/* An answer as far as it has come. */
struct talk {
	FILE *replies; /* messages, one after the other */
	bool done;
	int err; /* of the kernel */
};

/* What the kernel said to the last request. */
static _Thread_local struct {
	int err;
	char text[160];
} last;

struct nl_msg *netlink_request(int type, int flags, const void *body, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, (void *)body, len, NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

void netlink_put(struct nl_msg *msg, int type, const void *data, size_t len)
{
	if (msg) /* of a page: there is room */
		nla_put(msg, type, len, data);
}

static int on_reply(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	struct talk *t = arg;

	return fwrite(h, NLMSG_ALIGN(h->nlmsg_len), 1, t->replies) == 1 ? NL_OK : -NLE_NOMEM;
}

/* The answer ends with @err; what is said about it stands behind the @len bytes that hold it. */
static void talk_end(struct talk *t, struct nlmsghdr *h, size_t len, int err)
{
	static const struct nla_policy policy[NLMSGERR_ATTR_MSG + 1] = {
		[NLMSGERR_ATTR_MSG] = { .type = NLA_STRING },
	};
	struct nlattr *a[NLMSGERR_ATTR_MSG + 1];

	t->done = true;
	t->err = err;
	if (err && h->nlmsg_flags & NLM_F_ACK_TLVS &&
	    !nlmsg_parse(h, len, a, NLMSGERR_ATTR_MSG, policy))
		snprintf(last.text, sizeof(last.text), "%s", netlink_str(a[NLMSGERR_ATTR_MSG]));
}

/* An acknowledgement or the end of a dump: both begin with an error number. */
static int on_end(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	int err = 0;

	if (nlmsg_datalen(h) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(h), sizeof(err));
	talk_end(arg, h, sizeof(err), err);
	return NL_STOP;
}

/* libnl hands on the body of the message, without its header. */
static int on_error(struct sockaddr_nl *who, struct nlmsgerr *e, void *arg)
{
	(void)who;
	talk_end(arg, (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN), sizeof(*e), e->error);
	return NL_STOP;
}

static struct nl_sock *talk_open(int protocol, struct talk *t)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1;

	if (!sk)
		return NULL;
	nl_socket_set_msg_buf_size(sk, RECEIVE_BYTES);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_reply, t);
	nl_socket_modify_cb(sk, NL_CB_ACK, NL_CB_CUSTOM, on_end, t);
	nl_socket_modify_cb(sk, NL_CB_FINISH, NL_CB_CUSTOM, on_end, t);
	nl_socket_modify_err_cb(sk, NL_CB_CUSTOM, on_error, t);
	if (nl_connect(sk, protocol)) {
		nl_socket_free(sk);
		return NULL;
	}
	/* errors with the kernel's words, without a copy of the request before them */
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return sk;
}

/* Return: 0 or -NLE_*; libnl checks the sequence number of each message. */
static int talk_once(struct talk *t, struct nl_sock *sk, struct nl_msg *msg)
{
	int err;

	rewind(t->replies);
	t->done = false;
	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	err = nl_send_auto(sk, msg);
	while (err >= 0 && !t->done)
		err = nl_recvmsgs_default(sk);
	return err;
}

/* @data: the messages of the answer, @size bytes; freed by the caller */
static int talk(int protocol, struct nl_msg *msg, char **data, size_t *size)
{
	struct talk t = { .replies = open_memstream(data, size) };
	struct nl_sock *sk = t.replies ? talk_open(protocol, &t) : NULL;
	int err, n = 0;

	do {
		err = sk ? talk_once(&t, sk, msg) : -NLE_NOMEM;
	} while (err == -NLE_DUMP_INTR && ++n < DUMPS_MAX);
	nl_socket_free(sk);
	if (t.replies && fclose(t.replies))
		err = -NLE_NOMEM;
	if (t.err || err >= 0 || err == -NLE_DUMP_INTR)
		return t.err;
	return errno ? -errno :
		       -EPROTO; /* of the system call that failed: libnl has fewer numbers */
}

int netlink_talk(int protocol, struct nl_msg *msg, netlink_reply reply, void *arg)
{
	struct nlmsghdr *h;
	char *data = NULL;
	size_t size = 0;
	int err, left;

	errno = 0;
	last.text[0] = '\0';
	err = msg ? talk(protocol, msg, &data, &size) : -ENOMEM;
	last.err = err;
	nlmsg_free(msg);
	left = size;
	for (h = (struct nlmsghdr *)data; !err && reply && nlmsg_ok(h, left);
	     h = nlmsg_next(h, &left))
		reply(h, arg);
	free(data);
	return err;
}

const char *netlink_error(int err)
{
	static _Thread_local char text[256];

	if (err != last.err || !last.text[0])
		return strerror(err < 0 ? -err : err);
	snprintf(text, sizeof(text), "%s: %s", strerror(-err), last.text);
	return text;
}

int netlink_family(const char *name)
{
	struct nl_sock *sk = nl_socket_alloc();
	int id = -NLE_NOMEM;

	if (sk && !genl_connect(sk))
		id = genl_ctrl_resolve(sk, name);
	nl_socket_free(sk);
	return id > 0 ? id : -ENOENT;
}

__u32 netlink_u32(const struct nlattr *a)
{
	__u32 value = 0;

	nla_memcpy(&value, a, sizeof(value));
	return value;
}

const char *netlink_str(const struct nlattr *a)
{
	const char *text = a ? nla_data(a) : "";

	return a && (!nla_len(a) || text[nla_len(a) - 1]) ? "" : text;
}
