// SPDX-License-Identifier: GPL-2.0
/* Static entries of a switch in the configuration. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/mac.h"
#include "ctrl/config/parts.h"
#include "ctrl/port/port.h"

static bool fdb_same(const void *a, const void *b)
{
	const struct cfg_fdb *x = a, *y = b;

	return !memcmp(&x->key, &y->key, sizeof(x->key));
}

static int fdb_load(const struct cfg_part *part, struct cfg_list *list,
		    const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_fdb_row *rows;
	struct xsw_port_info info;
	int n = xsw_fdb_list(sw, port, XSW_ANY_VLAN, &rows), err = 0;

	for (int i = 0; i < n && !err; i++) {
		struct cfg_fdb *f;

		if (!(rows[i].entry.flags & XSW_FDB_STATIC) ||
		    xsw_port_info(sw, rows[i].entry.port, &info))
			continue;
		f = cfg_list_add(list, sizeof(*f));
		if (!f) {
			err = -ENOMEM;
			break;
		}
		f->key = rows[i].key;
		memcpy(f->dev, info.ifname, sizeof(f->dev));
	}
	free(rows);
	return n < 0 ? n : err;
}

static void fdb_dump(struct cfg_writer *w, const void *item)
{
	const struct cfg_fdb *f = item;

	cfg_put(w, "mac", "\"%s\"", mac_text(f->key.mac));
	cfg_put(w, "vlan", "%u", f->key.vlan);
	cfg_put_name(w, "dev", f->dev);
}

static int fdb_key(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		   yaml_node_t *value, void *item)
{
	struct cfg_fdb *f = item;
	__u32 vlan;
	int err;

	if (!strcmp(word, "mac"))
		return cfg_read_mac(r, value, f->key.mac);
	if (!strcmp(word, "dev"))
		return cfg_read_dev(r, word, value, f->dev);
	err = cfg_read_u32(r, word, value, 0, XSW_VID_MAX, &vlan);
	f->key.vlan = vlan;
	return err;
}

static int fdb_check(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
		     const char *dev, const struct cfg_list *list, void *item)
{
	static const __u8 zero[6];
	const struct cfg_fdb *f = item;

	if (!memcmp(f->key.mac, zero, sizeof(zero)) || !f->dev[0])
		return cfg_bad(r, node, "fdb: mac or dev is missing");
	if (cfg_list_find(list, fdb_same, f) != f)
		return cfg_bad(r, node, "fdb: %s in vlan %u stands here twice",
			       mac_text(f->key.mac), f->key.vlan);
	return 0;
}

const struct cfg_part cfg_part_fdb = {
	.word = "fdb",
	.size = sizeof(struct cfg_fdb),
	.keys = (const char *const[]){ "mac", "vlan", "dev", NULL },
	.load = fdb_load,
	.dump = fdb_dump,
	.key = fdb_key,
	.check = fdb_check,
	.same = fdb_same,
};
