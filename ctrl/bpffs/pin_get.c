// SPDX-License-Identifier: GPL-2.0
/* Apart from the rest of pin.h: needs libbpf alone, as the library for readers of punted
 * frames does.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "ctrl/bpffs/pin.h"

/* The kernel answers EACCES where a folder has the name of a pin (kernel/bpf/inode.c,
 * bpf_inode_type()).
 */
static int refusal(int err, const char *path)
{
	struct stat st;

	return err == EACCES && !stat(path, &st) && S_ISDIR(st.st_mode) ? -EISDIR : -err;
}

static int open_with(const char *dir, const char *name, __u32 flags)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = flags);
	char path[PIN_PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = bpf_obj_get_opts(path, &opts);
	return fd < 0 ? refusal(errno, path) : fd;
}

int pin_get(const char *dir, const char *name)
{
	return open_with(dir, name, 0);
}

int pin_get_read(const char *dir, const char *name)
{
	return open_with(dir, name, BPF_F_RDONLY);
}
