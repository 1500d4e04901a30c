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

#define LOCK_POLL_MS 5

static int lock_fd = -1;
static int lock_wait_ms = 10000;
static const volatile sig_atomic_t *lock_stop; /* NULL: waits to the end */
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

/* Who waits for the lock shows it by a lock of another kind on the folder, which all may have at
 * once: flock(2) does not tell.
 */
static void waiting_show(int fd, bool on)
{
	struct flock mark = { .l_type = on ? F_RDLCK : F_UNLCK };

	fcntl(fd, F_OFD_SETLK, &mark);
}

static bool others_wait(int fd)
{
	struct flock mark = { .l_type = F_WRLCK };

	return !fcntl(fd, F_OFD_GETLK, &mark) && mark.l_type != F_UNLCK;
}

static void lock_pause(int ms)
{
	struct timespec pause = { .tv_nsec = ms * 1000000L };

	nanosleep(&pause, NULL);
}

static int lock_take(int fd, int wait_ms)
{
	if (wait_ms && others_wait(fd))
		lock_pause(2 * LOCK_POLL_MS); /* they have been here before */
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB); waited += LOCK_POLL_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return pin_fail(errno, xsw_bpffs_root());
		if (lock_stop && *lock_stop)
			return xsw_fail(EINTR, "bpffs", xsw_bpffs_root(),
					"interrupted while another command holds the lock");
		if (waited >= wait_ms)
			return xsw_fail(EBUSY, "bpffs", xsw_bpffs_root(),
					"another command holds the lock for more than %d s",
					wait_ms / 1000);
		if (!waited)
			waiting_show(fd, true);
		lock_pause(LOCK_POLL_MS);
	}
	waiting_show(fd, false);
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

static void lock_give(void)
{
	close(lock_fd);
	lock_fd = -1;
	lock_depth = 0;
}

int xsw_lock_and_repair(void)
{
	return lock(lock_wait_ms);
}

int xsw_lock_try(void)
{
	return lock(0);
}

void xsw_lock_wait(int seconds)
{
	lock_wait_ms = seconds * 1000;
}

void xsw_lock_until(const volatile sig_atomic_t *stop)
{
	lock_stop = stop;
}

void xsw_unlock(void)
{
	if (lock_depth && !--lock_depth)
		lock_give();
}

void xsw_lock_release(void)
{
	if (lock_depth)
		lock_give();
}

bool xsw_lock_is_held(void)
{
	return lock_depth;
}

bool xsw_lock_is_wanted(void)
{
	return lock_depth && others_wait(lock_fd);
}
