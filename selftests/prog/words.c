// SPDX-License-Identifier: GPL-2.0
/* words: the keys that configuration files may have, from the tables that read them, a line
 * each: "LIST KEY", and of an option with tabs behind it its default, if there is one, and its
 * values. man.t compares xsw.yaml(5).
 */
#include <stdio.h>
#include <string.h>

#include "ctrl/config/model.h"

static void row(const char *list, const struct opt *o, const char *by_default)
{
	char values[256], *cpus;

	opt_values(o, values, sizeof(values));
	cpus = o->type == OPT_CPUS ? strstr(values, ", from 0") : NULL; /* of this machine */
	if (cpus)
		*cpus = '\0';
	printf("%s %s\t%s%s%s\n", list, o->word, by_default, by_default[0] ? "\t" : "", values);
}

/* Options that have default values */
static void settings(const char *list, const struct opts *opts, void *values)
{
	char text[OPT_TEXT_MAX];

	opts_default(opts, values);
	opts_for(o, opts) {
		opt_text(o, values, text, sizeof(text));
		if (!text[0])
			strcpy(text, o->type == OPT_VIDS || o->type == OPT_CPUS ? "all" : "none");
		row(list, o, text);
	}
}

static void keys(const char *list, const struct cfg_key *key)
{
	for (; key->word; key++)
		printf("%s %s\n", list, key->word);
}

static void part(const struct cfg_part *p)
{
	for (const char *const *key = p->keys; *key; key++)
		printf("%s %s\n", p->word, *key);
	if (!p->opts)
		return;
	opts_for(o, p->opts)
		if (!(p->hidden >> (o - p->opts->row) & 1))
			row(p->word, o, "");
}

int main(void)
{
	struct xsw_switch_settings of_switch;
	struct xsw_port_settings of_port;

	keys("switches", cfg_switch_keys);
	settings("switches", &switch_opts, &of_switch);
	part(&cfg_part_fdb);
	part(&cfg_part_mirrors);
	keys("ports", cfg_port_keys);
	settings("ports", &port_opts, &of_port);
	for (size_t i = 0; i < CFG_PORT_PARTS; i++) {
		printf("ports %s\n", cfg_port_parts[i]->word);
		part(cfg_port_parts[i]);
	}
	return 0;
}
