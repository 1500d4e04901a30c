#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# xsw-exporter serves what `xsw --openmetrics` prints, as nobody, with one
# capability, able to read pins and nothing else; switches come, go and are upgraded.
source "$(dirname "$0")/lib.sh"
EXPORTER=${EXPORTER:-$(dirname "$XSW")/xsw-exporter}
LISTEN=127.0.0.1:9095 # in a namespace of our own
OPEN=application/openmetrics-text

[ -x "$EXPORTER" ] || skip_all "no xsw-exporter beside $XSW"
command -v curl > /dev/null || skip_all "needs curl"

trap 'ip netns del "${NS}b" 2> /dev/null; cleanup' EXIT

# shellcheck disable=SC2120 # check passes them
scrape() {
	in_ns curl -sS -f --max-time 10 -H "Accept: ${2:-$OPEN}" "http://${1:-$LISTEN}/metrics"
}

# http STATUS [CURL WORD...]
http() {
	is "$1" in_ns curl -s --max-time 10 -o /dev/null -w '%{http_code}' "${@:2}"
}

serves_what_xsw_prints() {
	is "$(xsw --openmetrics stats show)" scrape
}

# ... of all namespaces
serves_all() {
	is "$(xsw --all-netns --openmetrics stats show)" scrape &&
		is "$NS ${NS}b" eval 'scrape | sed -n "s/^xsw_switch_info.*netns=\"\([^\"]*\).*/\1/p" | xargs'
}

type_is() {
	is "$1" in_ns curl -s --max-time 10 -o /dev/null -w '%{content_type}' -H "Accept: $2" \
		"http://$LISTEN/metrics"
}

status() {
	awk -v key="$1:" '$1 == key { print $2, $3, $4, $5 }' "/proc/$BACKGROUND/status" | xargs
}

sum() {
	scrape | awk '/^xsw_port_receive_packets_total/ { n += $2 } END { print n + 0 }'
}

# dribble N TO: N connections that send a request byte by byte and never end it, until they are
# closed; DRIBBLES is the process, which ends with them
dribble() {
	rm -f "$TMP/dribbles"
	background "" bash -c 'trap "" PIPE
		for ((i = 0; i < $1; i++)); do
			exec {fd}<> "/dev/tcp/${2%:*}/${2#*:}" || exit
			printf "GET /metrics HTTP/1.1\r\nX: " >&"$fd"
			fds[fd]=1
		done
		touch "$3"
		while [ ${#fds[@]} -gt 0 ]; do
			for fd in "${!fds[@]}"; do
				printf x >&"$fd" || { unset "fds[fd]"; exec {fd}>&-; }
			done
			sleep 0.1
		done' dribble "$1" "$2" "$TMP/dribbles" 2> /dev/null
	DRIBBLES=$BACKGROUND
	wait_for 5 test -e "$TMP/dribbles"
}

# half_begin ADDR: a request from there, of which the end is missing; half_end: that it comes
half_begin() {
	rm -f "$TMP/half"
	background "" bash -c 'exec 3<> "/dev/tcp/$1/9096"
		printf "GET /metrics HTTP/1.0\r\n" >&3
		touch "$2"
		until [ -e "$2.end" ]; do sleep 0.05; done
		printf "\r\n" >&3
		cat <&3 > "$2.answer"' half "$1" "$TMP/half"
	HALF=$BACKGROUND
	wait_for 5 test -e "$TMP/half"
}

half_end() {
	touch "$TMP/half.end"
	wait_for 5 gone "$HALF"
	grep -c '^HTTP/1.. 200 OK' "$TMP/half.answer"
}

gone() {
	! kill -0 "$1" 2> /dev/null
}

plan 37
links_up 2
background "" "$EXPORTER" --listen "$LISTEN" > "$TMP/log" 2>&1
check "serves" wait_for 5 scrape
check "no switch, no figures" is 0 eval 'scrape | grep -c "^xsw" || :'
xsw switch add sw0
xsw port add p1 switch sw0
xsw port add p2 switch sw0
check "a switch made later is found" serves_what_xsw_prints
frame send e1 "bcast h1" 12
check "counters are there" is 12 sum
xsw stats reset
check "... and stay at a reset" is 12 sum
xsw switch upgrade sw0
frame send e1 "bcast h1" 3
check "... and go on after an upgrade" is 15 sum
xsw switch add sw1
check "a second switch" serves_what_xsw_prints
check "OpenMetrics for who asks for it" \
	type_is "application/openmetrics-text; version=1.0.0; charset=utf-8" "$OPEN"
check "... the older format for others" type_is "text/plain; version=0.0.4; charset=utf-8" "*/*"
check "... which they get" is "$(xsw --prometheus stats show)" scrape "$LISTEN" "*/*"

check "is nobody" is "$(id -u nobody) $(id -u nobody) $(id -u nobody) $(id -u nobody)" status Uid
check "... of nobody's group" is "$(id -g nobody)" eval 'status Gid | cut -d" " -f1'
check "... of no other group" is "" status Groups
check "keeps CAP_DAC_READ_SEARCH only" is 0000000000000004 status CapEff
check "... permitted" is 0000000000000004 status CapPrm
check "... and can get none again" is 0000000000000000 status CapBnd
check "no new privileges" is 1 status NoNewPrivs
check "holds no map open" is 0 eval \
	'find "/proc/$BACKGROUND/fd" -lname "*bpf-map*" | wc -l'

check "another path is not found" http 404 "http://$LISTEN/secret"
check "the root says where to look" http 200 "http://$LISTEN/"
check "HEAD" http 200 -I "http://$LISTEN/metrics"
check "POST is refused" http 405 -d x=1 "http://$LISTEN/metrics"
netns_add "${NS}b"
"$XSW" -n "${NS}b" switch add sw2
xsw switch del sw1
check "switches of all namespaces, by name" serves_all
"$XSW" -n "${NS}b" switch del sw2
ip netns del "${NS}b"
EXPORTER_PID=$BACKGROUND

# ---- clients that mean no good

dribble 16 "$LISTEN"
check "beside 16 clients that send a byte at a time others are served" serves_what_xsw_prints
check "... again" serves_what_xsw_prints
check "... and they are gone after a while, however busy" wait_for 30 gone "$DRIBBLES"
dribble 40 "$LISTEN"
check "... beside 40, too" serves_what_xsw_prints
kill "$DRIBBLES" 2> /dev/null
wait "$DRIBBLES" 2> /dev/null
BACKGROUND=$EXPORTER_PID

xsw switch del sw0
check "switches that go are gone" is 0 eval 'scrape | grep -c "^xsw" || :'
kill -TERM "$BACKGROUND"
wait "$BACKGROUND"
check "ends when told" is 0 echo $?
check "an address that is not here is refused" exits 2 in_ns "$EXPORTER" --listen 192.0.2.1:9095
check "... or none" exits 2 in_ns "$EXPORTER" --listen nonsense
check "to stay root is refused" exits 2 in_ns "$EXPORTER" --user root

ip -n "$NS" address add 192.0.2.9/24 dev p2
check "said nothing yet" is "" cat "$TMP/log"
background "" "$EXPORTER" --listen 0.0.0.0:9096 2> "$TMP/log"
EXPORTER_PID=$BACKGROUND
check "another address than loopback's" wait_for 5 scrape 192.0.2.9:9096
check "... is warned of" grep -q "^xsw-exporter: warning: .*other hosts can read" "$TMP/log"
half_begin 192.0.2.9
dribble 40 127.0.0.1:9096
check "40 clients of one address take nothing from another one" is 1 half_end
check "... which is served" scrape 192.0.2.9:9096
kill "$DRIBBLES" "$EXPORTER_PID" 2> /dev/null
