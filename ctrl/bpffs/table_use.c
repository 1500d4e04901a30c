// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/table_use.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/bpffs/known_maps.h"

#define MAPS_OF_PROG (TABLE_USE_MAX / 3)

static int prog_ask(const char *dir, const char *pin, struct table_use *use)
{
	struct bpf_prog_info info = { .map_ids = (__u64)(unsigned long)(use->id + use->n),
				      .nr_map_ids = MAPS_OF_PROG };
	int fd = prog_get_read(dir, pin), err = 0;
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		err = -errno;
	else
		use->n += info.nr_map_ids < MAPS_OF_PROG ? info.nr_map_ids : MAPS_OF_PROG;
	close(fd);
	return err;
}

/* Every version has these; prog_user stays as tables do. */
int table_use_read(const char *dir, struct table_use *use)
{
	static const char *const pins[] = { "prog_xdp", "prog_tc", "prog_egress" };
	int err = 0;

	use->n = 0;
	use->failed = NULL;
	for (size_t i = 0; i < sizeof(pins) / sizeof(*pins); i++) {
		int one = prog_ask(dir, pins[i], use);

		if (!one)
			continue;
		use->failed = pins[i];
		err = one;
	}
	return err;
}

bool table_use_has_name(const struct table_use *use, const char *name)
{
	struct bpf_map_info info;
	bool same = false;

	for (__u32 i = 0; i < use->n && !same; i++) {
		int fd = bpf_map_get_fd_by_id(use->id[i]);
		__u32 len = sizeof(info);

		if (fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		same = !bpf_obj_get_info_by_fd(fd, &info, &len) &&
		       !strncmp(info.name, name, sizeof(info.name) - 1);
		close(fd);
	}
	return same;
}

bool table_use_has(const struct table_use *use, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return false;
	for (__u32 i = 0; i < use->n; i++)
		if (use->id[i] == info.id)
			return true;
	return false;
}

/* @fd, a table opened in @dir, if a program knows of it */
static int used(const char *dir, int fd)
{
	struct table_use use;

	if (fd < 0)
		return fd;
	table_use_read(dir, &use);
	if (table_use_has(&use, fd))
		return fd;
	close(fd);
	return -ENOENT;
}

int table_use_get(const char *dir, const char *name)
{
	return used(dir, map_get(dir, name));
}

int table_use_get_read(const char *dir, const char *name)
{
	return used(dir, map_get_read(dir, name));
}
