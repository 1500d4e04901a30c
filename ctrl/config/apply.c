// SPDX-License-Identifier: GPL-2.0
/* From the running state to that of a file: what differs is changed, and if a change is
 * refused the difference back to the state before is applied.
 */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "ctrl/base/error_keep.h"
#include "ctrl/base/mac.h"
#include "ctrl/config/model.h"
#include "ctrl/port/work.h"
#include "ctrl/switch/mirror.h"

static int port_remove(const char *name, const char *dev)
{
	struct xsw_switch_handle sw;
	int ret = xsw_port_find_on(name, dev, &sw);

	if (ret < 0)
		return ret;
	ret = xsw_port_del(&sw, ret);
	xsw_switch_close(&sw);
	return ret;
}

int cfg_switch_del(struct change *ch, const char *name)
{
	change_told(ch, "del switch '%s'", name);
	return ch->dry_run ? 0 : xsw_switch_del(name);
}

int cfg_port_del(struct change *ch, const char *name, const char *dev)
{
	change_told(ch, "del port '%s' of switch '%s'", dev, name);
	return ch->dry_run ? 0 : port_remove(name, dev);
}

/* Is device @dev to be a port of another switch than @name? */
static bool port_moves(const struct cfg *want, const char *name, const char *dev)
{
	for (size_t i = 0; i < want->n; i++)
		if (cfg_port_find(&want->sw[i], dev))
			return strcmp(want->sw[i].name, name);
	return false;
}

/* Take away what must go before anything can be added elsewhere. */
static int change_remove(struct change *ch, const struct cfg *now, const struct cfg *want)
{
	int err = 0;

	for (size_t i = 0; i < now->n && !err; i++) {
		const struct cfg_switch *s = &now->sw[i], *w = cfg_switch_find(want, s->name);

		if (!w && ch->exact) {
			err = cfg_switch_del(ch, s->name);
			continue;
		}
		for (size_t p = 0; p < s->ports && !err; p++)
			if (port_moves(want, s->name, s->port[p].dev) ||
			    (ch->exact && !cfg_port_find(w, s->port[p].dev)))
				err = cfg_port_del(ch, s->name, s->port[p].dev);
	}
	return err;
}

/* Is there the device, or is it to be made? */
static bool is_here(const struct cfg_port *p)
{
	return p->settings.port.flags & XSW_PORT_HOST || if_nametoindex(p->dev);
}

/* An absent port of a name that a device has again */
static int port_attach(struct cfg_target *t, const char *switch_name)
{
	int err;

	change_told(t->ch, "attach port '%s' of switch '%s'", t->dev, switch_name);
	if (t->ch->dry_run)
		return 0;
	err = cfg_target_open(t);
	return err ? err : xsw_port_attach(&t->sw, t->port);
}

static int change_port(struct cfg_target *t, struct xsw_switch_handle *sw,
		       const struct cfg_switch *w, const struct cfg_port *now,
		       const struct cfg_port *want)
{
	struct xsw_port_settings set = want->settings, by_default;
	int err;

	opts_default(&port_opts, &by_default);
	set.given = opts_differ(&port_opts, &set, now ? &now->settings : &by_default);
	err = now && now->returned ? port_attach(t, w->name) : 0;
	if (err || (now && !set.given && now->settings.owner == set.owner))
		return err;
	if (!now || set.given) /* whose it is is no change that a user sees */
		change_told(t->ch, "%s port '%s' %s switch '%s'%s", now ? "set" : "add", want->dev,
			    now ? "of" : "to", w->name,
			    now || is_here(want) ? "" : ", absent until there is such a device");
	if (t->ch->dry_run)
		return 0;
	/* a mode that is not named would follow the tag */
	opts_name(&port_opts, &set, offsetof(struct xsw_port_settings, port.vlan_mode));
	if (!now)
		return is_here(want) ? xsw_port_add(sw, want->dev, &set) :
				       xsw_port_add_absent(sw, want->dev, &set);
	err = cfg_target_open(t);
	return err ? err : xsw_port_set(&t->sw, t->port, &set);
}

/* The limits of a port follow it at once: adding the others may take seconds. */
static int change_ports(struct change *ch, struct xsw_switch_handle *sw, const struct cfg_switch *s,
			const struct cfg_switch *w)
{
	int err = 0;

	ports_refresh_hold();
	for (size_t p = 0; p < w->ports && !err; p++) {
		const struct cfg_port *want = &w->port[p], *now = cfg_port_find(s, want->dev);
		struct cfg_target t = { .ch = ch, .dev = want->dev };

		err = change_port(&t, sw, w, now, want);
		if (!err)
			err = cfg_parts_apply(&t, now ? now->part : NULL, want->part);
		cfg_target_close(&t);
	}
	if (ch->dry_run) /* there may be no such switch */
		sw = NULL;
	ports_refresh_release(sw);
	return err;
}

/* Delete what the file lacks; it stays with a port that the file does not name. */
static int remove_fdb(struct change *ch, struct xsw_switch_handle *sw, const struct cfg_switch *s,
		      const struct cfg_switch *w)
{
	int err = 0;

	for (size_t i = 0; s && i < s->fdb.n && !err; i++) {
		const struct cfg_fdb *f = cfg_list_at(&s->fdb, i);

		if (cfg_fdb_find(w, f) || !cfg_port_find(w, f->dev))
			continue;
		change_told(ch, "del fdb %s vlan %u of switch '%s'", mac_text(f->key.mac),
			    f->key.vlan, w->name);
		err = ch->dry_run ? 0 : xsw_fdb_del(sw, &f->key);
	}
	return err;
}

static int add_fdb(struct change *ch, const struct cfg_fdb *f, bool replace)
{
	struct cfg_target t = { .ch = ch, .dev = f->dev };
	int err;

	change_told(ch, "%s fdb %s vlan %u dev '%s'", replace ? "replace" : "add",
		    mac_text(f->key.mac), f->key.vlan, f->dev);
	err = cfg_target_open(&t);
	if (!err && !ch->dry_run)
		err = xsw_fdb_add(&t.sw, &f->key, t.port, true, true);
	cfg_target_close(&t);
	return err;
}

static int change_fdb(struct change *ch, struct xsw_switch_handle *sw, const struct cfg_switch *s,
		      const struct cfg_switch *w)
{
	int err = remove_fdb(ch, sw, s, w);

	for (size_t i = 0; i < w->fdb.n && !err; i++) {
		const struct cfg_fdb *f = cfg_list_at(&w->fdb, i), *now = cfg_fdb_find(s, f);

		if (!now || strcmp(now->dev, f->dev))
			err = add_fdb(ch, f, now);
	}
	return err;
}

/* All at once: a frame meets the mirrors as they were or as they are to be. */
static int change_mirrors(struct change *ch, struct xsw_switch_handle *sw,
			  const struct cfg_switch *s, const struct cfg_switch *w)
{
	static const struct cfg_list none;
	const struct cfg_list *now = s ? &s->mirrors : &none;

	if (!cfg_mirrors_differ(now, &w->mirrors))
		return 0;
	cfg_mirrors_tell(ch, w->name, now, &w->mirrors);
	return ch->dry_run ? 0 : xsw_mirrors_replace(sw, w->mirrors.item, w->mirrors.n);
}

static int change_switch(struct change *ch, const struct cfg_switch *s, const struct cfg_switch *w)
{
	struct xsw_switch_handle sw;
	int err = 0;

	if (!s) {
		change_told(ch, "add switch '%s'", w->name);
		if (!ch->dry_run)
			err = xsw_switch_add(w->name, &w->settings);
		if (err)
			return err;
	}
	if (!ch->dry_run) {
		err = xsw_switch_open(w->name, &sw);
		if (err)
			return err;
	}
	if (s && opts_differ(&switch_opts, &s->settings, &w->settings)) {
		change_told(ch, "set switch '%s'", w->name);
		if (!ch->dry_run)
			err = xsw_switch_set(&sw, &w->settings);
	}
	if (!err)
		err = change_ports(ch, &sw, s, w);
	if (!err)
		err = change_fdb(ch, &sw, s, w);
	if (!err)
		err = change_mirrors(ch, &sw, s, w);
	if (!ch->dry_run)
		xsw_switch_close(&sw);
	return err;
}

int cfg_change(struct change *ch, const struct cfg *now, const struct cfg *want)
{
	int err = change_remove(ch, now, want);

	for (size_t i = 0; i < want->n && !err; i++)
		err = change_switch(ch, cfg_switch_find(now, want->sw[i].name), &want->sw[i]);
	return err;
}

void cfg_undo(const struct cfg *before)
{
	struct xsw_error why = *xsw_error_last();
	struct change ch = { .exact = true };
	struct cfg now;

	if (!cfg_load_running(&now)) {
		cfg_change(&ch, &now, before);
		cfg_free(&now);
	}
	error_restore(&why);
}
