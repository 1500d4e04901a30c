/* SPDX-License-Identifier: GPL-2.0 */
/* Start the ageing timer of a switch. Private to ctrl/. */
#pragma once

#define TIMER_NO_MEMORY 4 /* what program xsw_timer_start returns where the kernel had none */

/**
 * timer_start() - run a program that makes and starts a BPF timer, until it has done so
 * @prog: its descriptor; it returns 0 when the timer runs, anything else when it does not
 *
 * On 6.18 bpf_timer_init() takes memory from lists that only other allocations fill, and fails
 * with gigabytes free where those are empty (kernel/bpf/helpers.c, __bpf_async_init();
 * mm/slub.c, kmalloc_nolock()). So between two tries this process allocates pages, on the CPU
 * on which it tries again unless the scheduler moves it.
 *
 * Return: 0, -ENOMEM, -EIO (the program fails for another reason), or -errno of the kernel that
 * did not run the program.
 */
int timer_start(int prog);
