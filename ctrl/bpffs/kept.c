// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/kept.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static struct xsw_kept *all[KEPT_MAX];
static bool keeping, full;
static int room = 1;

void kept_room(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) && getrlimit(RLIMIT_NOFILE, &files))
		return;
	if (files.rlim_cur >= KEPT_MAX * KEPT_FDS + KEPT_OTHERS)
		room = KEPT_MAX;
	else if (files.rlim_cur >= 2 * KEPT_FDS + KEPT_OTHERS)
		room = (files.rlim_cur - KEPT_OTHERS) / KEPT_FDS;
}

bool kept_is_full(void)
{
	return full;
}

void kept_begin(void)
{
	keeping = true;
}

void kept_end(void)
{
	keeping = false;
}

static struct xsw_kept **place_find(const char *name)
{
	for (int i = 0; i < room; i++)
		if (name ? all[i] && !strcmp(all[i]->sw.name, name) : !all[i])
			return &all[i];
	return NULL;
}

void kept_put(struct xsw_switch_handle *sw)
{
	struct xsw_kept **place = place_find(NULL), *kept;

	full |= keeping && !place;
	if (!keeping || sw->kept || !place || place_find(sw->name))
		return;
	kept = calloc(1, sizeof(*kept));
	if (!kept)
		return;
	kept->sw = *sw;
	kept->prog_user = -1;
	sw->kept = kept;
	*place = kept;
}

bool kept_get(const char *name, struct xsw_switch_handle *sw)
{
	struct xsw_kept **place = keeping ? place_find(name) : NULL;

	if (!place)
		return false;
	*sw = (*place)->sw;
	sw->kept = *place;
	return true;
}

struct xsw_kept *kept_next(const struct xsw_kept *kept)
{
	int i = 0;

	while (kept && all[i++] != kept)
		;
	while (i < room && !all[i])
		i++;
	return i < room ? all[i] : NULL;
}

bool kept_take(struct xsw_switch_handle *sw)
{
	struct xsw_kept *kept = kept_next(NULL), **place;

	full = false;
	if (!kept)
		return false;
	*sw = kept->sw;
	place = place_find(sw->name);
	*place = NULL;
	if (kept->prog_user >= 0)
		close(kept->prog_user);
	if (kept->rings)
		munmap(kept->rings, kept->rings_bytes);
	for (int port = 0; port < XSW_MAX_PORTS; port++)
		free(kept->late[port]);
	free(kept);
	return true;
}

int kept_late_put(struct xsw_kept *kept, __u32 port, const struct xsw_port *next, bool moves_vlans)
{
	struct kept_late *late = kept->late[port];

	if (!late)
		late = kept->late[port] = calloc(1, sizeof(*late));
	if (!late)
		return -ENOMEM;
	late->next = *next;
	late->moves_vlans |= moves_vlans;
	return 0;
}

bool kept_late_take(struct xsw_kept *kept, __u32 port, struct kept_late *late)
{
	if (!kept || !kept->late[port])
		return false;
	*late = *kept->late[port];
	free(kept->late[port]);
	kept->late[port] = NULL;
	return true;
}

void kept_slots_freed(struct xsw_kept *kept)
{
	if (kept)
		memset(kept->slot_free, true, sizeof(kept->slot_free));
}
