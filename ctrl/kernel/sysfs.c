// SPDX-License-Identifier: GPL-2.0
/* The /sys that is mounted may be that of another network namespace, where a device of the
 * same name is another one. So an own one is opened, and mounted nowhere.
 */
#include "ctrl/kernel/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int sys_mount(void)
{
	int fs = fsopen("sysfs", FSOPEN_CLOEXEC), mnt = -1, err = 0;

	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		err = -errno;
	else if ((mnt = fsmount(fs, FSMOUNT_CLOEXEC, 0)) < 0)
		err = -errno;
	close(fs);
	return err ? err : mnt;
}

static int attribute_open(const char *ifname, const char *attribute, int flags)
{
	int mnt = sys_mount(), fd;
	char path[96];

	if (mnt < 0)
		return mnt;
	snprintf(path, sizeof(path), "class/net/%s/%s", ifname, attribute);
	fd = openat(mnt, path, flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	close(mnt);
	return fd;
}

int sys_net_get(const char *ifname, const char *attribute, long *value)
{
	int fd = attribute_open(ifname, attribute, O_RDONLY);
	char text[32] = "", *end;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text) - 1);
	n = n < 0 ? -errno : n;
	close(fd);
	if (n < 0)
		return n;
	*value = strtol(text, &end, 10);
	return end == text ? -EPROTO : 0;
}

int sys_net_set(const char *ifname, const char *attribute, long value)
{
	int fd = attribute_open(ifname, attribute, O_WRONLY), err = 0;

	if (fd < 0)
		return fd;
	if (dprintf(fd, "%ld\n", value) < 0)
		err = -errno;
	close(fd);
	return err;
}

void sys_net_uppers(const char *ifname, void (*each)(const char *upper, void *arg), void *arg)
{
	int fd = attribute_open(ifname, "", O_RDONLY | O_DIRECTORY);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	while (stream && (d = readdir(stream)))
		if (!strncmp(d->d_name, "upper_", 6))
			each(d->d_name + 6, arg);
	if (stream)
		closedir(stream);
	else if (fd >= 0)
		close(fd);
}
