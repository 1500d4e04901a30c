#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each command of the page "Where is my packet?" prints what the page says, but for ages.
#   guest1 --- vm1 [     ] vm2 --- guest2    vm1, vm2: access 10
#                  [ sw0 ] uplink0 --- far   uplink0: trunk 10,20
source "$(dirname "$0")/lib.sh"
PAGE=$ROOT/tools/examples/where-is-my-packet.md

# same_age: ages in seconds are as many as the page was written with
same_age() {
	sed -E 's/[0-9]+ s ago/N s ago/'
}

# prints N: the command of block N, and what it prints, but for what xsw check has against this host
prints() {
	local command

	command=$(sed -n '1s/^# //p' "$TMP/block$1")
	sed 1d "$TMP/block$1" | same_age > "$TMP/wanted"
	(cd "$TMP/run" && in_ns env PATH="$TMP/bin:$PATH" bash -c "$command") 2>&1 | sed '/: check: /,+1d' | same_age | diff - "$TMP/wanted"
}

netns_add "$NS"
for pair in vm1:guest1 vm2:guest2 uplink0:far; do
	ip -n "$NS" link add "${pair%:*}" type veth peer name "${pair#*:}"
	ip -n "$NS" link set "${pair%:*}" up
	ip -n "$NS" link set "${pair#*:}" up
done
xsw switch add sw0
xsw port add vm1 switch sw0 path skb tag 10
xsw port add vm2 switch sw0 path skb tag 10
xsw port add uplink0 switch sw0 path skb vlan_mode trunk trunks 10,20
frame send guest1 "bcast h1"
frame send guest2 "bcast h2"
frame send far "bcast h3 8100/20"
frame send guest1 "bcast h1 8100/20" 3
mkdir "$TMP/bin" "$TMP/run"
ln -s "$XSW" "$TMP/bin/xsw"
awk -v to="$TMP/block" '/^```console$/ { n++; on = 1; next } /^```$/ { on = 0 } on { print > (to n) }' "$PAGE"
blocks=$(find "$TMP" -name 'block*' | wc -l)
plan $((blocks + 2))
check "there are examples" [ "$blocks" -ge 7 ]
for ((n = 1; n <= blocks; n++)); do
	check "$(head -1 "$TMP/block$n")" prints "$n"
done
check "README links the page" grep -q 'tools/examples/where-is-my-packet.md' "$ROOT/README.md"
