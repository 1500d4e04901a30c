// SPDX-License-Identifier: GPL-2.0
/* xsw check: what on this host would make switching wrong or slow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/switch/check.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw check [ DEV ]\n";
static const char *const status_words[] = { "ok", "warn", "fail" };

static void row_print(const struct xsw_check_row *r)
{
	printf("%-4s %-16s %s%s%s%s\n", status_words[r->status], r->check, r->ifname,
	       r->ifname[0] ? netns_words(r->netns) : "", r->ifname[0] ? ": " : "", r->detail);
	if (r->remedy[0])
		printf("     remedy: %s\n", r->remedy);
}

static struct json_object *row_json(const struct xsw_check_row *r)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "ifname", r->ifname);
	json_add_string(o, "netns", r->netns);
	json_add_string(o, "check", r->check);
	json_add_string(o, "status", status_words[r->status]);
	json_add_string(o, "detail", r->detail);
	json_add_string(o, "remedy", r->remedy);
	return o;
}

static int check_run(struct words *w)
{
	const char *ifname = words_next(w);
	struct xsw_check_row *rows = NULL;
	struct json_object *array;
	bool fail = false;
	int n;

	if (no_more(w, "check", ifname))
		return EXIT_USAGE;
	if (ifname && !strcmp(ifname, "help")) {
		fputs(help_text, stdout);
		return EXIT_DONE;
	}
	n = xsw_check(ifname, &rows);
	if (n < 0)
		return failed(n);
	array = json_object_new_array();
	for (int i = 0; i < n; i++) {
		fail |= rows[i].status == XSW_CHECK_FAIL;
		if (opt.json)
			json_object_array_add(array, row_json(&rows[i]));
		else
			row_print(&rows[i]);
	}
	free(rows);
	out_array(array, 0);
	return fail ? EXIT_REFUSED : EXIT_DONE;
}

const struct object object_check = { "check", .run = check_run };
