// SPDX-License-Identifier: GPL-2.0
/* The kernel tells of a CPU as of other devices (Documentation/core-api/kobject.rst):
 * "online@/devices/system/cpu/cpu1".
 */
#include "ctrl/kernel/cpu_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KERNELS_GROUP 1
#define MESSAGE_MAX 4096
#define ONLI 0x6f6e6c69 /* "onli" */

bool cpu_is_on(int cpu)
{
	char path[64], on = '1'; /* one that cannot be switched off has no such file */
	int fd;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, &on, 1) != 1)
			on = '0';
		close(fd);
	}
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d", cpu);
	return on == '1' && !access(path, F_OK);
}

/* Of network devices, which come and go by the hundred, we are not woken. */
static int filter_set(int fd)
{
	struct sock_filter words[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ONLI, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, MESSAGE_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog filter = { .len = sizeof(words) / sizeof(*words), .filter = words };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ? -errno : 0;
}

int cpu_watch_open(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK, .nl_groups = KERNELS_GROUP };
	int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	int err;

	if (fd < 0)
		return -errno;
	err = filter_set(fd);
	if (!err && bind(fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int cpu_watch_next(int watch)
{
	char text[MESSAGE_MAX + 1];
	ssize_t len;
	int cpu;

	while ((len = recv(watch, text, MESSAGE_MAX, MSG_DONTWAIT)) >= 0 || errno == EINTR) {
		text[len > 0 ? len : 0] = '\0';
		if (sscanf(text, "online@/devices/system/cpu/cpu%d", &cpu) == 1 && cpu >= 0)
			return cpu;
	}
	return -1;
}
