/* SPDX-License-Identifier: GPL-2.0 */
/* Words of a shell, for the commands of remedies. */
#pragma once

/**
 * shell_word() - the first @most bytes of @text as one word of a shell
 *
 * A device may be called "a;b" or "$(c)": the kernel refuses blanks, slashes and colons alone, and
 * the name of a veth's other end is its container's choice.
 *
 * Return: in quotes if need be, in a buffer that the thread's fourth call from here overwrites.
 */
const char *shell_word(const char *text, int most);
