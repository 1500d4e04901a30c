/* SPDX-License-Identifier: GPL-2.0 */
/* Programs on devices. Private to ctrl/. All calls run in the network
 * namespace of the device.
 *
 * TC is a tcx link where the kernel has them (6.6), else a clsact filter. Either comes before all
 * others that stand there, so that the switch behaves the same on every kernel; what is put
 * before it later, ctrl/bpffs/rules.h finds.
 * XSW_TC=clsact in the environment asks for the filter, for tests.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "maps/port_record.h"

/* enum bpf_attach_type of Linux 6.6 */
#define ATTACH_TCX_INGRESS 46
#define ATTACH_TCX_EGRESS 47

/**
 * attach_xdp() - native XDP by a link pinned as port_<n>_xdp
 *
 * Return: 0, -EBUSY if there is another program, -EOPNOTSUPP if the driver
 * cannot, -errno. Sets no error text: the caller may fall back.
 */
int attach_xdp(const char *dir, __u32 port, __u32 ifindex, int prog);
void detach_xdp(const char *dir, __u32 port);

/**
 * attach_tc() - the switch at TC ingress, pinned as port_<n>_tc
 * @record: @record->tc_is_link and clsact_ours are set
 *
 * Return: 0 or -errno, without error text.
 */
int attach_tc(const char *dir, __u32 port, __u32 ifindex, int prog, struct xsw_port_record *record);

/** detach_tc() - @here: we are in the device's namespace, so that a filter can be removed */
void detach_tc(const char *dir, __u32 port, const struct xsw_port_record *record, bool here);

/** attach_tc_prog() - id of the program at the port's tcx link, 0 if there is no link */
__u32 attach_tc_prog(const char *dir, __u32 port);

#define ATTACH_TCX_MAX 64 /* programs at one hook: bpf_mprog_max() of kernel/bpf/mprog.c */

/**
 * attach_tcx_list() - the programs at tcx of a device, in the order in which they run
 * @progs, @links: results, ATTACH_TCX_MAX each: their numbers; a link's is 0 where there is none
 *
 * Return: how many; 0 before Linux 6.6.
 */
int attach_tcx_list(__u32 ifindex, bool egress, __u32 *progs, __u32 *links);

/**
 * attach_tc_is_on() - is the tcx link of @port attached to the device that has @ifindex here?
 *
 * Of a device in another namespace with that number it is not. Return: false too without a link.
 */
bool attach_tc_is_on(const char *dir, __u32 port, __u32 ifindex);

/** attach_swap_xdp() - another program on the same attachment; no frame is missed */
int attach_swap_xdp(const char *dir, __u32 port, int prog);
int attach_swap_tc(const char *dir, __u32 port, int prog, const struct xsw_port_record *record);
