#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests by netlink: what the kernel seldom answers is understood. See prog/netlink.c.
source "$(dirname "$0")/lib.sh"
plan 5
ip netns add "$NS"
check "a dump that was interrupted is begun again" in_ns "$PROGS/netlink" again
check "... not for ever" in_ns "$PROGS/netlink" forever
check "an answer to another request is refused" in_ns "$PROGS/netlink" other-sequence
check "a name without an end is refused" in_ns "$PROGS/netlink" no-end
check "the kernel's words are kept, until the next request" in_ns "$PROGS/netlink" words
