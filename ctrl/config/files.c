// SPDX-License-Identifier: GPL-2.0
/* Several configuration files at once: each is checked whole and applied whole or not at all.
 * What no file names stays, and is told, unless it is to be pruned.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctrl/base/error.h"
#include "ctrl/bpffs/view.h"
#include "ctrl/config/config.h"
#include "ctrl/config/model.h"

struct file {
	const char *path;
	struct cfg cfg;
	bool good;
};

struct files {
	const struct xsw_config_apply *how;
	struct file *file;
	int n, refused;
	bool pruned; /* once */
};

static void refuse(struct files *f, struct file *file, int err)
{
	file->good = false;
	f->refused++;
	if (f->how->refused)
		f->how->refused(err, f->how->arg);
}

static const struct cfg_switch *files_switch(const struct files *f, const char *name)
{
	for (int i = 0; i < f->n; i++) {
		const struct cfg_switch *s =
			f->file[i].good ? cfg_switch_find(&f->file[i].cfg, name) : NULL;

		if (s)
			return s;
	}
	return NULL;
}

static bool files_have_port(const struct files *f, const char *dev)
{
	for (int i = 0; i < f->n; i++)
		for (size_t s = 0; f->file[i].good && s < f->file[i].cfg.n; s++)
			if (cfg_port_find(&f->file[i].cfg.sw[s], dev))
				return true;
	return false;
}

/* ---- what files say of one another ---- */

static bool fdb_equal(const struct cfg_switch *a, const struct cfg_switch *b)
{
	bool equal = a->fdb.n == b->fdb.n;

	for (size_t i = 0; i < a->fdb.n && equal; i++) {
		const struct cfg_fdb *x = cfg_list_at(&a->fdb, i), *y = cfg_fdb_find(b, x);

		equal = y && !strcmp(x->dev, y->dev);
	}
	return equal;
}

static int switch_differs(const struct file *file, const struct cfg_switch *s,
			  const struct file *other)
{
	const struct cfg_switch *o = cfg_switch_find(&other->cfg, s->name);

	if (o && (opts_differ(&switch_opts, &s->settings, &o->settings) || !fdb_equal(s, o)))
		return xsw_fail(EINVAL, "config", NULL,
				"%s: switch '%s' has other settings or static entries in %s",
				file->path, s->name, other->path);
	for (size_t p = 0; p < s->ports; p++)
		for (size_t i = 0; i < other->cfg.n; i++)
			if (cfg_port_find(&other->cfg.sw[i], s->port[p].dev))
				return xsw_fail(EINVAL, "config", NULL,
						"%s: port '%s' stands in %s too", file->path,
						s->port[p].dev, other->path);
	return 0;
}

/* Files applied one after the other must not undo each other's work. */
static int file_contradicts(const struct file *file, const struct file *other)
{
	int err = 0;

	for (size_t i = 0; i < file->cfg.n && !err; i++)
		err = switch_differs(file, &file->cfg.sw[i], other);
	return err;
}

/* Switches of other namespaces are not what runs, as we see it. */
static int names_check(const struct cfg *want)
{
	int err = 0;

	for (size_t i = 0; i < want->n && !err; i++)
		err = view_check_name(want->sw[i].name);
	return err;
}

static void file_read(struct files *f, int i)
{
	struct file *file = &f->file[i];
	int err = cfg_read(file->path, &file->cfg);

	if (!err)
		err = names_check(&file->cfg);
	file->good = !err;
	for (int k = 0; k < i && !err; k++)
		if (f->file[k].good)
			err = file_contradicts(file, &f->file[k]);
	if (err)
		refuse(f, file, err);
}

/* ---- what they do not name ---- */

/* Does the port go, when what no file names is pruned? Those that a command made stay. */
static bool port_goes(const struct files *f, const struct cfg_port *p)
{
	return f->how->prune && !f->refused && p->settings.owner == XSW_OWNER_CONFIG &&
	       !files_have_port(f, p->dev);
}

/* A switch that belongs to no namespace yet may be meant for another one. */
static bool switch_goes(const struct files *f, const struct cfg_switch *s)
{
	bool goes = f->how->prune && !f->refused && s->netns[0] && !files_switch(f, s->name);

	for (size_t p = 0; p < s->ports && goes; p++)
		goes = port_goes(f, &s->port[p]) || files_have_port(f, s->port[p].dev);
	return goes;
}

static int prune(const struct files *f, struct change *ch, const struct cfg *now)
{
	int err = 0;

	for (size_t i = 0; i < now->n && !err; i++) {
		const struct cfg_switch *s = &now->sw[i];

		if (switch_goes(f, s)) {
			err = cfg_switch_del(ch, s->name);
			continue;
		}
		for (size_t p = 0; p < s->ports && !err; p++)
			if (port_goes(f, &s->port[p]))
				err = cfg_port_del(ch, s->name, s->port[p].dev);
	}
	return err;
}

static void tell_what_stays(const struct files *f, const struct cfg *now)
{
	for (size_t i = 0; i < now->n && f->how->stays; i++) {
		const struct cfg_switch *s = &now->sw[i];
		bool named = files_switch(f, s->name);

		if (!named && switch_goes(f, s))
			continue;
		if (!named)
			f->how->stays(s->name, NULL, !f->how->prune, f->how->arg);
		for (size_t p = 0; p < s->ports; p++)
			if (!files_have_port(f, s->port[p].dev) && !port_goes(f, &s->port[p]))
				f->how->stays(s->port[p].dev, s->name,
					      s->port[p].settings.owner == XSW_OWNER_CONFIG,
					      f->how->arg);
	}
}

/* ---- applying ---- */

static int file_change(struct files *f, struct change *ch, const struct cfg *want)
{
	struct cfg now;
	int err = cfg_load_running(&now);

	for (size_t i = 0; i < want->n && !err; i++)
		err = cfg_broken(&now, want->sw[i].name);
	if (err) {
		cfg_free(&now);
		return err;
	}
	if (!f->pruned) {
		f->pruned = true;
		err = prune(f, ch, &now);
	}
	if (!err)
		err = cfg_change(ch, &now, want);
	if (err && !ch->dry_run)
		cfg_undo(&now);
	cfg_free(&now);
	return err;
}

int xsw_config_apply(char *const *path, int n, const struct xsw_config_apply *how)
{
	struct change ch = { .dry_run = how->dry_run, .report = how->changed, .arg = how->arg };
	struct files f = { .how = how, .file = calloc(n, sizeof(*f.file)), .n = n };
	struct cfg before;
	int err = f.file ? 0 : xsw_fail(ENOMEM, NULL, NULL, "out of memory");

	for (int i = 0; i < n && !err; i++) {
		f.file[i].path = path[i];
		file_read(&f, i);
	}
	if (!err)
		err = cfg_load_running(&before);
	if (err)
		goto out;
	for (int i = 0; i < n; i++) {
		int ret = f.file[i].good ? file_change(&f, &ch, &f.file[i].cfg) : 0;

		if (ret)
			refuse(&f, &f.file[i], ret);
	}
	if (f.refused < n)
		tell_what_stays(&f, &before);
	cfg_free(&before);
out:
	for (int i = 0; i < n && f.file; i++)
		cfg_free(&f.file[i].cfg);
	free(f.file);
	return err ? err : f.refused;
}
