// SPDX-License-Identifier: GPL-2.0
#include "ctrl/table_use.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "ctrl/pin.h"

#define MAPS_OF_PROG (TABLE_USE_MAX / 3)

static void prog_ask(const char *dir, const char *pin, struct table_use *use)
{
	struct bpf_prog_info info = { .map_ids = (__u64)(unsigned long)(use->id + use->n),
				      .nr_map_ids = MAPS_OF_PROG };
	int fd = pin_get_read(dir, pin);
	__u32 len = sizeof(info);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len))
		use->n += info.nr_map_ids < MAPS_OF_PROG ? info.nr_map_ids : MAPS_OF_PROG;
	close(fd);
}

/* Every version has these; prog_user stays as tables do. */
void table_use_read(const char *dir, struct table_use *use)
{
	use->n = 0;
	prog_ask(dir, "prog_xdp", use);
	prog_ask(dir, "prog_tc", use);
	prog_ask(dir, "prog_egress", use);
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
	return used(dir, pin_get(dir, name));
}

int table_use_get_read(const char *dir, const char *name)
{
	return used(dir, pin_get_read(dir, name));
}
