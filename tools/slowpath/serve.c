// SPDX-License-Identifier: GPL-2.0
/* The main thread: it takes the lock, starts the threads, follows what commands do to the
 * switch, and tidies up. Nothing here is in the way of a frame.
 */
#include "tools/slowpath/serve.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "ctrl/base/clock.h"
#include "ctrl/base/error.h"
#include "ctrl/base/signals.h"
#include "ctrl/bpffs/socket_owner.h"
#include "ctrl/kernel/netns.h"
#include "tools/slowpath/chunk.h"
#include "tools/slowpath/io.h"
#include "tools/slowpath/ports.h"
#include "tools/slowpath/report.h"
#include "tools/slowpath/steps/pinned.h"
#include "tools/slowpath/steps/steps.h"
#include "tools/slowpath/steps/umap.h"

#define FILES_MAX (XSW_XSKS + 1024)
#define LOOK_MS 100 /* at what commands have changed */
#define AGAIN_MS 10 /* a queue is free again soon after the socket on it was closed ... */
#define AGAIN_SOON 20
#define AGAIN_LOOKS 20	/* ... or somebody else has it, who may take long */
#define FOLLOW_LOOKS 10 /* looks from one at programs to the next */

struct server {
	const struct serve_conf *conf;
	struct xsw_switch_handle sw;
	struct netns_visit visit;
	int lock, signals, links, pins;
	bool again;  /* a port could not be opened */
	__u32 tries; /* in vain */
	bool links_changed;
	__u32 generation;
	__u32 looks;
	__u64 report_ns; /* when the next one is due, 0: none has begun */
};

static struct server server = { .lock = -1, .signals = -1, .links = -1, .pins = -1 };

static enum mode mode_of(const char *ifname)
{
	const struct serve_conf *c = server.conf;

	for (__u32 i = 0; i < c->port_modes; i++)
		if (!strcmp(c->port_mode[i].ifname, ifname))
			return c->port_mode[i].mode;
	return c->mode;
}

static int switch_choose(struct server *s)
{
	char(*names)[XSW_NAME_LEN];
	int n, err;

	if (s->conf->switch_name)
		return xsw_switch_open(s->conf->switch_name, &s->sw);
	n = xsw_switch_list(&names);
	if (n < 0)
		return n;
	err = n == 1 ? xsw_switch_open(names[0], &s->sw) :
	      n	     ? xsw_fail(EINVAL, "switch", NULL, "there are %d: say which", n) :
		       xsw_fail(ENOENT, "switch", NULL, "there is none");
	free(names);
	return err;
}

/* In the namespace where we are */
static int links_open(void)
{
	const struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&groups, sizeof(groups))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void links_drain(struct server *s)
{
	char bytes[8192];

	while (recv(s->links, bytes, sizeof(bytes), MSG_DONTWAIT) > 0 || errno == ENOBUFS)
		s->links_changed = true;
}

/* Commands that add, remove or reattach a port change its pins: so we know at once, and not
 * only when we next look.
 */
static int pins_open(const struct xsw_switch_handle *sw)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0)
		inotify_add_watch(fd, sw->dir, IN_CREATE | IN_DELETE | IN_MOVED_TO);
	return fd;
}

static void pins_drain(struct server *s)
{
	char bytes[4096];

	while (read(s->pins, bytes, sizeof(bytes)) > 0) {
		s->again = true;
		s->tries = 0;
	}
}

/* A switch belongs to the namespace of its first port: go there, when there is one. */
static bool netns_follow(struct server *s)
{
	const struct xsw_switch *sw = umap_pinned_switch();

	if (!sw->netns_ino)
		return false;
	if (s->links >= 0 && netns_is_here(sw->netns_ino, sw->netns_cookie))
		return true;
	if (netns_visit_begin(&s->visit, sw->netns_ino, sw->netns_cookie))
		return false;
	if (s->links >= 0)
		close(s->links);
	s->links = links_open();
	s->links_changed = true;
	packet_netns();
	return s->links >= 0;
}

static bool switch_gone(const struct server *s)
{
	struct stat st;

	return fstat(s->lock, &st) || !st.st_nlink;
}

static bool again_due(const struct server *s)
{
	return s->again && (s->tries < AGAIN_SOON || s->looks % AGAIN_LOOKS == 0);
}

static void look(struct server *s)
{
	__u32 generation = steps_generation();

	if (++s->looks % FOLLOW_LOOKS == 0)
		request_follow();
	if (generation == s->generation && !s->links_changed && !again_due(s))
		return;
	s->again = !netns_follow(s) || ports_follow(s->links_changed);
	s->tries = s->again ? s->tries + 1 : 0;
	s->generation = generation;
	s->links_changed = false;
}

static int look_ms(const struct server *s)
{
	return s->links_changed ? 0 : s->again && s->tries < AGAIN_SOON ? AGAIN_MS : LOOK_MS;
}

/* When the next report is due it is told; how long that took does not add up. */
static void report_when_due(struct server *s)
{
	__u64 every_ns = s->conf->report_s * NS_PER_S, now_ns = umap_clock_now();

	if (!every_ns || now_ns < s->report_ns)
		return;
	if (s->report_ns)
		report();
	else
		report_begin(&s->sw, s->conf->json);
	s->report_ns = (s->report_ns + every_ns > now_ns ? s->report_ns : now_ns) + every_ns;
}

static int attend(struct server *s)
{
	int err = 0;

	while (!err) {
		struct pollfd fds[] = { { .fd = s->signals, .events = POLLIN },
					{ .fd = s->links, .events = POLLIN },
					{ .fd = s->pins, .events = POLLIN } };

		if (poll(fds, 3, look_ms(s)) < 0 && errno != EINTR)
			return xsw_fail(errno, "process", NULL, "cannot wait: %s", strerror(errno));
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			links_drain(s);
		if (fds[2].revents)
			pins_drain(s);
		if (switch_gone(s))
			return xsw_fail(ENOENT, "switch", s->sw.name, "is gone");
		look(s);
		report_when_due(s);
		err = workers_failed();
	}
	return err;
}

static __u32 threads_of(const struct serve_conf *conf)
{
	cpu_set_t cpus;

	if (conf->threads)
		return conf->threads;
	if (conf->cpus)
		return conf->cpus;
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 1;
	return CPU_COUNT(&cpus) < WORKERS_MAX ? CPU_COUNT(&cpus) : WORKERS_MAX;
}

static int server_open(struct server *s)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	const struct rlimit files = { FILES_MAX, FILES_MAX }; /* a socket for each queue */
	int err = switch_choose(s);

	if (err)
		return err;
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	setrlimit(RLIMIT_NOFILE, &files);
	if (s->sw.layout < XSW_LAYOUT) {
		xsw_fail(EOPNOTSUPP, "switch", s->sw.name,
			 "runs an earlier version, whose tables no process of this one can share");
		xsw_remedy("xsw switch upgrade %s", s->sw.name);
		return -EOPNOTSUPP;
	}
	if (s->sw.map.xsk < 0) {
		xsw_fail(EOPNOTSUPP, "switch", s->sw.name,
			 "runs an earlier version, which has no path afxdp");
		xsw_remedy("make it anew: xsw config dump, xsw switch del, xsw config apply");
		return -EOPNOTSUPP;
	}
	err = umap_pinned_begin(steps_maps(), &s->sw);
	if (err)
		return err;
	s->lock = xsk_lock(&s->sw);
	if (s->lock < 0)
		return s->lock;
	ports_unserved();
	s->pins = pins_open(&s->sw);
	err = request_begin(&s->sw);
	if (!err && (chunks_begin(s->conf->chunks, threads_of(s->conf)) || umap_here_begin()))
		err = xsw_fail(ENOMEM, "process", NULL, "no memory for %u frames", s->conf->chunks);
	return err;
}

static int threads_begin(const struct serve_conf *conf)
{
	int cpu[WORKERS_MAX], err;

	for (__u32 i = 0; i < WORKERS_MAX && conf->cpus; i++)
		cpu[i] = conf->cpu[i % conf->cpus];
	err = workers_begin(threads_of(conf), conf->cpus ? cpu : NULL);
	return err ? xsw_fail(err, "process", NULL, "cannot start a thread: %s", strerror(-err)) :
		     0;
}

int serve(const struct serve_conf *conf)
{
	struct server *s = &server;
	int err;

	s->conf = conf;
	s->signals = signals_open();
	if (s->signals < 0)
		return s->signals;
	err = server_open(s);
	if (!err)
		err = threads_begin(conf);
	if (!err) {
		report_when_due(s); /* from before the first frame */
		ports_begin(&s->sw, conf->chunks, mode_of);
		s->links_changed = true;
		look(s);
		err = attend(s);
	}
	workers_end();
	if (s->lock >= 0)
		ports_end();
	if (chunks_missing())
		fprintf(stderr, "xsw-slowpath: memory of %d frames is missing\n",
			(int)chunks_missing());
	chunks_end();
	if (s->lock >= 0)
		close(s->lock);
	return err;
}
