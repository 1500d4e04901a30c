# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Common to all selftests: TAP, a switch with N ports in its own network
# namespace, frames in words, waiting for a condition. A test sources this
# file; everything it made is gone when it ends.
#
#   e1 --- p1 [     ] p2 --- e2      e: where the tests send and listen
#             [ sw0 ] p3 --- e3      p: ports; veth pairs all
#
# With HOSTS="1 2" the ends e1 and e2 live in namespaces of their own, with
# the addresses 192.0.2.1 and 192.0.2.2: see on().

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
XSW=${XSW:-$ROOT/build/xsw}
PROGS=${PROGS:-$ROOT/build/selftests}
NS=xswt$$
TMP=$(mktemp -d /tmp/xsw-test-XXXXXX)
export XSW XSW_BPFFS=/sys/fs/bpf/xsw-test-$$
export LC_ALL=C
SLOW=${SLOW:-1} # how many times slower than usual this machine is

TEST_NUMBER=0
TEST_FAILED=0
TEST_PATH=
PORTS=0
SLOWPATH=
HOSTS=${HOSTS:-}

# ---- TAP

plan() {
	echo "1..$1"
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# check "what should be so" COMMAND...
check() {
	local text=$1 out
	shift
	TEST_NUMBER=$((TEST_NUMBER + 1))
	text="$text${TEST_PATH:+ ($TEST_PATH)}"
	if out=$("$@" 2>&1); then
		echo "ok $TEST_NUMBER - $text"
		return 0
	fi
	TEST_FAILED=$((TEST_FAILED + 1))
	echo "not ok $TEST_NUMBER - $text"
	printf '# command: %s\n' "$*"
	[ -z "$out" ] || printf '%s\n' "$out" | cut -c1-250 | sed 's/^/# /'
	return 1
}

# skip "what would have been checked" WHY
skip() {
	TEST_NUMBER=$((TEST_NUMBER + 1))
	echo "ok $TEST_NUMBER - $1${TEST_PATH:+ ($TEST_PATH)} # SKIP $2"
}

# each_path N BODY: run BODY, which makes N checks, on the paths xdp and skb, or PATHS
each_path() {
	local paths
	read -ra paths <<< "${PATHS:-xdp skb}"
	plan $((${#paths[@]} * $1))
	for TEST_PATH in "${paths[@]}"; do
		"$2"
		switch_down
	done
	TEST_PATH=
}

not() {
	! "$@"
}

# exits STATUS COMMAND...: does it end with this status?
exits() {
	local wanted=$1 status
	shift
	"$@"
	status=$?
	[ $status = "$wanted" ] || { echo "exit status $status, not $wanted"; false; }
}

# is WANTED COMMAND...: does the command print exactly this?
is() {
	local wanted=$1 got
	shift
	got=$("$@") || return
	[ "$got" = "$wanted" ] || { echo "got:      $got"; echo "expected: $wanted"; false; }
}

# refused STATUS COMMAND...: one sentence, and nothing changes
refused() {
	local status=$1 before after
	shift
	before=$(state)
	exits "$status" xsw "$@" 2> "$TMP/err" || { cat "$TMP/err"; return 1; }
	head -1 "$TMP/err" | grep -q '^xsw: .*[^.]$' || { cat "$TMP/err"; return 1; }
	after=$(state)
	[ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after"); return 1; }
}

# what a refused command must not change
state() {
	xsw -j port show
	xsw config dump
}

# wait_for SECONDS COMMAND...: until the command succeeds
wait_for() {
	local end=$((SECONDS + $1 * SLOW + 1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || { "$@"; return; }
		sleep 0.02
	done
}

# ---- namespaces

in_ns() {
	nsenter --net="/run/netns/$NS" -- "$@"
}

# on 1 COMMAND...: as host 1
on() {
	nsenter --net="/run/netns/${NS}h$1" -- "${@:2}"
}

xsw() {
	in_ns "$XSW" "$@"
}

frame() {
	in_ns "$PROGS/frame" "$@"
}

# hex WORD...: a frame of 60 bytes or more
hex() {
	local h
	h=$(printf '%s' "$@" | tr -d ' ')
	while [ ${#h} -lt 120 ]; do
		h=${h}00
	done
	echo "hex:$h"
}

netns_add() {
	ip netns add "$1"
	nsenter --net="/run/netns/$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip -n "$1" link set lo up
}

# links_up N: the namespace and N veth pairs
links_up() {
	local i
	netns_add "$NS"
	PORTS=$1
	for ((i = 1; i <= $1; i++)); do
		echo "link add p$i mtu ${MTU:-1500} type veth peer name e$i mtu ${OUTER_MTU:-9000}"
	done | ip -n "$NS" -batch -
	for i in $HOSTS; do
		netns_add "${NS}h$i"
		ip -n "$NS" link set "e$i" netns "${NS}h$i"
		ip -n "${NS}h$i" link set "e$i" mtu "${MTU:-1500}" address "$(mac "$i")" up
		ip -n "${NS}h$i" address add "192.0.2.$i/24" dev "e$i"
	done
	for ((i = 1; i <= $1; i++)); do
		echo "link set p$i up"
		[[ " $HOSTS " = *" $i "* ]] || echo "link set e$i up"
	done | ip -n "$NS" -batch -
}

# switch_up PATH[,PATH...] N [SWITCH SETTING...]: links, switch sw0, ports p1 to pN; the last
# of several paths is that of all further ports
switch_up() {
	local paths i
	IFS=, read -ra paths <<< "$1"
	links_up "$2"
	shift 2
	{
		echo "switch add sw0 $*"
		for ((i = 1; i <= PORTS; i++)); do
			echo "port add p$i switch sw0 path ${paths[i - 1]:-${paths[-1]}}"
		done
	} > "$TMP/switch_up"
	xsw -b "$TMP/switch_up" || echo "# switch_up failed"
	[[ " ${paths[*]} " != *" afxdp "* ]] || slowpath_up
}

# slowpath_up OPTION...: serve the ports of path afxdp; sets SLOWPATH to the process
# shellcheck disable=SC2120 # tests may have some
slowpath_up() {
	background "" "${XSW%/*}/xsw-slowpath" "$@" sw0 2> "$TMP/slowpath"
	SLOWPATH=$BACKGROUND
	wait_for 60 serves || { echo "# xsw-slowpath serves nothing"; cat "$TMP/slowpath"; }
}

# serves: does it serve all ports that want it?
serves() {
	xsw -j port show switch sw0 | jq -e '[.[] | select(.path == "afxdp" and .state != "absent")] |
		length > 0 and all(.path_in_use == "afxdp")'
}

# slowpath_down [SIGNAL]: end it
# shellcheck disable=SC2120
slowpath_down() {
	[ -n "$SLOWPATH" ] || return 0
	kill "-${1:-TERM}" "$SLOWPATH" 2> /dev/null
	wait "$SLOWPATH" 2> /dev/null
	SLOWPATH=
}

switch_down() {
	local i
	slowpath_down
	if [ -d "$XSW_BPFFS" ] && [ -e "/run/netns/$NS" ]; then
		for i in "$XSW_BPFFS"/*/; do
			[ ! -d "$i" ] || xsw switch del "$(basename "$i")"
		done
	fi > /dev/null 2>&1
	[ ! -e "/run/netns/$NS" ] || ip netns del "$NS"
	for i in $HOSTS; do
		[ ! -e "/run/netns/${NS}h$i" ] || ip netns del "${NS}h$i"
	done
	rm -rf "$XSW_BPFFS"
	PORTS=0
}

# background HOST COMMAND...: run it as a host ("" for the switch's namespace) until the
# test ends at the latest; sets BACKGROUND to its pid (the command's own, for kill)
background() {
	nsenter --net="/run/netns/$NS${1:+h$1}" -- "${@:2}" &
	BACKGROUND=$!
}

# kill_at MILLISECONDS COMMAND...: of xsw, killed that long after its beginning
kill_at() {
	background "" "$XSW" "${@:2}" > /dev/null 2>&1
	sleep "0.$(printf %03d "$1")"
	kill -KILL "$BACKGROUND" 2> /dev/null
	wait "$BACKGROUND" 2> /dev/null
}

cleanup() {
	local pids
	pids=$(jobs -p)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -KILL $pids 2> /dev/null
	wait 2> /dev/null
	switch_down
	rm -rf "$TMP"
	[ "$TEST_FAILED" = 0 ] || exit 1
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# ---- the switch seen from outside

# set_port N SETTING...
set_port() {
	xsw port set "p$1" "${@:2}" || echo "# set_port $* failed"
}

outer_ends() {
	local i
	for ((i = 1; i <= PORTS; i++)); do
		[[ " $HOSTS " = *" $i "* ]] || echo "e$i"
	done
}

# sees IN FRAME [PORT FRAME]...: a frame sent into port IN leaves the switch
# as given, and nowhere else (words of FRAME: see prog/frame.c)
sees() {
	local in=$1 sent=$2 wanted got
	shift 2
	wanted=$([ $# = 0 ] || printf 'e%s %s\n' "$@" | sort)
	# shellcheck disable=SC2046
	got=$(frame probe -n $(($# / 2)) "e$in" "$sent" $(outer_ends)) || return
	[ "$got" = "$wanted" ] && return
	printf 'sent: e%s %s\nexpected:\n%s\ngot:\n%s\n' "$in" "$sent" "$wanted" "$got"
	return 1
}

# mac N: the address that frames call hN
mac() {
	printf '02:00:00:00:00:%02x' "$1"
}

# another_map PIN: a map like the pinned one takes its place
another_map() {
	local bpftool words
	bpftool=$("$ROOT/tools/bpftool-path")
	words=$("$bpftool" -j map show pinned "$1" | jq -r '"type \(.type) key \(.bytes_key) value \(
		.bytes_value) entries \(.max_entries) name \(.name) flags \(.flags)"')
	# shellcheck disable=SC2086
	rm "$1" && "$bpftool" map create "$1" $words
}

# fdb_entry hN VLAN: "p1 learned", or nothing
fdb_entry() {
	xsw -j fdb show switch sw0 | jq -r --arg mac "$(mac "${1#h}")" --argjson vlan "$2" \
		'.[] | select(.mac == $mac and .vlan == $vlan) | .ifname + " " + (.flags | join(","))'
}

# fdb_has hN dev DEV vlan VID [static|learned]
fdb_has() {
	is "$3 ${6:-learned}" fdb_entry "$1" "$5"
}

# fdb_lacks hN vlan VID
fdb_lacks() {
	is "" fdb_entry "$1" "$3"
}

fdb_count() {
	xsw -j fdb show switch sw0 | jq length
}

# counter N NAME: of port pN
counter() {
	xsw -j stats show "p$1" | jq -r --arg name "$2" '.[0][$name]'
}

# drops N REASON
drops() {
	xsw -j stats show "p$1" | jq -r --arg reason "$2" '.[0].drops[$reason] // 0'
}

# handled N: wait until all frames sent into port N so far have been switched. A process may
# still have them (path afxdp), but they keep their order: of one that teaches nothing, sent
# last, the drop shows.
handled() {
	local before
	before=$(drops "$1" src)
	wait_for 30 eval "frame send e$1 'h1 bcast' && [ \"\$(drops $1 src)\" -gt $before ]"
}

# adds_up [N...]: everything that entered a port is accounted for
adds_up() {
	xsw -j stats show switch sw0 | jq -e '[.[] | .rx_packets == .rx_unicast + .rx_flooded +
		.rx_punted + .rx_host + .rx_dropped] | all' > /dev/null || {
		xsw -j stats show switch sw0
		false
	}
}

# json FILTER COMMAND...: what jq makes of xsw -j COMMAND
json() {
	xsw -j "${@:2}" | jq -rc "$1"
}

# port_is N KEY VALUE: as `port show` prints it
port_is() {
	is "$3" json ".[0].$2" port show "p$1"
}

# flow_start IN OUT FRAME PPS: numbered frames until flow_stop, at most a minute
flow_start() {
	background "" "$PROGS/frame" flow "e$1" "e$2" "$3" $((60 * SLOW)) "$4" > "$TMP/flow"
	FLOW=$BACKGROUND
	sleep 0.2
}

# flow_stop: end it; the result is in $TMP/flow
flow_stop() {
	kill -TERM "$FLOW" || echo "it had ended before" >> "$TMP/flow"
	wait "$FLOW"
}

# flow_lost_nothing: after flow_stop
flow_lost_nothing() {
	[[ $(< "$TMP/flow") =~ ^sent\ [1-9][0-9]*\ lost\ 0\ dup\ 0$ ]] || { cat "$TMP/flow"; false; }
}
