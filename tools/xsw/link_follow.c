// SPDX-License-Identifier: GPL-2.0
/* xsw monitor --link-follow: links of guests follow those of the uplinks. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ctrl/switch/link_follow.h"
#include "tools/xsw/xsw.h"

#define UPLINKS_MAX 32

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void report(const struct xsw_switch_handle *sw, bool up, int ports, void *arg)
{
	struct json_object *o;

	(void)arg;
	if (opt.json) {
		o = json_object_new_object();
		json_add_string(o, "switch", sw->name);
		json_add_string(o, "netns", sw->netns);
		json_add_string(o, "object", "link");
		json_add_string(o, "event", up ? "up" : "down");
		json_add_int(o, "ports", ports);
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		printf("%s%s link %s: %d ports follow\n", sw->name, netns_words(sw->netns),
		       up ? "up" : "down", ports);
	}
	fflush(stdout);
}

int monitor_link_follow(struct words *w)
{
	const char *word, *value, *uplinks[UPLINKS_MAX];
	struct xsw_link_follow f = { .uplinks = uplinks, .stop = &stop, .report = report };
	struct xsw_switch_handle sw;
	int err = 0;

	while ((word = words_next(w))) {
		value = words_next(w);
		if (!value)
			return usage("monitor", NULL, "%s: value missing", word);
		if (!strcmp(word, "switch"))
			f.switch_name = value;
		else if (!strcmp(word, "uplink") && f.uplinks_count < UPLINKS_MAX)
			uplinks[f.uplinks_count++] = value;
		else
			return usage("monitor", NULL,
				     "unknown word '%s' with --link-follow, see 'xsw monitor help'",
				     word);
	}
	if (f.switch_name) {
		err = xsw_switch_open(f.switch_name, &sw);
		if (!err)
			xsw_switch_close(&sw);
	}
	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	if (!err)
		err = xsw_link_follow(&f);
	return err ? failed(err) : EXIT_DONE;
}
