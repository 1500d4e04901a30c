// SPDX-License-Identifier: GPL-2.0
/* Attach programs to devices, detach and swap them. */
#include "ctrl/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctrl/nl.h"
#include "ctrl/pin.h"

#define ATTACH_TCX_INGRESS 46 /* enum bpf_attach_type of Linux 6.6 */
#define TC_PRIORITY 1983      /* ours among the clsact filters of a device */
#define TC_HANDLE 1

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
	link = pin_get(dir, name);
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
	link = pin_get(dir, name);
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

static int clsact_attach(__u32 ifindex, int prog, struct xsw_meta *meta)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .priority = TC_PRIORITY,
		    .handle = TC_HANDLE, .flags = BPF_TC_F_REPLACE);
	int err;

	err = bpf_tc_hook_create(&hook);
	if (err && err != -EEXIST)
		return err;
	meta->clsact_ours = !err;
	return bpf_tc_attach(&hook, &opts);
}

static void filter_seen(const struct nlmsghdr *h, void *arg)
{
	if (h->nlmsg_type == RTM_NEWTFILTER)
		*(bool *)arg = true;
}

/* Has somebody else put filters into the qdisc that we made? */
static bool clsact_in_use(__u32 ifindex)
{
	const __u32 parents[] = { TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				  TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS) };
	bool used = false;

	for (int i = 0; i < 2; i++) {
		struct tcmsg body = { .tcm_ifindex = ifindex, .tcm_parent = parents[i] };
		struct nl_req req;

		nl_begin(&req, RTM_GETTFILTER, NLM_F_DUMP, &body, sizeof(body));
		nl_talk(NETLINK_ROUTE, &req, filter_seen, &used);
	}
	return used;
}

static void clsact_detach(const struct xsw_meta *meta)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = meta->ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .priority = TC_PRIORITY, .handle = TC_HANDLE);

	bpf_tc_detach(&hook, &opts);
	if (!meta->clsact_ours || clsact_in_use(meta->ifindex))
		return;
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	bpf_tc_hook_destroy(&hook);
}

static bool clsact_wanted(void)
{
	const char *env = getenv("XSW_TC");

	return env && !strcmp(env, "clsact");
}

int attach_tc(const char *dir, __u32 port, __u32 ifindex, int prog, struct xsw_meta *meta)
{
	int err;

	meta->clsact_ours = 0;
	meta->tc_is_link = 1;
	if (!clsact_wanted()) {
		err = link_attach(dir, port, "tc", ifindex, prog, ATTACH_TCX_INGRESS, 0);
		if (err != -EINVAL && err != -EOPNOTSUPP)
			return err;
	}
	meta->tc_is_link = 0;
	return clsact_attach(ifindex, prog, meta);
}

/* A port that was half added may have either: both are tried. */
void detach_tc(const char *dir, __u32 port, const struct xsw_meta *meta, bool here)
{
	link_detach(dir, port, "tc");
	if (here && !meta->tc_is_link)
		clsact_detach(meta);
}

int attach_swap_tc(const char *dir, __u32 port, int prog, const struct xsw_meta *meta)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = meta->ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog, .priority = TC_PRIORITY,
		    .handle = TC_HANDLE, .flags = BPF_TC_F_REPLACE);

	int err;

	if (meta->tc_is_link)
		return link_swap(dir, port, "tc", prog);
	err = bpf_tc_attach(&hook, &opts);
	return err == -ENODEV ? 0 : err;
}
