// SPDX-License-Identifier: GPL-2.0
#include "ctrl/kernel/btf_facts.h"

#include <bpf/btf.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const struct btf_type *find_struct(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

/* Offset of @member in bytes, or 0. */
static __u32 member_offset(const struct btf *btf, const char *type, const char *member)
{
	const struct btf_type *t = find_struct(btf, type);

	for (__u16 i = 0; t && i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off), member))
			return btf_member_bit_offset(t, i) / 8;
	return 0;
}

static bool veth_read(struct kernel_facts *facts, const struct btf *btf)
{
	const struct btf_type *rq = find_struct(btf, "veth_rq");

	facts->veth_skb = member_offset(btf, "veth_xdp_buff", "skb");
	facts->veth_rq = member_offset(btf, "veth_priv", "rq");
	facts->veth_rq_size = rq ? rq->size : 0;
	if (facts->veth_skb && facts->veth_rq && facts->veth_rq_size)
		return true;
	facts->veth_skb = 0;
	facts->veth_rq = 0;
	facts->veth_rq_size = 0;
	return false;
}

static bool veth_read_module(struct kernel_facts *facts, struct btf *vmlinux)
{
	struct btf *btf = btf__load_module_btf("veth", vmlinux);
	bool ok = btf && veth_read(facts, btf);

	btf__free(btf);
	return ok;
}

/* By the program that the kernel itself would call (Documentation/admin-guide/sysctl/kernel.rst). */
static void module_load(const char *name)
{
	char path[256] = "";
	const char *argv[] = { path, "-q", name, NULL };
	FILE *f = fopen("/proc/sys/kernel/modprobe", "re");
	pid_t pid;

	if (f && fscanf(f, "%255s", path) == 1 && path[0] == '/' &&
	    !posix_spawn(&pid, path, NULL, NULL, (char **)argv, NULL))
		waitpid(pid, NULL, 0);
	if (f)
		fclose(f);
}

/* Value of the enumerator @name of enum @t, or 0. */
static __u32 enum_value(const struct btf *btf, const struct btf_type *t, const char *name)
{
	for (__u16 i = 0; i < btf_vlen(t); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_enum(t)[i].name_off), name))
			return btf_enum(t)[i].val;
	return 0;
}

/* The enum that has @first as its first enumerator: one without a name is found by no other way. */
static const struct btf_type *find_enum(const struct btf *btf, const char *first)
{
	const struct btf_type *t;

	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		t = btf__type_by_id(btf, id);
		if (btf_is_enum(t) && btf_vlen(t) &&
		    !strcmp(btf__name_by_offset(btf, btf_enum(t)->name_off), first))
			return t;
	}
	return NULL;
}

static void gso_read(struct kernel_facts *facts, const struct btf *btf)
{
	const struct btf_type *t = find_enum(btf, "SKB_GSO_TCPV4");

	if (!t)
		return;
	facts->gso.tcp4 = enum_value(btf, t, "SKB_GSO_TCPV4");
	facts->gso.tcp6 = enum_value(btf, t, "SKB_GSO_TCPV6");
	facts->gso.dodgy = enum_value(btf, t, "SKB_GSO_DODGY");
	facts->gso.sctp = enum_value(btf, t, "SKB_GSO_SCTP");
	facts->gso.udp = enum_value(btf, t, "SKB_GSO_UDP");
	facts->gso.udp_l4 = enum_value(btf, t, "SKB_GSO_UDP_L4");
}

void kernel_facts_read(struct kernel_facts *facts)
{
	struct btf *btf = btf__load_vmlinux_btf();

	memset(facts, 0, sizeof(*facts));
	if (!btf)
		return;
	facts->can_cast = btf__find_by_name_kind(btf, "bpf_cast_to_kern_ctx", BTF_KIND_FUNC) > 0;
	if (facts->can_cast && !veth_read(facts, btf) && !veth_read_module(facts, btf)) {
		module_load("veth");
		veth_read_module(facts, btf);
	}
	gso_read(facts, btf);
	btf__free(btf);
}
