#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# VLAN sub-interfaces inside guests: on a trunk port they reach the access ports of
# their VLAN and no others.
#   guest 1  eth0, eth0.10, eth0.20, eth0.30 --- p1 trunk 0,10,20 [     ] p3 tag 10 --- guest 3
#   guest 2  eth0, eth0.10, eth0.20          --- p2 trunk 0,10,20 [ sw0 ] p4 tag 20 --- guest 4
# VLAN 10 is 198.51.100.N, VLAN 20 is 203.0.113.N, untagged is 192.0.2.N.
source "$(dirname "$0")/lib.sh"

switch() {
	xsw switch add sw0 &&
		xsw port add p1 switch sw0 vlan_mode trunk trunks 0,10,20 &&
		xsw port add p2 switch sw0 vlan_mode trunk trunks 0,10,20 &&
		xsw port add p3 switch sw0 tag 10 &&
		xsw port add p4 switch sw0 tag 20
}

# vlan N VID ADDRESS: a sub-interface in guest N
vlan() {
	guest "$1" "ip link add link eth0 name eth0.$2 type vlan id $2 && ip link set eth0.$2 up" \
		"&& ip address add $3/24 dev eth0.$2"
}

vlans() {
	local i

	for i in 1 2; do
		vlan "$i" 10 "198.51.100.$i" && vlan "$i" 20 "203.0.113.$i" || return
	done
	vlan 1 30 10.0.30.1 && vlan 2 30 10.0.30.2 &&
		guest 3 ip address add 198.51.100.3/24 dev eth0 &&
		guest 4 ip address add 203.0.113.4/24 dev eth0
}

plan 19
taps_up 4
check "a switch" switch
boot 1 2 3 4
check "VLAN sub-interfaces" vlans
for i in "1 192.0.2.2" "1 198.51.100.2" "1 203.0.113.2" "1 198.51.100.3" "3 198.51.100.2" "1 203.0.113.4" \
	"4 203.0.113.2"; do
	# shellcheck disable=SC2086 # words
	check "guest ${i/ / to }" carries $i
done
check "VLAN 30 is not on the trunk" reaches_not 1 10.0.30.2
check "... reason vlan" test "$(drops 1 vlan)" -ge 1
check "untagged traffic does not reach an access port" reaches_not 1 192.0.2.3
check "access ports of two VLANs are apart" reaches_not 3 192.0.2.4
check "the address is known in VLAN 0" fdb_has h1 dev p1 vlan 0
check "... in VLAN 10" fdb_has h1 dev p1 vlan 10
check "... in VLAN 20" fdb_has h1 dev p1 vlan 20
check "... and not in VLAN 30" fdb_lacks h1 vlan 30
check "adds up" adds_up
