// SPDX-License-Identifier: GPL-2.0
/* A configuration file, read and checked whole before anything changes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/config/model.h"
#include "ctrl/config/text.h"
#include "ctrl/config/yaml.h"

struct port_reader {
	struct cfg_port *port;
	const yaml_node_t *dev; /* where its name stands */
};

static int dev_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	struct port_reader *pr = arg;

	pr->dev = value;
	return cfg_read_dev(r, word, value, pr->port->dev);
}

const struct cfg_key cfg_port_keys[] = { { "dev", dev_read }, {} };

/* Return: as the function of the key @word; -ENOENT: there is no such key. */
static int key_read(const struct cfg_key *key, struct cfg_reader *r, const char *word,
		    yaml_node_t *value, void *arg)
{
	for (; key->word; key++)
		if (!strcmp(word, key->word))
			return key->read(r, word, value, arg);
	return -ENOENT;
}

static int port_pair(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct port_reader *pr = arg;
	const struct opt *o = opts_find(&port_opts, word);
	int err;

	if (o)
		return cfg_read_opt(r, &port_opts, o, value, pr->port->dev, &pr->port->settings);
	err = key_read(cfg_port_keys, r, word, value, pr);
	if (err == -ENOENT)
		err = cfg_parts_read(r, word, value, pr->port->dev, pr->port->part);
	return err == -ENOENT ? cfg_bad(r, key, "port: unknown key '%s'", word) : err;
}

static int port_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	struct cfg_switch *s = arg;
	struct cfg_port *p = cfg_grow((void **)&s->port, &s->ports, sizeof(*p));
	struct port_reader pr = { .port = p };
	int err;

	if (!p)
		return -ENOMEM;
	if (s->ports >= XSW_MAX_PORTS)
		return cfg_bad(r, node, "ports: more than %d", XSW_MAX_PORTS - 1);
	opts_default(&port_opts, &p->settings);
	p->settings.owner = XSW_OWNER_CONFIG;
	err = cfg_for_pairs(r, node, "port", port_pair, &pr);
	if (err)
		return err;
	if (!p->dev[0])
		return cfg_bad(r, node, "port: dev is missing");
	if (xsw_port_check(p->dev, p->settings.port.flags & XSW_PORT_HOST))
		return cfg_bad_value(r, pr.dev);
	for (size_t i = 0; i + 1 < s->ports; i++)
		if (!strcmp(s->port[i].dev, p->dev))
			return cfg_bad(r, node, "port '%s' stands here twice", p->dev);
	if (port_settings_vlan(p->dev, false, &p->settings))
		return cfg_bad_value(r, node);
	cfg_port_name(&p->settings);
	return 0;
}

static int name_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	struct cfg_switch *s = arg;
	int err = cfg_read_name(r, word, value, s->name, sizeof(s->name));

	if (!err && xsw_switch_name_check(s->name))
		err = cfg_bad_value(r, value);
	return err;
}

/* A dump may tell; a file is applied where the command is. */
static int netns_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	return cfg_scalar(value) ? 0 : cfg_bad(r, value, "netns: must be a name");
}

static int ports_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	return cfg_for_items(r, value, word, port_item, arg);
}

static int fdb_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	return cfg_part_read(r, value, &cfg_part_fdb, NULL, &((struct cfg_switch *)arg)->fdb);
}

static int mirrors_read(struct cfg_reader *r, const char *word, yaml_node_t *value, void *arg)
{
	return cfg_part_read(r, value, &cfg_part_mirrors, NULL,
			     &((struct cfg_switch *)arg)->mirrors);
}

const struct cfg_key cfg_switch_keys[] = { { "name", name_read },	{ "netns", netns_read },
					   { "ports", ports_read },	{ "fdb", fdb_read },
					   { "mirrors", mirrors_read }, {} };

static int switch_pair(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		       void *arg)
{
	const struct opt *o = opts_find(&switch_opts, word);
	struct cfg_switch *s = arg;
	int err;

	if (o)
		return cfg_read_opt(r, &switch_opts, o, value, NULL, &s->settings);
	err = key_read(cfg_switch_keys, r, word, value, s);
	return err == -ENOENT ? cfg_bad(r, key, "switch: unknown key '%s'", word) : err;
}

static bool has_port(const char *ifname, void *arg)
{
	return cfg_port_find(arg, ifname);
}

/* What else of a switch names ports names those of the switch. */
static int names_check(struct cfg_reader *r, yaml_node_t *node, struct cfg_switch *s)
{
	const char *lacks;

	for (size_t i = 0; i < s->fdb.n; i++) {
		const struct cfg_fdb *f = cfg_list_at(&s->fdb, i);

		if (!cfg_port_find(s, f->dev))
			return cfg_bad(r, node, "fdb: '%s' is not a port of switch '%s'", f->dev,
				       s->name);
	}
	if (!cfg_mirrors_name_all(&s->mirrors, has_port, s, &lacks))
		return cfg_bad(r, node, "mirrors: '%s' is not a port of switch '%s'", lacks,
			       s->name);
	return 0;
}

static int switch_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	struct cfg *c = arg;
	struct cfg_switch *s = cfg_grow((void **)&c->sw, &c->n, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	opts_default(&switch_opts, &s->settings);
	s->settings.given = OPTS_ALL;
	err = cfg_for_pairs(r, node, "switch", switch_pair, s);
	if (err)
		return err;
	if (!s->name[0])
		return cfg_bad(r, node, "switch: name is missing");
	if (cfg_switch_find(c, s->name) != s)
		return cfg_bad(r, node, "switch '%s' stands here twice", s->name);
	for (size_t p = 0; p < s->ports; p++)
		for (size_t i = 0; i + 1 < c->n; i++)
			if (cfg_port_find(&c->sw[i], s->port[p].dev))
				return cfg_bad(r, node, "port '%s' is on switch '%s' too",
					       s->port[p].dev, c->sw[i].name);
	return names_check(r, node, s);
}

static int top_pair(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	if (strcmp(word, "switches"))
		return cfg_bad(r, key, "unknown key '%s': must be switches", word);
	if (cfg_is_null(value))
		return cfg_bad(r, key, "switches: there is nothing behind it; an empty list is []");
	return cfg_for_items(r, value, word, switch_item, arg);
}

/* A mapping with the key "switches", or its list alone, as `xsw -j config dump` has it. */
static int top_read(struct cfg_reader *r, struct cfg *c)
{
	yaml_node_t *root = yaml_document_get_root_node(&r->doc);

	if (!root || cfg_is_null(root))
		return cfg_bad_at(r->path, 0, 0, "there is nothing in the file");
	if (root->type == YAML_SEQUENCE_NODE)
		return cfg_for_items(r, root, "file", switch_item, c);
	if (root->type == YAML_MAPPING_NODE &&
	    root->data.mapping.pairs.top == root->data.mapping.pairs.start)
		return cfg_bad(r, root, "there is nothing in the file");
	return cfg_for_pairs(r, root, "file", top_pair, c);
}

int cfg_parse(const char *path, FILE *in, struct cfg *c)
{
	struct cfg_reader r = { .path = path };
	struct cfg_text text;
	yaml_parser_t parser;
	int err;

	err = cfg_text_read(path, in, &text);
	if (err)
		return err;
	if (!cfg_parser_begin(&parser, &text)) {
		cfg_text_free(&text);
		return xsw_fail(ENOMEM, NULL, NULL, "out of memory");
	}
	if (yaml_parser_load(&parser, &r.doc)) {
		err = top_read(&r, c);
		yaml_document_delete(&r.doc);
	} else { /* aliases of nothing: all else has been looked at */
		err = cfg_bad_at(path, parser.problem_mark.line, parser.problem_mark.column, "%s",
				 parser.problem ? parser.problem : "cannot be read");
	}
	yaml_parser_delete(&parser);
	cfg_text_free(&text);
	return err;
}

int cfg_read(const char *path, struct cfg *c)
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
