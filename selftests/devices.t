#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Which devices can be ports: those that cannot are refused with a remedy that works, of those that
# can in part `port add` and `check` say what will not work, all others are ports without a word.
#   e1 --- p1 [ sw0 ] x0      x0: a device of each kind that this kernel has
source "$(dirname "$0")/lib.sh"

mkdir "$TMP/bin"
ln -s "$(realpath "$XSW")" "$TMP/bin/xsw"

# paste LINE: as a user would, in the shell, who is in the switch's network namespace
paste() {
	in_ns env PATH="$TMP/bin:$PATH" bash -ec "$1"
}

# make LINK...: a switch and device x0, `ip link add` LINK... Return: can this kernel make it?
make() {
	links_up 1
	xsw switch add sw0
	if [ "$1" = netkit_l2 ]; then netkit_l2; else paste "$1"; fi 2> "$TMP/err"
}

remedy() {
	sed -n 's/^ *remedy: //p' "$TMP/err"
}

# a command, not a sentence with gaps
is_command() {
	[[ $(remedy) =~ ^(ip|xsw|ovs-vsctl)\  ]]
}

# helps: after the remedy there is a port, though perhaps of another name
helps() {
	paste "$(remedy)" && is 1 json 'length' port show
}

# refuses WHAT WORDS [helps]: three checks
refuses() {
	if ! make "$2"; then
		for i in 1 2 3; do skip "$1 ($i)" "not in this kernel"; done
	else
		check "$1 is refused" refused 2 port add x0 switch sw0
		check "... why" grep -q "^xsw: port 'x0': .*$3" "$TMP/err"
		if [ "${4:-}" ]; then
			check "... its remedy helps" helps
		else
			check "... with a remedy" is_command
		fi
	fi
	switch_down
}

# added WARNINGS: how many does `port add` print?
added() {
	xsw port add x0 switch sw0 2> "$TMP/err" || { cat "$TMP/err"; return 1; }
	cat "$TMP/err"
	is "$1" eval 'grep -c "warning: " "$TMP/err" || :'
}

device_rows() {
	json "[.[] | select(.check == \"device\" or .check == \"addresses\")] | $1" check x0
}

# takes WHAT WORDS: two checks
takes() {
	if ! make "$2"; then
		for i in 1 2; do skip "$1 ($i)" "not in this kernel"; done
	else
		check "$1 can be a port" added 0
		check "... and check has nothing against it" is 0 device_rows length
	fi
	switch_down
}

# netkit_l2: x0 and its peer; not every ip(8) has the word
netkit_l2() {
	in_ns python3 - << 'END'
import os, socket, struct, sys
def attr(kind, data):
    return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)
info = attr(1, b"netkit\0") + attr(2, attr(5, struct.pack("I", 0)))
body = struct.pack("BxHiII", 0, 0, 0, 0, 0) + attr(3, b"x0\0") + attr(18, info)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.send(struct.pack("IHHII", 16 + len(body), 16, 0x605, 1, 0) + body)
error = struct.unpack_from("i", s.recv(65536), 16)[0]
sys.exit(error and os.strerror(-error))
END
}

refuses "a bridge" "ip link add x0 type bridge" "is a bridge: " helps
refuses "a macvtap" "ip link add link e1 name x0 type macvtap" "is a macvtap: " helps
refuses "an ipvlan" "ip link add link e1 name x0 type ipvlan" "is an ipvlan: " helps
refuses "an ipvtap" "ip link add link e1 name x0 type ipvtap" "is an ipvtap: " helps
refuses "an ifb" "ip link add x0 type ifb" "is an ifb: " helps
refuses "a netkit" "ip link add x0 type netkit" "is a netkit in mode l3: "
refuses "a vrf" "ip link add x0 type vrf table 5" "is a vrf: " helps
refuses "an hsr" "ip link add x0 type hsr slave1 p1 slave2 e1" "is an hsr: "
refuses "an external vxlan" "ip link add x0 type vxlan external dstport 7777" "is external: "
refuses "an external geneve" "ip link add x0 type geneve external" "is external: "
refuses "an external gretap" "ip link add x0 type gretap external" "is external: "
refuses "a tun" "ip tuntap add x0 mode tun" "not an Ethernet device: a tun" helps
refuses "a wireguard" "ip link add x0 type wireguard" "not an Ethernet device: "
refuses "an ipip" "ip link add x0 type ipip remote 192.0.2.1 local 192.0.2.2" "not an Ethernet device: "
refuses "loopback" "ip link set lo name x0 || { ip link set lo down; ip link set lo name x0; }" \
	"not an Ethernet device$"
refuses "a port of a bridge" "ip link add x0 type veth peer name y0; ip link add br0 type bridge
	ip link set x0 master br0" "belongs to bridge 'br0'"
refuses "a slave of a bond" "ip link add x0 type veth peer name y0; ip link add bond0 type bond
	ip link set x0 master bond0" "belongs to bond 'bond0'" helps
refuses "a slave of a team" "ip link add x0 type veth peer name y0; ip link add team0 type team
	ip link set x0 master team0" "belongs to team 'team0'" helps
refuses "a device of a vrf" "ip link add x0 type veth peer name y0; ip link add v0 type vrf table 5
	ip link set x0 master v0" "belongs to vrf 'v0'"

takes "a veth" "ip link add x0 type veth peer name y0"
takes "a tap" "ip tuntap add x0 mode tap"
takes "a vxlan" "ip link add x0 type vxlan id 5 remote 192.0.2.1 dstport 4789 dev e1"
takes "a macvlan in mode passthru" "ip link add link e1 name x0 type macvlan mode passthru"
takes "a VLAN device" "ip link add link e1 name x0 type vlan id 5"
takes "a bond" "ip link add x0 type bond"
takes "a team" "ip link add x0 type team"
takes "a dummy" "ip link add x0 type dummy"
takes "a geneve" "ip link add x0 type geneve id 5 remote 192.0.2.1"
takes "a macsec" "ip link add link e1 name x0 type macsec"
takes "a netkit in mode l2" netkit_l2

# ---- in part

if make "ip link add link e1 name x0 type macvlan mode bridge"; then
	check "a macvlan is added, with a warning" added 1
	check "... that says what will not work" grep -q "only what is sent to its own address" "$TMP/err"
	check "... which check says, too" is warn device_rows '.[0].status'
	check "... its remedy helps" paste "$(device_rows '.[0].remedy')"
	check "... for good" is 0 device_rows length
else
	for i in 1 2 3 4 5; do skip "a macvlan ($i)" "not in this kernel"; done
fi
switch_down

# ---- addresses of the host

ADDRESS="xsw: port 'x0': x0 has the host's address 192.0.2.9/24, by which it is reached"
make "ip link add x0 type veth peer name y0; ip link set x0 up; ip address add 192.0.2.9/24 dev x0"
check "a device with an address is refused" refused 2 port add x0 switch sw0 tag 5
check "... why" is "$ADDRESS" head -1 "$TMP/err"
check "... its remedy" paste "$(remedy)"
check "... puts the address on a port of the host" is 192.0.2.9 eval \
	'ip -n "$NS" -j address show host0 | jq -r ".[0].addr_info[0].local"'
check "... in the same VLAN" is 5 json '.[0].tag' port show host0
check "... and then the device can be a port" added 0
check "check has nothing against it" is 0 device_rows length
ip -n "$NS" address add 2001:db8::9/64 dev x0 nodad 2> "$TMP/err" ||
	ip -n "$NS" address add 198.51.100.9/24 dev x0
check "an address that comes later fails the check" is fail device_rows '.[0].status'
xsw port set x0 keep_addresses on
check "... unless it is meant to" is 0 device_rows length
xsw config dump > "$TMP/dump"
xsw switch del sw0
check "a file says so, too" xsw config apply "$TMP/dump"
check "... and what it made is as it was" eval 'xsw config dump | diff "$TMP/dump" -'
check "a file that does not is applied all the same" eval \
	'xsw switch del sw0; sed /keep_addresses/d "$TMP/dump" > "$TMP/without" && xsw config apply "$TMP/without"'
check "... and check fails" is fail device_rows '.[0].status'
check "... its remedy is for a port without VLANs, too" paste "$(device_rows '.[0].remedy')"
xsw port del x0
check "keep_addresses on: a command does it" xsw port add x0 switch sw0 keep_addresses on
xsw port del x0
check "keep_addresses needs a value" exits 1 xsw port add x0 switch sw0 keep_addresses
check "... on or off" exits 1 xsw port add x0 switch sw0 keep_addresses yes
ip -n "$NS" address flush dev x0
check "a link-local address is none of the host's" eval \
	'ip -n "$NS" address add 169.254.1.1/16 dev x0 scope link && added 0'
switch_down
if make "ip link add x0 type veth peer name y0; ip link add link x0 name x0.5 type vlan id 5 ||
	ip link add link x0 name x0.5 type macvlan" ; then
	ip -n "$NS" address add 192.0.2.9/24 dev x0.5
	check "an address on a device on top" refused 2 port add x0 switch sw0
	check "... is named" grep -q "x0.5 has the host's address 192.0.2.9/24" "$TMP/err"
	check "... and its remedy helps" eval 'paste "$(remedy)" && added 1'
else
	for i in 1 2 3; do skip "an address on a device on top ($i)" "not in this kernel"; done
fi
plan "$TEST_NUMBER"
