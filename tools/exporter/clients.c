// SPDX-License-Identifier: GPL-2.0
/* The connections of xsw-exporter, see clients.h. A connection is ended by shutdown(): its
 * descriptor stays libmicrohttpd's, which finds the end of the stream and closes it.
 */
#include "tools/exporter/clients.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "ctrl/base/clock.h"

struct client {
	bool used;
	bool leaves; /* shut down, not yet closed */
	bool asked;  /* the request is whole */
	int fd;
	long long since_ms; /* of this request, or of its answer */
	struct in6_addr who;
};

static struct client clients[CLIENTS_ROOM];

static long long due_ms(const struct client *c)
{
	return c->since_ms + (c->asked ? ANSWER_MAX_S : REQUEST_MAX_S) * 1000LL;
}

static void client_end(struct client *c)
{
	shutdown(c->fd, SHUT_RDWR);
	c->leaves = true;
}

/* Whose connection is it? One who has an IPv6 network, or loopback, has as many addresses as
 * he likes.
 */
static struct in6_addr client_who(const struct sockaddr *addr)
{
	struct in6_addr who = {};
	in_addr_t v4;

	if (addr->sa_family == AF_INET6) {
		who = ((const struct sockaddr_in6 *)addr)->sin6_addr;
		if (!IN6_IS_ADDR_V4MAPPED(&who)) {
			memset(&who.s6_addr[8], 0, 8); /* ::1 too: the same as no address */
			return who;
		}
		v4 = who.s6_addr32[3];
	} else {
		v4 = ((const struct sockaddr_in *)addr)->sin_addr.s_addr;
	}
	memset(&who, 0, sizeof(who));
	if (ntohl(v4) >> 24 == IN_LOOPBACKNET)
		return who;
	who.s6_addr32[2] = htonl(0xffff);
	who.s6_addr32[3] = v4;
	return who;
}

static bool same_client(const struct client *a, const struct client *b)
{
	return !memcmp(&a->who, &b->who, sizeof(a->who));
}

/* Connections of the client that has @like; NULL: of all. */
static int count(const struct client *like)
{
	int n = 0;

	for (int i = 0; i < CLIENTS_ROOM; i++)
		n += clients[i].used && !clients[i].leaves &&
		     (!like || same_client(&clients[i], like));
	return n;
}

/* The connection that may go first of the client that has @like, but not @like itself. */
static struct client *victim_of(const struct client *like)
{
	struct client *first = NULL;

	for (int i = 0; i < CLIENTS_ROOM; i++) {
		struct client *c = &clients[i];

		if (!c->used || c->leaves || c == like || !same_client(c, like))
			continue;
		if (!first || c->asked < first->asked ||
		    (c->asked == first->asked && c->since_ms < first->since_ms))
			first = c;
	}
	return first;
}

/* A connection of the client that has most of them. */
static const struct client *greediest(void)
{
	const struct client *most = NULL;
	int n, highest = 0;

	for (int i = 0; i < CLIENTS_ROOM; i++) {
		if (!clients[i].used || clients[i].leaves)
			continue;
		n = count(&clients[i]);
		if (n > highest) {
			highest = n;
			most = &clients[i];
		}
	}
	return most;
}

/* There is a new connection: one of its client's, or of all, may be one too many. */
static void room_make(const struct client *new)
{
	const struct client *of = count(new) > CLIENTS_EACH ? new :
				  count(NULL) > CLIENTS_MAX ? greediest() :
							      NULL;
	struct client *victim = of ? victim_of(of) : NULL;

	if (victim)
		client_end(victim);
}

static void client_begin(struct MHD_Connection *connection, void **slot)
{
	const union MHD_ConnectionInfo *fd, *addr;
	struct client *c = clients;

	while (c < clients + CLIENTS_ROOM && c->used)
		c++;
	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	addr = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (c == clients + CLIENTS_ROOM || !fd || !addr) /* not with libmicrohttpd's own limit */
		return;
	*c = (struct client){ .used = true,
			      .fd = fd->connect_fd,
			      .since_ms = monotonic_ns() / NS_PER_MS,
			      .who = client_who(addr->client_addr) };
	*slot = c;
	room_make(c);
}

void clients_connection(void *cls, struct MHD_Connection *connection, void **slot,
			enum MHD_ConnectionNotificationCode what)
{
	struct client *c = *slot;

	(void)cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		client_begin(connection, slot);
	else if (c)
		c->used = false;
}

static void client_turn(struct MHD_Connection *connection, bool asked)
{
	const union MHD_ConnectionInfo *slot =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *c = slot ? slot->socket_context : NULL;

	if (!c)
		return;
	c->asked = asked;
	c->since_ms = monotonic_ns() / NS_PER_MS;
}

void clients_asked(struct MHD_Connection *connection)
{
	client_turn(connection, true);
}

void clients_answered(void *cls, struct MHD_Connection *connection, void **seen,
		      enum MHD_RequestTerminationCode why)
{
	(void)cls;
	(void)seen;
	(void)why;
	client_turn(connection, false);
}

int clients_expire(void)
{
	long long now = monotonic_ns() / NS_PER_MS, next = LLONG_MAX;

	for (int i = 0; i < CLIENTS_ROOM; i++) {
		struct client *c = &clients[i];

		if (!c->used || c->leaves)
			continue;
		if (due_ms(c) <= now)
			client_end(c);
		else if (due_ms(c) < next)
			next = due_ms(c);
	}
	return next == LLONG_MAX ? -1 : (int)(next - now) + 1;
}
