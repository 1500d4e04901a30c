// SPDX-License-Identifier: GPL-2.0
#include "ctrl/switch/lock.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/switch/repair.h"

#define LOCK_WAIT_MS 10000
#define LOCK_POLL_MS 5

static int lock_fd = -1;
static unsigned int lock_depth;

static int caps_check(void)
{
	if (capng_get_caps_process())
		return 0; /* the kernel will tell */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) &&
	    capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN))
		return 0;
	xsw_fail(EPERM, "bpffs", xsw_bpffs_root(), "not permitted to change switches");
	xsw_remedy("needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN");
	return -EPERM;
}

static int lock_take(int fd, int wait_ms)
{
	struct timespec pause = { .tv_nsec = LOCK_POLL_MS * 1000000L };

	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB); waited += LOCK_POLL_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return pin_fail(errno, xsw_bpffs_root());
		if (waited >= wait_ms)
			return xsw_fail(EBUSY, "bpffs", xsw_bpffs_root(),
					"another command holds the lock for more than %d s",
					wait_ms / 1000);
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int lock(int wait_ms)
{
	int err, fd;

	if (lock_depth) {
		lock_depth++;
		return 0;
	}
	err = caps_check();
	if (!err)
		err = bpffs_root_make();
	if (err)
		return err;
	fd = open(xsw_bpffs_root(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return pin_fail(errno, xsw_bpffs_root());
	err = lock_take(fd, wait_ms);
	if (err) {
		close(fd);
		return err;
	}
	lock_fd = fd;
	lock_depth = 1;
	repair_all();
	return 0;
}

int xsw_lock_and_repair(void)
{
	return lock(LOCK_WAIT_MS);
}

int xsw_lock_try(void)
{
	return lock(0);
}

void xsw_unlock(void)
{
	if (!lock_depth || --lock_depth)
		return;
	close(lock_fd);
	lock_fd = -1;
}
