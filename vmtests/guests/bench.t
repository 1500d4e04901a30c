#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-bench measures inside a machine with another kernel: there a veth can be busy polled,
# and Open vSwitch has its module. No figure is judged.
SLOW=1 source "$(dirname "$0")/../../selftests/lib.sh"
BENCH=$ROOT/tools/bench/xsw-bench
OUT=$TMP/out

command -v python3 > /dev/null || skip_all "no python3"

# bench COMMAND OPTION...: skipped where there is no kernel to be had
bench() {
	"$BENCH" "$1" --vm 6.12 --rounds 1 --seconds 0.3 --no-plots -o "$OUT" "${@:2}" > "$TMP/log" 2>&1
}

# json FILTER KIND: of the result
json() {
	jq -c "$1" "$OUT/$2.json"
}

bench modes --form wire --rates 300 --path xsw-afxdp-interrupt,xsw-afxdp-busy-poll
status=$?
[ $status != 2 ] || ! grep -qE 'cannot be installed|not fetched|package lists|is not there' "$TMP/log" ||
	skip_all "$(tail -1 "$TMP/log")"
plan 8
check "the modes, on 6.12" is 0 echo "$status"
check "... results are here" is '["6.12"]' json '[.environment.kernel.release[:4]]' modes
check "... and what they depend on" is true json '.environment | (.cpu.emulated | type == "boolean") and
	.host.cpus == 2 and .host.kernel != .kernel.release and (.host.attempts_that_died | type == "array") and
	.host.cpus_waited >= 0 and .host.cpus_waited < 1' modes
check "... both modes are possible" is true json \
	'[.rows[] | select(.mode) | .possible] | length == 2 and all' modes
check "... and compared to interrupts" is true json \
	'[.targets[] | select(.target | contains("p99 busy-poll"))] | length == 2 and all(.reached > 0)' modes
if command -v ovs-vswitchd > /dev/null; then
	check "OVS with the kernel's datapath, beside the bridge" bench peers --load pps-60 \
		--peer bridge,ovs-kernel
	check "... both forward" is '["bridge","ovs-kernel"]' json '[.loads[].results[].peer]' peers
else
	skip "OVS with the kernel's datapath, beside the bridge" "no ovs-vswitchd"
	skip "... both forward" "no ovs-vswitchd"
fi
check "a kernel that is not there" exits 2 "$BENCH" modes --vm /nonexistent/vmlinuz -o "$OUT"
