// SPDX-License-Identifier: GPL-2.0
/* bpffs: the root folder, its mount, and pins. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ctrl/bpffs/pin.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/layout.h"
#include "maps/switch.h"

/* Room is left for "/<switch>/v<layout>" and for a pin's name. */
static char root[PATH_MAX - 256];

const char *xsw_bpffs_root(void)
{
	const char *env;

	if (!root[0]) {
		env = getenv("XSW_BPFFS");
		snprintf(root, sizeof(root), "%s", env && *env ? env : BPFFS_ROOT);
	}
	return root;
}

int xsw_bpffs_set(const char *dir)
{
	if (dir[0] != '/' || strlen(dir) >= sizeof(root))
		return xsw_fail(EINVAL, "bpffs", dir, "not an absolute path");
	strcpy(root, dir);
	return 0;
}

int switch_dir(char *dir, size_t size, const char *folder)
{
	return layout_dir(dir, size, xsw_bpffs_root(), folder);
}

static void pin_path(char *path, const char *dir, const char *name)
{
	snprintf(path, PIN_PATH_MAX, "%s/%s", dir, name);
}

int pin_put(int fd, const char *dir, const char *name)
{
	char path[PIN_PATH_MAX];
	int err;

	pin_remove(dir, name);
	pin_path(path, dir, name);
	err = bpf_obj_pin(fd, path);
	return err ? -errno : 0;
}

bool pin_exists(const char *dir, const char *name)
{
	char path[PIN_PATH_MAX];
	struct stat st;

	pin_path(path, dir, name);
	return !stat(path, &st);
}

void pin_remove(const char *dir, const char *name)
{
	char path[PIN_PATH_MAX];

	pin_path(path, dir, name);
	if (unlink(path) && errno == EISDIR)
		pin_remove_dir(path);
}

int pin_rename(const char *dir, const char *from, const char *to)
{
	char old[PIN_PATH_MAX], new[PIN_PATH_MAX];

	pin_path(old, dir, from);
	pin_path(new, dir, to);
	if (!rename(old, new))
		return 0;
	if (errno == EISDIR) {
		pin_remove_dir(new);
		if (!rename(old, new))
			return 0;
	}
	return -errno;
}

int pin_exchange(const char *dir, const char *a, const char *b)
{
	char first[PIN_PATH_MAX], second[PIN_PATH_MAX];

	pin_path(first, dir, a);
	pin_path(second, dir, b);
	return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE) ? -errno : 0;
}

int pin_remove_dir(const char *path)
{
	struct dirent *d;
	DIR *stream;

	stream = opendir(path);
	if (!stream && errno == ENOTDIR)
		return unlink(path) ? -errno : 0;
	if (!stream)
		return -errno;
	while ((d = readdir(stream))) {
		char sub[PIN_PATH_MAX];

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		if (snprintf(sub, sizeof(sub), "%s/%s", path, d->d_name) >= (int)sizeof(sub))
			continue;
		if (unlink(sub) && (errno == EISDIR || errno == EPERM))
			pin_remove_dir(sub);
	}
	closedir(stream);
	return rmdir(path) ? -errno : 0;
}

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (__u32)fs.f_type == (__u32)BPF_FS_MAGIC;
}

/* The kernel numbers its first namespaces first: fixed numbers before
 * PROC_DYNAMIC_FIRST (linux/proc_fs.h) since 6.17, the next ones until then.
 */
#define MOUNT_NS_FIRST_MAX 0xF0000001U

/* Is this the machine's, or at least the container's, own mount namespace? */
static bool in_first_mount_ns(void)
{
	struct stat self, init;

	if (stat("/proc/self/ns/mnt", &self))
		return false;
	if (self.st_ino <= MOUNT_NS_FIRST_MAX)
		return true;
	/* refused where process 1 has capabilities that we have not */
	return !stat("/proc/1/ns/mnt", &init) && self.st_ino == init.st_ino;
}

static bool under_bpffs(const char *path)
{
	return !strncmp(path, BPFFS, sizeof(BPFFS) - 1) &&
	       (path[sizeof(BPFFS) - 1] == '/' || !path[sizeof(BPFFS) - 1]);
}

bool pin_hidden(void)
{
	return under_bpffs(xsw_bpffs_root()) && !is_bpffs(BPFFS) && !in_first_mount_ns();
}

int pin_fail(int err, const char *path)
{
	err = err < 0 ? -err : err;
	if (pin_hidden()) {
		xsw_fail(ENOENT, "bpffs", path, "no bpf file system in this mount namespace");
		xsw_remedy("use 'xsw -n NAME' or 'nsenter --net=/run/netns/NAME' instead of "
			   "'ip netns exec'");
		return -ENOENT;
	}
	if (err == EPERM || err == EACCES) {
		xsw_fail(EPERM, "bpffs", path, "%s", strerror(err));
		xsw_remedy("needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
		return -EPERM;
	}
	return xsw_fail(err, "bpffs", path, "%s", strerror(err));
}

/* Mount bpffs at its usual place, once: a second mount would hide the first. */
static int bpffs_mount(void)
{
	int fd, err = 0;

	if (is_bpffs(BPFFS))
		return 0;
	if (!in_first_mount_ns())
		return pin_fail(ENOENT, BPFFS);
	fd = open("/sys/fs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return pin_fail(errno, BPFFS);
	flock(fd, LOCK_EX);
	if (!is_bpffs(BPFFS) && mount("bpf", BPFFS, "bpf", 0, "mode=0700"))
		err = xsw_fail(errno, "bpffs", BPFFS, "cannot mount: %s", strerror(errno));
	close(fd);
	return err;
}

int bpffs_root_make(void)
{
	const char *path = xsw_bpffs_root();
	int err;

	if (under_bpffs(path)) {
		err = bpffs_mount();
		if (err)
			return err;
	}
	if (mkdir(path, 0700) && errno != EEXIST)
		return pin_fail(errno, path);
	if (!is_bpffs(path)) {
		rmdir(path);
		xsw_fail(EINVAL, "bpffs", path, "not on a bpf file system");
		xsw_remedy("mount one: mount -t bpf bpf DIR");
		return -EINVAL;
	}
	return 0;
}
