// SPDX-License-Identifier: GPL-2.0
/* The running configuration, read into a structure, and as a file.
 *
 * Only switches that are seen (see ctrl/bpffs/view.h) are dumped or changed.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/mac.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/config/config.h"
#include "ctrl/config/model.h"
#include "ctrl/config/parts.h"
#include "ctrl/config/text.h"
#include "ctrl/config/yaml.h"

void cfg_free(struct cfg *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t p = 0; p < c->sw[i].ports; p++)
			cfg_limits_free(&c->sw[i].port[p]);
		free(c->sw[i].port);
		free(c->sw[i].fdb);
	}
	free(c->sw);
	free(c->broken);
	memset(c, 0, sizeof(*c));
}

/* Make room for one more zeroed element of @size. Return: the element or NULL, error set. */
void *cfg_grow(void **array, size_t *n, size_t size)
{
	char *p = realloc(*array, (*n + 1) * size);

	if (!p) {
		xsw_fail(ENOMEM, NULL, NULL, "out of memory");
		return NULL;
	}
	*array = p;
	memset(p + *n * size, 0, size);
	return p + (*n)++ * size;
}

struct cfg_switch *cfg_switch_find(const struct cfg *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->sw[i].name, name))
			return &c->sw[i];
	return NULL;
}

struct cfg_port *cfg_port_find(const struct cfg_switch *sw, const char *dev)
{
	for (size_t i = 0; sw && i < sw->ports; i++)
		if (!strcmp(sw->port[i].dev, dev))
			return &sw->port[i];
	return NULL;
}

struct cfg_fdb *cfg_fdb_find(const struct cfg_switch *sw, const struct xsw_fdb_key *key)
{
	for (size_t i = 0; sw && i < sw->fdbs; i++)
		if (!memcmp(&sw->fdb[i].key, key, sizeof(*key)))
			return &sw->fdb[i];
	return NULL;
}

/* ---- the running state ---- */

void cfg_port_name(struct xsw_port_settings *s)
{
	struct xsw_port_settings by_default;

	opts_default(&port_opts, &by_default);
	if (s->port.tag && s->port.tag != OPT_VID_NONE) /* the mode follows the tag */
		by_default.port.vlan_mode = XSW_MODE_ACCESS;
	s->given = opts_differ(&port_opts, s, &by_default);
}

static int port_load(struct cfg_switch *s, const struct xsw_switch_handle *sw,
		     const struct xsw_port_info *info)
{
	struct cfg_port *p = cfg_grow((void **)&s->port, &s->ports, sizeof(*p));

	if (!p)
		return -ENOMEM;
	memcpy(p->dev, info->ifname, sizeof(p->dev));
	p->returned = info->state == XSW_PORT_STATE_ABSENT &&
		      !(info->settings.port.flags & XSW_PORT_HOST) && if_nametoindex(info->ifname);
	p->settings = info->settings;
	cfg_port_name(&p->settings);
	return cfg_limits_load(p, sw, info->port);
}

static int fdb_load(struct cfg_switch *s, const struct xsw_switch_handle *sw)
{
	struct xsw_fdb_row *rows;
	struct xsw_port_info info;
	int n = xsw_fdb_list(sw, XSW_ANY_PORT, XSW_ANY_VLAN, &rows), err = 0;

	for (int i = 0; i < n && !err; i++) {
		struct cfg_fdb *f;

		if (!(rows[i].entry.flags & XSW_FDB_STATIC) ||
		    xsw_port_info(sw, rows[i].entry.port, &info))
			continue;
		f = cfg_grow((void **)&s->fdb, &s->fdbs, sizeof(*f));
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

static int switch_load(struct cfg *c, const char *name)
{
	struct xsw_switch_handle sw;
	struct xsw_switch_info swi;
	struct xsw_port_info info;
	struct cfg_switch *s;
	int err = xsw_switch_open(name, &sw);

	if (err)
		return err;
	err = xsw_switch_info(&sw, &swi);
	if (err)
		goto out;
	s = cfg_grow((void **)&c->sw, &c->n, sizeof(*s));
	if (!s) {
		err = -ENOMEM;
		goto out;
	}
	snprintf(s->name, sizeof(s->name), "%s", name);
	memcpy(s->netns, sw.netns, sizeof(s->netns));
	s->settings = swi.settings;
	s->settings.given = OPTS_ALL;
	for (__u32 p = xsw_port_next(&sw, 0); p && !err; p = xsw_port_next(&sw, p))
		if (!xsw_port_info(&sw, p, &info))
			err = port_load(s, &sw, &info);
	if (!err)
		err = fdb_load(s, &sw);
out:
	xsw_switch_close(&sw);
	return err;
}

static int broken_add(struct cfg *c, const char *name)
{
	char *to = cfg_grow((void **)&c->broken, &c->brokens, XSW_NAME_LEN);

	if (!to)
		return -ENOMEM;
	snprintf(to, XSW_NAME_LEN, "%s", name);
	return 0;
}

int cfg_broken(const struct cfg *running, const char *name)
{
	struct xsw_switch_handle sw;
	int err = 0;

	for (size_t i = 0; i < running->brokens && !err; i++) {
		if (name && strcmp(name, running->broken[i]))
			continue;
		err = xsw_switch_open(running->broken[i], &sw); /* says what is wrong with it */
		if (!err)
			xsw_switch_close(&sw);
	}
	return err;
}

int cfg_load_running(struct cfg *c)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int n = xsw_switch_list(&names), err = n < 0 ? n : 0;

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < n && !err; i++) {
		err = switch_load(c, names[i]);
		if (err == -ENOENT) /* removed since it was listed */
			err = 0;
		if (err == -EUCLEAN)
			err = broken_add(c, names[i]);
	}
	free(names);
	if (err)
		cfg_free(c);
	return err;
}

/* ---- to a file ---- */

/* Devices can have names that mean something else in YAML: '#1', '&a', '-'; the name 007 is no
 * number, and y, no and null are neither booleans nor nothing.
 */
static bool name_is_word(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char others[] = "0123456789._@-";
	size_t n = strspn(name, letters);

	while (n && name[n] && (strchr(letters, name[n]) || strchr(others, name[n])))
		n++;
	return n > 1 && !name[n] && !cfg_on_off(name) && strcasecmp(name, "null");
}

/* Read a character of UTF-8 and step over it. Return: it, or -EINVAL. */
static long utf8_next(const char **text)
{
	const unsigned char *s = (const unsigned char *)*text;
	int more = s[0] < 0x80 ? 0 : (s[0] >= 0xc2) + (s[0] >= 0xe0) + (s[0] >= 0xf0);
	long c = more ? s[0] & (0x3f >> more) : s[0];

	if ((s[0] >= 0x80 && !more) || s[0] > 0xf4)
		return -EINVAL;
	for (int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -EINVAL;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((more == 2 && (c < 0x800 || (c & 0xf800) == 0xd800)) ||
	    (more == 3 && (c < 0x10000 || c > 0x10ffff)))
		return -EINVAL;
	*text += more + 1;
	return c;
}

static void dump_name(const char *key, const char *name, FILE *out)
{
	if (name_is_word(name)) {
		fprintf(out, "%s: %s\n", key, name);
		return;
	}
	fprintf(out, "%s: \"", key);
	while (*name) {
		long c = utf8_next(&name);

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", (char)c);
		else if (c >= ' ' && c < 127)
			fputc(c, out);
		else
			fprintf(out, "\\U%08lx", c);
	}
	fprintf(out, "\"\n");
}

/* The kernel takes any bytes for the name of a device, a file only characters. */
static int names_check(const struct cfg *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t p = 0; p < c->sw[i].ports; p++) {
			const char *name = c->sw[i].port[p].dev;

			while (*name)
				if (utf8_next(&name) < 0)
					return xsw_fail(EILSEQ, "port", c->sw[i].port[p].dev,
							"a file cannot hold its name: not UTF-8");
		}
	}
	return 0;
}

void cfg_dump_opts(const struct opts *opts, const void *settings, const char *indent, FILE *out)
{
	char text[OPT_TEXT_MAX];

	opts_for(o, opts) {
		bool list = o->type == OPT_VIDS || o->type == OPT_CPUS;
		const char *quote;

		if (!opt_given(opts, o, settings))
			continue;
		opt_text(o, settings, text, sizeof(text));
		quote = list || strchr(text, ':') ? "\"" : "";
		fprintf(out, "%s%s: %s%s%s\n", indent, o->word, quote, text, quote);
	}
}

static void dump_port(const struct cfg_port *p, FILE *out)
{
	fprintf(out, "      - ");
	dump_name("dev", p->dev, out);
	cfg_dump_opts(&port_opts, &p->settings, "        ", out);
	cfg_limits_dump(p, out);
}

static void dump_switch(const struct cfg_switch *s, FILE *out)
{
	fprintf(out, "  - ");
	dump_name("name", s->name, out);
	if (view_has_all() && s->netns[0]) {
		fprintf(out, "    ");
		dump_name("netns", s->netns, out);
	}
	cfg_dump_opts(&switch_opts, &s->settings, "    ", out);
	fprintf(out, "    ports:%s\n", s->ports ? "" : " []");
	for (size_t i = 0; i < s->ports; i++)
		dump_port(&s->port[i], out);
	fprintf(out, "    fdb:%s\n", s->fdbs ? "" : " []");
	for (size_t i = 0; i < s->fdbs; i++) {
		fprintf(out, "      - mac: \"%s\"\n        vlan: %u\n        ",
			mac_text(s->fdb[i].key.mac), s->fdb[i].key.vlan);
		dump_name("dev", s->fdb[i].dev, out);
	}
}

void cfg_dump(const struct cfg *c, const char *name, FILE *out)
{
	fprintf(out, CFG_DUMP_BEGIN "\nswitches:%s\n", c->n ? "" : " []");
	for (size_t i = 0; i < c->n; i++)
		if (!name || !strcmp(name, c->sw[i].name))
			dump_switch(&c->sw[i], out);
	fprintf(out, CFG_DUMP_END "\n");
}

int xsw_config_dump(const char *name, FILE *out)
{
	struct cfg c;
	int err = name ? view_check_name(name) : 0;

	if (!err)
		err = cfg_load_running(&c);
	if (err)
		return err;
	err = cfg_broken(&c, name);
	if (err) {
		cfg_free(&c);
		return err;
	}
	if (name && !cfg_switch_find(&c, name)) {
		cfg_free(&c);
		return xsw_fail(ENOENT, "switch", name, "no such switch");
	}
	err = names_check(&c);
	if (!err)
		cfg_dump(&c, name, out);
	cfg_free(&c);
	if (err)
		return err;
	return ferror(out) ? xsw_fail(EIO, "config", NULL, "cannot write") : 0;
}
