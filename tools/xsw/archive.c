// SPDX-License-Identifier: GPL-2.0
#include "tools/xsw/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "ctrl/base/error.h"

#define BLOCK 512 /* what a tar file is made of */

/* The head of a file in the archive: POSIX.1-2017, pax, "ustar Interchange Format". Numbers are
 * octal digits.
 */
struct head {
	char name[100];
	char mode[8], uid[8], gid[8];
	char size[12], mtime[12];
	char sum[8];
	char type;
	char link[100];
	char magic[6], version[2];
	char uname[32], gname[32];
	char major[8], minor[8];
	char prefix[155];
	char pad[12];
};

_Static_assert(sizeof(struct head) == BLOCK, "a head is a block");

struct archive {
	const char *path;
	gzFile gz;
	int fd;	    /* a descriptor of the same file, for its name */
	bool named; /* it has its name already, for want of O_TMPFILE */
	time_t now;
};

static int archive_fail(const struct archive *a, int err)
{
	return xsw_fail(err, "file", a->path, "cannot write: %s", strerror(abs(err)));
}

static int exists_fail(const char *path)
{
	return xsw_fail(EEXIST, "file", path, "is there already");
}

/* A file without a name, or if there can be none, with its name. Return: descriptor, -1. */
static int file_open(struct archive *a)
{
	char copy[PATH_MAX];
	int fd;

	if (!strcmp(a->path, "-"))
		return dup(STDOUT_FILENO);
	snprintf(copy, sizeof(copy), "%s", a->path);
	fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	a->named = true;
	return open(a->path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
}

int archive_open(const char *path, struct archive **result)
{
	struct archive *a;

	if (strcmp(path, "-") && !access(path, F_OK))
		return exists_fail(path);
	a = calloc(1, sizeof(*a));
	if (!a)
		return -ENOMEM;
	a->path = path;
	a->now = time(NULL);
	a->fd = file_open(a);
	a->gz = a->fd < 0 ? NULL : gzdopen(dup(a->fd), "wb");
	if (a->fd < 0 || !a->gz) {
		int err = archive_fail(a, a->fd < 0 ? errno : ENOMEM);

		if (a->fd >= 0)
			archive_close(a, false);
		else
			free(a);
		return err;
	}
	*result = a;
	return 0;
}

/* What gzwrite() failed of. */
static int gz_errno(struct archive *a)
{
	int what, err = errno;

	gzerror(a->gz, &what);
	return what == Z_ERRNO && err ? err : EIO;
}

static int blocks_write(struct archive *a, const void *data, size_t size)
{
	static const char zeros[BLOCK];
	size_t more = -size % BLOCK;

	errno = 0;
	if (size && gzwrite(a->gz, data, size) <= 0)
		return archive_fail(a, gz_errno(a));
	if (more && gzwrite(a->gz, zeros, more) <= 0)
		return archive_fail(a, gz_errno(a));
	return 0;
}

int archive_add(struct archive *a, const char *name, const void *data, size_t size)
{
	struct head h = { .type = '0', .magic = "ustar", .version = "00" };
	unsigned int sum = 0;
	int err;

	snprintf(h.name, sizeof(h.name), "xsw-support/%s", name);
	strcpy(h.mode, "0000600");
	strcpy(h.uid, "0000000");
	strcpy(h.gid, "0000000");
	snprintf(h.size, sizeof(h.size), "%011zo", size);
	snprintf(h.mtime, sizeof(h.mtime), "%011llo", (unsigned long long)a->now);
	memset(h.sum, ' ', sizeof(h.sum));
	for (size_t i = 0; i < sizeof(h); i++)
		sum += ((const unsigned char *)&h)[i];
	snprintf(h.sum, sizeof(h.sum), "%06o", sum);
	err = blocks_write(a, &h, sizeof(h));
	return err ? err : blocks_write(a, data, size);
}

/* Give the file its name. */
static int file_name(const struct archive *a)
{
	char self[64];

	if (a->named || !strcmp(a->path, "-"))
		return 0;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", a->fd);
	if (!linkat(AT_FDCWD, self, AT_FDCWD, a->path, AT_SYMLINK_FOLLOW))
		return 0;
	return errno == EEXIST ? exists_fail(a->path) : archive_fail(a, errno);
}

int archive_close(struct archive *a, bool whole)
{
	static const char end[2 * BLOCK];
	int err = whole ? blocks_write(a, end, sizeof(end)) : 0;

	errno = 0;
	if (a->gz && gzclose(a->gz) != Z_OK && whole && !err)
		err = archive_fail(a, errno ? errno : EIO);
	if (whole && !err)
		err = file_name(a);
	if ((!whole || err) && a->named)
		unlink(a->path);
	close(a->fd);
	free(a);
	return err;
}
