#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Bad input: exit 1 for usage, 2 for refusals; one sentence on stderr, nothing
# on stdout (with -j an error object), nothing changed.
source "$(dirname "$0")/lib.sh"

# refuses STATUS ARGUMENT...
refuses() {
	local status=$1 got
	shift
	xsw "$@" > "$TMP/out" 2> "$TMP/err"
	got=$?
	[ $got = "$status" ] || { echo "exit $got:"; cat "$TMP/out" "$TMP/err"; return 1; }
	[ ! -s "$TMP/out" ] || { echo "stdout:"; cat "$TMP/out"; return 1; }
	head -1 "$TMP/err" | grep -q '^xsw: .*[^.]$' || { echo "stderr:"; cat "$TMP/err"; return 1; }
	[ "$(wc -l < "$TMP/err")" -le 2 ] || { echo "stderr:"; cat "$TMP/err"; return 1; }
	[ "$(state)" = "$STATE" ] || { echo "something changed"; state | diff - <(echo "$STATE"); return 1; }
}

state() {
	xsw -j switch show
	xsw -j port show
	xsw -j fdb show switch sw0
}

json_error() {
	xsw -j "$@" 2> /dev/null | jq -e '.error' > /dev/null
}

BAD_USAGE=(
	"nonsense"
	"port nonsense"
	"port add"
	"port add p3"
	"port set p1 vlan_mode sideways"
	"port set p1 vlan_mode"
	"port set p1 tag 4095"
	"port set p1 tag nonesuch"
	"port set p1 trunks all,10"
	"port set p1 tag -1"
	"port set p1 tag 10x"
	"port set p1 trunks 10-5"
	"port set p1 trunks 10,,20"
	"port set p1 trunks 4095"
	"port set p1 learning maybe"
	"port set p1 nonsense on"
	"port set p1 path warp"
	"port set p1 priority_tags sometimes"
	"port set p1 default_pcp 8"
	"port set p1 default_pcp -1"
	"port set p1 default_pcp"
	"port set p1 default_pcp none"
	"port set p1 default_pcp 0x1"
	"port set p1 default_pcp 18446744073709551617"
	"port set p1 default_pcp 1 default_pcp 1"
	"port set p1 ra_guard"
	"port set p1 ra_guard 1"
	"port set p1 ra_guard ON"
	"port set p1 ra_guard on ra_guard off"
	"port set p1 dhcp_guard"
	"port set p1 dhcp_guard on,off"
	"port set p1 dhcp_guard on ra_guard maybe"
	"port set p1 dhcp_guard off ra_guard on dhcp_guard off"
	"port add p3 switch sw0 ra_guard on ra_guard on"
	"port add p3 switch sw0 switch sw0"
	"port show switch sw0 switch sw0"
	"port show p1 dev p2"
	"port show dev p1 dev p2"
	"port show dev"
	"fdb add 02:00:00:00:00:01 dev p1 dev p2"
	"fdb add 02:00:00:00:00:01 dev p1 vlan 1 vlan 2"
	"fdb show switch sw0 switch sw0"
	"fdb flush switch sw0 switch sw0"
	"monitor --link-follow switch sw0 switch sw0"
	"monitor switch sw0 switch sw0"
	"port set p1 qinq_ethtype 0x9100"
	"switch add sw1 ageing_time x"
	"switch add sw1 fdb_max -5"
	"switch add sw1 fdb_full maybe"
	"switch add sw1 forward_reserved 1"
	"switch set sw0 forward_reserved 0,1-3"
	"switch set sw0 forward_reserved 16"
	"switch set sw0 forward_reserved 4094"
	"switch set sw0 forward_reserved 3-2"
	"switch set sw0 forward_reserved all"
	"switch set sw0 forward_reserved"
	"switch set sw0 forward_reserved 2,"
	"switch set sw0 forward_reserved none,2"
	"switch set sw0 forward_reserved 99999999999"
	"switch set sw0 forward_reserved 2 forward_reserved 3"
	"policer set p1 ingress rate 1mbit rate 2mbit burst 64kb"
	"fdb add 02:00:00:00:00 dev p1"
	"fdb add 02:00:00:00:00:zz dev p1"
	"fdb add 02:00:00:00:00:01 dev p1 vlan 4096"
	"--nonsense"
	"--dry-run switch del sw0"
	"-b - port set p1 flood off"
	"--batch"
	"--color=sometimes port show"
	"--brief=1 port show"
	"-o= port show"
	"port set p1 learning off learnin on"
	"fdb show 02:00:00:00:00:0g"
	"fdb show 02:00:00:00:00:01 02:00:00:00:00:02"
	"bind add p1 mac"
	"bind add p1 mac 02:00:00:00:00:01 ip"
	"port del p1 --dry-run"
)
REFUSED=(
	"port set p1 tag 0"
	"port add p3 switch sw0 tag 0"
	"port set p1 vlan_mode native-untagged tag 0"
	"port set p1 vlan_mode dot1q-tunnel tag 0"
	"port set p1 vlan_mode trunk tag 0"
	"port set p1 vlan_mode access"
	"port set p1 vlan_mode access tag none"
	"port add p1 switch sw0"
	"port add nosuch switch sw0"
	"port add p3 switch nosuch"
	"port set p3 learning off"
	"port del p3"
	"port add lo switch sw0"
	"port show nosuch"
	"switch add sw0"
	"switch del nosuch"
	"switch set nosuch ageing_time 5"
	"switch show nosuch"
	"fdb del 02:00:00:00:00:77 switch sw0"
	"fdb add 02:00:00:00:00:01 dev p3"
	"fdb flush switch nosuch"
	"stats show nosuch"
)

to_full_disk() {
	xsw "$@" > /dev/full
}

plan $((${#BAD_USAGE[@]} + ${#REFUSED[@]} + 23))
switch_up skb 3
xsw port del p3
xsw fdb add "$(mac 1)" dev p1 static
STATE=$(state)
for line in "${BAD_USAGE[@]}"; do
	# shellcheck disable=SC2086
	check "usage: xsw $line" refuses 1 $line
done
for line in "${REFUSED[@]}"; do
	# shellcheck disable=SC2086
	check "refused: xsw $line" refuses 2 $line
done
check "a switch name with a slash" exits 1 xsw switch add a/b
check "a switch name that is too long" exits 1 xsw switch add abcdefghijklmnopqrstuvwxyz
check "a switch named .." exits 1 xsw switch add ..
check "a full disk is noticed" exits 2 to_full_disk switch show sw0
check "without capabilities nothing is shown, and said so" exits 2 in_ns setpriv \
	--bounding-set=-sys_admin,-bpf --inh-caps=-sys_admin,-bpf "$XSW" fdb show
check "... but what needs none is shown whole: a port" is "$(xsw -j port show p1)" in_ns setpriv \
	--bounding-set=-sys_admin,-bpf --inh-caps=-sys_admin,-bpf "$XSW" -j port show p1
check "-j: an error object" json_error port set nosuch learning on
check "-j: usage too" json_error port set p1 vlan_mode sideways
check "--may-exist" xsw switch add sw0 --may-exist
check "--if-exists" xsw port del p3 --if-exists
for line in 'policer del p3 ingress' 'storm del p3 broadcast' 'bind del p3 mac 02:00:00:00:00:01'; do
	# shellcheck disable=SC2086
	check "... of what a port has, but there is no port: xsw $line" xsw --if-exists $line
done
check "... add is refused all the same" exits 2 xsw --if-exists bind add p3 mac 02:00:00:00:00:01
check "help is no error" xsw help
check "... at every level" xsw port help
check "version" xsw -V
printf '%s\n' 'port set p1 learning off' 'port set p1 nonsense' > "$TMP/batch"
check "a bad line ends a batch" exits 1 xsw -b "$TMP/batch"
printf '%s\n' '# a comment' '' 'port set p1 learning on' > "$TMP/batch"
check "comments and blank lines in a batch" xsw -b "$TMP/batch"
check "a batch that cannot be read" exits 2 xsw -b "$TMP"
printf 'config apply%s\n' "$(printf ' /dev/null%.0s' {1..300})" > "$TMP/batch"
check "a line of a batch with too many words is not cut short" exits 1 xsw -b "$TMP/batch"
xsw config dump | sed 's/ageing_time: .*/ageing_time: 9/' > "$TMP/config"
echo "config apply $TMP/config --dry-run" > "$TMP/batch"
check "a line of a batch may have --dry-run" xsw -b "$TMP/batch"
check "... which changes nothing" is "$STATE" state
