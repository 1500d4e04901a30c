#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A port whose device is to come: made by a configuration file, whole but for the device, which
# `port attach` gives it, as often as the device comes.
#   e1 --- p1 [ sw0 ] p2 --- e2      p3 comes and goes
source "$(dirname "$0")/lib.sh"
OTHER=$NS-other
trap 'ip netns del "$OTHER" 2> /dev/null; cleanup' EXIT

# The file names p3 before there is one. VLAN 5: the host behind it is known.
write_config() {
	cat <<- END > "$TMP/f"
		switches:
		  - name: sw0
		    ports:
		      - {dev: p1, path: $TEST_PATH, trunks: [0, 5]}
		      - {dev: p2, path: $TEST_PATH, trunks: [0, 5]}
		      - dev: p3
		        path: $TEST_PATH
		        tag: 5
		        storm: [{class: broadcast, pps: 1000}]
		        policers: [{direction: ingress, rate: 1gbit, burst: 1mb}]
		        bind: [{mac: "$(mac 3)"}]
		        punt: [{ethertype: 0x88b6, to: host}]
		    fdb: [{mac: "$(mac 3)", vlan: 5, dev: p3}, {mac: "$(mac 2)", vlan: 5, dev: p2}]
	END
}

apply() {
	xsw config apply "$TMP/f"
}

comes() {
	echo "link add p3 type veth peer name e3 mtu 9000
		link set p3 up
		link set e3 up" | ip -n "$NS" -batch -
}

goes() {
	ip -n "$NS" link del "${1:-p3}"
}

ifindex() {
	ip -n "$NS" -j link show "$1" | jq '.[0].ifindex'
}

# A device that has number $1
comes_with_ifindex() {
	echo "link add q3 index $1 type veth peer name r3
		link set q3 up
		link set r3 up" | ip -n "$NS" -batch -
}

forwards() {
	sees 3 "bcast h3" 1 "bcast h3 8100/5" 2 "bcast h3 8100/5" && sees 1 "h3 h1 8100/5" 3 "h3 h1"
}

policer_counts() {
	[ "$(json '.[0].passed' policer show p3)" -gt 0 ]
}

promiscuity() {
	ip -n "$NS" -d -j link show "$1" | jq '.[0].promiscuity'
}

# The device comes, attach is killed; what is left is repaired by the next command
kill_many() {
	local i
	for i in 1 2 3 4 6 8 10 12 15 18 22 26 30 40; do
		kill_at "$i" port attach p3
		xsw port set p1 learning on || return
		[[ $(promiscuity p3) = [01] ]] || { echo "# promiscuity $(promiscuity p3) after $i ms"; return 1; }
		xsw port attach p3 || return
		is 1 promiscuity p3 || return
		is up json '.[0].state' port show p3 || return
		goes
		comes || return
		is 0 promiscuity p3 || return
	done
}

# The same, but the repair is begun in another namespace, which has a device of that name and number.
kill_many_elsewhere() {
	local i number
	number=$(ifindex p3)
	ip -n "$OTHER" link add p3 index "$number" type veth peer name e3
	ip -n "$OTHER" link set p3 promisc on
	for i in 1 2 3 4 5 6 7 8 10 12 15 18 22 26 30; do
		kill_at "$i" port attach p3
		"$XSW" -n "$OTHER" switch add "other$i" || return
		"$XSW" -n "$OTHER" switch del "other$i" || return
		if [ "$(json '.[0].state' port show p3)" = absent ]; then
			is 0 promiscuity p3 || { echo "# killed after $i ms"; return 1; }
		fi
		is 1 eval 'ip -n "$OTHER" -d -j link show p3 | jq ".[0].promiscuity"' || return
		goes
		echo "link add p3 index $number type veth peer name e3 mtu 9000" | ip -n "$NS" -batch - || return
	done
	ip -n "$NS" link set p3 up && ip -n "$NS" link set e3 up
}

# while_others_talk COMMAND...: and lose nothing
while_others_talk() {
	local status=0
	flow_start 1 2 "h2 h1 8100/5" 1000
	"$@" || status=$?
	flow_stop
	flow_lost_nothing && return $status
}

at_once() {
	local i pids=() failed=0
	for i in 1 2 3 4; do
		background "" "$XSW" port attach p3
		pids+=("$BACKGROUND")
	done
	for i in "${pids[@]}"; do
		wait "$i" || failed=1
	done
	return $failed
}

body() {
	PORTS=2
	switch_up "$TEST_PATH" 2
	for i in 1 2; do xsw port del p$i; done
	PORTS=3
	write_config
	check "a file may name a device that is not there" is "absent port" eval \
		'xsw config apply "$TMP/f" | sed -n "s/.*p3.*, absent until there is such a device/absent port/p"'
	check "the port is shown" is "absent false 5 config" json \
		'.[0] | "\(.state) \(.forwarding) \(.tag) \(.owner)"' port show p3
	check "... with the reason" is "the device is to come" json '.[0].path_reason' port show p3
	check "no change is left to make" is "" apply
	check "a dump names it" eval 'xsw config dump > "$TMP/dump" && grep -q "dev: p3" "$TMP/dump"'
	check "... and is applied without a change" is "" xsw config apply "$TMP/dump"
	check "frames to its address are dropped" eval 'frame send e1 "h3 h1 8100/5"; handled 1; [ "$(drops 3 port-down)" = 1 ]'
	check "there is nothing to attach" refused 2 port attach p3
	check "... with --if-exists neither" refused 2 --if-exists port attach p3
	check "settings can be changed" xsw port set p3 hairpin on
	check "... and taken back" xsw port set p3 hairpin off
	check "an upgrade leaves it" xsw switch upgrade sw0

	comes
	check "attach" while_others_talk xsw port attach p3
	check "the port is up" is "up true" json '.[0] | "\(.state) \(.forwarding)"' port show p3
	check "... on its path" is "$TEST_PATH" json '.[0].path_in_use' port show p3
	check "... and forwards as the file says" forwards
	check "no change is left to make" is "" apply
	check "attach again changes nothing" xsw port attach p3
	check "its policer counts" policer_counts
	before=$(counter 3 rx_packets)

	goes
	check "gone, the port is absent" wait_for 2 is absent json '.[0].state' port show p3
	check "... what it needs is advised" is "xsw port del p3 # or make the device, and: xsw port attach p3" \
		json '.[] | select(.check == "present").remedy' check p3
	comes
	check "a new device of that name is not the port yet" is absent json '.[0].state' port show p3
	check "... attach is advised" is "xsw port attach p3" json '.[] | select(.check == "present").remedy' check p3
	check "... four attach it at once" while_others_talk at_once
	check "... it forwards" forwards
	check "... its counters went on" eval '[ "$(counter 3 rx_packets)" -gt "$before" ]'

	number=$(ifindex p3)
	goes
	xsw port set p3 threaded on napi_cpus 0
	comes_with_ifindex "$number"
	check "absent, it has its CPUs, not those of a device with its number" is '[0]' \
		json '.[0].napi_cpus' port show p3
	check "another device gets the number: settings of the port" xsw port set p3 link down
	check "... do nothing to it" is UP eval "ip -n '$NS' -j link show q3 | jq -r '.[0].operstate'"
	xsw port set p3 link auto
	check "... the number may become a port" xsw port add q3 switch sw0 path "$TEST_PATH"
	check "... the absent port stays" is "absent 5" json '.[0] | "\(.state) \(.tag)"' port show p3
	check "... with its entry" fdb_has h3 dev p3 vlan 5 static
	xsw port set p3 threaded off
	xsw port del q3
	goes q3
	comes
	check "... and gets its device" while_others_talk xsw port attach p3
	check "... it forwards" forwards

	goes
	comes
	ip -n "$NS" link add br0 type bridge 2> /dev/null && ip -n "$NS" link set p3 master br0
	if [ -e "/proc/self" ] && ip -n "$NS" -j link show p3 | grep -q '"master"'; then
		check "a device that has a master is refused" refused 2 port attach p3
		check "... the port stays absent" is absent json '.[0].state' port show p3
		ip -n "$NS" link set p3 nomaster
	else
		skip "a device that has a master is refused" "no bridge"
		skip "... the port stays absent" "no bridge"
	fi
	check "killed at any moment" while_others_talk kill_many
	netns_add "$OTHER"
	check "... and repaired from another namespace" kill_many_elsewhere
	ip netns del "$OTHER"
	check "... attach works after it" xsw port attach p3
	check "... and the port is whole" is "" apply
	check "... it forwards" forwards
	goes
	comes
	check "apply attaches, too" is "attach port 'p3' of switch 'sw0'" while_others_talk apply
	check "... it forwards" forwards
	goes
	check "threads that the device will not have" xsw port set p3 path skb threaded on napi_cpus 0
	comes
	check "... keep nobody from attaching it" xsw port attach p3
	check "... it forwards" is true json '.[0].forwarding' port show p3
	check "... the CPUs are not forgotten" is '[0]' json '.[0].napi_cpus' port show p3
	check "... when the device has threads" xsw port set p3 path xdp
	check "... they run there" is '[0]' json '.[0].napi_cpus' port show p3
	goes
	check "an absent port can be deleted" xsw port del p3
	check "no such port" refused 2 port attach p3
	xsw port add host3 switch sw0 host
	goes host3
	ip -n "$NS" link add host3 type veth peer name other3
	check "a host port takes no device of somebody else" refused 2 port attach host3
	check "... what it needs is advised" is "xsw port del host3; xsw port add host3 switch sw0 host" \
		json '.[] | select(.check == "present").remedy' check host3
	xsw port del host3
	check "... deleting it leaves that device" ip -n "$NS" link show host3
	goes host3
	check "... is forgiven with --if-exists" xsw --if-exists port attach p3
	check "a word too many" refused 1 port attach p3 p1
	check "no word" refused 1 port attach
	for name in no/such "two words" . .. "" sixteen-letters1 "a:b"; do
		printf '[{name: sw0, ports: [{dev: "%s"}]}]\n' "$name" > "$TMP/bad"
		check "a file with the name '$name'" refused 2 config apply "$TMP/bad"
	done
	check "adds up" adds_up
}

each_path 65 body
