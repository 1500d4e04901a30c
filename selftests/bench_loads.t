#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The generator of xsw-bench makes the frames that its loads promise, and what gets lost on the
# way is told: how many of how many, and where. Frames are captured at the other end of a veth.
source "$(dirname "$0")/lib.sh"
GENERATOR=${XSW%/*}/bench/bench
FRAMES=40000

command -v python3 > /dev/null || skip_all "no python3"
plan 19

# captured OPTION... [-- DESTINATIONS]: what is sent with these options, from e1 to p1, in
# $TMP/frames.pcap; what the generator tells in $TMP/told. A frame of 42 bytes is enough to know it.
captured() {
	local options=()

	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	rm -f "$TMP/ready"
	background "" tcpdump -i p1 -n -s 64 -B 262144 -w "$TMP/frames.pcap" 2> "$TMP/ready"
	wait_for 10 grep -q "listening on" "$TMP/ready" || { cat "$TMP/ready"; return 1; }
	in_ns "$GENERATOR" -j -r "$FRAMES" "${options[@]}" pps e1 p1 e1 p1 none tc 1 "${@:2}" \
		> "$TMP/told" || return
	wait_for 10 all_written
	kill -INT "$BACKGROUND"
	wait "$BACKGROUND"
	grep -q "^0 packets dropped" "$TMP/ready" || { cat "$TMP/ready"; return 1; }
}

# all_written: has tcpdump got as many frames as the sink has counted?
all_written() {
	[ "$(stat -c %s "$TMP/frames.pcap")" -gt $(($(jq .received "$TMP/told") * 58)) ]
}

# frames EXPRESSION: of the captured frames, in Python: `frames` is a list of (bytes on the wire,
# destination, source), `told` what the generator told
frames() {
	python3 - "$TMP/frames.pcap" "$TMP/told" "$1" << 'PYTHON'
import collections, json, struct, sys
data = open(sys.argv[1], "rb").read()
told = json.load(open(sys.argv[2]))
frames, at = [], 24
while at + 16 <= len(data):
    caplen, length = struct.unpack_from("=II", data, at + 8)
    frame = data[at + 16:at + 16 + caplen]
    if len(frame) == caplen:
        frames.append((length, frame[:6], frame[6:12]))
    at += 16 + caplen
number = lambda mac: int.from_bytes(mac[3:], "big")
near = lambda value, wanted, part: abs(value - wanted) <= part * wanted or print(value, "not", wanted)
to = [number(dst) for _, dst, _ in frames if dst[:3] == b"\x02\x10\x00"]
of = [number(src) for _, _, src in frames if src[:3] == b"\x02\x00\x00"]
groups = [dst for _, dst, _ in frames if dst[0] & 1]
lengths = collections.Counter(length for length, _, _ in frames)
# of n things, those that so many draws at random have found
found = lambda n, draws: n * (1 - (1 - 1 / n) ** draws)
sys.exit(0 if frames and eval(f"({sys.argv[3]})") else (print(sys.argv[3], len(frames), told), 1)[1])
PYTHON
}

# python CODE: with the modules of xsw-bench
python() {
	PYTHONPATH=$ROOT/tools/bench PYTHONDONTWRITEBYTECODE=1 python3 -c "$1"
}

# with_peer CODE: a lab, and `lost(load, peer)`, which is the row of two short rounds
with_peer() {
	python "
import argparse
from xsw_bench import losses
from xsw_bench.frames import Frames, frame_loads
from xsw_bench.lab import Lab
from xsw_bench.peer import Bridge, Xsw
from xsw_bench.peers import measure_load, text_of
from xsw_bench.progress import Progress
from xsw_bench.tools import Tools
tools = Tools()
options = argparse.Namespace(rounds=2, seconds=0.1)
progress = Progress(False)
progress.forecast = argparse.Namespace(up=lambda: 0, measured=lambda n: 0, gone=lambda n: 0,
                                       text=lambda: '')
class Dropping(Xsw):
    def up(self, net, scene):
        super().up(net, scene)
        self.xsw('policer', 'set', 'p', 'ingress', 'pps', '1000', 'burst_packets', '10')
with Lab(tools) as lab:
    def lost(load, peer):
        result = measure_load(lab, load, [peer], options, progress)
        assert not result['skipped'], result['skipped']
        return result['results'][0], text_of(result)
$1"
}

links_up 1
in_ns ethtool -K p1 gro off # GRO that is switched on when the device is up lets frames be
in_ns ethtool -K p1 gro on  # redirected into the other end
check "one flow" captured
check "... is one" frames 'set(to) == {0} and set(of) == {0} and set(lengths) == {60}'
check "10000 destinations" captured -- 10000
check "... as many as draws at random find, and no others" frames \
	'max(to) < 10000 and near(len(set(to)), found(10000, len(to)), 0.02) and set(of) == {0}'
check "10000 senders, too" captured -S 10000 -- 10000
check "... as many as draws at random find, and no others" frames 'max(of) < 10000 and
	near(len(set(of)), found(10000, len(of)), 0.02) and near(len(set(to)), found(10000, len(to)), 0.02)'
check "... each with any destination" frames 'near(len(set(zip(to, of))), len(to), 0.01)'
check "100000 of each" captured -S 100000 -- 100000
check "... as many as draws at random find" frames 'max(to) < 100000 and max(of) < 100000 and
	near(len(set(of)), found(100000, len(of)), 0.02) and near(len(set(to)), found(100000, len(to)), 0.02)'
check "the frames of the mix" captured -l imix -g 5 -S 10000 -n 100 -f 500 -- 10000
check "... of three lengths, 7 : 4 : 1" frames 'set(lengths) == {60, 590, 1514} and
	all(near(lengths[length], len(frames) * part / 12, 0.01)
	    for length, part in ((60, 7), (590, 4), (1514, 1)))'
check "... 5 % to groups, half of them to all" frames 'near(len(groups), len(frames) * 0.05, 0.1) and
	near(groups.count(b"\xff" * 6), len(groups) / 2, 0.01) and
	len(set(groups)) == 2 and near(told["to_groups"], told["sent"] * 0.05, 0.1)'
check "... 1 % new senders a second" frames 'near(told["new_senders"], 100 * told["seconds"], 0.05)'
check "... which speak, and nobody else does" frames 'min(of) >= 500 and
	500 + 10000 < max(of) < told["first_sender"] + 10000 and
	len([n for n in set(of) if n >= 10500]) > told["new_senders"] / 2'
check "... while as many fall silent" frames \
	'told["first_sender"] >= 500 + told["new_senders"]'
check "batches" captured -B 16
check "what does not fit is refused" eval '! "$GENERATOR" -B 257 pps a b c d none tc 1 2> /dev/null &&
	! "$GENERATOR" -S 0 pps a b c d none tc 1 2> /dev/null &&
	! "$GENERATOR" -g 101 pps a b c d none tc 1 2> /dev/null'
check "a switch that drops: how many of how many, and by whom" with_peer "
    row, text = lost(Frames('policed', 'policed'), Dropping(tools, 'skb'))
    assert row['received'] < row['expected'] == row['sent'], row
    assert row['loss'] > 0.5 and row['lost']['switch: policer'] > 0, row
    assert 'lost: switch: policer' in text and 'lost %' in text, text"
check "a backlog that overflows, and one that does not in the loads of floods" with_peer "
    row, text = lost(Frames('flood', 'flood', outs=32, flood=True, batch=256), Bridge(tools))
    assert row['loss'] > 0 and row['lost'][losses.BACKLOG] > 0, row
    assert losses.BACKLOG in text, text
    row, text = lost(frame_loads()['flood-32'], Bridge(tools))
    assert row['expected'] == 32 * row['sent'] and row['loss'] < 0.01, row"
