#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-bench measures, writes what it says it does, and leaves nothing behind. No figure
# is judged: this machine may be busy.
source "$(dirname "$0")/lib.sh"
BENCH=$ROOT/tools/bench/xsw-bench
OUT=$TMP/out

command -v python3 > /dev/null || skip_all "no python3"
[ "$SLOW" = 1 ] || skip_all "this machine is too slow for it"
# shellcheck source=../tools/bash-completion/xsw-bench
source "$ROOT/tools/bash-completion/xsw-bench"
plan 57

peers() {
	"$BENCH" peers --rounds 2 --seconds 0.1 --peer bare-xdp,xsw-xdp,testpmd-xdp -o "$OUT" "$@"
}

# json FILTER [KIND]: of the result
json() {
	jq -c "$1" "$OUT/${2:-peers}.json"
}

modes() {
	"$BENCH" modes --rounds 1 --seconds 0.1 --rates 1k,20k,0 \
		--path xsw-xdp,xsw-skb,xsw-afxdp-busy-poll -o "$OUT" "$@"
}

# nothing_left: of the run that was interrupted
nothing_left() {
	local name
	name=xswb$(cat "$TMP/pid")

	! ip netns | grep "^$name-" && ! ls -d "/sys/fs/bpf/$name"-* "/tmp/$name"-* 2> /dev/null &&
		! ps -eo args | grep -v grep | grep "$name-"
}

# something_there: what nothing_left looks for, while it runs
something_there() {
	ip netns | grep "^xswb$(cat "$TMP/pid")-" && # ... and a daemon, where OVS is installed
		{ ! command -v ovs-vswitchd || ps -eo args | grep -v grep | grep "xswb$(cat "$TMP/pid")-"; }
}

# interrupted SIGNAL: a run that is stopped in the midst of it ends with that signal's status
interrupted() {
	local status

	rm -f "$TMP/log"
	setsid "$BENCH" peers --rounds 1000 --load pps-60 --peer bare-xdp,xsw-skb,ovs-afxdp -v \
		-o "$OUT" > "$TMP/log" 2>&1 &
	echo $! > "$TMP/pid"
	wait_for 60 grep -q 'round 2 ' "$TMP/log" && something_there
	status=$?
	kill "-$1" $!
	[ $status = 0 ] || return
	wait $!
	status=$?
	[ $status = $((128 + $(kill -l "$1"))) ] || { echo "status $status"; return 1; }
}

# python CODE: with the modules of xsw-bench
python() {
	PYTHONPATH=$ROOT/tools/bench PYTHONDONTWRITEBYTECODE=1 python3 -c "$1"
}

# completes WANTED... -- WORD...: the last of these words
completes() {
	local wanted=()

	while [ "$1" != -- ]; do
		wanted+=("$1")
		shift
	done
	COMP_WORDS=("$BENCH" "${@:2}") COMP_CWORD=$(($# - 1))
	_xsw_bench
	is "${wanted[*]}" echo "${COMPREPLY[*]}"
}

# installed: with another PREFIX, in a folder that is not the root; nothing of the sources
# is found from there
installed() {
	local root=$TMP/root

	make -s -C "$ROOT" install BUILD="$(dirname "$XSW")" DESTDIR="$root" PREFIX=/opt/xsw > /dev/null || return
	(cd / && env -u XSW -u BUILD "$root/opt/xsw/sbin/xsw-bench" peers --quick --rounds 1 --load pps-60,tcp-rr-vm \
		--peer xsw-skb -o "$OUT" > /dev/null) && is '[1,1]' json '[.loads[].results | length]'
}

is_image() {
	head -c 200 "$OUT/$1" | grep -qa "$2"
}

# two_at_once: neither disturbs the other but by its noise
two_at_once() {
	local one two

	"$BENCH" peers --quick --load pps-60 --peer xsw-xdp --no-plots -o "$TMP/one" > "$TMP/1" 2>&1 &
	one=$!
	"$BENCH" peers --quick --load pps-60 --peer xsw-xdp --no-plots -o "$TMP/two" > "$TMP/2" 2>&1 &
	two=$!
	wait $one || { cat "$TMP/1"; return 1; }
	wait $two || { cat "$TMP/2"; return 1; }
	is 1 jq '.loads[0].results | length' "$TMP/one/peers.json" &&
		is 1 jq '.loads[0].results | length' "$TMP/two/peers.json"
}

check "two loads, three peers" peers --load pps-60,vlan-push
check "... two rounds of the bare redirect, and of xsw" is '[2,2]' json \
	'[.loads[0].results[] | select(.peer == "bare-xdp" or .peer == "xsw-xdp").samples | length]'
check "... least <= median <= most, all above zero" is true json \
	'[.loads[].results[] | 0 < .min and .min <= .median and .median <= .max] | all'
check "... a ratio is that of the medians" is true json '.loads[0].results |
	(map({(.peer): .}) | add) as $p | $p["xsw-xdp"].ratio["bare-xdp"] -
	$p["xsw-xdp"].median / $p["bare-xdp"].median | fabs < 0.001'
check "... every peer is in or left out with a reason" is '[3,3]' json \
	'[.loads[] | [.results[].peer] + [.skipped[] | select(.reason != "").peer] | unique | length]'
check "... the bare redirect is left out of VLANs" is '"does not do this (vlan)"' json \
	'.loads[1].skipped[] | select(.peer == "bare-xdp").reason'
check "... the environment is told" is true json '.environment |
	[.date, .kernel.release, .cpu.model, .cpu.mitigations.meltdown, .cpu.governor, .device.driver,
	 .device.rx_queues, .device.offloads[0], .versions.xsw, .load_before, .command[0]] |
	all(. != null)'
check "... the target is told" is '["pps-60: xsw-xdp / bare-xdp"]' json '[.targets[].target]
	| map(select(contains("bare")))'
check "... with its noise and a verdict" is true json '.targets | length > 0 and
	all(.least <= .most and .met == (if .sign == ">=" then .reached >= .wanted
	else .reached <= .wanted end))'
check "... which the table has in words" grep -Eq '^pps-60: xsw-xdp / bare-xdp  .* (not )?reached$' \
	"$OUT/peers.txt"
check "... the table has a line for it" grep -q '^xsw, path xdp  *[0-9]*\.[0-9]' "$OUT/peers.txt"
if command -v gnuplot > /dev/null; then
	check "... plots are SVG" is_image peers-pps-60.svg '<svg'
	check "... and PNG" is_image peers-vlan-push.png PNG
	check "... and named in the result" is '4' json '.plots | length'
else
	skip "... plots are SVG" "no gnuplot"
	skip "... and PNG" "no gnuplot"
	skip "... and named in the result" "no gnuplot"
fi
check "JSON on stdout is what is written" eval \
	'peers -j --load pps-60 --no-plots --peer bare-tc > "$TMP/json" &&
	cmp "$TMP/json" "$OUT/peers.json"'
check "a mix of lengths, a flood, a tunnel" eval 'peers --load imix,flood-2,qinq-pop --no-plots \
	--peer xsw-xdp,xsw-skb && is "[2,2,2]" json "[.loads[].results | length]"'

check "throughput at no loss, latency, a VM at an end, TCP" peers --no-plots --rounds 1 \
	--load throughput-60,latency-1k,pv,tcp-container,udp-rr,port-add --peer xsw-skb,bridge,bare-tc
check "... throughput is no more than what passes, with no loss" is true json '[.loads[0].results[] |
	.loss == 0 and .median <= .most * 1.1] | all'
check "... percentiles of both" is true json '[.loads[1].results[] | .p50 <= .p90 and .p90 <= .p99
	and .p99 <= .p99_9] | length == 2 and all'
check "... less is better for latency" is '["more","less","more","more","less","less"]' json \
	'[.loads[].better]'
check "... a bare redirect in the generator cannot carry the ping" is \
	'["lives in the generator, which is not used here"]' json \
	'[.loads[1].skipped[] | select(.peer == "bare-tc").reason]'
check "... TCP by three" is 3 json '.loads[3].results | length'
check "... the record of the test has a line for each" is 7 grep -c '  P2P \|  PV, ' \
	"$OUT/peers-record.txt"
check "peer_redirect for containers alone" eval 'peers --no-plots --rounds 1 --load udp-rr,udp-rr-vm \
	--peer xsw-skb-peer && is "[1,0]" json "[.loads[].results | length]"'
check "OVS with the kernel's datapath is in, or left out with the reason" eval 'peers --no-plots \
	--rounds 1 --load pps-60 --peer ovs-kernel && is true json ".loads[0] |
	(.results | length) + (.skipped | map(select(.reason | length > 0)) | length) == 1"'
check "the rate without loss is found where a forwarder loses all above 1000 a second" python '
from xsw_bench.rfc2544 import throughput, trial
def try_rate(rate):
    offered = rate or 5000
    passed = min(offered, 1000)
    return trial(offered, passed, 1 - passed / offered)
found = throughput(try_rate, 0.0)
assert 975 <= found["value"] <= 1000 and found["loss"] == 0 and found["most"] == 1000, found
assert throughput(try_rate, 0.9)["value"] == 5000'
check "upgrades while frames flow: frames sent, received, and lost add up" eval 'peers --no-plots \
	--rounds 1 --load upgrade --peer xsw-xdp && is true json ".loads[0].results[0] |
	.upgrades > 0 and .sent > 0 and .median >= 0 and .median < .sent"'

check "the paths of xsw, from idle to saturated" modes
check "... in three forms, the wire alone beside" is '[4,3,3]' json \
	'[.rows | group_by(.form)[] | length] | sort | reverse' modes
check "... three loads each" is '[[1000,20000,"max"]]' json \
	'[.rows[] | select(.possible) | [.points[].rate]] | unique' modes
check "... throughput, loss and CPU time each" is true json '[.rows[] | select(.possible).points[] |
	.throughput_pps.median > 0 and .loss.median >= 0 and .cpu_ns_per_frame.median > 0] | all' modes
check "... percentiles ascend" is true json '[.rows[] | select(.possible).points[] |
	select(.rate != "max") | .p50.median <= .p90.median and .p90.median <= .p99.median and
	.p99.median <= .p99_9.median] | all' modes
check "... the switch's own part is what the ends do not take" is true json '.rows |
	map(select(.form == "wire" and .possible)) | (map({(.path): .points[1]}) | add) as $p |
	$p["xsw-xdp"].switch_ns_per_frame - $p["xsw-xdp"].cpu_ns_per_frame.median +
	$p["veth"].cpu_ns_per_frame.median | fabs < 0.001' modes
check "... what is not there or not possible says why, and has no figures" is true json '[.rows[] |
	select(.possible | not) | (.reason | length > 0) and (has("points") | not)] | all' modes
check "... busy polling is real, or refused in the program's words" is '[true,true,true]' json '[.rows[] |
	select(.mode == "busy-poll") | if .possible then .idle.process.median > 0.01
	else .reason | test("busy-poll is not possible|xsw-slowpath is not there") end]' modes
check "... CPU of the idle switch" is true json \
	'[.rows[] | select(.possible).idle.process.median >= 0] | all' modes
if command -v gnuplot > /dev/null; then
	check "... plots of latency and CPU against load" eval 'is_image modes-wire-latency.svg "<svg" &&
		is_image modes-vm-cpu.png PNG && is_image modes-uplink-throughput.svg "<svg"'
else
	skip "... plots of latency and CPU against load" "no gnuplot"
fi
check "... busy polling is judged against interrupts, by p99" python '
from xsw_bench.result import summary
from xsw_bench.targets import mode_verdicts
def row(mode, p99, idle):
    return {"form": "wire", "mode": mode, "possible": True, "idle": {"process": summary([idle])},
            "points": [{"rate": 1000, "p99": summary(p99)}, {"rate": "max"}]}
sleeps, spins = mode_verdicts([row("interrupt", [9, 20, 30], 0.0005), row("busy-poll", [18, 10, 10], 1)])
assert sleeps["met"] and sleeps["reached"] == 0.05, sleeps
assert spins["met"] and (spins["least"], spins["reached"], spins["most"]) == (0.3333, 0.5, 2), spins
assert len(mode_verdicts([row("interrupt", [9], 0)], emulated=True)) == 0
assert not mode_verdicts([row("interrupt", [9], 0.002), row("busy-poll", [10], 1)])[1]["met"]
assert not mode_verdicts([{"form": "vm", "mode": "busy-poll", "possible": False}])'
check "usage: a rate in words" exits 1 "$BENCH" modes --rates much

check "what is left is supposed at first, then known by what there was" python '
from xsw_bench.forecast import Forecast, spoken
f = Forecast(True, 1.0)
for _ in range(10):
    f.expect(5)
assert f.left_s() == 10 * 8 + 50 * 3, f.left_s()
for _ in range(10):
    f.begun -= 20
    f.up()
assert 150 <= f.left_s() < 151, f.left_s()
f.begun -= 4
f.measured(1)
f.gone(4)
assert 180 <= f.left_s() < 182, f.left_s()
assert spoken(45) == "45 s" and spoken(961) == "17 min"'
check "... each step tells" eval 'peers -v --load pps-60 --no-plots 2>&1 | grep -q "s left: pps-60: round 2"'
check "... before a virtual machine boots, all of it" eval 'python "
from argparse import Namespace
from xsw_bench import peers
from xsw_bench.progress import Progress
from xsw_bench.tools import Tools
options = Namespace(load=[\"pps-60\", \"throughput-60\"], peer=None, rounds=5, seconds=1.0)
peers.foretell(Tools(), options, Progress(False))" 2>&1 | grep -q "^xsw-bench: 2 loads, 5 rounds: about [0-9]* min"'

check "SIGINT in the midst of a run" interrupted INT
check "... nothing is left" wait_for 10 nothing_left
check "SIGTERM" interrupted TERM
check "... nothing is left" wait_for 10 nothing_left
check "two at once" two_at_once

check "an installed copy has all that it needs" installed
check "... but no virtual machines" eval 'exits 2 "$TMP/root/opt/xsw/sbin/xsw-bench" modes --vm 6.12 \
	-o "$OUT" && "$TMP/root/opt/xsw/sbin/xsw-bench" modes --vm 6.12 -o "$OUT" 2>&1 | grep -q "source tree"'
check "completion of commands, and of names in a list" eval 'completes peers -- p &&
	completes pps-60,imix -- peers --load pps-60,im && completes xsw-xdp -- modes --path xsw-x &&
	completes wire -- modes --form w'
check "... of options" eval 'completes --load --loss -- peers --lo && completes --rates -- modes --ra'

check "usage: no command" exits 1 "$BENCH"
check "usage: no such load" exits 1 "$BENCH" peers --load pps-61
check "usage: no such peer" exits 1 "$BENCH" peers --peer vpp
check "usage: no time" exits 1 "$BENCH" peers --seconds 0
check "a folder that cannot be made" exits 2 "$BENCH" peers -o /dev/null/x
check "xsw that cannot be run is left out with the reason" eval \
	'XSW=/nonexistent peers --load pps-60 --no-plots --peer xsw-xdp > /dev/null &&
	is 1 json ".loads[0].skipped | length"'
