#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two switches with guests of the same IP and MAC addresses, in the same VLAN: each
# guest talks to its own neighbour.
#   guest 1 (.1) --- p1 [ sw0 ] p2 --- guest 2 (.2)
#   guest 3 (.1) --- p3 [ sw1 ] p4 --- guest 4 (.2)
source "$(dirname "$0")/lib.sh"

switches() {
	xsw switch add sw0 && xsw switch add sw1 &&
		xsw port add p1 switch sw0 tag 10 && xsw port add p2 switch sw0 tag 10 &&
		xsw port add p3 switch sw1 tag 10 && xsw port add p4 switch sw1 tag 10
}

addresses() {
	booted 1 2 3 4 && guest_address 1 && guest_address 2 && guest_address 3 1 && guest_address 4 2
}

# greets N ADDRESS GUEST: the neighbour of guest N with that address is guest GUEST
greets() {
	is "I am $3" guest "$1" "socat -u TCP:$2:7 -"
}

where() {
	json "[.[] | select(.mac == \"$(mac "$1")\") | .switch + \" \" + .ifname] | sort | join(\",\")" \
		fdb show
}

plan 13
taps_up 4
check "two switches" switches
guest_start 1
guest_start 2
MAC=$(mac 1) guest_start 3
MAC=$(mac 2) guest_start 4
check "guests boot" addresses || exit
for i in 1 2 3 4; do
	guest "$i" "socat TCP6-LISTEN:7,fork,reuseaddr,ipv6only=0 SYSTEM:'echo I am $i' > /dev/null 2>&1 &"
done
check "guest 1 talks to 2" greets 1 192.0.2.2 2
check "guest 3 talks to 4" greets 3 192.0.2.2 4
check "guest 2 talks to 1" greets 2 192.0.2.1 1
check "guest 4 talks to 3" greets 4 "[2001:db8::1]" 3
check "TCP in sw0" carries 1 192.0.2.2
check "TCP in sw1" carries 3 192.0.2.2
check "one address, two places" is "sw0 p1,sw1 p3" where 1
check "... and so the other" is "sw0 p2,sw1 p4" where 2
guest_kill 2
check "without guest 2 nobody answers guest 1" reaches_not 1 192.0.2.2
check "... but guest 4 guest 3" greets 3 192.0.2.2 4
check "adds up" adds_up
