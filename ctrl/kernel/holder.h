/* SPDX-License-Identifier: GPL-2.0 */
/* Which process has something open that has no name: a BPF link or program, a tap. Reads /proc, so
 * that it finds the processes of this PID namespace. Private to ctrl/.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct holder {
	pid_t pid;
	char comm[16];
};

/* A descriptor: what /proc/PID/fd/N points to, a pattern of fnmatch(3), and a line of
 * /proc/PID/fdinfo/N.
 */
struct held {
	const char *target; /* "/dev/net/tun" */
	const char *line;   /* "link_id:\t7" */
};

/** holder_find() - the first process that has all of the @n descriptors. Return: is there one? */
bool holder_find(const struct held *held, int n, struct holder *holder);

/**
 * holder_number() - the number in the line of fdinfo that begins with @key, of the first descriptor
 * of process @pid that is such a @held; -1: there is none
 */
long holder_number(pid_t pid, const struct held *held, const char *key);
