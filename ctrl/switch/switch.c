// SPDX-License-Identifier: GPL-2.0
/* Make, change, open, list and remove switches. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ctrl/switch/switch.h"

#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/attach.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/load.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/port_table.h"
#include "ctrl/bpffs/table_use.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/fdb/shards.h"
#include "ctrl/kernel/netns.h"
#include "ctrl/port/local.h"
#include "ctrl/port/work.h"
#include "maps/stats.h"

#ifndef XSW_VERSION
#define XSW_VERSION "0.1"
#endif

#define AGEING_DEFAULT_S 300
#define AGEING_MAX_S 1000000
#define FDB_MAX_DEFAULT 65536
#define FDB_MAX_MAX 4194304

/* ---- opening ---- */

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
	{ "xsw_lldp", offsetof(struct xsw_maps, lldp), SINCE_PIN },
	{ "xsw_event", 0, UNOPENED },
	{ "xsw_vlan_keys", 0, UNOPENED },
	{ "xsw_vlan_used", 0, UNOPENED },
	{ "xsw_vlan_stats", 0, UNOPENED },
	{ "xsw_vlan_base", 0, UNOPENED },
	{ "xsw_punt_out", 0, UNOPENED },
	{ "xsw_timer", 0, UNOPENED },
	{ "xsw_own_drops", 0, UNOPENED },
	{ "xsw_loss_counted", 0, UNOPENED },
};

#define MAP_PINS (sizeof(map_pins) / sizeof(*map_pins))

static int *map_fd(struct xsw_maps *maps, size_t i)
{
	return (int *)((char *)maps + map_pins[i].offset);
}

/* Bounded copies: the root and the names have limits of their own. */
static void switch_dir(char *dir, size_t size, const char *folder)
{
	snprintf(dir, size, "%s/%s/v%d", xsw_bpffs_root(), folder, XSW_LAYOUT);
}

static void handle_init(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	memset(sw, 0, sizeof(*sw));
	memset(&sw->map, 0xff, sizeof(sw->map)); /* all -1 */
	strncpy(sw->name, name, sizeof(sw->name) - 1);
	switch_dir(sw->dir, sizeof(sw->dir), folder);
}

int switch_pin_broken(const struct xsw_switch_handle *sw, const char *pin, int err)
{
	struct stat st;

	if (err == -EPERM || err == -EACCES) /* all pins are so */
		return err;
	if (stat(sw->dir, &st))
		return errno == ENOTDIR ? -ENOENT : -errno;
	if (!S_ISDIR(st.st_mode))
		xsw_fail(EUCLEAN, "switch", sw->name, "its folder v%d is none", XSW_LAYOUT);
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
	err = fdb_open(sw);
	return err ? switch_pin_broken(sw, "xsw_fdb", err) : 0;
}

/* What is left of a switch, to take it apart. */
static void switch_open_rest(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	handle_init(name, folder, sw);
	for (size_t i = 0; i < MAP_PINS && map_pins[i].since != UNOPENED; i++) {
		int fd = map_get(sw->dir, map_pins[i].pin);

		if (fd >= 0)
			*map_fd(&sw->map, i) = fd;
	}
	if (fdb_open(sw))
		fdb_close(sw);
}

int switch_open_dir(const char *name, const char *folder, struct xsw_switch_handle *sw)
{
	int err;

	handle_init(name, folder, sw);
	err = switch_open_maps(sw);
	if (err)
		xsw_switch_close(sw);
	return err;
}

static bool name_is_good(const char *name)
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
	if (name_is_good(name))
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

int xsw_switch_open(const char *name, struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;
	int err;

	memset(sw, 0, sizeof(*sw));
	memset(&sw->map, 0xff, sizeof(sw->map));
	if (!name_is_good(name))
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
		view_name(sw, &conf);
	return err;
}

void xsw_switch_close(struct xsw_switch_handle *sw)
{
	for (size_t i = 0; i < MAP_PINS && map_pins[i].since != UNOPENED; i++) {
		int *fd = map_fd(&sw->map, i);

		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
	fdb_close(sw);
}

bool xsw_switch_is_here(const struct xsw_switch_handle *sw)
{
	struct xsw_switch conf;

	return !switch_read(sw, &conf) && netns_is_here(conf.netns_ino, conf.netns_cookie);
}

int xsw_switch_info(const struct xsw_switch_handle *sw, struct xsw_switch_info *info)
{
	int err = switch_read(sw, &info->conf);

	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	info->fdb_entries = fdb_alive(sw);
	return 0;
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

		if (!name_is_good(d->d_name) || (d->d_type != DT_DIR && d->d_type != DT_UNKNOWN))
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

/* ---- settings ---- */

static int conf_check(const char *name, const struct xsw_switch_conf *conf)
{
	if (conf->given & XSW_CONF_AGEING && (!conf->ageing_s || conf->ageing_s > AGEING_MAX_S))
		return xsw_fail(EINVAL, "switch", name, "ageing_time is 1 to %d seconds",
				AGEING_MAX_S);
	if (conf->given & XSW_CONF_FDB_MAX && (!conf->fdb_max || conf->fdb_max > FDB_MAX_MAX))
		return xsw_fail(EINVAL, "switch", name, "fdb_max is 1 to %d", FDB_MAX_MAX);
	return 0;
}

static void flag_set(__u32 *flags, __u32 flag, bool on)
{
	*flags = on ? *flags | flag : *flags & ~flag;
}

static void conf_apply(struct xsw_switch *to, const struct xsw_switch_conf *conf)
{
	if (conf->given & XSW_CONF_AGEING) {
		to->ageing_s = conf->ageing_s;
		to->ageing_ticks = (conf->ageing_s * 1000000000ULL) >> XSW_TICK_SHIFT;
	}
	if (conf->given & XSW_CONF_FDB_MAX)
		to->fdb_max = conf->fdb_max;
	if (conf->given & XSW_CONF_FDB_EVICT)
		flag_set(&to->flags, XSW_SWITCH_FDB_EVICT, conf->fdb_evict);
	if (conf->given & XSW_CONF_FORWARD_BPDU)
		flag_set(&to->flags, XSW_SWITCH_FORWARD_BPDU, conf->forward_bpdu);
	if (conf->given & XSW_CONF_VLAN_STATS)
		flag_set(&to->flags, XSW_SWITCH_VLAN_STATS, conf->vlan_stats);
}

static int conf_write(const struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	int err = switch_write(sw, conf);

	return err ? xsw_fail(err, "switch", sw->name, "cannot write: %s", strerror(-err)) : 0;
}

/* Write @next, whose fdb_max is another. */
static int fdb_resize(struct xsw_switch_handle *sw, struct xsw_switch *next)
{
	int err;

	err = fdb_hold(sw);
	if (!err)
		err = fdb_grow(sw, next->fdb_max);
	if (err)
		xsw_fail(err, "switch", sw->name, "cannot make room for %u addresses: %s",
			 next->fdb_max, strerror(-err));
	next->flags |= XSW_SWITCH_FDB_HOLD;
	if (!err)
		err = conf_write(sw, next);
	if (!err)
		fdb_shrink(sw, next->fdb_max);
	fdb_release(sw);
	return err;
}

int xsw_switch_set(struct xsw_switch_handle *sw, const struct xsw_switch_conf *conf)
{
	struct xsw_switch now, next;
	int err;

	err = conf_check(sw->name, conf);
	if (err)
		return err;
	err = switch_read(sw, &now);
	if (err)
		return xsw_fail(err, "switch", sw->name, "cannot read: %s", strerror(-err));
	next = now;
	conf_apply(&next, conf);
	if (!memcmp(&now, &next, sizeof(now)))
		return 0;
	err = next.fdb_max != now.fdb_max ? fdb_resize(sw, &next) : conf_write(sw, &next);
	if ((now.flags ^ next.flags) & XSW_SWITCH_VLAN_STATS)
		fdb_changed(sw); /* decisions know which counters they raise */
	return err;
}

/* ---- making ---- */

/* First values of a switch whose maps are pinned in @folder. */
static int switch_init(const char *name, const char *folder, const struct xsw_switch_conf *conf)
{
	struct xsw_switch value = { .fdb_max = FDB_MAX_DEFAULT,
				    .port_end = 1,
				    .netns_ino = netns_ino(),
				    .netns_cookie = netns_cookie(),
				    .layout = XSW_LAYOUT,
				    .version = XSW_VERSION };
	struct xsw_switch_conf defaults = { .given = XSW_CONF_AGEING,
					    .ageing_s = AGEING_DEFAULT_S };
	struct xsw_switch_handle sw;
	int err;

	conf_apply(&value, &defaults);
	conf_apply(&value, conf);
	strncpy(value.name, name, sizeof(value.name) - 1);
	err = switch_open_dir(name, folder, &sw);
	if (err)
		return err;
	err = switch_write(&sw, &value);
	xsw_switch_close(&sw);
	return err;
}

static int folder_make(const char *folder, char *dir, size_t size)
{
	switch_dir(dir, size, folder);
	*strrchr(dir, '/') = '\0';
	if (mkdir(dir, 0700))
		return -errno;
	switch_dir(dir, size, folder);
	return mkdir(dir, 0700) ? -errno : 0;
}

static void folder_remove(const char *folder)
{
	char path[PIN_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", xsw_bpffs_root(), folder);
	pin_remove_dir(path);
}

int xsw_switch_add(const char *name, const struct xsw_switch_conf *conf)
{
	char dir[PIN_PATH_MAX], building[XSW_NAME_LEN + 1];
	int err;

	err = xsw_switch_name_check(name);
	if (!err)
		err = conf_check(name, conf);
	if (err)
		return err;
	if (pin_exists(xsw_bpffs_root(), name))
		return view_taken(name);
	snprintf(building, sizeof(building), "+%s", name);
	err = folder_make(building, dir, sizeof(dir));
	if (err) {
		pin_fail(err, dir);
		goto out;
	}
	err = load_new(name, dir, conf->given & XSW_CONF_FDB_MAX ? conf->fdb_max : FDB_MAX_DEFAULT);
	if (err)
		goto out;
	err = switch_init(name, building, conf);
	if (!err)
		err = pin_rename(xsw_bpffs_root(), building, name);
	if (!err)
		return 0;
	xsw_fail(err, "switch", name, "cannot set up its folder: %s", strerror(-err));
out:
	folder_remove(building);
	return err;
}

/* ---- removing ---- */

/* What is known of the ports of a switch that has lost xsw_meta. */
static void port_guess(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record)
{
	struct xsw_port conf;
	char pin[32], *end;

	snprintf(pin, sizeof(pin), "port_%u_tc", port);
	if (conf_read(sw, port, &conf) || !if_indextoname(conf.ifindex, record->ifname))
		return;
	record->state = XSW_RECORD_DELETING;
	record->ifindex = conf.ifindex;
	record->tc_is_link = pin_exists(sw->dir, pin);
	end = strrchr(record->ifname, '-');
	if (conf.flags & XSW_PORT_HOST && end && !strcmp(end, "-sw")) {
		record->saved = XSW_SAVED_MADE; /* a veth pair of our own; its other end's name: */
		*end = '\0';
	}
}

/* Return: how many elements, or -errno. */
static int records_guess(const struct xsw_switch_handle *sw, struct xsw_port_record **records)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	int err = switch_read(sw, &conf);

	if (!err)
		err = netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie);
	if (err)
		return err;
	*records = calloc(XSW_MAX_PORTS, sizeof(**records));
	for (__u32 port = 1; *records && port < XSW_MAX_PORTS; port++)
		port_guess(sw, port, &(*records)[port]);
	netns_visit_end(&visit);
	return *records ? XSW_MAX_PORTS : -ENOMEM;
}

/* A switch is gone, but not all that it had changed on devices could be put right, for @pin was
 * missing or another's. @names: of its ports, as far as they are known
 */
static int remains_fail(const char *name, const char *pin, const char *names)
{
	xsw_fail(EUCLEAN, "switch", name,
		 "removed, but its pin %s was no longer what xsw pinned there: devices keep what "
		 "the switch set%s",
		 pin, names);
	xsw_remedy("look at promiscuous mode, carrier and offloads (rxvlan, lro; txvlan, gro of a "
		   "veth's other end): ip link set DEV promisc off, ethtool -K");
	return -EUCLEAN;
}

/* Are there attachments of ports in @dir? They go with their pins. */
static bool has_port_pins(const char *dir)
{
	bool has = false;
	struct dirent *d;
	DIR *stream;

	stream = opendir(dir);
	if (!stream)
		return false;
	while (!has && (d = readdir(stream)))
		has = !strncmp(d->d_name, "port_", 5);
	closedir(stream);
	return has;
}

/* Is the device of a port in the caller's namespace, under the name it had? */
static bool device_is_here(const struct xsw_port_record *record)
{
	char ifname[IF_NAMESIZE];

	return if_indextoname(record->ifindex, ifname) && port_device_is(record, ifname);
}

int switch_remove(const char *name, const char *folder)
{
	char names[160] = "";
	const char *lost = NULL;
	struct xsw_switch_handle sw;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	int n, ports = 0;
	bool known;

	switch_open_rest(name, folder, &sw);
	known = !switch_read(&sw, &conf); /* and with it where the devices are */
	n = record_read_all(&sw, &records);
	if (n < 0 && has_port_pins(sw.dir)) {
		lost = "xsw_meta";
		n = records_guess(&sw, &records);
	}
	for (int port = 1; port < n; port++) {
		if (records[port].state == XSW_RECORD_FREE)
			continue;
		if (!known && !device_is_here(&records[port]))
			lost = "xsw_switch";
		if (strlen(names) + XSW_NAME_LEN + 8 < sizeof(names))
			sprintf(names + strlen(names), "%s%.15s", ports ? ", " : ": ",
				records[port].ifname);
		port_take_apart(&sw, port, &records[port]);
		ports++;
	}
	if (n >= 0)
		free(records);
	xsw_switch_close(&sw);
	folder_remove(folder);
	return lost ? remains_fail(name, lost, names) : 0;
}

int xsw_switch_del(const char *name)
{
	char leaving[XSW_NAME_LEN + 1];
	int err;

	if (!name_is_good(name) || !pin_exists(xsw_bpffs_root(), name))
		return pin_hidden() ? pin_fail(ENOENT, xsw_bpffs_root()) :
				      xsw_fail(ENOENT, "switch", name, "no such switch");
	err = view_check_name(name);
	if (err)
		return err;
	snprintf(leaving, sizeof(leaving), "+%s", name);
	err = pin_rename(xsw_bpffs_root(), name, leaving);
	if (err)
		return xsw_fail(err, "switch", name, "cannot remove: %s", strerror(-err));
	return switch_remove(name, leaving);
}

/* ---- upgrade ---- */

/* Is the port's device here? Programs and devmaps must not be given another's. */
static bool port_is_here(const struct xsw_switch_handle *sw, __u32 port,
			 const struct xsw_port_record *record)
{
	struct link_info dev;

	return record->state == XSW_RECORD_ACTIVE && !port_absent(sw, port, record, &dev);
}

/* Run programs @xdp and @tc on one port. */
static int port_swap(const struct xsw_switch_handle *sw, __u32 port,
		     const struct xsw_port_record *record, int xdp, int tc)
{
	int err = 0;

	if (record->use_path == XSW_PATH_XDP)
		err = attach_swap_xdp(sw->dir, port, xdp);
	if (!err)
		err = attach_swap_tc(sw->dir, port, tc, record);
	return err;
}

static int port_swap_egress(const struct xsw_switch_handle *sw, __u32 port,
			    const struct xsw_port_record *record, int flood, int unicast)
{
	int err = table_devmap(sw, port, record->ifindex, flood, unicast);

	if (record->tc_is_link && !attach_tc_is_on(sw->dir, port, record->ifindex))
		table_devmap_clear(sw, port); /* it has just gone, its number been given away */
	return err == -EINVAL || err == -ENODEV ? 0 : err; /* the device is gone */
}

/* Run the programs of @load on all ports. At egress last: a program of an earlier version
 * that still floods knows nothing of unicast without a program there. Return: 0, or -errno
 * and the port at which it failed.
 */
static int ports_swap_to(const struct xsw_switch_handle *sw, const struct xsw_port_record *records,
			 int n, const struct load *load, int *failed)
{
	int err = 0;

	for (int port = 1; port < n && !err; port++) {
		*failed = port;
		if (port_is_here(sw, port, &records[port]))
			err = port_swap(sw, port, &records[port], load->xdp, load->tc);
	}
	table_wait_for_readers(); /* polls that an earlier version began */
	for (int port = 1; port < n && !err; port++) {
		*failed = port;
		if (port_is_here(sw, port, &records[port]))
			err = port_swap_egress(sw, port, &records[port], load->egress, -1);
	}
	return err;
}

/* ... and those that are pinned, again: at egress first and for all frames, whatever
 * version they are of.
 */
static void ports_swap_back(const struct xsw_switch_handle *sw,
			    const struct xsw_port_record *records, int n)
{
	int xdp = prog_get(sw->dir, "prog_xdp"), tc = prog_get(sw->dir, "prog_tc");
	int egress = prog_get(sw->dir, "prog_egress");

	for (int port = 1; port < n; port++)
		if (port_is_here(sw, port, &records[port]))
			port_swap_egress(sw, port, &records[port], egress, egress);
	table_wait_for_readers(); /* bulks that unicast began without a program */
	for (int port = 1; port < n; port++)
		if (port_is_here(sw, port, &records[port]))
			port_swap(sw, port, &records[port], xdp, tc);
	close(xdp);
	close(tc);
	close(egress);
}

static int ports_swap(const struct xsw_switch_handle *sw, const struct load *load)
{
	struct netns_visit visit;
	struct xsw_switch conf;
	struct xsw_port_record *records;
	int err = 0, n, failed;

	n = record_read_all(sw, &records);
	if (n < 0)
		return xsw_fail(n, "switch", sw->name, "cannot read: %s", strerror(-n));
	switch_read(sw, &conf);
	if (netns_visit_begin(&visit, conf.netns_ino, conf.netns_cookie)) {
		err = xsw_fail(ESRCH, "switch", sw->name,
			       "cannot find the network namespace of its ports");
		goto out;
	}
	err = ports_swap_to(sw, records, n, load, &failed);
	if (err) {
		ports_swap_back(sw, records, n);
		xsw_fail(err, "port", records[failed].ifname, "cannot swap its programs: %s",
			 strerror(-err));
	}
	netns_visit_end(&visit);
out:
	free(records);
	return err;
}

/* The ports run the new programs: make them what the switch consists of. The loss programs
 * hand over: see loss_counts() in bpf/hook_loss.c.
 */
static int upgrade_finish(const struct xsw_switch_handle *sw, const struct load *load)
{
	int err = load_commit(sw->name, sw->dir, load);
	struct xsw_switch conf;

	if (!err)
		err = switch_flags(sw, XSW_SWITCH_HANDS_OVER << load->tracer,
				   XSW_SWITCH_HANDS_OVER << !load->tracer);
	if (!err)
		err = switch_read(sw, &conf);
	if (err)
		return err;
	table_wait_for_readers();
	memset(conf.version, 0, sizeof(conf.version));
	memcpy(conf.version, XSW_VERSION, sizeof(XSW_VERSION));
	conf.tracer = load->tracer;
	if (!conf.netns_ino) { /* an earlier version made it, and it has no port */
		conf.netns_ino = netns_ino();
		conf.netns_cookie = netns_cookie();
	}
	err = switch_write(sw, &conf);
	if (!err)
		load_tracers_remove(sw->dir, !load->tracer);
	return err;
}

/* What an earlier version did not keep: the number of addresses of each port, those of the host's
 * own interfaces, what the programs are to know of ports (XSW_STATE_*).
 */
static void upgrade_complete(const char *name)
{
	struct xsw_switch_handle sw;

	if (switch_open_dir(name, name, &sw))
		return;
	if (!fdb_hold(&sw))
		fdb_release(&sw);
	xsw_ports_refresh(&sw);
	xsw_switch_close(&sw);
}

int xsw_switch_upgrade(const char *name)
{
	struct xsw_switch_handle sw;
	struct xsw_switch conf;
	struct load load;
	int err;

	err = xsw_switch_open(name, &sw);
	if (err)
		return err;
	err = switch_read(&sw, &conf);
	if (!err)
		err = load_upgrade(name, sw.dir, conf.tracer, &load);
	if (err)
		goto out;
	if (sw.map.local < 0)
		locals_clear(&sw);
	err = ports_swap(&sw, &load);
	if (err) {
		load_abort(sw.dir, &load);
		goto out;
	}
	err = upgrade_finish(&sw, &load);
	load_free(&load);
	if (!err)
		upgrade_complete(name);
out:
	xsw_switch_close(&sw);
	return err;
}
