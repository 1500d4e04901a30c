// SPDX-License-Identifier: GPL-2.0
/* Policers, storm control, bindings and punting rules of a port: running, in a file, and
 * from one to the other. A port that is to be more restricted is never less so in between.
 */
#include "ctrl/config/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"
#include "ctrl/config/punts.h"
#include "ctrl/limits/bind.h"
#include "ctrl/limits/policer.h"
#include "ctrl/port/port.h"

void cfg_limits_free(struct cfg_port *p)
{
	for (size_t i = 0; i < p->binds; i++)
		free(p->bind[i].ip);
	free(p->bind);
	free(p->policer);
	free(p->punt);
}

static struct cfg_policer *policer_find(const struct cfg_port *p, const struct xsw_policer_id *id)
{
	for (size_t i = 0; p && i < p->policers; i++)
		if (!memcmp(&p->policer[i].id, id, sizeof(*id)))
			return &p->policer[i];
	return NULL;
}

static struct cfg_bind *bind_find(const struct cfg_port *p, const __u8 *mac)
{
	for (size_t i = 0; p && i < p->binds; i++)
		if (!memcmp(p->bind[i].mac, mac, sizeof(p->bind[i].mac)))
			return &p->bind[i];
	return NULL;
}

static bool bind_has(const struct cfg_bind *b, const struct in6_addr *ip)
{
	for (size_t i = 0; b && i < b->ips; i++)
		if (!memcmp(&b->ip[i], ip, sizeof(*ip)))
			return true;
	return false;
}

/* ---- the running state ---- */

static int policers_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_policer_row *rows;
	int n = xsw_policer_list(sw, port, &rows), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++) {
		struct cfg_policer *c = cfg_grow((void **)&p->policer, &p->policers, sizeof(*c));

		if (!c)
			err = -ENOMEM;
		else
			*c = (struct cfg_policer){ rows[i].id, rows[i].conf };
	}
	free(rows);
	return err;
}

static int ip_add(struct cfg_bind *b, const struct in6_addr *ip)
{
	struct in6_addr *to = cfg_grow((void **)&b->ip, &b->ips, sizeof(*to));

	if (!to)
		return -ENOMEM;
	*to = *ip;
	return 0;
}

static int binds_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_bind_row *rows;
	int n = xsw_bind_list(sw, port, &rows), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++) {
		struct cfg_bind *b = cfg_grow((void **)&p->bind, &p->binds, sizeof(*b));

		if (!b) {
			err = -ENOMEM;
			break;
		}
		memcpy(b->mac, rows[i].key.mac, sizeof(b->mac));
		for (int k = 0; k < rows[i].ips && !err; k++)
			err = ip_add(b, &rows[i].ip[k]);
	}
	xsw_bind_list_free(rows, n);
	return err;
}

int cfg_limits_load(struct cfg_port *p, const struct xsw_switch_handle *sw, __u32 port)
{
	int err = policers_load(p, sw, port);

	if (!err)
		err = binds_load(p, sw, port);
	return err ? err : cfg_punts_load(p, sw, port);
}

/* ---- to a file ---- */

static void dump_policer(const struct cfg_policer *c, FILE *out)
{
	const struct opts *opts = policer_opts_of(&c->id);
	char text[32];

	fprintf(out, "          - %s: %s\n", xsw_policer_is_storm(&c->id) ? "class" : "direction",
		policer_kinds[c->id.kind]);
	if (c->id.of != XSW_POLICE_WHOLE)
		fprintf(out, "            %s: %u\n", c->id.of == XSW_POLICE_VLAN ? "vlan" : "pcp",
			c->id.value);
	opts_for(o, opts) {
		if (!opt_given(opts, o, &c->conf))
			continue;
		opt_text(o, &c->conf, text, sizeof(text));
		fprintf(out, "            %s: %s\n", o->word, text);
	}
}

static void dump_policers(const struct cfg_port *p, bool storm, FILE *out)
{
	bool first = true;

	for (size_t i = 0; i < p->policers; i++) {
		if (xsw_policer_is_storm(&p->policer[i].id) != storm)
			continue;
		if (first)
			fprintf(out, "        %s:\n", storm ? "storm" : "policers");
		first = false;
		dump_policer(&p->policer[i], out);
	}
}

static void dump_bind(const struct cfg_bind *b, FILE *out)
{
	char ip[INET6_ADDRSTRLEN];

	fprintf(out, "          - mac: \"%s\"\n", mac_text(b->mac));
	for (size_t i = 0; i < b->ips; i++) {
		ip_format(&b->ip[i], ip);
		fprintf(out, "%s\"%s\"", i ? ", " : "            ip: [", ip);
	}
	if (b->ips)
		fprintf(out, "]\n");
}

void cfg_limits_dump(const struct cfg_port *p, FILE *out)
{
	dump_policers(p, false, out);
	dump_policers(p, true, out);
	if (p->binds)
		fprintf(out, "        bind:\n");
	for (size_t i = 0; i < p->binds; i++)
		dump_bind(&p->bind[i], out);
	cfg_punts_dump(p, out);
}

/* ---- from a file ---- */

struct policer_reader {
	struct cfg_policer *policer;
	const char *dev;
	bool storm, kind; /* which list it is in; is there a direction or class? */
};

static int read_kind(struct cfg_reader *r, yaml_node_t *value, struct policer_reader *pr)
{
	__u8 from = pr->storm ? XSW_STORM_BROADCAST : 0;
	__u8 to = pr->storm ? XSW_POLICE_KINDS : XSW_STORM_BROADCAST;
	const char *text = cfg_scalar(value);

	for (__u8 kind = from; text && kind < to; kind++) {
		if (strcmp(text, policer_kinds[kind]))
			continue;
		pr->policer->id.kind = kind;
		pr->kind = true;
		return 0;
	}
	return cfg_bad(r, value, "must be %s",
		       pr->storm ? "broadcast, multicast or unknown" : "ingress or egress");
}

static int read_of(struct cfg_reader *r, const char *word, yaml_node_t *value,
		   struct xsw_policer_id *id)
{
	__u32 number;
	int err;

	if (id->of != XSW_POLICE_WHOLE)
		return cfg_bad(r, value, "there is a vlan or a pcp, not both");
	id->of = word[0] == 'v' ? XSW_POLICE_VLAN : XSW_POLICE_PCP;
	err = cfg_read_u32(r, word, value, 0, word[0] == 'v' ? XSW_VID_MAX : 7, &number);
	id->value = number;
	return err;
}

static int policer_pair(struct cfg_reader *r, const char *word, yaml_node_t *key,
			yaml_node_t *value, void *arg)
{
	struct policer_reader *pr = arg;
	const struct opts *opts = pr->storm ? &storm_opts : &policer_opts;
	const struct opt *o = opts_find(opts, word);

	if (!strcmp(word, pr->storm ? "class" : "direction"))
		return read_kind(r, value, pr);
	if (!pr->storm && (!strcmp(word, "vlan") || !strcmp(word, "pcp")))
		return read_of(r, word, value, &pr->policer->id);
	if (!o)
		return cfg_bad(r, key, "unknown key '%s'", word);
	if (!cfg_scalar(value))
		return cfg_bad(r, value, "%s: must be a value", word);
	return cfg_read_opt(r, opts, o, value, pr->dev, &pr->policer->conf);
}

static int policer_item(struct cfg_reader *r, yaml_node_t *node, struct cfg_port *p, bool storm)
{
	struct policer_reader pr = { .dev = p->dev, .storm = storm };
	struct cfg_policer *c = cfg_grow((void **)&p->policer, &p->policers, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->id.of = XSW_POLICE_WHOLE;
	pr.policer = c;
	err = cfg_for_pairs(r, node, storm ? "storm" : "policers", policer_pair, &pr);
	if (err)
		return err;
	if (!pr.kind)
		return cfg_bad(r, node, "%s is missing", storm ? "class" : "direction");
	if (policer_find(p, &c->id) != c)
		return cfg_bad(r, node, "the same stands here twice");
	return xsw_policer_finish(p->dev, &c->id, &c->conf) ? cfg_bad_value(r, node) : 0;
}

static int police_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	return policer_item(r, node, arg, false);
}

static int storm_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	return policer_item(r, node, arg, true);
}

static int ip_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	static const __u8 any_mac[6] = { 2 }; /* that of @arg may stand behind the address */
	const char *text = cfg_scalar(node);
	struct cfg_bind *b = arg;
	struct in6_addr ip;

	if (!text || ip_parse(text, &ip))
		return cfg_bad(r, node, "ip '%s': must be an IPv4 or IPv6 address",
			       text ? text : "");
	if (xsw_bind_check(any_mac, &ip))
		return cfg_bad_value(r, node);
	if (bind_has(b, &ip))
		return cfg_bad(r, node, "ip '%s' stands here twice", text);
	return ip_add(b, &ip);
}

static int bind_pair(struct cfg_reader *r, const char *word, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct cfg_bind *b = arg;

	if (!strcmp(word, "mac"))
		return cfg_read_mac(r, value, b->mac);
	if (strcmp(word, "ip"))
		return cfg_bad(r, key, "bind: unknown key '%s'", word);
	if (value->type == YAML_SCALAR_NODE)
		return ip_item(r, value, b);
	return cfg_for_items(r, value, word, ip_item, b);
}

static int bind_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	static const __u8 zero[6];
	struct cfg_port *p = arg;
	struct cfg_bind *b = cfg_grow((void **)&p->bind, &p->binds, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	err = cfg_for_pairs(r, node, "bind", bind_pair, b);
	if (err)
		return err;
	if (!memcmp(b->mac, zero, sizeof(zero)))
		return cfg_bad(r, node, "bind: mac is missing");
	if (xsw_bind_check(b->mac, NULL))
		return cfg_bad_value(r, node);
	if (bind_find(p, b->mac) != b)
		return cfg_bad(r, node, "bind: %s stands here twice", mac_text(b->mac));
	return 0;
}

int cfg_limits_read(struct cfg_reader *r, const char *word, yaml_node_t *value, struct cfg_port *p)
{
	if (!strcmp(word, "policers"))
		return cfg_for_items(r, value, word, police_item, p);
	if (!strcmp(word, "storm"))
		return cfg_for_items(r, value, word, storm_item, p);
	if (!strcmp(word, "bind"))
		return cfg_for_items(r, value, word, bind_item, p);
	if (!strcmp(word, "punt"))
		return cfg_for_items(r, value, word, cfg_punt_item, p);
	return -ENOENT;
}

/* ---- from one to the other ---- */

int cfg_target_open(struct cfg_target *t)
{
	if (t->ch->dry_run || t->port > 0)
		return 0;
	t->port = xsw_port_find(t->dev, &t->sw);
	return t->port < 0 ? t->port : 0;
}

static void told_policer(struct cfg_target *t, const char *what, const struct xsw_policer_id *id)
{
	change_told(t->ch, "%s %s '%s' %s%s", what, policer_opts_of(id)->object, t->dev,
		    policer_kinds[id->kind], policer_of_text(id));
}

static int policers_apply(struct cfg_target *t, const struct cfg_port *now,
			  const struct cfg_port *want)
{
	int err = 0;

	for (size_t i = 0; i < want->policers && !err; i++) {
		const struct cfg_policer *w = &want->policer[i], *n = policer_find(now, &w->id);

		if (n && !memcmp(&n->conf, &w->conf, sizeof(w->conf)))
			continue;
		told_policer(t, "set", &w->id);
		err = cfg_target_open(t);
		if (!err && !t->ch->dry_run)
			err = xsw_policer_set(&t->sw, t->port, &w->id, &w->conf);
	}
	for (size_t i = 0; now && i < now->policers && !err; i++) {
		if (policer_find(want, &now->policer[i].id))
			continue;
		told_policer(t, "del", &now->policer[i].id);
		err = cfg_target_open(t);
		if (!err && !t->ch->dry_run)
			err = xsw_policer_del(&t->sw, t->port, &now->policer[i].id);
	}
	return err;
}

static int bind_change(struct cfg_target *t, bool add, const __u8 *mac, const struct in6_addr *ip)
{
	char text[INET6_ADDRSTRLEN] = "";
	int err;

	if (ip)
		ip_format(ip, text);
	change_told(t->ch, "%s bind '%s' mac %s%s%s", add ? "add" : "del", t->dev, mac_text(mac),
		    ip ? " ip " : "", text);
	err = cfg_target_open(t);
	if (err || t->ch->dry_run)
		return err;
	return add ? xsw_bind_add(&t->sw, t->port, mac, ip) :
		     xsw_bind_del(&t->sw, t->port, mac, ip);
}

/* Add before deleting: without its last address a source may have any. */
static int bind_apply(struct cfg_target *t, const struct cfg_bind *now, const struct cfg_bind *want)
{
	int err = 0;

	if (!now && !want->ips)
		return bind_change(t, true, want->mac, NULL);
	for (size_t i = 0; i < want->ips && !err; i++)
		if (!bind_has(now, &want->ip[i]))
			err = bind_change(t, true, want->mac, &want->ip[i]);
	for (size_t i = 0; now && i < now->ips && !err; i++)
		if (!bind_has(want, &now->ip[i]))
			err = bind_change(t, false, want->mac, &now->ip[i]);
	return err;
}

static int binds_apply(struct cfg_target *t, const struct cfg_port *now,
		       const struct cfg_port *want)
{
	int err = 0;

	for (size_t i = 0; i < want->binds && !err; i++)
		err = bind_apply(t, bind_find(now, want->bind[i].mac), &want->bind[i]);
	for (size_t i = 0; now && i < now->binds && !err; i++)
		if (!bind_find(want, now->bind[i].mac))
			err = bind_change(t, false, now->bind[i].mac, NULL);
	return err;
}

int cfg_limits_apply(struct change *ch, const struct cfg_port *now, const struct cfg_port *want)
{
	struct cfg_target t = { .ch = ch, .dev = want->dev };
	int err = policers_apply(&t, now, want);

	if (!err)
		err = binds_apply(&t, now, want);
	if (!err)
		err = cfg_punts_apply(&t, now, want);
	if (t.port > 0)
		xsw_switch_close(&t.sw);
	return err;
}
