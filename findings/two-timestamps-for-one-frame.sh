#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: a socket that asks for software transmit timestamps (SOF_TIMESTAMPING_TX_SOFTWARE) gets
# one SND timestamp for a frame it sends once.
# What happens: behind a veth the same socket buffer goes on, request included. The veth reports
# one, and so does the device by which a bridge at the other end sends the frame on, here a second
# veth: two reports with one OPT_ID, though the bridge is in another network namespace than the
# socket. Who takes the last report measures the second device.
# Seen on Linux 6.18.44. Since when: not established.
# Source: skb_tx_timestamp() in drivers/net/veth.c veth_xmit(); skb_scrub_packet()
# clears neither tx_flags nor the socket.
set -u
skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "not root"
case $(uname -r) in 6.18.*) ;; *) skip "kernel $(uname -r), tried on 6.18 only" ;; esac
command -v python3 >/dev/null || skip "no python3"
NS=finding-$$
trap 'ip netns del "$NS" 2>/dev/null' EXIT
trap 'exit 130' INT TERM
ip netns add "$NS" || skip "no network namespaces"
in_ns() { ip netns exec "$NS" "$@"; }
in_ns sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
echo "kernel $(uname -r)"

FAR=$NS-far
trap 'ip netns del "$NS" 2>/dev/null; ip netns del "$FAR" 2>/dev/null' EXIT
ip netns add "$FAR" || skip "no network namespaces"
in_far() { ip netns exec "$FAR" "$@"; }
in_far sysctl -qw net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
in_ns ip link add v0 address 02:00:00:00:00:0a type veth peer name w0 netns "$FAR" ||
	skip "no veth"
in_far ip link add w1 type veth peer name v1 address 02:00:00:00:00:0b || skip "no veth"
in_far ip link add br0 type bridge forward_delay 0 || skip "no bridge"
in_ns ip link set v0 up
for device in br0 w0 w1 v1; do
	in_far ip link set "$device" up
done

# forwards PORT: wait up to 5 seconds until the bridge's port forwards
forwards() {
	local i

	for ((i = 0; i < 50; i++)); do
		in_far bridge link show dev "$1" | grep -q "state forwarding" && return
		sleep 0.1
	done
	skip "the bridge does not forward"
}

# timestamps: send a frame to 02:00:00:00:00:0b, print how many SND timestamps come for it
timestamps() {
	in_ns timeout 30 python3 - <<'PY'
import errno, select, socket, struct, time

SO_TIMESTAMPING, TX_SOFTWARE, SOFTWARE, OPT_ID, OPT_TSONLY = 37, 1 << 1, 1 << 4, 1 << 7, 1 << 11
sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sender.bind(("v0", 0))
sender.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING, TX_SOFTWARE | SOFTWARE | OPT_ID | OPT_TSONLY)
sender.send(bytes.fromhex("02000000000b02000000000a88b5").ljust(60, b"\0"))
poll = select.poll()
poll.register(sender, 0)
ids, end = [], time.monotonic() + 1.5
while time.monotonic() < end:
    if not poll.poll(100):
        continue
    _, control, _, _ = sender.recvmsg(256, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
    for _, _, data in control:
        if struct.unpack_from("<I", data)[0] == errno.ENOMSG:  # struct sock_extended_err
            info, ident = struct.unpack_from("<II", data, 8)   # info 0 is SCM_TSTAMP_SND
            ids += [ident] if info == 0 else []
print(len(ids), "SND timestamps, OPT_ID", *ids)
PY
}

alone=$(timestamps)
echo "veth:                        $alone"
in_far ip link set w0 master br0
in_far ip link set w1 master br0
forwards w0
forwards w1
in_far bridge fdb add 02:00:00:00:00:0b dev w1 master static
bridged=$(timestamps)
echo "veth, bridge, second veth:   $bridged"
[ "$alone" = "1 SND timestamps, OPT_ID 0" ] && [ "$bridged" = "2 SND timestamps, OPT_ID 0 0" ]
exit
