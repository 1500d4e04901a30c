// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/layout.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maps/able.h"
#include "maps/fdb.h"
#include "maps/port.h"
#include "maps/port_record.h"
#include "maps/switch.h"

#define LAYOUT_FIRST 1
#define SHARDS 16 /* hash maps of the FDB before layout 3 */

/* Values before layout @since are those of today without @gap bytes behind the first @head. */
static const struct table {
	const char *name;
	int since;
	__u32 head, gap, size, max_entries;
} tables[] = {
	{ "xsw_switch", 2, 72, sizeof(struct xsw_switch) - 72, sizeof(struct xsw_switch), 1 },
	{ "xsw_meta", 2, 128, sizeof(struct xsw_port_record) - 128, sizeof(struct xsw_port_record),
	  XSW_MAX_PORTS },
	{ "xsw_port", 2, 16, sizeof(struct xsw_port) - 1040, sizeof(struct xsw_port),
	  XSW_MAX_SLOTS },
	{ "xsw_fdb_count", 3, 128, sizeof(struct xsw_fdb_count) - 128, sizeof(struct xsw_fdb_count),
	  1 },
	{ "xsw_timer", 3, 24, 8, 32, 1 },
};

#define TABLES (sizeof(tables) / sizeof(*tables))

/* What else layout 3 does not share with earlier ones: programs of both act on ports that lost
 * their addresses, each on those in their own FDB; and an xsw-slowpath of an earlier version goes on
 * with its own.
 */
static const char *const remade[] = { "xsw_fdb", "xsw_able", "xsw_xsk" };
#define VALUE_MAX sizeof(struct xsw_port) /* the longest of them */

/* Not access(2), which asks for the real user without capabilities: xsw-exporter has one to read. */
static bool exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

int layout_dir(char *dir, size_t size, const char *root, const char *folder)
{
	for (int layout = XSW_LAYOUT; layout >= LAYOUT_FIRST; layout--) {
		snprintf(dir, size, "%s/%s/v%d", root, folder, layout);
		if (exists(dir))
			return layout;
	}
	snprintf(dir, size, "%s/%s/v%d", root, folder, XSW_LAYOUT);
	return XSW_LAYOUT;
}

int layout_of(const char *dir)
{
	const char *last = strrchr(dir, '/');

	for (int layout = LAYOUT_FIRST; layout < XSW_LAYOUT; layout++)
		if (last && last[1] == 'v' && last[2] == '0' + layout && !last[3])
			return layout;
	return XSW_LAYOUT;
}

bool layout_has_shards(int layout)
{
	return layout < 3;
}

static const struct table *table_of(int layout, const char *name)
{
	for (size_t i = 0; i < TABLES; i++)
		if (!strcmp(tables[i].name, name))
			return layout < tables[i].since ? &tables[i] : NULL;
	return NULL;
}

__u32 layout_lacks(int layout, const char *name)
{
	const struct table *t = table_of(layout, name);

	return t ? t->gap : 0;
}

__u32 layout_elements(int layout, const char *name, __u32 now)
{
	return layout_has_shards(layout) && !strcmp(name, "xsw_fdb") ? SHARDS : now;
}

bool layout_remakes(int layout, const char *name)
{
	if (table_of(layout, name))
		return true;
	for (size_t i = 0; i < sizeof(remade) / sizeof(*remade) && layout_has_shards(layout); i++)
		if (!strcmp(remade[i], name))
			return true;
	return false;
}

int layout_read(int layout, const char *name, int map, __u32 key, void *value)
{
	const struct table *t = table_of(layout, name);
	char old[VALUE_MAX];

	if (bpf_map_lookup_elem(map, &key, t ? old : value))
		return -errno;
	if (!t)
		return 0;
	memcpy(value, old, t->head);
	memset(value + t->head, 0, t->gap);
	memcpy(value + t->head + t->gap, old + t->head, t->size - t->gap - t->head);
	return 0;
}

static bool is_zero(const char *bytes, size_t n)
{
	return !n || (!bytes[0] && !memcmp(bytes, bytes + 1, n - 1));
}

int layout_write(int layout, const char *name, int map, __u32 key, const void *value)
{
	const struct table *t = table_of(layout, name);
	char old[VALUE_MAX];

	if (t) {
		if (!is_zero(value + t->head, t->gap))
			return -EOPNOTSUPP;
		memcpy(old, value, t->head);
		memcpy(old + t->head, value + t->head + t->gap, t->size - t->gap - t->head);
		value = old;
	}
	return bpf_map_update_elem(map, &key, value, BPF_ANY) ? -errno : 0;
}

/* Ports that lost their addresses: what was learned there before is void in the copy, too. */
static int able_copy(int from, int to)
{
	struct xsw_able able;
	int err = 0;

	for (__u32 port = 0; port < XSW_MAX_PORTS && !err; port++) {
		if (bpf_map_lookup_elem(from, &port, &able))
			return -errno;
		able.swept = 0; /* it is to be swept from there anew */
		err = bpf_map_update_elem(to, &port, &able, BPF_ANY) ? -errno : 0;
	}
	return err;
}

int layout_copy(int layout, const char *name, int from, int to)
{
	const struct table *t = table_of(layout, name);
	char value[VALUE_MAX];
	int err = 0;

	if (!strcmp(name, "xsw_able"))
		return able_copy(from, to);
	if (!t || t->since > 2)
		return 0;
	for (__u32 key = 0; key < t->max_entries && !err; key++) {
		err = layout_read(layout, name, from, key, value);
		if (!err)
			err = layout_write(XSW_LAYOUT, name, to, key, value);
	}
	return err;
}
