/* SPDX-License-Identifier: GPL-2.0 */
/* The connections of xsw-exporter: how long each may last, and which connection is closed when
 * there are too many. A client that sends its request a byte at a time, or does not read its
 * answer, can neither keep others out nor stay for ever.
 *
 * One thread: the functions are called by libmicrohttpd's event loop, or between its runs.
 */
#pragma once

#include <microhttpd.h>

/* Connections that libmicrohttpd may have open: more than CLIENTS_MAX, because it closes those
 * that are shut down at its next run.
 */
#define CLIENTS_ROOM 64

#define CLIENTS_MAX 16 /* connections of all clients */
#define CLIENTS_EACH 4 /* of one client: an IPv4 address, an IPv6 network of 64 bits, or loopback */
#define REQUEST_MAX_S 5 /* from connecting, or the end of the last answer, to a whole request */
#define ANSWER_MAX_S 30 /* from there to the end of the answer */

/**
 * clients_connection() - a connection begins or ends; for MHD_OPTION_NOTIFY_CONNECTION
 *
 * A connection that is one too many shuts down another one: of the same client if that has
 * CLIENTS_EACH, else of the client that has most. Those whose request has not come whole go
 * first, and of these the oldest.
 */
void clients_connection(void *cls, struct MHD_Connection *connection, void **slot,
			enum MHD_ConnectionNotificationCode what);

/** clients_asked() - the request of @connection is whole, and is being answered */
void clients_asked(struct MHD_Connection *connection);

/** clients_answered() - the answer has been sent, or never will; for MHD_OPTION_NOTIFY_COMPLETED */
void clients_answered(void *cls, struct MHD_Connection *connection, void **seen,
		      enum MHD_RequestTerminationCode why);

/**
 * clients_expire() - shut down the connections that have lasted too long
 *
 * libmicrohttpd closes them when it runs next. Return: milliseconds until this function has to
 * be called again, -1: not before there is another connection.
 */
int clients_expire(void);
