/* SPDX-License-Identifier: GPL-2.0 */
/* IP addresses that this host has on a device. Private to ctrl/. */
#pragma once

#include <linux/types.h>

#define ADDRESS_TEXT_LEN 64 /* has room for "2001:db8::1/64" and its kin */

/**
 * address_list() - those that others reach the host by: not the link-local ones, which the
 * kernel gives a device that is up, nor those of loopback
 * @first: result, of ADDRESS_TEXT_LEN bytes: the first of them with its prefix, as ip(8) takes
 *	it, or ""
 *
 * Return: how many; 0 too where the kernel does not tell.
 */
int address_list(__u32 ifindex, char *first);
