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

plan 27
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
xsw switch del sw0
xsw switch del sw1
check "switches that go are gone" is 0 eval 'scrape | grep -c "^xsw" || :'
kill -TERM "$BACKGROUND"
wait "$BACKGROUND"
check "ends when told" is 0 echo $?
check "an address that is not here is refused" exits 2 in_ns "$EXPORTER" --listen 192.0.2.1:9095
check "... or none" exits 2 in_ns "$EXPORTER" --listen nonsense
check "to stay root is refused" exits 2 in_ns "$EXPORTER" --user root
