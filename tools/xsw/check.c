// SPDX-License-Identifier: GPL-2.0
/* xsw check: what on this host would make switching wrong or slow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/switch/check.h"
#include "tools/xsw/xsw.h"

static const char help_text[] = "Usage: xsw check [ DEV ]\n";
static const char *const status_words[] = { "ok", "warn", "fail" };

static void row_show(const struct xsw_check_row *r)
{
	const char *status = status_words[r->status];

	if (out_brief()) {
		out_column("status", 4, status);
		out_column(NULL, 16, r->check);
		out_column("ifname", 0, r->ifname);
		out_row_end(r->netns);
		return;
	}
	out_object(NULL);
	out_word("status", "", status);
	out_text("%*s %-16s ", (int)(4 - strlen(status)), "", r->check);
	out_string("ifname", "", r->ifname);
	if (opt.json || r->ifname[0])
		out_netns(r->netns);
	out_string("check", NULL, r->check);
	out_string("status", NULL, status);
	out_string("detail", r->ifname[0] ? ": " : "", r->detail);
	out_string("remedy", r->remedy[0] ? "\n     remedy: " : NULL, r->remedy);
	out_text("\n");
	out_close();
}

static int check_run(struct words *w)
{
	const char *ifname = words_next(w);
	struct xsw_check_row *rows = NULL;
	bool fail = false;
	int n;

	if (no_more(w, "check", ifname))
		return EXIT_USAGE;
	n = xsw_check(ifname, &rows);
	if (n < 0)
		return failed(n);
	out_begin();
	for (int i = 0; i < n; i++) {
		fail |= rows[i].status == XSW_CHECK_FAIL;
		row_show(&rows[i]);
	}
	free(rows);
	out_end(0);
	return fail ? EXIT_REFUSED : EXIT_DONE;
}

const struct object object_check = { "check", help_text, .run = check_run };
