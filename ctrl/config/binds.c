// SPDX-License-Identifier: GPL-2.0
/* Bindings of a port in the configuration: a MAC address and the IP addresses that it may have. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/ip_text.h"
#include "ctrl/base/mac.h"
#include "ctrl/config/parts.h"
#include "ctrl/limits/bind.h"

struct bind {
	__u8 mac[6];
	struct cfg_list ip; /* struct in6_addr; none: any */
};

static bool bind_same(const void *a, const void *b)
{
	return !memcmp(a, b, sizeof(((struct bind *)0)->mac));
}

static bool ip_same(const void *a, const void *b)
{
	return !memcmp(a, b, sizeof(struct in6_addr));
}

static void bind_free(void *item)
{
	free(((struct bind *)item)->ip.item);
}

static int ip_add(struct bind *b, const struct in6_addr *ip)
{
	struct in6_addr *to = cfg_list_add(&b->ip, sizeof(*to));

	if (!to)
		return -ENOMEM;
	*to = *ip;
	return 0;
}

static int bind_load(const struct cfg_part *part, struct cfg_list *list,
		     const struct xsw_switch_handle *sw, __u32 port)
{
	struct xsw_bind_row *rows;
	int n = xsw_bind_list(sw, port, &rows), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++) {
		struct bind *b = cfg_list_add(list, sizeof(*b));

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

static void bind_dump(struct cfg_writer *w, const void *item)
{
	const struct bind *b = item;
	char ip[INET6_ADDRSTRLEN];

	cfg_put(w, "mac", "\"%s\"", mac_text(b->mac));
	if (!b->ip.n)
		return;
	cfg_key(w, "ip");
	for (size_t i = 0; i < b->ip.n; i++) {
		ip_format(cfg_list_at(&b->ip, i), ip);
		fprintf(w->out, "%s\"%s\"", i ? ", " : " [", ip);
	}
	fputs("]\n", w->out);
}

/* ---- from a file ---- */

static int ip_item(struct cfg_reader *r, yaml_node_t *node, void *arg)
{
	static const __u8 any_mac[6] = { 2 }; /* that of @arg may stand behind the address */
	const char *text = cfg_scalar(node);
	struct bind *b = arg;
	struct in6_addr ip;

	if (!text || ip_parse(text, &ip))
		return cfg_bad(r, node, "ip '%s': must be an IPv4 or IPv6 address",
			       text ? text : "");
	if (xsw_bind_check(any_mac, &ip))
		return cfg_bad_value(r, node);
	if (cfg_list_find(&b->ip, ip_same, &ip))
		return cfg_bad(r, node, "ip '%s' stands here twice", text);
	return ip_add(b, &ip);
}

static int bind_key(const struct cfg_part *part, struct cfg_reader *r, const char *word,
		    yaml_node_t *value, void *item)
{
	struct bind *b = item;

	if (!strcmp(word, "mac"))
		return cfg_read_mac(r, value, b->mac);
	if (value->type == YAML_SCALAR_NODE)
		return ip_item(r, value, b);
	return cfg_for_items(r, value, word, ip_item, b);
}

static int bind_check(const struct cfg_part *part, struct cfg_reader *r, yaml_node_t *node,
		      const char *dev, const struct cfg_list *list, void *item)
{
	static const __u8 zero[6];
	const struct bind *b = item;

	if (!memcmp(b->mac, zero, sizeof(zero)))
		return cfg_bad(r, node, "bind: mac is missing");
	if (xsw_bind_check(b->mac, NULL))
		return cfg_bad_value(r, node);
	if (cfg_list_find(list, bind_same, b) != b)
		return cfg_bad(r, node, "bind: %s stands here twice", mac_text(b->mac));
	return 0;
}

/* ---- from one to the other ---- */

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

/* Add or delete the addresses of @of that @others lack. */
static int ips_change(struct cfg_target *t, bool add, const struct bind *of,
		      const struct cfg_list *others)
{
	int err = 0;

	for (size_t i = 0; i < of->ip.n && !err; i++) {
		const struct in6_addr *ip = cfg_list_at(&of->ip, i);

		if (!cfg_list_find(others, ip_same, ip))
			err = bind_change(t, add, of->mac, ip);
	}
	return err;
}

/* Add before deleting: without its last address a source may have any. */
static int bind_apply(struct cfg_target *t, const void *now, const void *want)
{
	const struct bind *n = now, *w = want;
	static const struct cfg_list none;
	int err;

	if (!w || (!n && !w->ip.n))
		return bind_change(t, w, w ? w->mac : n->mac, NULL);
	err = ips_change(t, true, w, n ? &n->ip : &none);
	return err || !n ? err : ips_change(t, false, n, &w->ip);
}

const struct cfg_part cfg_part_bind = {
	.word = "bind",
	.size = sizeof(struct bind),
	.keys = (const char *const[]){ "mac", "ip", NULL },
	.load = bind_load,
	.dump = bind_dump,
	.key = bind_key,
	.check = bind_check,
	.same = bind_same,
	.apply = bind_apply,
	.free = bind_free,
};
