#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# threaded on: frames that enter a port are handled by threads, on the CPUs of napi_cpus,
# whatever /sys is mounted where the command runs; and the device is as before afterwards.
#   e1 --- p1 [ sw0 ] p2 --- e2
source "$(dirname "$0")/lib.sh"

# threaded DEV: as the kernel has it, in the /sys of the devices' namespace
threaded() {
	ip netns exec "$NS" cat "/sys/class/net/$1/threaded"
}

# threads DEV: pids of its threads; other namespaces of this machine may have a device so called
threads() {
	local comm
	for comm in /proc/[0-9]*/comm; do
		[[ $(cat "$comm" 2> /dev/null) != "napi/$1-"* ]] || basename "$(dirname "$comm")"
	done
}

# cpus DEV: where its threads may run, a line for each difference
cpus() {
	local pid
	for pid in $(threads "$1"); do
		sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$pid/status"
	done | sort -u
}

# unchanged DEV COMMAND...: it is refused, and the port is as before
unchanged() {
	local before
	before=$(xsw -j port show "$1")
	exits 2 xsw "${@:2}" && is "$before" xsw -j port show "$1"
}

DEV=n$$ # in no other namespace
ALL=$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/1/status)
links_up 2
ip -n "$NS" link set p1 down
ip -n "$NS" link set p1 name "$DEV"
ip -n "$NS" link set "$DEV" up
xsw switch add sw0
xsw port add "$DEV" switch sw0 path xdp
xsw port add p2 switch sw0 path skb
if ! threaded "$DEV" > /dev/null; then
	skip_all "the kernel knows no threaded NAPI"
fi

plan 35
check "off to begin with" is 0 threaded "$DEV"
check "... and shown so" is 'false []' json '.[0] | "\(.threaded) \(.napi_cpus)"' port show "$DEV"
# mode DEV CHECK TEXT: what xsw check says of it; older kernels tell nothing
mode() {
	json ".[] | select(.check == \"$2\" and .status == \"ok\").detail" check "$1" |
		grep -E "$3|does not tell"
}
check "check says that it can" mode "$DEV" threaded 'NAPI: possible'
check "... and of a device without NAPI that it can not" mode e2 threaded 'not possible'
check "... modes" mode e2 modes '^interrupt, adaptive, spin; busy-poll is not possible'
check "threaded on" xsw port set "$DEV" threaded on
check "... is on" is 1 threaded "$DEV"
check "... and shown" is 'true []' json '.[0] | "\(.threaded) \(.napi_cpus)"' port show "$DEV"
check "... with a thread" test -n "$(threads "$DEV")"
check "... anywhere" is "$ALL" cpus "$DEV"
check "frames pass" sees 1 "bcast h1" 2 "bcast h1"
check "napi_cpus" xsw port set "$DEV" napi_cpus 0
check "... binds the threads" is 0 cpus "$DEV"
check "... and is shown" is '[0]' json '.[0].napi_cpus' port show "$DEV"
check "frames pass there" sees 1 "bcast h1" 2 "bcast h1"
xsw config dump > "$TMP/a"
check "config dump has both" is 2 grep -cE '^        (threaded: on|napi_cpus: "0")$' "$TMP/a"
# shellcheck disable=SC2016
check "... and no change is left" is 0 eval 'xsw config apply "$TMP/a" --dry-run | wc -l'
check "a path without NAPI is refused" unchanged "$DEV" port set "$DEV" path skb
check "... and the threads are there" is 0 cpus "$DEV"
xsw port del "$DEV"
check "del puts it back" is 0 threaded "$DEV"
check "apply adds it with both" xsw config apply "$TMP/a"
check "... on" is 1 threaded "$DEV"
check "... where it was told" is 0 cpus "$DEV"
check "no CPUs: anywhere" xsw port set "$DEV" napi_cpus ""
check "... again" is "$ALL" cpus "$DEV"
check "threaded off" xsw port set "$DEV" threaded off
check "... is off" is 0 threaded "$DEV"
check "CPUs without threads are refused" unchanged "$DEV" port set "$DEV" napi_cpus 0
check "CPUs that there are not" exits 1 xsw port set "$DEV" napi_cpus 4000
check "a device without NAPI is refused" unchanged p2 port set p2 threaded on
xsw port set p2 threaded on 2> "$TMP/err"
check "... and told why" grep -q 'no NAPI' "$TMP/err"
ip netns exec "$NS" ethtool -K p2 gro on
check "... until it has one" xsw port set p2 threaded on
xsw switch del sw0
check "switch del puts it back" is 0 threaded p2
ip netns exec "$NS" sh -c "echo 1 > /sys/class/net/p2/threaded"
xsw switch add sw0
check "port add threaded on" xsw port add p2 switch sw0 path skb threaded on
xsw port del p2
check "what was on before stays on" is 1 threaded p2
