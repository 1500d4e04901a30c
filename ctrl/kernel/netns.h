/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces: find them, work in them for a moment. Private to ctrl/. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#define NETNS_DIR "/run/netns" /* where `ip netns` keeps names */

/**
 * netns_enter() - `-n NAME`: switch this process to /run/netns/NAME; /sys stays as it is
 *
 * @name may be net:[inode] as well, of any namespace that can be found.
 */
int netns_enter(const char *name);

/** netns_ino() - inode number of this process's network namespace, 0 on failure */
__u32 netns_ino(void);

/** netns_cookie() - the kernel's number for it, unique since boot, 0 on failure */
__u64 netns_cookie(void);

/**
 * netns_find() - search /run/netns, /proc/<pid>/ns/net, and where else namespaces are mounted
 * @match: is it this one?
 *
 * Return: an open descriptor of the first that matches, or -ESRCH.
 */
int netns_find(bool (*match)(int fd, __u32 ino, void *arg), void *arg);

/** netns_push() - enter a namespace. Return: what netns_pop() needs, or -errno. */
int netns_push(int fd);
void netns_pop(int saved);

/* A place to return to, or none. */
struct netns_visit {
	int saved; /* -1: we are where we were */
};

/* What is known of a namespace, see netns_text() */
#define XSW_NETNS_LEN 256 /* a file name, or net:[4294967295] */

enum netns_life {
	NETNS_NAMED, /* it has a name in /run/netns */
	NETNS_UNNAMED, /* it has none, but is ours, or a process is in it, or it is mounted elsewhere */
	NETNS_GONE, /* none of this: it has ended, or nothing leads there from here */
};

/**
 * netns_text() - what users call the namespace with inode number @ino and @cookie
 * @text: result, of XSW_NETNS_LEN bytes: its name (of several the first in the alphabet), else
 * net:[inode]; empty if @ino is 0, no namespace
 *
 * Inode numbers are used again: that it is the same namespace its cookie tells, where the
 * caller may enter it (CAP_SYS_ADMIN); else the number has to do.
 */
enum netns_life netns_text(__u32 ino, __u64 cookie, char *text);

#define NETNS_PREFIX_LEN 300

/**
 * netns_prefix() - what to write before a command, so that it runs in the namespace of the caller
 * @text: result, of NETNS_PREFIX_LEN bytes: "ip netns exec NAME ", or "nsenter -t PID -n " with a
 *	process of that namespace, "" if none is found
 */
void netns_prefix(char *text);

/**
 * netns_forget() - let go of the namespace that netns_visit_begin() keeps open
 *
 * For processes that live on: it would live as long as they do.
 */
void netns_forget(void);

/** netns_is_here() - is the caller in the namespace with these numbers? */
bool netns_is_here(__u32 ino, __u64 cookie);

/**
 * netns_visit_begin() - be in the namespace with inode number @ino and @cookie
 *
 * 0 and the own need no move. The last namespace found is kept open,
 * so visiting it for each port of a switch costs little.
 * Return: 0, or -ESRCH if it cannot be found (and the caller stays).
 */
int netns_visit_begin(struct netns_visit *visit, __u32 ino, __u64 cookie);
void netns_visit_end(struct netns_visit *visit);
