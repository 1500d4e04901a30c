// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/socket_owner.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/port_table.h"
#include "maps/port.h"
#include "maps/stats.h"

#define LOCK_TRIES 100 /* who asks xsk_served() holds it for a moment */
#define LOCK_POLL_MS 5

static int folder_open(const struct xsw_switch_handle *sw)
{
	int fd = open(sw->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int xsk_lock(const struct xsw_switch_handle *sw)
{
	const struct timespec pause = { .tv_nsec = LOCK_POLL_MS * 1000000L };
	int fd = folder_open(sw), err = 0;

	if (fd < 0)
		return xsw_fail(fd, "switch", sw->name, "cannot open: %s", strerror(-fd));
	for (int i = 0; i < LOCK_TRIES; i++) {
		err = flock(fd, LOCK_EX | LOCK_NB) ? errno : 0;
		if (err != EWOULDBLOCK && err != EINTR)
			break;
		nanosleep(&pause, NULL);
	}
	if (!err)
		return fd;
	close(fd);
	if (err == EWOULDBLOCK)
		return xsw_fail(EBUSY, "switch", sw->name, "has an xsw-slowpath already");
	return xsw_fail(err, "switch", sw->name, "cannot lock: %s", strerror(err));
}

bool xsk_served(const struct xsw_switch_handle *sw)
{
	int fd = folder_open(sw);
	bool served;

	if (fd < 0)
		return false;
	served = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return served;
}

void xsk_path(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record)
{
	struct xsw_state state = {};
	bool served;

	if (record->want_path != XSW_WANT_AFXDP || record->use_path != XSW_PATH_XDP)
		return;
	served = xsk_served(sw); /* before we look at what a process writes that is there */
	bpf_map_lookup_elem(sw->map.state, &port, &state);
	memset(record->reason, 0, sizeof(record->reason));
	if (!served) {
		strcpy(record->reason, "no socket bound: xsw-slowpath does not run");
	} else if (!(state.afxdp & XSW_AFXDP_BOUND)) {
		strcpy(record->reason, "no socket bound: xsw-slowpath runs, and says why");
	} else {
		record->use_path = XSW_PATH_AFXDP;
		snprintf(record->reason, sizeof(record->reason), "served by xsw-slowpath, %s",
			 state.afxdp & XSW_AFXDP_ZEROCOPY ? "zero-copy" : "with a copy");
	}
}
