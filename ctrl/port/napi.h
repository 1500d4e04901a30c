/* SPDX-License-Identifier: GPL-2.0 */
/* Threaded NAPI of a port's device. Private to ctrl/. */
#pragma once

#include "ctrl/port/port.h"

/**
 * port_napi_apply() - do as record->given says; what is changed is noted in @record before
 * @cpus: where the threads may run, empty: anywhere. Not looked at without threads.
 *
 * Return: 0, or -errno with the error set: it has no NAPI, no such CPUs.
 */
int port_napi_apply(const struct xsw_switch_handle *sw, __u32 port, struct xsw_port_record *record,
		    const struct vlan_set *cpus);

/** port_napi_restore() - as it was before; while the device still has its NAPI */
void port_napi_restore(const struct xsw_switch_handle *sw, __u32 port,
		       struct xsw_port_record *record);

/**
 * port_napi_cpus() - where its threads may run; empty: anywhere, or it has none
 * @here: the port has its device, in this namespace: see port_absent(); without it, or without
 *	threads that are seen, it is what the user named
 */
void port_napi_cpus(const struct xsw_port_record *record, bool here, struct vlan_set *cpus);
