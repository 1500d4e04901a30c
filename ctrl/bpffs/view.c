// SPDX-License-Identifier: GPL-2.0
/* Which switches a command sees, and what it is told of the others. */
#include "ctrl/bpffs/view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/layout.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/kernel/netns.h"

static bool all;

void xsw_netns_all(bool on)
{
	all = on;
}

bool view_has_all(void)
{
	return all;
}

bool view_has(const struct xsw_switch *conf)
{
	return all || !conf->netns_ino || netns_is_here(conf->netns_ino, conf->netns_cookie);
}

int view_read(const char *name, struct xsw_switch *conf)
{
	char dir[PIN_PATH_MAX];
	int fd, err, layout;

	layout = switch_dir(dir, sizeof(dir), name);
	fd = map_get_read(dir, "xsw_switch");
	if (fd < 0)
		return fd;
	err = layout_read(layout, "xsw_switch", fd, 0, conf);
	close(fd);
	return err;
}

/* How to reach what is in another namespace */
static void remedy(const char *name, const char *netns, enum netns_life life)
{
	if (life == NETNS_GONE)
		xsw_remedy("xsw --all-netns switch del %s", name);
	else if (life == NETNS_NAMED)
		xsw_remedy("xsw -n %s ..., or xsw --all-netns ...", netns);
	else /* a shell would read more into it */
		xsw_remedy("xsw -n '%s' ..., or xsw --all-netns ...", netns);
}

#define PLACE_LEN (XSW_NETNS_LEN + 64)

/* Where a switch is, for the end of a sentence: "network namespace 'blue'", which may be gone.
 * @netns: result: the namespace's name alone, XSW_NETNS_LEN bytes
 */
static enum netns_life place_text(const struct xsw_switch *conf, char *netns, char *text)
{
	enum netns_life life = netns_text(conf->netns_ino, conf->netns_cookie, netns);
	const char *quote = life == NETNS_NAMED ? "'" : "";

	snprintf(text, PLACE_LEN, "network namespace %s%s%s%s", quote, netns, quote,
		 life == NETNS_GONE ? ", which is gone" : "");
	return life;
}

int view_check(const char *name, const struct xsw_switch *conf)
{
	char netns[XSW_NETNS_LEN], place[PLACE_LEN];
	enum netns_life life;

	if (view_has(conf))
		return 0;
	life = place_text(conf, netns, place);
	xsw_fail(EXDEV, "switch", name, "is in %s", place);
	remedy(name, netns, life);
	return -EXDEV;
}

bool view_has_name(const char *name)
{
	struct xsw_switch conf;

	return all || view_read(name, &conf) || view_has(&conf);
}

int view_check_name(const char *name)
{
	struct xsw_switch conf;

	return all || view_read(name, &conf) ? 0 : view_check(name, &conf);
}

int view_taken(const char *name)
{
	char netns[XSW_NETNS_LEN], place[PLACE_LEN];
	enum netns_life life;
	struct xsw_switch conf;

	if (view_read(name, &conf) || !conf.netns_ino ||
	    netns_is_here(conf.netns_ino, conf.netns_cookie))
		return xsw_fail(EEXIST, "switch", name, "exists already");
	life = place_text(&conf, netns, place);
	xsw_fail(EXDEV, "switch", name, "exists already, in %s", place);
	if (life == NETNS_GONE)
		remedy(name, netns, life);
	return -EXDEV;
}

int view_elsewhere(const char *ifname, const struct xsw_switch *conf)
{
	char netns[XSW_NETNS_LEN], place[PLACE_LEN];
	enum netns_life life = place_text(conf, netns, place);

	xsw_fail(ENOENT, "port", ifname, "no such port here: it is one of switch '%s' in %s",
		 conf->name, place);
	remedy(conf->name, netns, life);
	return -ENOENT;
}

/* Commands open one switch after the other, most of one namespace: it is looked for once. */
void view_name(struct xsw_switch_handle *sw, const struct xsw_switch *conf)
{
	static _Thread_local char netns[XSW_NETNS_LEN];
	static _Thread_local __u32 ino;
	static _Thread_local __u64 cookie;

	if (!ino || ino != conf->netns_ino || cookie != conf->netns_cookie) {
		netns_text(conf->netns_ino, conf->netns_cookie, netns);
		ino = conf->netns_ino;
		cookie = conf->netns_cookie;
	}
	memcpy(sw->netns, netns, sizeof(netns));
}
