#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw check: a warning comes when it matters to this switch and not otherwise, its remedy is a
# command that can be pasted, and after it the warning is gone.
#   e1 --- p1 [ sw0 ] p2 --- e2
#             [     ] p3 --- e3      and taps, devices on devices
source "$(dirname "$0")/lib.sh"
BPFTOOL=$("$ROOT/tools/bpftool-path")

mkdir "$TMP/bin"
ln -s "$(realpath "$XSW")" "$TMP/bin/xsw"
ln -s "$(command -v "$BPFTOOL")" "$TMP/bin/bpftool"

# paste LINE: as a user would, whose shell is in the switch's network namespace
paste() {
	in_ns env PATH="$TMP/bin:$PATH" bash -ec "$1"
}

# rows PORT CHECK: those that are not ok
rows() {
	json ".[] | select(.check == \"$2\" and .status != \"ok\")" check "$1" | tee -a "$TMP/rows"
}

# told PORT CHECK STATUS WORDS: one row, and its detail has the words
told() {
	local got
	got=$(rows "$1" "$2")
	is "$3" jq -r .status <<< "$got" && jq -r .detail <<< "$got" | grep -q -- "$4" || {
		echo "$got"
		false
	}
}

# quiet PORT CHECK: nothing but ok
quiet() {
	is "" rows "$1" "$2"
}

remedy() {
	rows "$1" "$2" | head -1 | jq -r .remedy
}

# helps PORT CHECK [WORDS]: the remedy has the words, and helps
helps() {
	local line
	line=$(remedy "$1" "$2")
	echo "remedy: $line"
	grep -q -- "${3:-.}" <<< "$line" && paste "$line" && quiet "$1" "$2"
}

# warns PORT CHECK STATUS WORDS [WORDS OF REMEDY]: two checks
warns() {
	check "$2: told" told "${@:1:4}"
	check "$2: its remedy helps" helps "$1" "$2" "${5:-}"
}

# ports_up PATH,...: p1 to p3, in hosts of their own
ports_up() {
	HOSTS="1 2 3"
	switch_up "$1" 3
}

# nothing_wrong: all ports are ok in all
nothing_wrong() {
	is "" json '.[] | select(.status != "ok" and .ifname != "") | "\(.ifname) \(.check) \(.detail)"' check
}

# ---- what is as it should be

for paths in skb xdp; do
	ports_up $paths
	check "a switch of veths, path $paths: nothing is wrong" nothing_wrong
	switch_down
done
HOSTS=
links_up 2
ip -n "$NS" tuntap add t1 mode tap
check "devices that are no ports: nothing is wrong" eval \
	'quiet p1 mtu && quiet p1 redirect-target && quiet t1 mtu'

# ---- settings of the device
xsw switch add sw0
xsw port add p1 switch sw0
ip -n "$NS" link set p1 down
warns p1 up warn "is down"
xsw port set p1 link down
check "up: but not if 'link down' is set" quiet p1 up
xsw port set p1 link auto
ip -n "$NS" link set p1 promisc off
warns p1 promisc fail "only its own address"
ip -n "$NS" link add br0 type bridge
ip -n "$NS" link set p2 master br0
warns p2 master fail "belongs to bridge 'br0'"
ip -n "$NS" link del p2
ip -n "$NS" link add p2 type veth peer name e2
xsw port add p2 switch sw0
ip -n "$NS" link del p2
ip -n "$NS" link add p2 type veth peer name e2
check "present: the device is back" told p2 present fail "has no device"
check "... its remedy helps" eval 'paste "$(remedy p2 present)" && quiet p2 present'
ip -n "$NS" link del p2
check "present: told" told p2 present fail "has no device"
check "present: its remedy helps" eval 'paste "$(remedy p2 present)" && not xsw port show p2'
switch_down

# ---- two tags

ports_up skb
xsw port set p1 vlan_mode dot1q-tunnel tag 100
warns p2 mtu warn "1522 bytes are lost, as tunnel port p1"
check "mtu: at the other end, too" is 1504 eval 'ip -n "${NS}h2" -j link show e2 | jq .[0].mtu'
xsw port set p3 vlan_mode native-untagged tag 100 trunks 7
check "mtu: not where the tag is taken off" quiet p3 mtu
xsw port set p3 vlan_mode trunk trunks 7,8 tag none
check "mtu: ... nor where the VLAN is not" quiet p3 mtu
xsw port set p3 trunks all isolated on
xsw port set p1 isolated on
check "mtu: ... nor where it may not go" quiet p3 mtu
xsw port set p1 isolated off
check "mtu: elsewhere it is" told p3 mtu warn "1522 bytes"
xsw port set p1 cvlans 0
check "mtu: not if customers have no tags" quiet p3 mtu
xsw port set p1 cvlans all
ip -n "$NS" link set p1 mtu 1496
check "mtu: nor if they are shorter" quiet p3 mtu
ip -n "$NS" link set p1 mtu 1500
xsw port set p1 vlan_mode access
check "mtu: nor without a tunnel port" quiet p3 mtu
xsw port set p1 vlan_mode dot1q-tunnel
if ip -n "$NS" link add v0 type vxlan id 5 remote 192.0.2.9 dstport 7777 dev p2 2> "$TMP/err"; then
	ip -n "$NS" link set p2 mtu 1500
	ip -n "$NS" link set v0 mtu 1450 up
	xsw port del p2
	xsw port add v0 switch sw0
	warns v0 mtu warn "mtu 1450: frames of 1522 bytes are lost" \
		"^ip link set p2 mtu 1554; ip link set v0 mtu 1504$"
	ip -n "$NS" link del v0
else
	for i in 1 2; do skip "mtu of a vxlan ($i)" "not in this kernel"; done
	xsw port del p2
fi
for kind in "vlan id 5" "macvlan mode passthru"; do
	ip -n "$NS" link set p2 mtu 1500
	# shellcheck disable=SC2086
	if ip -n "$NS" link add link p2 name m0 type $kind 2> "$TMP/err"; then
		ip -n "$NS" link set m0 up
		xsw port add m0 switch sw0
		warns m0 mtu warn "mtu 1500" "^ip link set p2 mtu 1504; ip link set m0 mtu 1504$"
		ip -n "$NS" link del m0
	else
		for i in 1 2; do skip "mtu of a $kind ($i)" "not in this kernel"; done
	fi
done
switch_down

# ---- path

ports_up xdp,skb,skb
on 1 ethtool -K e1 txvlan on > /dev/null
warns p1 txvlan fail "hides VLAN tags" "^ip netns exec ${NS}h1 ethtool -K e1 "
# The other end is called as its container likes: the remedy is a command all the same.
on 1 ip link set e1 down
on 1 ip link set e1 name "e1;'false"
on 1 ip link set "e1;'false" up
on 1 ethtool -K "e1;'false" txvlan on > /dev/null
warns p1 txvlan fail "hides VLAN tags" "ethtool -K 'e1;'\\\\''false' "
on 1 ip link set "e1;'false" down
on 1 ip link set "e1;'false" name e1
on 1 ip link set e1 up
on 2 ethtool -K e2 gro off > /dev/null
xsw port set p2
warns p2 redirect-target warn "XDP hands its frames to TC" "^ip netns exec ${NS}h2 "
on 2 ethtool -K e2 gro off > /dev/null
check "redirect-target: GRO that goes later, too" eval 'rows p2 redirect-target | grep -q GRO'
xsw port set p1 path skb
check "redirect-target: no matter if no port sends by XDP" quiet p2 redirect-target
xsw port set p1 path xdp tag 5
xsw port set p2 tag 6
check "redirect-target: ... or none in its VLANs" quiet p2 redirect-target
xsw port set p2 tag 5
check "redirect-target: in them it matters" eval 'rows p2 redirect-target | grep -q GRO'
check "gro: no matter if there is no tap" quiet p1 gro
background "" "${XSW%/*}/xsw-guest" --mac "$(mac 9)" t1 "${NS}h3" eth9 > "$TMP/guest"
GUEST=$BACKGROUND
wait_for 5 grep -q ready "$TMP/guest"
ip -n "$NS" link set t1 up
xsw port add t1 switch sw0 tag 5
nsenter --net="/run/netns/$NS" ethtool -K p1 gro off
warns p1 gro warn "frame by frame" "^ethtool -K p1 gro on; xsw port set p1$"
in_ns ethtool -K p1 gro off > /dev/null
xsw port set t1 tag 6
check "gro: no matter if the tap is in other VLANs" quiet p1 gro
ip -n "$NS" link add y0 type veth peer name y1
ip -n "$NS" link add link y0 name m0 type macvlan mode passthru 2> "$TMP/err"
if xsw port add m0 switch sw0 path xdp 2> "$TMP/err"; then
	warns m0 path warn "uses skb" "^xsw port set m0 path auto"
else
	for i in 1 2; do skip "path ($i)" "no device without XDP in this kernel"; done
fi
kill "$GUEST"
wait "$GUEST" 2> /dev/null
switch_down

# ---- limits

ports_up skb
xsw port set p1 spoof_check mac 2> "$TMP/err"
warns p1 bind warn "nothing may be sent" "^xsw bind add p1 mac $(mac 1)$"
xsw policer set p1 ingress rate 8mbit burst 1kb 2> "$TMP/err"
xsw policer set p1 egress vlan 7 rate 8mbit burst 1kb 2> "$TMP/err"
check "burst: one row each" eval 'rows p1 burst | grep -c "below two frames" | grep -qx 2'
check "burst: the remedy helps" eval 'paste "$(remedy p1 burst)"'
check "burst: ... against one" told p1 burst warn "egress vlan 7"
warns p1 burst warn "below two frames"
check "burst: and changes nothing else" is '["8mbit","8mbit"]' eval \
	"xsw config dump | grep -o '8mbit' | jq -Rsc 'split(\"\n\")[:-1]'"
xsw storm set p1 broadcast rate 8mbit burst 1kb
check "burst: no matter to storm control, where no TCP is" quiet p1 burst
xsw punt add p1 ethertype 0x88cc vlan 7 dst 01:80:c2:00:00:0e socket 3
warns p1 punt warn "nobody reads socket 3"
xsw port set p2 mac_limit 1 mac_limit_action shutdown
on 2 "$PROGS/frame" send e2 "bcast h2" && on 2 "$PROGS/frame" send e2 "bcast h3"
wait_for 5 eval 'rows p2 mac-limit | grep -q shut'
warns p2 mac-limit fail "shut down" "^xsw port reopen p2$"
switch_down

# ---- programs and rules of others

# link_hold DEVICE PROGRAM: attach it by a link that this process alone holds
link_hold() {
	exec nsenter --net="/run/netns/$NS" -- python3 - "$@" << 'END'
import ctypes, os, platform, socket, struct, sys, time
bpf = {"x86_64": 321, "aarch64": 280}[platform.machine()]
def call(command, attr):
    buf = ctypes.create_string_buffer(attr.ljust(128, b"\0"))
    got = ctypes.CDLL(None, use_errno=True).syscall(bpf, command, buf, 128)
    if got < 0:
        sys.exit("bpf(%d): %s" % (command, os.strerror(ctypes.get_errno())))
    return got
path = ctypes.create_string_buffer(sys.argv[2].encode() + b"\0")
prog = call(7, struct.pack("QII", ctypes.addressof(path), 0, 0))
link = call(28, struct.pack("IIII", prog, socket.if_nametoindex(sys.argv[1]), 37, 4))
print("ready", flush=True)
time.sleep(1000)
END
}

PROGRAM=
ports_up skb
PROGRAM=$(echo "$XSW_BPFFS"/sw0/v*)/prog_xdp
if in_ns ip link set p1 xdpgeneric pinned "$PROGRAM" 2> "$TMP/err"; then
	warns p1 xdp-program warn "(id [0-9]*, generic): it runs before" "^ip link set p1 xdpgeneric off$"
	in_ns ip link set p1 xdpdrv pinned "$PROGRAM"
	warns p1 xdp-program warn "XDP program xsw_xdp (id" "^ip link set p1 xdpdrv off$"
	on 2 ip link set e2 xdpgeneric pinned "$PROGRAM"
	case $(uname -r) in
	5.* | 6.[0-3].*) check "peer-program: no matter to this kernel" quiet p2 peer-program ;;
	*) check "peer-program: told" told p2 peer-program warn "does not see what TC sends" ;;
	esac
	check "peer-program: its remedy helps" eval \
		'quiet p2 peer-program || helps p2 peer-program "^ip netns exec ${NS}h2 ip link set e2 xdpgeneric off"'
	on 2 ip link set e2 xdpgeneric off
else
	for i in 1 2 3 4 5 6; do skip "programs that ip attaches ($i)" "ip attaches none"; done
fi
(link_hold p1 "$PROGRAM") > "$TMP/hold" &
HOLD=$!
wait_for 10 grep -q ready "$TMP/hold"
check "a link of a process: told" told p1 xdp-program warn "link [0-9]* of process $HOLD, python3"
check "... what ip(8) does against it is refused" not in_ns ip link set p1 xdpdrv off
check "... so is path xdp" refused 2 port set p1 path xdp
check "... with the link and whose it is" grep -q "link [0-9]* of process $HOLD" "$TMP/err"
check "... and the remedy" grep -q "remedy: bpftool link detach id" "$TMP/err"
check "... which helps" helps p1 xdp-program "^bpftool link detach id"
check "... also there" xsw port set p1 path xdp
kill "$HOLD"
OTHER=$XSW_BPFFS-other
xsw port set p1 path skb
xsw --bpffs "$OTHER" switch add sw9
xsw --bpffs "$OTHER" port add p1 switch sw9 path xdp 2> "$TMP/err"
warns p1 xdp-program warn "link [0-9]* pinned at $OTHER/sw9/" "^bpftool link detach id"
if rows p1 tcx-ingress | grep -q .; then
	warns p1 tcx-ingress fail "tcx program xsw_tc" "^bpftool link detach id"
else
	for i in 1 2; do skip "tcx-ingress ($i)" "not before Linux 6.6"; done
fi
xsw --bpffs "$OTHER" switch del sw9
rm -rf "$OTHER"
in_ns tc qdisc add dev p1 clsact 2> "$TMP/err"
ip -n "$NS" link add sink type veth peer name drain
SINK="protocol all u32 match u32 0 0 action mirred egress redirect dev sink"
# shellcheck disable=SC2086
in_ns tc filter add dev p1 ingress pref 7 $SINK
warns p1 tc-ingress fail "tc filter u32" "tc filter del dev p1 ingress pref 7"
if in_ns tc filter add dev p1 ingress pref 7 protocol all u32 match u32 0 0 action drop 2> "$TMP/err"; then
	warns p1 tc-ingress fail "action drop" "^tc filter del dev p1 ingress pref 7 # instead: "
else
	for i in 1 2; do skip "tc drop ($i)" "not in this kernel"; done
fi
if in_ns tc filter add dev p1 ingress pref 9 protocol all u32 match u32 0 0 \
	police rate 8mbit burst 10k drop 2> "$TMP/err"; then
	warns p1 tc-ingress fail "police" "^xsw policer set p1 ingress rate 8mbit"
else
	for i in 1 2; do skip "tc police ($i)" "not in this kernel"; done
fi
xsw port set p2 path xdp
if in_ns tc qdisc add dev p1 root tbf rate 1mbit burst 10k latency 10ms 2> "$TMP/err"; then
	warns p1 qdisc warn "qdisc tbf" "^tc qdisc del dev p1 root"
else
	for i in 1 2; do skip "qdisc ($i)" "not in this kernel"; done
fi
# shellcheck disable=SC2086
in_ns tc filter add dev p1 egress pref 7 $SINK
warns p1 tc-egress warn "what XDP sends goes by it" "^tc filter del dev p1 egress pref 7"
if ip -n "$NS" link add link p1 name m0 type macvlan 2> "$TMP/err" ||
	ip -n "$NS" link add link p1 name m0 type vlan id 5 2> "$TMP/err"; then
	warns p1 upper-device fail "m0 stands on it" "^ip link del m0"
else
	for i in 1 2; do skip "upper-device ($i)" "not in this kernel"; done
fi
switch_down

# ---- steering of taps

# tap_steer DEVICE: a process that has two queues of a tap and steers by a program, as QEMU does
tap_steer() {
	exec nsenter --net="/run/netns/$NS" -- python3 - "$@" << 'END'
import ctypes, fcntl, os, platform, struct, sys, time
bpf = {"x86_64": 321, "aarch64": 280}[platform.machine()]
code = ctypes.create_string_buffer(struct.pack("<BBhiBBhi", 0xb7, 0, 0, 0, 0x95, 0, 0, 0))
license = ctypes.create_string_buffer(b"GPL\0")
attr = struct.pack("IIQQIIQII16s", 1, 2, ctypes.addressof(code), ctypes.addressof(license),
                   0, 0, 0, 0, 0, b"tun_rss_steerin")
buf = ctypes.create_string_buffer(attr.ljust(128, b"\0"))
prog = ctypes.CDLL(None, use_errno=True).syscall(bpf, 5, buf, 128)
if prog < 0:
    sys.exit("no program: " + os.strerror(ctypes.get_errno()))
queues = []
for i in range(2):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22x", sys.argv[1].encode(), 0x1102))
    queues.append(fd)
fcntl.ioctl(queues[0], 0x800454e0, struct.pack("I", prog))
print("ready", flush=True)
time.sleep(1000)
END
}

ports_up xdp,skb,skb
ip -n "$NS" tuntap add t1 mode tap multi_queue
ip -n "$NS" link set t1 up
(tap_steer t1) > "$TMP/steer" &
STEER=$!
wait_for 10 grep -q ready "$TMP/steer"
xsw port add t1 switch sw0
warns t1 steering warn "not by the program [0-9]* of process $STEER" "^xsw port set p1 path skb$"
xsw port set p1 path xdp
kill "$STEER"
wait "$STEER" 2> /dev/null
check "steering: no matter without a program" quiet t1 steering
switch_down

check "no remedy has DEV for a name" not grep -w DEV "$TMP/rows"
plan "$TEST_NUMBER"
