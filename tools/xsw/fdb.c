// SPDX-License-Identifier: GPL-2.0
/* xsw fdb: the forwarding database. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/fdb/fdb.h"
#include "ctrl/port/port.h"
#include "ctrl/switch/lock.h"
#include "tools/xsw/xsw.h"

static const char help_text[] =
	"Usage: xsw fdb { add | replace } MAC dev DEV [ vlan VID ] [ static | sticky | dynamic ]\n"
	"       xsw fdb del MAC switch NAME [ vlan VID ]\n"
	"       xsw fdb show [ MAC ] [ switch NAME ] [ dev DEV ] [ vlan VID ] [ static ]\n"
	"       xsw fdb flush switch NAME [ dev DEV ] [ vlan VID ]\n";

/* What the words of an fdb command say; the commands differ in what they need. */
struct fdb_words {
	const char *mac, *dev, *switch_name;
	struct xsw_fdb_key key;
	int vlan; /* XSW_ANY_VLAN: not given */
	bool is_static;
};

static int read_mac(const char *text, __u8 *mac)
{
	if (!mac_parse(text, mac))
		return usage("fdb", text, "not an address such as 02:00:00:00:00:01");
	if (mac[0] & 1)
		return usage("fdb", text, "a group address lives behind no port");
	return 0;
}

/* One that stands behind the address, with its value */
static int read_word(const char *word, struct words *w, struct fdb_words *f)
{
	static const char *const known[] = { "dev",    "switch",  "vlan", "static",
					     "sticky", "dynamic", NULL };
	__u32 vlan;
	int err;

	if (!strcmp(word, "dev"))
		return word_name("fdb", f->mac, word, w, &f->dev);
	if (!strcmp(word, "switch"))
		return word_name("fdb", f->mac, word, w, &f->switch_name);
	if (!strcmp(word, "vlan")) {
		if (f->vlan != XSW_ANY_VLAN)
			return usage("fdb", f->mac, "vlan: given twice");
		err = word_u32("fdb", f->mac, word, words_next(w), 0, XSW_VID_MAX, &vlan);
		if (!err)
			f->vlan = vlan;
		return err;
	}
	if (strcmp(word, "static") && strcmp(word, "sticky") && strcmp(word, "dynamic"))
		return unknown_word("fdb", f->mac, word, known);
	f->is_static = word[0] == 's';
	return 0;
}

/* `show` has an address anywhere, or none. */
static int read_show_words(struct words *w, struct fdb_words *f)
{
	const char *word;
	int err = 0;

	*f = (struct fdb_words){ .vlan = XSW_ANY_VLAN };
	while (!err && (word = words_next(w))) {
		if (!strchr(word, ':') || f->mac) {
			err = read_word(word, w, f);
			continue;
		}
		f->mac = word;
		err = read_mac(word, f->key.mac);
	}
	return err;
}

static int read_words(struct words *w, bool want_mac, struct fdb_words *f)
{
	const char *word;
	int err = 0;

	*f = (struct fdb_words){ .vlan = XSW_ANY_VLAN };
	if (want_mac) {
		f->mac = words_next(w);
		err = f->mac ? read_mac(f->mac, f->key.mac) : usage("fdb", NULL, "MAC missing");
	}
	while (!err && (word = words_next(w)))
		err = read_word(word, w, f);
	f->key.vlan = f->vlan == XSW_ANY_VLAN ? 0 : f->vlan;
	return err;
}

static int add_or_replace(struct words *w, bool replace)
{
	struct xsw_switch_handle sw;
	struct fdb_words f;
	int err, port;

	err = read_words(w, true, &f);
	if (err)
		return err;
	if (!f.dev)
		return usage("fdb", f.mac, "dev DEV missing");
	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	port = port_named(f.dev, f.switch_name, &sw);
	if (port < 0)
		return failed(port);
	err = xsw_fdb_add(&sw, &f.key, port, f.is_static, replace);
	xsw_switch_close(&sw);
	return done(err, opt.may_exist ? -EEXIST : 0);
}

static int fdb_add(struct words *w)
{
	return add_or_replace(w, false);
}

static int fdb_replace(struct words *w)
{
	return add_or_replace(w, true);
}

/* Open the switch that `switch NAME` or `dev DEV` names. Return: port number
 * (XSW_ANY_PORT without dev) or -errno.
 */
static int open_named(const struct fdb_words *f, struct xsw_switch_handle *sw)
{
	int err;

	if (f->dev)
		return port_named(f->dev, f->switch_name, sw);
	err = xsw_switch_open(f->switch_name, sw);
	return err ? err : (int)XSW_ANY_PORT;
}

/* The words of a command that removes, the lock, and the switch.
 * Return: EXIT_DONE and @port, with @sw open, or another exit status.
 */
static int removal_begin(struct words *w, bool has_mac, struct fdb_words *f,
			 struct xsw_switch_handle *sw, int *port)
{
	int err = read_words(w, has_mac, f);

	if (err)
		return err;
	if (!f->switch_name && !f->dev)
		return usage("fdb", f->mac, "switch NAME missing");
	err = xsw_lock_and_repair();
	if (err)
		return failed(err);
	*port = open_named(f, sw);
	return *port < 0 ? failed(*port) : EXIT_DONE;
}

static int fdb_del(struct words *w)
{
	struct xsw_switch_handle sw;
	struct fdb_words f;
	int err, port;

	err = removal_begin(w, true, &f, &sw, &port);
	if (err)
		return err;
	err = xsw_fdb_del(&sw, &f.key);
	xsw_switch_close(&sw);
	return done(err, opt.if_exists ? -ENOENT : 0);
}

static int fdb_flush(struct words *w)
{
	struct xsw_switch_handle sw;
	struct fdb_words f;
	int err, port;

	err = removal_begin(w, false, &f, &sw, &port);
	if (err)
		return err;
	err = xsw_fdb_flush(&sw, port, f.vlan);
	xsw_switch_close(&sw);
	return err < 0 ? failed(err) : EXIT_DONE;
}

/* "02:00:00:00:00:01 10  p1  sw0  learned 12" */
static void brief_show(const struct xsw_fdb_row *r, const char *kind, const char *ifname,
		       const struct xsw_switch_handle *sw)
{
	out_column("mac", 17, mac_text(r->key.mac));
	if (r->all_vlans)
		out_column(NULL, 4, "all");
	else
		out_column_int(4, r->key.vlan);
	out_column("ifname", 16, ifname);
	out_column(NULL, 16, sw->name);
	out_column(NULL, 0, kind);
	if (!r->entry.flags)
		out_column_int(0, r->age_s);
	out_row_end(sw->netns);
}

static void row_show(const struct xsw_fdb_row *r, const char *ifname,
		     const struct xsw_switch_handle *sw)
{
	const char *kind = r->entry.flags & XSW_FDB_LOCAL  ? "local" :
			   r->entry.flags & XSW_FDB_STATIC ? "static" :
							     "learned";

	if (out_brief()) {
		brief_show(r, kind, ifname, sw);
		return;
	}
	out_object(NULL);
	out_string("mac", "", mac_text(r->key.mac));
	out_int("vlan", NULL, r->key.vlan);
	out_string("ifname", " dev ", ifname);
	if (r->all_vlans)
		out_text(" vlan all");
	else
		out_text(" vlan %u", r->key.vlan);
	out_switch(" switch ", sw->name, sw->netns);
	out_int("age_s", NULL, r->age_s);
	if (!r->entry.flags)
		out_text(" age %.0f", r->age_s);
	out_list("flags");
	out_item(r->entry.flags ? " " : NULL, kind);
	out_close();
	if (opt.json && r->entry.flags & XSW_FDB_LOCAL)
		out_bool("all_vlans", NULL, r->all_vlans);
	out_text("\n");
	out_close();
}

static int show_entries(const struct xsw_switch_handle *sw, __u32 port, const struct fdb_words *f)
{
	char(*name)[XSW_NAME_LEN] = calloc(XSW_MAX_PORTS, sizeof(*name));
	struct xsw_fdb_row *rows = NULL;
	struct xsw_port_info info;
	int n;

	if (!name)
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	for (__u32 p = xsw_port_next(sw, 0); p; p = xsw_port_next(sw, p))
		if (!xsw_port_info(sw, p, &info))
			memcpy(name[p], info.ifname, sizeof(name[p]));
	n = xsw_fdb_list(sw, port, f->vlan, &rows);
	for (int i = 0; i < n; i++) {
		const char *ifname = name[rows[i].entry.port & (XSW_MAX_PORTS - 1)];

		if (f->is_static && !(rows[i].entry.flags & XSW_FDB_STATIC))
			continue;
		if (f->mac && memcmp(f->key.mac, rows[i].key.mac, sizeof(f->key.mac)))
			continue;
		if (ifname[0]) /* else its port has just gone */
			row_show(&rows[i], ifname, sw);
	}
	free(rows);
	free(name);
	return n < 0 ? n : 0;
}

static int show_switch(const struct xsw_switch_handle *sw, void *f)
{
	return show_entries(sw, XSW_ANY_PORT, f);
}

static int show_port(const struct xsw_switch_handle *sw, const struct xsw_port_info *info, void *f)
{
	return show_entries(sw, info->port, f);
}

static int fdb_show(struct words *w)
{
	struct fdb_words f;
	int err = read_show_words(w, &f);

	if (err)
		return err;
	out_begin();
	return out_end(f.dev ? each_port(f.dev, f.switch_name, show_port, &f) :
			       each_switch(f.switch_name, show_switch, &f));
}

static const struct command commands[] = {
	{ "add", fdb_add, XSW_LINE_KEEPS },
	{ "replace", fdb_replace, XSW_LINE_KEEPS },
	{ "del", fdb_del, XSW_LINE_KEEPS },
	{ "show", .run = fdb_show },
	{ "list", .run = fdb_show },
	{ "flush", .run = fdb_flush },
	{},
};

const struct object object_fdb = { "fdb", help_text, .commands = commands };
