// SPDX-License-Identifier: GPL-2.0
#include "ctrl/bpffs/layout.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "maps/port.h"
#include "maps/port_record.h"
#include "maps/switch.h"

#define LAYOUT1 1

/* Values of layout 1 are those of today without @gap bytes behind the first @head. */
static const struct table {
	const char *name;
	__u32 head, gap, size, max_entries;
} tables[] = {
	{ "xsw_switch", 72, sizeof(struct xsw_switch) - 72, sizeof(struct xsw_switch), 1 },
	{ "xsw_meta", 128, sizeof(struct xsw_port_record) - 128, sizeof(struct xsw_port_record),
	  XSW_MAX_PORTS },
	{ "xsw_port", 16, sizeof(struct xsw_port) - 1040, sizeof(struct xsw_port), XSW_MAX_SLOTS },
};

#define TABLES (sizeof(tables) / sizeof(*tables))
#define VALUE_MAX sizeof(struct xsw_port) /* the longest of them */

/* Not access(2), which asks for the real user without capabilities: xsw-exporter has one to read. */
static bool exists(const char *path)
{
	struct stat st;

	return !stat(path, &st);
}

int layout_dir(char *dir, size_t size, const char *root, const char *folder)
{
	char old[4096];

	snprintf(old, sizeof(old), "%s/%s/v%d", root, folder, LAYOUT1);
	snprintf(dir, size, "%s/%s/v%d", root, folder, XSW_LAYOUT);
	if (!exists(dir) && exists(old))
		snprintf(dir, size, "%s", old);
	return layout_of(dir);
}

int layout_of(const char *dir)
{
	const char *last = strrchr(dir, '/');

	return last && !strcmp(last, "/v1") ? LAYOUT1 : XSW_LAYOUT;
}

static const struct table *table_of(const char *name)
{
	for (size_t i = 0; i < TABLES; i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	return NULL;
}

__u32 layout1_lacks(const char *name)
{
	const struct table *t = table_of(name);

	return t ? t->gap : 0;
}

int layout_read(int layout, const char *name, int map, __u32 key, void *value)
{
	const struct table *t = layout == LAYOUT1 ? table_of(name) : NULL;
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
	const struct table *t = layout == LAYOUT1 ? table_of(name) : NULL;
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

int layout1_copy(const char *name, int from, int to)
{
	const struct table *t = table_of(name);
	char value[VALUE_MAX];
	int err = 0;

	for (__u32 key = 0; key < t->max_entries && !err; key++) {
		err = layout_read(LAYOUT1, name, from, key, value);
		if (!err)
			err = layout_write(XSW_LAYOUT, name, to, key, value);
	}
	return err;
}
