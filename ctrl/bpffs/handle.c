// SPDX-License-Identifier: GPL-2.0
/* Open, close and list switches. */
#include "ctrl/bpffs/handle.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/kept.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/bpffs/view.h"

enum map_since {
	SINCE_EVER, /* every version of this layout has it */
	SINCE_PROG, /* where the programs know of it, see ctrl/bpffs/table_use.h */
	SINCE_PIN,  /* where it is pinned: no program reads it */
	UNOPENED,   /* by those alone who need it; is it the right one? */
};

static const struct {
	const char *pin;
	size_t offset;
	enum map_since since;
} map_pins[] = {
	{ "xsw_switch", offsetof(struct xsw_maps, sw), SINCE_EVER },
	{ "xsw_port", offsetof(struct xsw_maps, port), SINCE_EVER },
	{ "xsw_slot", offsetof(struct xsw_maps, slot), SINCE_EVER },
	{ "xsw_state", offsetof(struct xsw_maps, state), SINCE_EVER },
	{ "xsw_ifindex", offsetof(struct xsw_maps, ifindex), SINCE_EVER },
	{ "xsw_ifindex_hi", offsetof(struct xsw_maps, ifindex_hi), SINCE_EVER },
	{ "xsw_fdb", offsetof(struct xsw_maps, fdb), SINCE_EVER },
	{ "xsw_fdb_count", offsetof(struct xsw_maps, fdb_count), SINCE_EVER },
	{ "xsw_tx", offsetof(struct xsw_maps, tx), SINCE_EVER },
	{ "xsw_flood", offsetof(struct xsw_maps, flood), SINCE_EVER },
	{ "xsw_stats", offsetof(struct xsw_maps, stats), SINCE_EVER },
	{ "xsw_stats_base", offsetof(struct xsw_maps, stats_base), SINCE_EVER },
	{ "xsw_meta", offsetof(struct xsw_maps, record), SINCE_EVER },
	{ "xsw_policer", offsetof(struct xsw_maps, policer), SINCE_PROG },
	{ "xsw_policer_of", offsetof(struct xsw_maps, policer_of), SINCE_PROG },
	{ "xsw_peer", offsetof(struct xsw_maps, peer), SINCE_PROG },
	{ "xsw_guard", offsetof(struct xsw_maps, guard), SINCE_PROG },
	{ "xsw_bind", offsetof(struct xsw_maps, bind), SINCE_PROG },
	{ "xsw_bind_ip", offsetof(struct xsw_maps, bind_ip), SINCE_PROG },
	{ "xsw_xsk", offsetof(struct xsw_maps, xsk), SINCE_PROG },
	{ "xsw_punt", offsetof(struct xsw_maps, punt), SINCE_PROG },
	{ "xsw_local", offsetof(struct xsw_maps, local), SINCE_PROG },
	{ "xsw_able", offsetof(struct xsw_maps, able), SINCE_PROG },
	{ "xsw_members", offsetof(struct xsw_maps, members), SINCE_PROG },
	{ "xsw_mirror", offsetof(struct xsw_maps, mirror), SINCE_PROG },
	{ "xsw_mirror_sums", offsetof(struct xsw_maps, mirror_sums), SINCE_PROG },
	{ "xsw_capture", offsetof(struct xsw_maps, capture), SINCE_PROG },
	{ "xsw_lldp", offsetof(struct xsw_maps, lldp), SINCE_PIN },
	{ "xsw_event", 0, UNOPENED },
	{ "xsw_vlan_keys", 0, UNOPENED },
	{ "xsw_vlan_used", 0, UNOPENED },
	{ "xsw_vlan_stats", 0, UNOPENED },
	{ "xsw_vlan_base", 0, UNOPENED },
	{ "xsw_punt_out", 0, UNOPENED },
	{ "xsw_capture_out", 0, UNOPENED },
	{ "xsw_timer", 0, UNOPENED },
	{ "xsw_fdb_lock", 0, UNOPENED },
	{ "xsw_own_drops", 0, UNOPENED },
	{ "xsw_loss_counted", 0, UNOPENED },
};

#define MAP_PINS (sizeof(map_pins) / sizeof(*map_pins))

static int *map_fd(struct xsw_maps *maps, size_t i)
{
	return (int *)((char *)maps + map_pins[i].offset);
}

void switch_handle_init(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	memset(sw, 0, sizeof(*sw));
	memset(&sw->map, 0xff, sizeof(sw->map)); /* all -1 */
	strncpy(sw->name, name, sizeof(sw->name) - 1);
	sw->layout = switch_dir(sw->dir, sizeof(sw->dir), folder);
}

int switch_folder_make(const char *folder, char *dir, size_t size)
{
	switch_dir(dir, size, folder);
	*strrchr(dir, '/') = '\0';
	if (mkdir(dir, 0700))
		return -errno;
	switch_dir(dir, size, folder);
	return mkdir(dir, 0700) ? -errno : 0;
}

/* Is it an error of this process, whatever the pin is? */
static bool says_nothing(int err)
{
	return err == -EPERM || err == -EACCES || err == -EMFILE || err == -ENFILE ||
	       err == -ENOMEM;
}

int switch_pin_broken(const struct xsw_switch_handle *sw, const char *pin, int err)
{
	struct stat st;

	if (says_nothing(err))
		return err;
	if (stat(sw->dir, &st))
		return errno == ENOTDIR ? -ENOENT : -errno;
	if (!S_ISDIR(st.st_mode))
		xsw_fail(EUCLEAN, "switch", sw->name, "its folder v%d is none", sw->layout);
	else
		xsw_fail(EUCLEAN, "switch", sw->name, "its pin %s %s", pin,
			 err == -ENOENT ? "is missing" :
			 err == -EISDIR ? "is a folder" :
					  "is not what xsw pinned there");
	xsw_remedy("make the switch anew: xsw switch del %s, then xsw config apply FILE", sw->name);
	return -EUCLEAN;
}

/* Open map @i of map_pins. Return: 0, also if an earlier version has none, or -errno. */
static int map_open(struct xsw_switch_handle *sw, size_t i, const struct table_use *use)
{
	enum map_since since = map_pins[i].since;
	int fd = map_get(sw->dir, map_pins[i].pin);

	if (fd == -ENOENT && since != SINCE_EVER &&
	    !(since == SINCE_PROG && table_use_has_name(use, map_pins[i].pin)))
		return 0;
	if (fd < 0)
		return switch_pin_broken(sw, map_pins[i].pin, fd);
	if (since != UNOPENED && (since != SINCE_PROG || table_use_has(use, fd)))
		*map_fd(&sw->map, i) = fd;
	else
		close(fd);
	return 0;
}

static int switch_open_maps(struct xsw_switch_handle *sw)
{
	struct table_use use;
	int err = table_use_read(sw->dir, &use);

	if (err)
		return switch_pin_broken(sw, use.failed, err);
	for (size_t i = 0; i < MAP_PINS; i++) {
		err = map_open(sw, i, &use);
		if (err)
			return err;
	}
	return 0;
}

void switch_open_rest(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	switch_handle_init(name, folder, sw);
	for (size_t i = 0; i < MAP_PINS && map_pins[i].since != UNOPENED; i++) {
		int fd = map_get(sw->dir, map_pins[i].pin);

		if (fd >= 0)
			*map_fd(&sw->map, i) = fd;
	}
}

int switch_open_dir(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	int err, layout;

	do { /* once more if an upgrade to another layout came in between */
		switch_handle_init(name, folder, sw);
		layout = sw->layout;
		err = switch_open_maps(sw);
		if (err)
			xsw_switch_close(sw);
	} while (err == -ENOENT && layout < XSW_LAYOUT);
	return err;
}

bool switch_moved(const struct xsw_switch_handle *sw)
{
	return sw->layout < XSW_LAYOUT && !pin_exists(sw->dir, "xsw_switch");
}

bool switch_name_is_good(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= XSW_NAME_LEN || !isalnum((unsigned char)name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && name[i] != '-')
			return false;
	return true;
}

int xsw_switch_name_check(const char *name)
{
	if (switch_name_is_good(name))
		return 0;
	return xsw_fail(EINVAL, "switch", name,
			"a name has 1 to 15 letters, digits, '_', '-' and begins with a letter or "
			"digit");
}

static int switch_open_fail(const char *name, int err)
{
	char path[PIN_PATH_MAX];
	struct stat st;

	if (err == -EUCLEAN) /* switch_pin_broken() has said it */
		return err;
	if (err != -ENOENT)
		return pin_fail(err, xsw_bpffs_root());
	if (pin_hidden())
		return pin_fail(err, xsw_bpffs_root());
	snprintf(path, sizeof(path), "%s/%s", xsw_bpffs_root(), name);
	if (!stat(path, &st))
		return xsw_fail(
			ENOENT, "switch", name,
			S_ISDIR(st.st_mode) ?
				"made by another version of xsw, of another layout than v%d" :
				"no such switch, but a pin has its name",
			XSW_LAYOUT);
	return xsw_fail(ENOENT, "switch", name, "no such switch");
}

void switch_opened(struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	view_name(sw, conf);
	kept_put(sw);
}

int xsw_switch_open(const char *name, struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;
	int err;

	if (kept_get(name, sw))
		return 0;
	switch_handle_init(name, name, sw);
	if (!switch_name_is_good(name))
		return xsw_fail(ENOENT, "switch", name, "no such switch");
	err = switch_open_dir(name, name, sw);
	if (err)
		return switch_open_fail(name, err);
	err = switch_read(sw, &conf);
	if (err)
		err = xsw_fail(err, "switch", name, "cannot read: %s", strerror(-err));
	else
		err = view_check(name, &conf);
	if (err)
		xsw_switch_close(sw);
	else
		switch_opened(sw, &conf);
	return err;
}

void xsw_switch_close(struct xsw_switch_handle *sw)
{
	if (sw->kept)
		return;
	for (size_t i = 0; i < MAP_PINS && map_pins[i].since != UNOPENED; i++) {
		int *fd = map_fd(&sw->map, i);

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
}

void switches_close_kept(void)
{
	struct xsw_switch_handle sw;

	while (kept_take(&sw))
		xsw_switch_close(&sw);
}

bool xsw_switch_is_here(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	return !switch_read(sw, &conf) && netns_is_here(conf.netns_ino, conf.netns_cookie);
}

static int name_compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

int switch_list_all(char (**names)[XSW_NAME_LEN])
{
	struct dirent *d;
	DIR *stream;
	int n = 0;

	*names = NULL;
	stream = opendir(xsw_bpffs_root());
	if (!stream)
		return errno == ENOENT && !pin_hidden() ? 0 : pin_fail(errno, xsw_bpffs_root());
	while ((d = readdir(stream))) {
		char(*more)[XSW_NAME_LEN];

		if (!switch_name_is_good(d->d_name) ||
		    (d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
			continue;
		more = realloc(*names, (n + 1) * sizeof(*more));
		if (!more) {
			closedir(stream);
			free(*names);
			*names = NULL;
			return xsw_fail(ENOMEM, "switch", NULL, "out of memory");
		}
		*names = more;
		memcpy((*names)[n++], d->d_name, strlen(d->d_name) + 1);
	}
	closedir(stream);
	if (n)
		qsort(*names, n, sizeof(**names), name_compare);
	return n;
}

int xsw_switch_list(char (**names)[XSW_NAME_LEN])
{
	int n = switch_list_all(names), seen = 0;

	for (int i = 0; i < n; i++)
		if (view_has_name((*names)[i]))
			memmove((*names)[seen++], (*names)[i], sizeof(**names));
	return n < 0 ? n : seen;
}
