// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/xdp_program.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/bpffs/pin.h"
#include "ctrl/kernel/holder.h"

/* Of its descriptor in /proc: bpf_link_prime() and bpf_link_new_fd() of kernel/bpf/syscall.c write
 * it differently.
 */
#define LINK_TARGET "anon_inode:bpf[-_]link"
#define FOLDERS_OPEN 16 /* at a time, while pins are searched */

void prog_name(__u32 id, char *name, size_t size)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);
	int prog = bpf_prog_get_fd_by_id(id);

	snprintf(name, size, "?");
	if (prog < 0)
		return;
	if (!bpf_obj_get_info_by_fd(prog, &info, &len))
		snprintf(name, size, "%.16s", info.name);
	close(prog);
}

/* ---- links */

static bool link_info_get(int fd, struct bpf_link_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, info, &len);
}

/* The link that attaches the program of @dev. A link names its device by ifindex alone, which
 * may be that of a device in another network namespace; its program tells them apart, mostly.
 */
static __u32 link_find(const struct link_info *dev)
{
	struct bpf_link_info info;
	__u32 id = 0, found = 0;

	while (!found && !bpf_link_get_next_id(id, &id)) {
		int fd = bpf_link_get_fd_by_id(id);

		if (link_info_get(fd, &info) && info.type == BPF_LINK_TYPE_XDP &&
		    info.xdp.ifindex == dev->ifindex && info.prog_id == dev->xdp_prog_id)
			found = id;
		if (fd >= 0)
			close(fd);
	}
	return found;
}

static _Thread_local struct {
	__u32 link;
	char path[128];
} wanted; /* nftw() hands nothing on */

/* What is pinned may be a map or a program as well. */
static bool is_link(int fd)
{
	char self[32], target[32] = "";

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return readlink(self, target, sizeof(target) - 1) > 0 && !fnmatch(LINK_TARGET, target, 0);
}

static int pin_look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct bpf_link_info info;
	int fd, found;

	if (type != FTW_F || !S_ISREG(st->st_mode) || !ftw->level)
		return 0;
	fd = bpf_obj_get(path);
	found = fd >= 0 && is_link(fd) && link_info_get(fd, &info) && info.id == wanted.link;
	if (found)
		snprintf(wanted.path, sizeof(wanted.path), "%s", path);
	if (fd >= 0)
		close(fd);
	return found;
}

/* Where link @id is pinned, or "" */
static const char *pin_find(__u32 id)
{
	wanted.link = id;
	wanted.path[0] = '\0';
	nftw(BPFFS, pin_look, FOLDERS_OPEN, FTW_PHYS);
	return wanted.path;
}

/* ---- telling */

static void link_tell(__u32 link, char *text, size_t size)
{
	const char *path = pin_find(link);
	char line[32];
	const struct held held = { LINK_TARGET, line };
	struct holder holder;
	int n = snprintf(text, size, ", link %u", link);

	snprintf(line, sizeof(line), "link_id:\t%u", link);
	if (path[0])
		snprintf(text + n, size - n, " pinned at %s", path);
	else if (holder_find(&held, 1, &holder))
		snprintf(text + n, size - n, " of process %d, %s", holder.pid, holder.comm);
}

/* As ip(8) names the ways to attach: without the right one it removes nothing. */
static const char *off_word(__u8 attached)
{
	return attached == XDP_ATTACHED_SKB ? "xdpgeneric" :
	       attached == XDP_ATTACHED_HW  ? "xdpoffload" :
					      "xdpdrv";
}

void xdp_program_tell(const struct link_info *dev, char *what, size_t what_size, char *remedy,
		      size_t remedy_size)
{
	char name[32], owner[192] = "";
	__u32 link = link_find(dev);

	prog_name(dev->xdp_prog_id, name, sizeof(name));
	if (link)
		link_tell(link, owner, sizeof(owner));
	snprintf(what, what_size, "XDP program %s (id %u%s%s)", name, dev->xdp_prog_id,
		 dev->xdp_attached == XDP_ATTACHED_SKB ? ", generic" : "", owner);
	if (link)
		snprintf(remedy, remedy_size, "bpftool link detach id %u", link);
	else if (!strcmp(name, "xdp_dispatcher"))
		snprintf(remedy, remedy_size, "xdp-loader unload %s --all", dev->ifname);
	else
		snprintf(remedy, remedy_size, "ip link set %s %s off", dev->ifname,
			 off_word(dev->xdp_attached));
}
