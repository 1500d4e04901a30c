// SPDX-License-Identifier: GPL-2.0
/* The configuration as a file and back. File and running state are read into
 * the same structure; what differs is changed, and if a change is refused the
 * difference back to the state before is applied.
 *
 * Only switches of the caller's network namespace (or without a port) are
 * dumped or changed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "ctrl/config.h"
#include "ctrl/error.h"
#include "ctrl/fdb.h"
#include "ctrl/link.h"
#include "ctrl/netns.h"
#include "ctrl/port_opts.h"

#define OPTS_MAX 32
#define VALUE_MAX (16 * 1024) /* every second VID, written out: 10 KB */

struct cfg_fdb {
	struct xsw_fdb_key key;
	char dev[XSW_NAME_LEN];
};

struct cfg_port {
	char dev[XSW_NAME_LEN];
	char *value[OPTS_MAX]; /* by index in port_opts[], canonical; NULL: default */
};

struct cfg_switch {
	char name[XSW_NAME_LEN];
	struct xsw_switch_conf conf; /* all of it given */
	struct cfg_port *port;
	size_t ports;
	struct cfg_fdb *fdb;
	size_t fdbs;
};

struct cfg {
	struct cfg_switch *sw;
	size_t n;
};

static void cfg_free(struct cfg *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t p = 0; p < c->sw[i].ports; p++)
			for (size_t o = 0; o < OPTS_MAX; o++)
				free(c->sw[i].port[p].value[o]);
		free(c->sw[i].port);
		free(c->sw[i].fdb);
	}
	free(c->sw);
	memset(c, 0, sizeof(*c));
}

/* Make room for one more zeroed element of @size. Return: the element or NULL, error set. */
static void *grow(void **array, size_t *n, size_t size)
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

static struct cfg_switch *cfg_switch_find(const struct cfg *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->sw[i].name, name))
			return &c->sw[i];
	return NULL;
}

static struct cfg_port *cfg_port_find(const struct cfg_switch *sw, const char *dev)
{
	for (size_t i = 0; sw && i < sw->ports; i++)
		if (!strcmp(sw->port[i].dev, dev))
			return &sw->port[i];
	return NULL;
}

static struct cfg_fdb *cfg_fdb_find(const struct cfg_switch *sw, const struct xsw_fdb_key *key)
{
	for (size_t i = 0; sw && i < sw->fdbs; i++)
		if (!memcmp(&sw->fdb[i].key, key, sizeof(*key)))
			return &sw->fdb[i];
	return NULL;
}

/* ---- the running state ---- */

static int port_load(struct cfg_switch *s, const struct xsw_port_info *info)
{
	struct cfg_port *p = grow((void **)&s->port, &s->ports, sizeof(*p));
	char value[VALUE_MAX];

	if (!p)
		return -ENOMEM;
	memcpy(p->dev, info->ifname, sizeof(p->dev));
	for (size_t o = 0; o < port_opts_count; o++) {
		if (port_opt_default(&port_opts[o], info))
			continue;
		port_opt_get(&port_opts[o], info, value, sizeof(value));
		p->value[o] = strdup(value);
		if (!p->value[o])
			return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	}
	return 0;
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
		f = grow((void **)&s->fdb, &s->fdbs, sizeof(*f));
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
	if (err || (swi.conf.netns_ino && !netns_is_here(swi.conf.netns_ino, swi.conf.netns_cookie)))
		goto out;
	s = grow((void **)&c->sw, &c->n, sizeof(*s));
	if (!s) {
		err = -ENOMEM;
		goto out;
	}
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->conf = (struct xsw_switch_conf){
		.given = XSW_CONF_AGEING | XSW_CONF_FDB_MAX | XSW_CONF_FDB_EVICT |
			 XSW_CONF_FORWARD_BPDU | XSW_CONF_VLAN_STATS,
		.ageing_s = swi.conf.ageing_s,
		.fdb_max = swi.conf.fdb_max,
		.fdb_evict = swi.conf.flags & XSW_SWITCH_FDB_EVICT,
		.forward_bpdu = swi.conf.flags & XSW_SWITCH_FORWARD_BPDU,
		.vlan_stats = swi.conf.flags & XSW_SWITCH_VLAN_STATS,
	};
	for (__u32 p = xsw_port_next(&sw, 0); p && !err; p = xsw_port_next(&sw, p))
		if (!xsw_port_info(&sw, p, &info))
			err = port_load(s, &info);
	if (!err)
		err = fdb_load(s, &sw);
out:
	xsw_switch_close(&sw);
	return err;
}

static int cfg_load_running(struct cfg *c)
{
	char(*names)[XSW_NAME_LEN] = NULL;
	int n = xsw_switch_list(&names), err = n < 0 ? n : 0;

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < n && !err; i++) {
		err = switch_load(c, names[i]);
		if (err == -ENOENT) /* removed since it was listed */
			err = 0;
	}
	free(names);
	if (err)
		cfg_free(c);
	return err;
}

/* ---- to a file ---- */

static void dump_port(const struct cfg_port *p, FILE *out)
{
	fprintf(out, "      - dev: %s\n", p->dev);
	for (size_t o = 0; o < port_opts_count; o++) {
		if (!p->value[o])
			continue;
		if (port_opts[o].kind == PORT_OPT_LIST)
			fprintf(out, "        %s: \"%s\"\n", port_opts[o].word, p->value[o]);
		else
			fprintf(out, "        %s: %s\n", port_opts[o].word, p->value[o]);
	}
}

static const char *mac_text(const __u8 *m)
{
	static char text[24];

	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	return text;
}

static void dump_switch(const struct cfg_switch *s, FILE *out)
{
	fprintf(out, "  - name: %s\n    ageing_time: %u\n    fdb_max: %u\n", s->name,
		s->conf.ageing_s, s->conf.fdb_max);
	fprintf(out, "    fdb_full: %s\n    forward_bpdu: %s\n    vlan_stats: %s\n",
		s->conf.fdb_evict ? "evict" : "reject", s->conf.forward_bpdu ? "on" : "off",
		s->conf.vlan_stats ? "on" : "off");
	fprintf(out, "    ports:%s\n", s->ports ? "" : " []");
	for (size_t i = 0; i < s->ports; i++)
		dump_port(&s->port[i], out);
	fprintf(out, "    fdb:%s\n", s->fdbs ? "" : " []");
	for (size_t i = 0; i < s->fdbs; i++)
		fprintf(out, "      - mac: \"%s\"\n        vlan: %u\n        dev: %s\n",
			mac_text(s->fdb[i].key.mac), s->fdb[i].key.vlan, s->fdb[i].dev);
}

int xsw_config_dump(const char *name, FILE *out)
{
	struct cfg c;
	int err = cfg_load_running(&c);

	if (err)
		return err;
	if (name && !cfg_switch_find(&c, name)) {
		cfg_free(&c);
		return xsw_fail(ENOENT, "switch", name, "no such switch");
	}
	fprintf(out, "switches:%s\n", c.n ? "" : " []");
	for (size_t i = 0; i < c.n; i++)
		if (!name || !strcmp(name, c.sw[i].name))
			dump_switch(&c.sw[i], out);
	cfg_free(&c);
	return ferror(out) ? xsw_fail(EIO, "config", NULL, "cannot write") : 0;
}

/* ---- from a file ---- */

struct reader {
	const char *path;
	yaml_document_t doc;
};

static int bad(const struct reader *r, const yaml_node_t *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int bad(const struct reader *r, const yaml_node_t *node, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return xsw_fail(EINVAL, "config", NULL, "%s:%zu:%zu: %s", r->path,
			node->start_mark.line + 1, node->start_mark.column + 1, text);
}

/* As bad(), for what the library has just said of the value at @node. */
static int bad_value(const struct reader *r, const yaml_node_t *node)
{
	struct xsw_error why = *xsw_error_last();

	return bad(r, node, "%s", why.text);
}

static yaml_node_t *node_get(struct reader *r, int index)
{
	return yaml_document_get_node(&r->doc, index);
}

static const char *scalar(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* Call @each for the pairs of a mapping; keys are words and stand once. */
static int for_pairs(struct reader *r, yaml_node_t *map, const char *what,
		     int (*each)(struct reader *, const char *, yaml_node_t *, yaml_node_t *,
				 void *),
		     void *arg)
{
	yaml_node_pair_t *p, *q;
	int err = 0;

	if (map->type != YAML_MAPPING_NODE)
		return bad(r, map, "%s: must be a mapping of words to values", what);
	for (p = map->data.mapping.pairs.start; !err && p < map->data.mapping.pairs.top; p++) {
		yaml_node_t *key = node_get(r, p->key);

		if (!scalar(key))
			return bad(r, key, "%s: a key must be a word", what);
		for (q = map->data.mapping.pairs.start; q < p; q++)
			if (!strcmp(scalar(node_get(r, q->key)), scalar(key)))
				return bad(r, key, "%s: '%s' stands here twice", what, scalar(key));
		err = each(r, scalar(key), key, node_get(r, p->value), arg);
	}
	return err;
}

static int for_items(struct reader *r, yaml_node_t *list, const char *what,
		     int (*each)(struct reader *, yaml_node_t *, void *), void *arg)
{
	yaml_node_item_t *i;
	int err = 0;

	if (list->type == YAML_SCALAR_NODE && !scalar(list)[0])
		return 0; /* "ports:" with nothing behind it */
	if (list->type != YAML_SEQUENCE_NODE)
		return bad(r, list, "%s: must be a list", what);
	for (i = list->data.sequence.items.start; !err && i < list->data.sequence.items.top; i++)
		err = each(r, node_get(r, *i), arg);
	return err;
}

static int read_u32(struct reader *r, const char *word, yaml_node_t *node, unsigned long min,
		    unsigned long max, __u32 *value)
{
	const char *text = scalar(node);
	unsigned long n;
	char *end;

	if (text && text[0] >= '0' && text[0] <= '9') {
		n = strtoul(text, &end, 10);
		if (!*end && n >= min && n <= max) {
			*value = n;
			return 0;
		}
	}
	return bad(r, node, "%s '%s': must be %lu to %lu", word, text ? text : "", min, max);
}

static int read_choice(struct reader *r, const char *word, yaml_node_t *node, const char *no,
		       const char *yes, bool *value)
{
	const char *text = scalar(node);

	if (!text || (strcmp(text, no) && strcmp(text, yes)))
		return bad(r, node, "%s '%s': must be %s|%s", word, text ? text : "", no, yes);
	*value = !strcmp(text, yes);
	return 0;
}

/* A VLAN list may be one string or a YAML list. */
static int read_value(struct reader *r, yaml_node_t *node, char *value, size_t size)
{
	yaml_node_item_t *i;
	size_t used = 0;

	value[0] = '\0';
	if (node->type == YAML_SCALAR_NODE) {
		if (strlen(scalar(node)) >= size)
			return bad(r, node, "value too long");
		strcpy(value, scalar(node));
		return 0;
	}
	if (node->type != YAML_SEQUENCE_NODE)
		return bad(r, node, "must be a value or a list");
	for (i = node->data.sequence.items.start; i < node->data.sequence.items.top; i++) {
		const char *text = scalar(node_get(r, *i));

		if (!text || used + strlen(text) + 2 > size)
			return bad(r, node_get(r, *i), "must be a VID or a range of VIDs");
		used += sprintf(value + used, "%s%s", used ? "," : "", text);
	}
	return 0;
}

struct port_reader {
	struct cfg_port *port;
	const yaml_node_t *dev; /* where its name stands */
	bool tagged;
};

static bool value_is_default(const struct port_opt *o, const char *value)
{
	const char *by_default = port_opt_default_value(o);

	return by_default && !strcmp(value, by_default);
}

static int port_pair(struct reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct port_reader *pr = arg;
	const struct port_opt *o = port_opt_find(word);
	struct xsw_port_conf conf = {};
	char text[VALUE_MAX], canonical[VALUE_MAX];
	int err;

	if (!strcmp(word, "dev")) {
		const char *dev = scalar(value);

		if (!dev || !dev[0] || strlen(dev) >= sizeof(pr->port->dev))
			return bad(r, value, "dev: must be a device name");
		strcpy(pr->port->dev, dev);
		pr->dev = value;
		return 0;
	}
	if (!o)
		return bad(r, key, "port: unknown key '%s'", word);
	err = read_value(r, value, text, sizeof(text));
	if (err)
		return err;
	err = port_opt_set(o, text, pr->port->dev, &conf);
	if (err)
		return bad_value(r, value);
	if (o->kind == PORT_OPT_VID)
		sprintf(text, "%u", conf.tag);
	if (o->kind == PORT_OPT_LIMIT)
		sprintf(text, "%u", conf.mac_limit);
	if (value_is_default(o, text))
		return 0;
	if (o->kind == PORT_OPT_LIST) {
		vlan_set_format(o->bit == XSW_PORT_GIVEN_TRUNKS ? &conf.trunks : &conf.cvlans,
				canonical, sizeof(canonical));
		strcpy(text, canonical);
	}
	pr->tagged |= o->kind == PORT_OPT_VID;
	pr->port->value[o - port_opts] = strdup(text);
	return pr->port->value[o - port_opts] ? 0 : xsw_fail(ENOMEM, NULL, NULL, "out of memory");
}

static int port_item(struct reader *r, yaml_node_t *node, void *arg)
{
	struct cfg_switch *s = arg;
	struct cfg_port *p = grow((void **)&s->port, &s->ports, sizeof(*p));
	struct port_reader pr = { .port = p };
	char **mode;
	int err;

	if (!p)
		return -ENOMEM;
	err = for_pairs(r, node, "port", port_pair, &pr);
	if (err)
		return err;
	if (!p->dev[0])
		return bad(r, node, "port: dev is missing");
	if (xsw_port_check(p->dev, p->value[port_opt_find("host") - port_opts]))
		return bad_value(r, pr.dev);
	for (size_t i = 0; i + 1 < s->ports; i++)
		if (!strcmp(s->port[i].dev, p->dev))
			return bad(r, node, "port '%s' stands here twice", p->dev);
	mode = &p->value[port_opt_find("vlan_mode") - port_opts];
	if (*mode && strcmp(*mode, "trunk") && !pr.tagged)
		return bad(r, node, "port '%s': vlan_mode %s needs a tag", p->dev, *mode);
	if (*mode && !strcmp(*mode, pr.tagged ? "access" : "trunk")) {
		free(*mode); /* what it is without the word */
		*mode = NULL;
	}
	return 0;
}

static int fdb_pair(struct reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	struct cfg_fdb *f = arg;
	const char *text = scalar(value);
	__u32 vlan;
	int used = 0, err;
	__u8 *m = f->key.mac;

	if (!strcmp(word, "mac")) {
		if (!text ||
		    sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &m[0], &m[1], &m[2],
			   &m[3], &m[4], &m[5], &used) != 6 ||
		    text[used] || m[0] & 1)
			return bad(r, value, "mac '%s': not the address of a host",
				   text ? text : "");
		return 0;
	}
	if (!strcmp(word, "vlan")) {
		err = read_u32(r, word, value, 0, XSW_VID_MAX, &vlan);
		f->key.vlan = vlan;
		return err;
	}
	if (!strcmp(word, "dev")) {
		if (!text || !text[0] || strlen(text) >= sizeof(f->dev))
			return bad(r, value, "dev: must be a device name");
		strcpy(f->dev, text);
		return 0;
	}
	return bad(r, key, "fdb: unknown key '%s'", word);
}

static int fdb_item(struct reader *r, yaml_node_t *node, void *arg)
{
	static const __u8 zero[6];
	struct cfg_switch *s = arg;
	struct cfg_fdb *f = grow((void **)&s->fdb, &s->fdbs, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	err = for_pairs(r, node, "fdb", fdb_pair, f);
	if (err)
		return err;
	if (!memcmp(f->key.mac, zero, sizeof(zero)) || !f->dev[0])
		return bad(r, node, "fdb: mac or dev is missing");
	if (cfg_fdb_find(s, &f->key) != f)
		return bad(r, node, "fdb: %s in vlan %u stands here twice", mac_text(f->key.mac),
			   f->key.vlan);
	return 0;
}

static int switch_pair(struct reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		       void *arg)
{
	struct cfg_switch *s = arg;
	const char *text = scalar(value);

	if (!strcmp(word, "name")) {
		if (!text || xsw_switch_name_check(text))
			return bad_value(r, value);
		strcpy(s->name, text);
		return 0;
	}
	if (!strcmp(word, "ageing_time"))
		return read_u32(r, word, value, 1, 1000000, &s->conf.ageing_s);
	if (!strcmp(word, "fdb_max"))
		return read_u32(r, word, value, 1, 4194304, &s->conf.fdb_max);
	if (!strcmp(word, "fdb_full"))
		return read_choice(r, word, value, "reject", "evict", &s->conf.fdb_evict);
	if (!strcmp(word, "forward_bpdu"))
		return read_choice(r, word, value, "off", "on", &s->conf.forward_bpdu);
	if (!strcmp(word, "vlan_stats"))
		return read_choice(r, word, value, "off", "on", &s->conf.vlan_stats);
	if (!strcmp(word, "ports"))
		return for_items(r, value, word, port_item, s);
	if (!strcmp(word, "fdb"))
		return for_items(r, value, word, fdb_item, s);
	return bad(r, key, "switch: unknown key '%s'", word);
}

static int switch_item(struct reader *r, yaml_node_t *node, void *arg)
{
	struct cfg *c = arg;
	struct cfg_switch *s = grow((void **)&c->sw, &c->n, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->conf = (struct xsw_switch_conf){
		.given = XSW_CONF_AGEING | XSW_CONF_FDB_MAX | XSW_CONF_FDB_EVICT |
			 XSW_CONF_FORWARD_BPDU | XSW_CONF_VLAN_STATS,
		.ageing_s = 300,
		.fdb_max = 65536,
	};
	err = for_pairs(r, node, "switch", switch_pair, s);
	if (err)
		return err;
	if (!s->name[0])
		return bad(r, node, "switch: name is missing");
	if (cfg_switch_find(c, s->name) != s)
		return bad(r, node, "switch '%s' stands here twice", s->name);
	for (size_t p = 0; p < s->ports; p++)
		for (size_t i = 0; i + 1 < c->n; i++)
			if (cfg_port_find(&c->sw[i], s->port[p].dev))
				return bad(r, node, "port '%s' is on switch '%s' too",
					   s->port[p].dev, c->sw[i].name);
	for (size_t f = 0; f < s->fdbs; f++)
		if (!cfg_port_find(s, s->fdb[f].dev))
			return bad(r, node, "fdb: '%s' is not a port of switch '%s'",
				   s->fdb[f].dev, s->name);
	return 0;
}

static int top_pair(struct reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	if (strcmp(word, "switches"))
		return bad(r, key, "unknown key '%s': must be switches", word);
	return for_items(r, value, word, switch_item, arg);
}

static int cfg_parse(const char *path, FILE *in, struct cfg *c)
{
	struct reader r = { .path = path };
	yaml_parser_t parser;
	yaml_node_t *root;
	int err;

	if (!yaml_parser_initialize(&parser))
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	yaml_parser_set_input_file(&parser, in);
	if (!yaml_parser_load(&parser, &r.doc)) {
		err = xsw_fail(EINVAL, "config", NULL, "%s:%zu:%zu: %s", path,
			       parser.problem_mark.line + 1, parser.problem_mark.column + 1,
			       parser.problem ? parser.problem : "cannot be read");
		yaml_parser_delete(&parser);
		return err;
	}
	root = yaml_document_get_root_node(&r.doc);
	if (!root)
		err = xsw_fail(EINVAL, "config", NULL, "%s:1:1: the file is empty", path);
	else
		err = for_pairs(&r, root, "file", top_pair, c);
	yaml_document_delete(&r.doc);
	yaml_parser_delete(&parser);
	return err;
}

static int cfg_read(const char *path, struct cfg *c)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "r") : stdin;
	int err;

	memset(c, 0, sizeof(*c));
	if (!in)
		return xsw_fail(errno, "config", path, "cannot open: %s", strerror(errno));
	err = cfg_parse(path, in, c);
	if (in != stdin)
		fclose(in);
	if (err)
		cfg_free(c);
	return err;
}

/* ---- from one to the other ---- */

struct change {
	bool dry_run;
	void (*report)(const char *line, void *arg);
	void *arg;
	int n;
};

__attribute__((format(printf, 2, 3))) static void told(struct change *ch, const char *fmt, ...)
{
	char line[256];
	va_list args;

	ch->n++;
	if (!ch->report)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	ch->report(line, ch->arg);
}

/* What must be set so that a port with values @now has values @want. */
static int port_difference(const struct cfg_port *now, const struct cfg_port *want,
			   struct xsw_port_conf *conf)
{
	static const struct vlan_set all;
	bool tagged = want->value[port_opt_find("tag") - port_opts];
	int changed = 0, err;

	memset(conf, 0, sizeof(*conf));
	for (size_t i = 0; i < port_opts_count; i++) {
		const struct port_opt *o = &port_opts[i];
		const char *value = want->value[i], *had = now ? now->value[i] : NULL;
		bool same = value && had ? !strcmp(value, had) : !value && !had;

		/* Without the word, the mode follows the tag: name it always. */
		if (o->kind == PORT_OPT_CHOICE && o->bit == XSW_PORT_GIVEN_MODE && !value)
			value = tagged ? "access" : "trunk";
		else if (same)
			continue;
		changed += !same;
		if (value) {
			err = port_opt_set(o, value, want->dev, conf);
			if (err)
				return err;
			continue;
		}
		switch (o->kind) { /* back to the default */
		case PORT_OPT_FLAG:
		case PORT_OPT_FLAG_OFF:
		case PORT_OPT_LIMIT:
		case PORT_OPT_CHOICE:
			err = port_opt_set(o, port_opt_default_value(o), want->dev, conf);
			break;
		case PORT_OPT_VID:
			conf->tag = 0;
			conf->given |= o->bit;
			err = 0;
			break;
		default:
			conf->trunks = o->bit == XSW_PORT_GIVEN_TRUNKS ? all : conf->trunks;
			conf->cvlans = o->bit == XSW_PORT_GIVEN_CVLANS ? all : conf->cvlans;
			conf->given |= o->bit;
			err = 0;
		}
		if (err)
			return err;
	}
	return changed;
}

static int port_remove(const char *name, const char *dev)
{
	struct xsw_switch_handle sw;
	struct xsw_port_info info;
	int err = xsw_switch_open(name, &sw);

	if (err)
		return err;
	err = -ENOENT;
	for (__u32 p = xsw_port_next(&sw, 0); p; p = xsw_port_next(&sw, p)) {
		if (xsw_port_info(&sw, p, &info) || strcmp(info.ifname, dev))
			continue;
		err = xsw_port_del(&sw, p);
		break;
	}
	xsw_switch_close(&sw);
	return err;
}

/* Take away what must go before anything can be added elsewhere. */
static int change_remove(struct change *ch, const struct cfg *now, const struct cfg *want)
{
	int err = 0;

	for (size_t i = 0; i < now->n; i++) {
		const struct cfg_switch *s = &now->sw[i], *w = cfg_switch_find(want, s->name);

		if (!w) {
			told(ch, "del switch '%s'", s->name);
			if (!ch->dry_run)
				err = xsw_switch_del(s->name);
			if (err)
				return err;
			continue;
		}
		for (size_t p = 0; p < s->ports; p++) {
			if (cfg_port_find(w, s->port[p].dev))
				continue;
			told(ch, "del port '%s' of switch '%s'", s->port[p].dev, s->name);
			if (!ch->dry_run)
				err = port_remove(s->name, s->port[p].dev);
			if (err)
				return err;
		}
	}
	return 0;
}

static bool switch_conf_equal(const struct xsw_switch_conf *a, const struct xsw_switch_conf *b)
{
	return a->ageing_s == b->ageing_s && a->fdb_max == b->fdb_max &&
	       a->fdb_evict == b->fdb_evict && a->forward_bpdu == b->forward_bpdu &&
	       a->vlan_stats == b->vlan_stats;
}

static int change_ports(struct change *ch, struct xsw_switch_handle *sw,
			const struct cfg_switch *s, const struct cfg_switch *w)
{
	struct xsw_switch_handle found;
	struct xsw_port_conf conf;
	int ret, port;

	for (size_t p = 0; p < w->ports; p++) {
		const struct cfg_port *want = &w->port[p], *now = cfg_port_find(s, want->dev);

		ret = port_difference(now, want, &conf);
		if (ret < 0)
			return ret;
		if (now && !ret)
			continue;
		told(ch, "%s port '%s' %s switch '%s'", now ? "set" : "add", want->dev,
		     now ? "of" : "to", w->name);
		if (ch->dry_run)
			continue;
		if (!now) {
			ret = xsw_port_add(sw, want->dev, &conf);
		} else {
			port = ret = xsw_port_find(want->dev, &found);
			if (port > 0) {
				ret = xsw_port_set(&found, port, &conf);
				xsw_switch_close(&found);
			}
		}
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int change_fdb(struct change *ch, struct xsw_switch_handle *sw, const struct cfg_switch *s,
		      const struct cfg_switch *w)
{
	struct xsw_switch_handle found;
	int err, port;

	for (size_t i = 0; s && i < s->fdbs; i++) {
		const struct cfg_fdb *f = &s->fdb[i];

		if (cfg_fdb_find(w, &f->key) || !cfg_port_find(w, f->dev))
			continue; /* stays, or went with its port */
		told(ch, "del fdb %s vlan %u of switch '%s'", mac_text(f->key.mac), f->key.vlan,
		     w->name);
		err = ch->dry_run ? 0 : xsw_fdb_del(sw, &f->key);
		if (err)
			return err;
	}
	for (size_t i = 0; i < w->fdbs; i++) {
		const struct cfg_fdb *f = &w->fdb[i], *now = cfg_fdb_find(s, &f->key);

		if (now && !strcmp(now->dev, f->dev))
			continue;
		told(ch, "%s fdb %s vlan %u dev '%s'", now ? "replace" : "add",
		     mac_text(f->key.mac), f->key.vlan, f->dev);
		if (ch->dry_run)
			continue;
		port = xsw_port_find(f->dev, &found);
		if (port < 0)
			return port;
		err = xsw_fdb_add(&found, &f->key, port, true, true);
		xsw_switch_close(&found);
		if (err)
			return err;
	}
	return 0;
}

static int change_switch(struct change *ch, const struct cfg_switch *s, const struct cfg_switch *w)
{
	struct xsw_switch_handle sw;
	int err = 0;

	if (!s) {
		told(ch, "add switch '%s'", w->name);
		if (!ch->dry_run)
			err = xsw_switch_add(w->name, &w->conf);
		if (err)
			return err;
	}
	if (!ch->dry_run) {
		err = xsw_switch_open(w->name, &sw);
		if (err)
			return err;
	}
	if (s && !switch_conf_equal(&s->conf, &w->conf)) {
		told(ch, "set switch '%s'", w->name);
		if (!ch->dry_run)
			err = xsw_switch_set(&sw, &w->conf);
	}
	if (!err)
		err = change_ports(ch, &sw, s, w);
	if (!err)
		err = change_fdb(ch, &sw, s, w);
	if (!ch->dry_run)
		xsw_switch_close(&sw);
	return err;
}

static int change_all(struct change *ch, const struct cfg *now, const struct cfg *want)
{
	int err = change_remove(ch, now, want);

	for (size_t i = 0; i < want->n && !err; i++)
		err = change_switch(ch, cfg_switch_find(now, want->sw[i].name), &want->sw[i]);
	return err;
}

/* Back to @before; the error that led here stays the one that is reported. */
static void change_undo(const struct cfg *before)
{
	struct xsw_error why = *xsw_error_last();
	struct change ch = {};
	struct cfg now;

	if (!cfg_load_running(&now)) {
		change_all(&ch, &now, before);
		cfg_free(&now);
	}
	xsw_fail(EINVAL, NULL, NULL, "%s", why.text);
	if (why.remedy[0])
		xsw_remedy("%s", why.remedy);
}

int xsw_config_apply(const char *path, bool dry_run, void (*report)(const char *line, void *arg),
		     void *arg)
{
	struct change ch = { .dry_run = dry_run, .report = report, .arg = arg };
	struct cfg want, now;
	int err;

	err = cfg_read(path, &want);
	if (err)
		return err;
	err = cfg_load_running(&now);
	if (err)
		goto out_want;
	err = change_all(&ch, &now, &want);
	if (err && !dry_run)
		change_undo(&now);
	cfg_free(&now);
out_want:
	cfg_free(&want);
	return err ? err : ch.n;
}
