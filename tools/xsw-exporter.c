// SPDX-License-Identifier: GPL-2.0
/* xsw-exporter: all counters over HTTP, for Prometheus. Reads the maps of the
 * switches that are there when it is asked, so that those may come, go and be
 * upgraded; keeps no state.
 *
 * Before the first request is read it gives up everything but what reading
 * takes, see privileges_drop().
 */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <linux/landlock.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/base/version.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/stats/metrics.h"
#include "ctrl/switch/switch.h"
#include "tools/exporter/clients.h"

#define LISTEN_DEFAULT "127.0.0.1:9095"
#define IDLE_MAX_S 10 /* of a connection between two requests */

#define TYPE_OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_PROMETHEUS "text/plain; version=0.0.4; charset=utf-8"

static const char help_text[] =
	"Usage: xsw-exporter [ --listen ADDR:PORT ] [ --user NAME ] [ --bpffs DIR ]\n"
	"                    [ -V|--version ] [ -h|--help ]\n"
	"Serves http://" LISTEN_DEFAULT "/metrics as user nobody unless told otherwise.\n";

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *fmt, ...)
{
	va_list args;

	fputs("xsw-exporter: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

/* ---- requests ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      const char *type, char *text, size_t len,
			      enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(len, text, mode);
	enum MHD_Result ret;

	if (!response) {
		if (mode == MHD_RESPMEM_MUST_FREE)
			free(text);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	ret = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return ret;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
				   const char *text)
{
	return answer(connection, status, "text/plain; charset=utf-8", (char *)text, strlen(text),
		      MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result answer_metrics(struct MHD_Connection *connection)
{
	const char *accept =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	bool open = accept && strstr(accept, "application/openmetrics-text");
	size_t len = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);
	int err;

	if (!out)
		return MHD_NO;
	xsw_error_clear();
	err = xsw_metrics(out, open ? XSW_METRICS_OPENMETRICS : XSW_METRICS_PROMETHEUS, NULL, NULL);
	if (err == -EUCLEAN) /* one switch is broken, the others are not */
		err = 0;
	if (fclose(out) || err) {
		free(text);
		return answer_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
				   err ? xsw_error_last()->text : "out of memory");
	}
	return answer(connection, MHD_HTTP_OK, open ? TYPE_OPENMETRICS : TYPE_PROMETHEUS, text, len,
		      MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **seen)
{
	static char mark;

	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET /metrics\n");
	if (!*seen) { /* the headers have come, the request has not ended */
		*seen = &mark;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	clients_asked(connection);
	if (!strcmp(url, "/metrics"))
		return answer_metrics(connection);
	if (!strcmp(url, "/"))
		return answer_text(connection, MHD_HTTP_OK, "xsw-exporter: see /metrics\n");
	return answer_text(connection, MHD_HTTP_NOT_FOUND, "not found: see /metrics\n");
}

/* ---- setting up ---- */

static bool is_loopback(const struct sockaddr *addr)
{
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)addr)->sin6_addr;

	if (addr->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)addr)->sin_addr.s_addr) >> 24 ==
		       IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(v6) ||
	       (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == IN_LOOPBACKNET);
}

/* ADDR:PORT, [ADDR]:PORT or :PORT (all addresses) */
static int listen_on(const char *where)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = SOCK_STREAM },
			*found;
	char host[128], *port, *addr = host;
	int fd, on = 1, err;

	if (snprintf(host, sizeof(host), "%s", where) >= (int)sizeof(host))
		die("--listen '%s': too long", where);
	port = strrchr(host, ':');
	if (!port)
		die("--listen '%s': must be ADDR:PORT", where);
	*port++ = '\0';
	if (*addr == '[' && port[-2] == ']') {
		port[-2] = '\0';
		addr++;
	}
	err = getaddrinfo(*addr ? addr : NULL, port, &hints, &found);
	if (err)
		die("--listen '%s': %s", where, gai_strerror(err));
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, CLIENTS_ROOM))
		die("--listen '%s': %s", where, strerror(errno));
	if (!is_loopback(found->ai_addr))
		fprintf(stderr,
			"xsw-exporter: warning: --listen '%s': other hosts can read all "
			"counters, there is no access control\n",
			where);
	freeaddrinfo(found);
	return fd;
}

/* Where namespaces have their names. `ip netns add` makes this folder when it is not there: then
 * it would not be the one that may be listed.
 */
static int netns_folder(void)
{
	mkdir(NETNS_DIR, 0755);
	return open(NETNS_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int folder_allow(int rules, int folder)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = LANDLOCK_ACCESS_FS_READ_DIR,
						      .parent_fd = folder };
	int err = folder < 0 ||
		  syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);

	err = err ? -errno : 0;
	if (folder >= 0)
		close(folder);
	return err;
}

/* Of all files, only folders beside the switches', and that of the names of network namespaces,
 * may be listed from here on. Pins are not opened as files are, and stay readable.
 */
static int landlock_files(int netns)
{
	struct landlock_ruleset_attr rules = { .handled_access_fs =
						       (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };
	char parent[PATH_MAX];
	int fd, err;

	fd = syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	if (fd < 0)
		return -errno;
	snprintf(parent, sizeof(parent), "%s", xsw_bpffs_root());
	*(strrchr(parent, '/') == parent ? parent + 1 : strrchr(parent, '/')) = '\0';
	err = folder_allow(fd, open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC));
	if (netns >= 0)
		folder_allow(fd, netns);
	if (!err && syscall(SYS_landlock_restrict_self, fd, 0))
		err = -errno;
	close(fd);
	return err;
}

/* Become @user with no capability but CAP_DAC_READ_SEARCH: folders of switches are
 * root's alone (0700), and one made later must be found. It reads files of
 * everybody: so landlock, where the kernel has it, leaves none to be read.
 */
static void privileges_drop(const char *user)
{
	const struct passwd *pw = getpwnam(user);
	int err, netns = netns_folder();

	if (!pw)
		die("user '%s': not known here", user);
	if (!pw->pw_uid)
		die("user '%s': that would keep all", user);
	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_READ_SEARCH);
	if (geteuid() ? capng_apply(CAPNG_SELECT_CAPS) :
			capng_change_id(pw->pw_uid, pw->pw_gid,
					CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING))
		die("cannot become user '%s' with CAP_DAC_READ_SEARCH alone", user);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("cannot give up new privileges: %s", strerror(errno));
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	err = landlock_files(netns);
	if (err)
		fprintf(stderr, "xsw-exporter: no landlock (%s): this process could read files\n",
			strerror(-err));
}

/* Milliseconds until libmicrohttpd, or a connection that lasts too long, has to be looked at */
static int nap_ms(struct MHD_Daemon *daemon)
{
	int due = clients_expire();
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(daemon, &ms) != MHD_YES || (due >= 0 && (unsigned long long)due < ms))
		return due;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* Until somebody ends us. */
static void serve(int fd)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct MHD_Daemon *daemon;

	fds[0].fd = signals_open();
	if (fds[0].fd < 0)
		die("%s", xsw_error_last()->text);
	signal(SIGPIPE, SIG_IGN);
	daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, NULL,
				  MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
				  CLIENTS_ROOM, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_MAX_S,
				  MHD_OPTION_NOTIFY_CONNECTION, clients_connection, NULL,
				  MHD_OPTION_NOTIFY_COMPLETED, clients_answered, NULL,
				  MHD_OPTION_END);
	if (!daemon)
		die("cannot serve: %s", strerror(errno));
	fds[1].fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	while (!fds[0].revents) {
		if (poll(fds, 2, nap_ms(daemon)) < 0 && errno != EINTR)
			die("cannot wait for requests: %s", strerror(errno));
		MHD_run(daemon);
	}
	MHD_stop_daemon(daemon);
}

struct config {
	const char *where; /* to listen */
	const char *user;  /* to become */
};

/* Ends the program when there is nothing to serve. */
static void options_read(int argc, char **argv, struct config *config)
{
	enum { OPT_LISTEN = 256, OPT_USER, OPT_BPFFS };
	static const struct option options[] = {
		{ "listen", required_argument, NULL, OPT_LISTEN },
		{ "user", required_argument, NULL, OPT_USER },
		{ "bpffs", required_argument, NULL, OPT_BPFFS },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "Vh", options, NULL)) != -1) {
		switch (c) {
		case OPT_LISTEN:
			config->where = optarg;
			break;
		case OPT_USER:
			config->user = optarg;
			break;
		case OPT_BPFFS:
			if (xsw_bpffs_set(optarg))
				die("%s", xsw_error_last()->text);
			break;
		case 'V':
			printf("xsw-exporter %s\n", xsw_version);
			exit(0);
		case 'h':
			fputs(help_text, stdout);
			exit(0);
		default:
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	struct config config = { LISTEN_DEFAULT, "nobody" };
	int fd;

	options_read(argc, argv, &config);
	if (optind < argc) {
		fputs(help_text, stderr);
		return 1;
	}
	libbpf_num_possible_cpus(); /* reads a file, once */
	xsw_netns_all(true);
	fd = listen_on(config.where);
	privileges_drop(config.user);
	serve(fd);
	return 0;
}
