#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Guess: pcapng was made for captures at several interfaces, each with a snapshot length and a link type
# of its own, so tcpdump reads such a file, or at least the frames of those interfaces that are Ethernet.
# What happens: libpcap hands one snapshot length and one link type to its caller, those of the first
# interface. The first description of an interface that differs ends the reading with an error, even
# if no frame is from that interface, and wherever it stands: frames before it have been printed by then.
# Snapshot lengths 0 ("no limit") and 262144 are taken as the same; 65535 and 262144 differ, though no
# Ethernet frame in the file is so long. Different resolutions of time stamps are no obstacle.
# Whoever captures at several interfaces into one file gives all of them one snapshot length.
# Seen with tcpdump 4.99.3 and libpcap 1.10.3 of Debian 12.
# Source: libpcap's sf-pcapng.c, add_interface().
set -u
PACKAGES=(tcpdump=4.99.3-1 libpcap0.8=1.10.3-1)
LIBRARY=libpcap.so.0.8
skip() { echo "skipped: $*"; exit 77; }
command -v python3 >/dev/null || skip "no python3"
command -v apt-get dpkg >/dev/null || skip "no apt"
DIR=$(mktemp -d "${TMPDIR:-/tmp}/finding-XXXXXX") || skip "no temporary folder"
trap 'rm -rf "$DIR"' EXIT
trap 'exit 130' INT TERM
chmod 755 "$DIR"
(cd "$DIR" && apt-get -qq download "${PACKAGES[@]}" >/dev/null 2>&1) ||
	skip "packages not to be had: ${PACKAGES[*]}"
for file in "$DIR"/*.deb; do
	dpkg -x "$file" "$DIR" || skip "cannot unpack $file"
done
LIBDIR=$(dirname "$(find "$DIR" -name "$LIBRARY" -print -quit)")
TCPDUMP=(timeout 20 env "LD_LIBRARY_PATH=$LIBDIR" "$DIR/usr/bin/tcpdump")
"${TCPDUMP[@]}" --version >"$DIR/version" 2>&1 || skip "tcpdump does not run"
cat "$DIR/version"

# Files of two interfaces, and two frames of the first one; the second interface stands between them.
python3 - "$DIR" <<'PY'
import struct, sys

def block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)

def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)

ETHERNET, RAW_IP = 1, 101
NANOSECONDS = option(9, b"\x09")
section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
frame = bytes.fromhex("02000000000b02000000000a88b5") + bytes(46)

def interface(name, link=ETHERNET, snaplen=262144, options=b""):
    return block(1, struct.pack("<HHI", link, 0, snaplen) + option(2, name) + options + option(0, b""))

def packet(seconds):
    us = seconds * 1000000
    return block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(frame), len(frame)) + frame)

seconds_of = {
    "alike": interface(b"b"),
    "no-limit": interface(b"b", snaplen=0),
    "nanoseconds": interface(b"b", options=NANOSECONDS),
    "snaplen-65535": interface(b"b", snaplen=65535),
    "snaplen-128": interface(b"b", snaplen=128),
    "raw-ip": interface(b"b", link=RAW_IP),
}
for name, second in seconds_of.items():
    with open(f"{sys.argv[1]}/{name}.pcapng", "wb") as out:
        out.write(section + interface(b"a") + packet(1) + second + packet(2))
PY

# expect NAME STATUS FRAMES
bad=0
expect() {
	"${TCPDUMP[@]}" -nn -tt -r "$DIR/$1.pcapng" >"$DIR/out" 2>"$DIR/err"
	local status=$? frames

	frames=$(grep -c '^[12]\.000000 ' "$DIR/out")
	echo "$1: exit status $status, $frames of 2 frames$(sed -n 's/^tcpdump: pcap_loop/: &/p' "$DIR/err")"
	[ "$status $frames" = "$2 $3" ] || bad=1
}
expect alike 0 2
expect no-limit 0 2
expect nanoseconds 0 2
expect snaplen-65535 1 1
expect snaplen-128 1 1
expect raw-ip 1 1
exit "$bad"
