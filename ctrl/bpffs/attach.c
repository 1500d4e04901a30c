// SPDX-License-Identifier: GPL-2.0
/* Attach programs to devices, detach and swap them. */
#include "ctrl/bpffs/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ctrl/bpffs/known_maps.h"
#include "ctrl/bpffs/pin.h"
#include "ctrl/bpffs/tc_rules.h"

#define ATTACH_BEFORE (1U << 3) /* BPF_F_BEFORE, also of 6.6: before all others */

static void link_pin_name(char *name, size_t size, __u32 port, const char *hook)
{
	snprintf(name, size, "port_%u_%s", port, hook);
}

/* Make a link and pin it: without the pin it is gone when we are. */
static int link_attach(const char *dir, __u32 port, const char *hook, __u32 ifindex, int prog,
		       int type, __u32 flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
	char name[32];
	int err, link;

	link = bpf_link_create(prog, ifindex, type, &opts);
	if (link < 0)
		return -errno;
	link_pin_name(name, sizeof(name), port, hook);
	err = pin_put(link, dir, name);
	if (err)
		bpf_link_detach(link);
	close(link);
	return err;
}

/* Detach at once; what the last reference does happens later, in a worker. */
static void link_detach(const char *dir, __u32 port, const char *hook)
{
	char name[32];
	int link;

	link_pin_name(name, sizeof(name), port, hook);
	link = link_pin_get(dir, name);
	if (link >= 0) {
		bpf_link_detach(link);
		close(link);
	}
	pin_remove(dir, name);
}

static int link_swap(const char *dir, __u32 port, const char *hook, int prog)
{
	char name[32];
	int err, link;

	link_pin_name(name, sizeof(name), port, hook);
	link = link_pin_get(dir, name);
	if (link < 0)
		return link;
	err = bpf_link_update(link, prog, NULL) ? -errno : 0;
	close(link);
	return err == -ENOLINK ? 0 : err; /* the device is gone */
}

int attach_xdp(const char *dir, __u32 port, __u32 ifindex, int prog)
{
	int err;

	err = link_attach(dir, port, "xdp", ifindex, prog, BPF_XDP, XDP_FLAGS_DRV_MODE);
	return err == -EEXIST ? -EBUSY : err;
}

void detach_xdp(const char *dir, __u32 port)
{
	link_detach(dir, port, "xdp");
}

int attach_swap_xdp(const char *dir, __u32 port, int prog)
{
	return link_swap(dir, port, "xdp", prog);
}

/* A filter of the program that the switch has at TC, at @pref. */
static int filter_attach(__u32 ifindex, __u32 pref, int prog)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .priority = pref, .handle = TC_RULES_HANDLE,
		    .flags = BPF_TC_F_REPLACE);

	return bpf_tc_attach(&hook, &opts);
}

static void filter_detach(__u32 ifindex, __u32 pref)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = pref, .handle = TC_RULES_HANDLE);

	bpf_tc_detach(&hook, &opts);
}

/* Make the filter the first of all, and then take away those that earlier versions had elsewhere:
 * no frame goes by. A preference that others use stays theirs: a filter of the same handle would
 * be replaced.
 */
static int clsact_put(__u32 ifindex, int prog)
{
	struct tc_prefs prefs;
	int err = tc_prefs_read(ifindex, &prefs);

	if (!err)
		err = filter_attach(ifindex, prefs.first_free, prog);
	for (int i = 0; i < prefs.ours && !err; i++)
		if (prefs.our[i] != prefs.first_free)
			filter_detach(ifindex, prefs.our[i]);
	return err;
}

static int clsact_attach(__u32 ifindex, int prog, struct xsw_port_record *record)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	int err;

	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST) /* a qdisc `ingress` takes filters as well */
		return err;
	record->clsact_ours = !err;
	return clsact_put(ifindex, prog);
}

static void clsact_detach(const struct xsw_port_record *record)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = record->ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct tc_prefs prefs;

	if (tc_prefs_read(record->ifindex, &prefs))
		return;
	for (int i = 0; i < prefs.ours; i++)
		filter_detach(record->ifindex, prefs.our[i]);
	if (record->clsact_ours && !prefs.others)
		bpf_tc_hook_destroy(&hook);
}

static bool clsact_wanted(void)
{
	const char *env = getenv("XSW_TC");

	return env && !strcmp(env, "clsact");
}

int attach_tc(const char *dir, __u32 port, __u32 ifindex, int prog, struct xsw_port_record *record)
{
	int err;

	record->clsact_ours = 0;
	record->tc_is_link = 1;
	if (!clsact_wanted()) {
		err = link_attach(dir, port, "tc", ifindex, prog, ATTACH_TCX_INGRESS,
				  ATTACH_BEFORE);
		if (err != -EINVAL && err != -EOPNOTSUPP)
			return err;
	}
	record->tc_is_link = 0;
	return clsact_attach(ifindex, prog, record);
}

/* A port that was half added may have either: both are tried. */
void detach_tc(const char *dir, __u32 port, const struct xsw_port_record *record, bool here)
{
	link_detach(dir, port, "tc");
	if (here && !record->tc_is_link)
		clsact_detach(record);
}

/* Of the tcx link of a port. Return: whether there is one. */
static bool tc_link_info(const char *dir, __u32 port, struct bpf_link_info *info)
{
	__u32 len = sizeof(*info);
	char name[32];
	int link, err;

	memset(info, 0, sizeof(*info));
	link_pin_name(name, sizeof(name), port, "tc");
	link = link_pin_get(dir, name);
	if (link < 0)
		return false;
	err = bpf_obj_get_info_by_fd(link, info, &len);
	close(link);
	return !err;
}

__u32 attach_tc_prog(const char *dir, __u32 port)
{
	struct bpf_link_info info;

	return tc_link_info(dir, port, &info) ? info.prog_id : 0;
}

/* BPF_PROG_QUERY of Linux 6.6, see union bpf_attr */
struct tcx_query {
	__u32 target_ifindex;
	__u32 attach_type;
	__u32 query_flags;
	__u32 attach_flags;
	__u64 prog_ids;
	__u32 count;
	__u32 pad;
	__u64 prog_attach_flags;
	__u64 link_ids;
	__u64 link_attach_flags;
	__u64 revision;
};

int attach_tcx_list(__u32 ifindex, bool egress, __u32 *progs, __u32 *links)
{
	struct tcx_query query = { .target_ifindex = ifindex,
				   .attach_type = egress ? ATTACH_TCX_EGRESS : ATTACH_TCX_INGRESS,
				   .prog_ids = (__u64)(unsigned long)progs,
				   .count = ATTACH_TCX_MAX,
				   .link_ids = (__u64)(unsigned long)links };

	memset(progs, 0, ATTACH_TCX_MAX * sizeof(*progs));
	memset(links, 0, ATTACH_TCX_MAX * sizeof(*links));
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof(query)))
		return 0;
	return query.count < ATTACH_TCX_MAX ? query.count : ATTACH_TCX_MAX;
}

/* Is a link of number @id at TC ingress of device @ifindex? */
static bool tcx_has(__u32 ifindex, __u32 id)
{
	__u32 progs[ATTACH_TCX_MAX], links[ATTACH_TCX_MAX];
	int n = attach_tcx_list(ifindex, false, progs, links);

	for (int i = 0; i < n; i++)
		if (links[i] == id)
			return true;
	return false;
}

bool attach_tc_is_on(const char *dir, __u32 port, __u32 ifindex)
{
	struct bpf_link_info info;

	return tc_link_info(dir, port, &info) && tcx_has(ifindex, info.id);
}

int attach_swap_tc(const char *dir, __u32 port, int prog, const struct xsw_port_record *record)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = record->ifindex, .attach_point = BPF_TC_INGRESS);
	int err;

	if (record->tc_is_link)
		return link_swap(dir, port, "tc", prog);
	bpf_tc_hook_create(
		&hook); /* others remove the qdisc, as libvirt does, and the filter with it */
	err = clsact_put(record->ifindex, prog);
	return err == -ENODEV ? 0 : err;
}
