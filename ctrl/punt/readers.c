// SPDX-License-Identifier: GPL-2.0
/* Which sockets of a switch have a reader: those whose folder is locked. It is looked up in
 * the kernel's list of locks, for to try the lock would keep out a reader that comes then.
 */
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "ctrl/punt/punt.h"

/* Return: the bit of the socket that the lock in line @line of /proc/locks belongs to, or 0 */
static __u32 reader_of(const char *line, dev_t dev, const ino_t *folders)
{
	unsigned int major, minor;
	unsigned long ino;

	/* "1: FLOCK  ADVISORY  WRITE 1234 00:1b:5678 0 EOF" */
	if (sscanf(line, "%*s FLOCK %*s WRITE %*d %x:%x:%lu", &major, &minor, &ino) != 3 ||
	    makedev(major, minor) != dev)
		return 0;
	for (int i = 0; i < XSW_PUNT_SOCKETS; i++)
		if (folders[i] && folders[i] == ino)
			return 1U << i;
	return 0;
}

__u32 xsw_punt_readers(const struct xsw_switch_handle *sw)
{
	ino_t folders[XSW_PUNT_SOCKETS] = {};
	char path[PATH_MAX], line[256];
	__u32 readers = 0;
	struct stat st;
	dev_t dev = 0;
	FILE *locks;

	for (int i = 0; i < XSW_PUNT_SOCKETS; i++) {
		snprintf(path, sizeof(path), "%s/socket_%d", sw->dir, i);
		if (stat(path, &st))
			continue;
		folders[i] = st.st_ino;
		dev = st.st_dev;
	}
	locks = dev ? fopen("/proc/locks", "re") : NULL;
	if (!locks)
		return 0;
	while (fgets(line, sizeof(line), locks))
		readers |= reader_of(line, dev, folders);
	fclose(locks);
	return readers;
}
