/* SPDX-License-Identifier: GPL-2.0 */
/* MAC addresses as text, "02:00:00:00:00:01". */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

/**
 * mac_parse() - read six bytes of one or two hexadecimal digits with colons between
 * @text: NULL: no address
 * @mac: result, 6 bytes; left alone on failure
 *
 * Return: is @text an address and nothing else?
 */
bool mac_parse(const char *text, __u8 *mac);

/** mac_text() - 17 characters, in a buffer that the thread's next call overwrites */
const char *mac_text(const __u8 *mac);
