// SPDX-License-Identifier: GPL-2.0
/* Network namespaces: find them, work in them for a moment. setns() concerns
 * the calling thread only.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ctrl/kernel/netns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/error.h"

#define NETNS_SELF "/proc/thread-self/ns/net"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* asm-generic/socket.h, kernel 5.14 */
#endif

__u32 netns_ino(void)
{
	struct stat st;

	return stat(NETNS_SELF, &st) ? 0 : st.st_ino;
}

static _Thread_local __u64 here; /* cookie of the namespace this thread is in, 0: to be asked */

static int netns_change(int fd)
{
	here = 0;
	return setns(fd, CLONE_NEWNET);
}

__u64 netns_cookie(void)
{
	socklen_t len = sizeof(here);
	int fd;

	if (here)
		return here;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &here, &len))
		here = 0;
	close(fd);
	return here;
}

bool netns_is_here(__u32 ino, __u64 cookie)
{
	return cookie ? cookie == netns_cookie() :
			ino == netns_ino(); /* a cookie is never used again */
}

int netns_push(int fd)
{
	int saved = open(NETNS_SELF, O_RDONLY | O_CLOEXEC);
	int err;

	if (saved < 0)
		return -errno;
	if (!netns_change(fd))
		return saved;
	err = -errno;
	close(saved);
	return err;
}

void netns_pop(int saved)
{
	/* Going on in the wrong namespace would change the wrong devices. */
	if (netns_change(saved))
		abort();
	close(saved);
}

struct netns_search {
	bool (*match)(int fd, __u32 ino, void *arg);
	void *arg;
	__u32 *seen; /* inode numbers already asked */
	int seen_n;
};

static bool netns_seen(struct netns_search *s, __u32 ino)
{
	__u32 *more;

	for (int i = 0; i < s->seen_n; i++)
		if (s->seen[i] == ino)
			return true;
	more = realloc(s->seen, (s->seen_n + 1) * sizeof(*more));
	if (more) {
		s->seen = more;
		s->seen[s->seen_n++] = ino;
	}
	return false;
}

static int netns_try(struct netns_search *s, const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) || netns_seen(s, st.st_ino))
		return -ESRCH;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -ESRCH;
	if (s->match(fd, st.st_ino, s->arg))
		return fd;
	close(fd);
	return -ESRCH;
}

/* Try @dir/<name>@suffix for each name in @dir; with a suffix only numbers. */
static int netns_try_dir(struct netns_search *s, const char *dir, const char *suffix)
{
	struct dirent *d;
	int fd = -ESRCH;
	DIR *stream;

	stream = opendir(dir);
	if (!stream)
		return -ESRCH;
	while (fd < 0 && (d = readdir(stream))) {
		char path[PATH_MAX];

		if (d->d_name[0] == '.' || (*suffix && !isdigit((unsigned char)d->d_name[0])))
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", dir, d->d_name, suffix);
		fd = netns_try(s, path);
	}
	closedir(stream);
	return fd;
}

/* Try where namespaces are mounted: container engines have folders of their own for that. A line
 * of mountinfo is "id parent major:minor root mount-point ...", see proc(5); the root of a
 * namespace is "net:[inode]".
 */
static int netns_try_mounts(struct netns_search *s)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char path[PATH_MAX], *line = NULL;
	int fd = -ESRCH;
	size_t room = 0;

	while (mounts && fd < 0 && getline(&line, &room, mounts) > 0)
		if (sscanf(line, "%*s %*s %*s net:[%*u] %4095s", path) == 1)
			fd = netns_try(s, path);
	if (mounts)
		fclose(mounts);
	free(line);
	return fd;
}

int netns_find(bool (*match)(int fd, __u32 ino, void *arg), void *arg)
{
	struct netns_search s = { .match = match, .arg = arg };
	int fd;

	fd = netns_try_dir(&s, NETNS_DIR, "");
	if (fd < 0)
		fd = netns_try_dir(&s, "/proc", "/ns/net");
	if (fd < 0)
		fd = netns_try_mounts(&s);
	free(s.seen);
	return fd;
}

static bool match_ino(int fd, __u32 ino, void *arg)
{
	(void)fd;
	return ino == *(__u32 *)arg;
}

/* Open what users call @name: a name, or net:[inode]. Return: descriptor or -errno. */
static int name_open(const char *name)
{
	char path[PATH_MAX];
	int fd, end = 0;
	__u32 ino;

	if (sscanf(name, "net:[%u]%n", &ino, &end) == 1 && end && !name[end]) {
		fd = netns_find(match_ino, &ino);
		return fd == -ESRCH ? -ENOENT : fd;
	}
	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int netns_enter(const char *name)
{
	int fd, err = 0;

	if (strchr(name, '/') || !*name)
		return xsw_fail(EINVAL, "netns", name, "not a name");
	fd = name_open(name);
	if (fd < 0)
		return xsw_fail(fd, "netns", name, "%s",
				fd == -ENOENT ? "no such network namespace" : strerror(-fd));
	if (netns_change(fd))
		err = xsw_fail(errno, "netns", name, "cannot enter: %s", strerror(errno));
	close(fd);
	return err;
}

static _Thread_local int found = -1; /* the last namespace visited */
static _Thread_local __u32 found_ino;

void netns_forget(void)
{
	if (found >= 0)
		close(found);
	found = -1;
	found_ino = 0;
}

int netns_visit_begin(struct netns_visit *visit, __u32 ino, __u64 cookie)
{
	visit->saved = -1;
	if (!ino || netns_is_here(ino, cookie))
		return 0;
	if (found_ino != ino) {
		netns_forget();
		found = netns_find(match_ino, &ino);
		if (found < 0)
			return found;
		found_ino = ino;
	}
	visit->saved = netns_push(found);
	if (visit->saved >= 0 && cookie == netns_cookie())
		return 0;
	netns_visit_end(visit); /* another, with an inode number used again */
	return -ESRCH;
}

void netns_visit_end(struct netns_visit *visit)
{
	if (visit->saved >= 0)
		netns_pop(visit->saved);
	visit->saved = -1;
}

/* ---- names ---- */

/* Is the namespace of this file the one with @cookie? Who may not enter it cannot tell. */
static bool path_is(const char *path, __u64 cookie)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), saved;
	bool same = true;

	if (fd < 0)
		return true;
	saved = netns_push(fd);
	close(fd);
	if (saved < 0)
		return true;
	same = netns_cookie() == cookie;
	netns_pop(saved);
	return same;
}

/* The first name in the alphabet of the namespace in /run/netns. Return: is there one? */
static bool name_find(__u32 ino, __u64 cookie, char *text)
{
	struct dirent *d;
	DIR *stream = opendir(NETNS_DIR);

	text[0] = '\0';
	while (stream && (d = readdir(stream))) {
		char path[PATH_MAX];
		struct stat st;

		if (d->d_name[0] == '.' || (text[0] && strcmp(text, d->d_name) < 0))
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", d->d_name);
		if (!stat(path, &st) && st.st_ino == ino && path_is(path, cookie))
			strcpy(text, d->d_name); /* d_name is as long as a name may be */
	}
	if (stream)
		closedir(stream);
	return text[0];
}

/* Can it be entered from here? */
static bool is_alive(__u32 ino, __u64 cookie)
{
	struct netns_visit visit;

	if (netns_visit_begin(&visit, ino, cookie))
		return false;
	netns_visit_end(&visit);
	return true;
}

enum netns_life netns_text(__u32 ino, __u64 cookie, char *text)
{
	text[0] = '\0';
	if (!ino)
		return NETNS_UNNAMED;
	if (name_find(ino, cookie, text))
		return NETNS_NAMED;
	snprintf(text, XSW_NETNS_LEN, "net:[%u]", ino);
	return is_alive(ino, cookie) ? NETNS_UNNAMED : NETNS_GONE;
}

void netns_prefix(char *text)
{
	struct dirent *d;
	char name[XSW_NETNS_LEN], path[64];
	__u32 ino = netns_ino();
	struct stat st;
	DIR *stream;

	text[0] = '\0';
	if (name_find(ino, netns_cookie(), name)) {
		snprintf(text, NETNS_PREFIX_LEN, "ip netns exec %s ", name);
		return;
	}
	stream = opendir("/proc");
	while (stream && !text[0] && (d = readdir(stream))) {
		snprintf(path, sizeof(path), "/proc/%.10s/ns/net", d->d_name);
		if (isdigit((unsigned char)d->d_name[0]) &&
		    strtol(d->d_name, NULL, 10) != getpid() && !stat(path, &st) && st.st_ino == ino)
			snprintf(text, NETNS_PREFIX_LEN, "nsenter -t %.10s -n ", d->d_name);
	}
	if (stream)
		closedir(stream);
}
