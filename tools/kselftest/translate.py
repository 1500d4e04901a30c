#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""translate.py ip|bridge|tc ARGUMENT...: what the command means for a Linux bridge, done by xsw

Called by `wrapper`. A bridge becomes a switch of the same name with a host port of that name, so
`ip address add ... dev br0` works as it is; a port of the bridge becomes a port of the switch.
The tables below hold the words that have an equal in xsw. Any other word ends with exit status 2
and the line `not offered: WORD` for `one`, on the file descriptor KSELFTEST_FD: what the wrapper
cannot say in xsw's words never looks like a success. -n, alone before the command, prints what
would be run instead of running it (selftests/kselftest.t).

KSELFTEST_STATE is a folder: bridges/NAME and ports/NAME hold what a Linux bridge remembers and xsw
has otherwise: whether VLANs are filtered, the default PVID, each port's bridge and VLANs.
"""
import json
import os
import signal
import subprocess
import sys

STATE = os.environ.get("KSELFTEST_STATE", "/nonexistent")
REAL = {"ip": os.environ.get("KSELFTEST_IP", "ip"),
        "bridge": os.environ.get("KSELFTEST_BRIDGE", "bridge"),
        "tc": os.environ.get("KSELFTEST_TC", "tc")}
XSW = os.environ.get("XSW", "xsw")
PORT_WORDS = os.environ.get("KSELFTEST_PORT", "").split()  # of each `port add`: path xdp
DRY = False


class NotOffered(Exception):
    """A word of ip or bridge for which xsw has none."""


# ---- the words: {Linux: (xsw, how its value is written there)}

def same(value):
    return value


def on_off(value):
    return {"0": "off", "1": "on"}.get(value, value)


def seconds(value):
    """of hundredths; xsw has whole seconds only"""
    if int(value) % 100:
        raise NotOffered(f"{value} hundredths of a second")
    return str(int(value) // 100)


def reserved(value):
    """group_fwd_mask, a bit an address"""
    mask = int(value, 0)
    return ",".join(str(i) for i in range(16) if mask >> i & 1) or "none"


SWITCH = {"ageing_time": ("ageing_time", seconds),
          "fdb_max_learned": ("fdb_max", same),
          "group_fwd_mask": ("forward_reserved", reserved),
          "vlan_stats_enabled": ("vlan_stats", on_off)}
# What the words of a bridge that xsw has no setting for mean to a switch: nothing else than this.
SWITCH_FIXED = {"mcast_snooping": "0", "mcast_querier": "0", "stp_state": "0",
                "vlan_protocol": "802.1Q"}
PORT = {word: (word, on_off) for word in ("learning", "flood", "mcast_flood", "bcast_flood",
                                          "isolated", "locked", "hairpin")}
PORT_FIXED = {"mab": "off", "neigh_suppress": "off", "guard": "off", "root_block": "off",
              "vlan_tunnel": "off", "fastleave": "off", "mcast_to_unicast": "off",
              "proxy_arp": "off"}
FDB = {"static": "static", "sticky": "sticky"}
DEVICE = ("name", "address", "addrgenmode", "mtu", "txqueuelen")  # and a value; before `type`


# ---- running and remembering

def run(*command, output=False):
    """The command's output, or its exit status as an exception."""
    if DRY:
        print(" ".join(command))
        return "[]"
    done = subprocess.run(command, check=False, text=True,
                          stdout=subprocess.PIPE if output else None)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def xsw(*words):
    run(XSW, *words)


def xsw_json(*words):
    return json.loads(run(XSW, "-j", *words, output=True))


def remembered(kind, name):
    """What is known of a bridge or port, or None."""
    try:
        with open(f"{STATE}/{kind}/{name}", encoding="ascii") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def remember(kind, name, what):
    os.makedirs(f"{STATE}/{kind}", exist_ok=True)
    if what is None:
        os.unlink(f"{STATE}/{kind}/{name}")
        return
    with open(f"{STATE}/{kind}/{name}", "w", encoding="ascii") as file:
        json.dump(what, file)


def ports_of(bridge):
    """Its ports, without its own host port."""
    folder = f"{STATE}/ports"
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [n for n in names if n != bridge and remembered("ports", n)["bridge"] == bridge]


def translated(table, fixed, pairs):
    """xsw's words for those of Linux, [(word, value)]"""
    words = []
    for word, value in pairs:
        if word in table:
            name, text = table[word]
            words += [name, text(value)]
        elif word not in fixed or on_off(value) != on_off(fixed[word]):
            raise NotOffered(f"{word} {value}" if word in fixed else word)
    return words


def pairs_of(words):
    return list(zip(words[::2], words[1::2]))


# ---- VLANs

def vlan_words(vlans, filtering):
    """How a port is in these VLANs, {VID as text: flags}, in the words of `xsw port set`"""
    trunk = ["rx", "on", "tx", "on", "vlan_mode", "trunk", "tag", "none"]
    if not filtering:
        return trunk + ["trunks", "all"]
    pvid = [v for v in vlans if "pvid" in vlans[v]]
    if [v for v in vlans if "untagged" in vlans[v] and v not in pvid]:
        raise NotOffered("untagged VLAN that is not the PVID")
    every = ",".join(sorted(vlans, key=int))
    if not vlans:
        return ["rx", "off", "tx", "off"]
    if not pvid:
        return trunk + ["trunks", every]
    mode = "native-untagged" if "untagged" in vlans[pvid[0]] else "native-tagged"
    return ["rx", "on", "tx", "on", "vlan_mode", mode, "tag", pvid[0], "trunks", every]


def vlans_set(name, port):
    """Set and remember the VLANs of a port."""
    filtering = remembered("bridges", port["bridge"])["vlan_filtering"] == "1"
    xsw("port", "set", name, *vlan_words(port["vlans"], filtering))
    remember("ports", name, port)


def postponed(name, port, old):
    """A PVID that moves leaves the old one behind as an untagged VLAN, which xsw has not. Whoever
    moves it removes the old one next: until then the port stays as it is, and any other command
    finds the file `postponed` and is not offered."""
    left = [v for v in port["vlans"] if v in old and port["vlans"][v] == ["untagged"] != old[v]]
    if left:
        remember("ports", name, port)
        remember("postponed", name, left)
    return left


def new_vlans(bridge):
    pvid = remembered("bridges", bridge)["vlan_default_pvid"]
    return {} if pvid == "0" else {pvid: ["pvid", "untagged"]}


# ---- ip link

def bridge_words(pairs):
    """What a Linux bridge remembers, and the rest"""
    own = {w: v for w, v in pairs if w in ("vlan_filtering", "vlan_default_pvid")}
    return own, translated(SWITCH, SWITCH_FIXED, [(w, v) for w, v in pairs if w not in own])


def bridge_add(words):
    """ip link add ... WORDS, with `type bridge` in them"""
    at = words.index("type")
    own, settings = bridge_words(pairs_of(words[at + 2:]))
    device, name, before = [], None, words[:at]
    while before:
        word = before.pop(0)
        if word in ("name", "dev"):
            name = before.pop(0)
        elif word in DEVICE:
            device += [word, before.pop(0)]
        elif word in ("up", "down"):
            device.append(word)
        elif name is None:
            name = word
        else:
            raise NotOffered(word)
    xsw("switch", "add", name, *settings)
    xsw("port", "add", name, "switch", name, "host")
    remember("bridges", name, {"vlan_filtering": "0", "vlan_default_pvid": "1"} | own)
    vlans_set(name, {"bridge": name, "vlans": new_vlans(name)})
    if device:
        run(REAL["ip"], "link", "set", "dev", name, *device)


def bridge_set(name, words):
    """ip link set NAME type bridge WORDS"""
    own, settings = bridge_words(pairs_of(words))
    if settings:
        xsw("switch", "set", name, *settings)
    before = remembered("bridges", name)
    remember("bridges", name, before | own)
    for port in [name] + ports_of(name):
        record = remembered("ports", port)
        if "vlan_default_pvid" in own:
            record["vlans"] = default_pvid_moved(record["vlans"], before["vlan_default_pvid"],
                                                 own["vlan_default_pvid"])
        if own:
            vlans_set(port, record)


def default_pvid_moved(vlans, old, new):
    """A port's VLANs when the default PVID moves: those of a port that has another PVID than the
    old default stay (net/bridge/br_vlan.c __br_vlan_set_default_pvid())."""
    if old != "0" and vlans.get(old) != ["pvid", "untagged"] or new in vlans:
        return vlans
    vlans = {v: [f for f in flags if f != "pvid"] for v, flags in vlans.items() if v != old}
    return vlans if new == "0" else vlans | {new: ["pvid", "untagged"]}


def bridge_del(name):
    for port in ports_of(name):
        remember("ports", port, None)
    xsw("switch", "del", name)
    remember("ports", name, None)
    remember("bridges", name, None)


def port_add(name, bridge):
    kind = json.loads(run(REAL["ip"], "-j", "-d", "link", "show", "dev", name, output=True))
    kind = kind[0].get("linkinfo", {}).get("info_kind") if kind else None
    if kind in ("vxlan", "bond", "team", "gretap", "ip6gretap", "vlan", "macvlan", "dummy"):
        raise NotOffered(f"port of kind {kind}")
    # a bridge takes a device that has addresses
    xsw("port", "add", name, "switch", bridge, "keep_addresses", "on", *PORT_WORDS)
    vlans_set(name, {"bridge": bridge, "vlans": new_vlans(bridge)})


def port_del(name):
    xsw("port", "del", name)
    remember("ports", name, None)


def link_set(words):
    """ip link set WORDS: True if it was for xsw"""
    words = words[1:] if words[0] == "dev" else words
    name, rest = words[0], words[1:]
    if rest[:2] == ["type", "bridge"] and remembered("bridges", name):
        bridge_set(name, rest[2:])
    elif rest[:2] == ["type", "bridge_slave"] and remembered("ports", name):
        xsw("port", "set", name, *translated(PORT, PORT_FIXED, pairs_of(rest[2:])))
    elif "nomaster" in rest and remembered("ports", name):
        port_del(name)
        rest.remove("nomaster")
        if rest:
            run(REAL["ip"], "link", "set", "dev", name, *rest)
    elif "master" in rest and remembered("bridges", rest[rest.index("master") + 1]):
        at = rest.index("master")
        if rest[:at] + rest[at + 2:]:
            run(REAL["ip"], "link", "set", "dev", name, *rest[:at], *rest[at + 2:])
        port_add(name, rest[at + 1])
    else:
        return False
    return True


def link_show(options, words):
    """ip -j -d link show: with what a bridge tells of itself"""
    name = next((w for w in words if remembered("bridges", w)), None)
    if name is None or "-j" not in options or "-d" not in options:
        return False
    links = json.loads(run(REAL["ip"], *options, "link", "show", "dev", name, output=True))
    switch = xsw_json("switch", "show", name)[0]
    learned = [e for e in xsw_json("fdb", "show", "switch", name) if "learned" in e["flags"]]
    data = {"ageing_time": switch["ageing_time"] * 100, "fdb_n_learned": len(learned),
            "fdb_max_learned": switch["fdb_max"],
            "vlan_filtering": int(remembered("bridges", name)["vlan_filtering"])}
    links[0]["linkinfo"] = {"info_kind": "bridge", "info_data": data}
    print(json.dumps(links))
    return True


def link_help():
    print("Usage: ... bridge", *(f"[ {word} VALUE ]" for word in SWITCH), file=sys.stderr)


def ip(options, words):
    """True if the command was for xsw"""
    if words[0] not in ("link", "l") or len(words) < 3:
        return False
    command, rest = words[1], words[2:]
    if command == "add" and "type" in rest and rest[rest.index("type") + 1] == "bridge":
        bridge_add(rest)
    elif command in ("del", "delete") and remembered("bridges", rest[-1]):
        bridge_del(rest[-1])
    elif command == "set":
        return link_set(rest)
    elif command == "show":
        return link_show(options, rest)
    elif command == "help" and rest == ["bridge"]:
        link_help()
    else:
        return False
    return True


# ---- bridge vlan, link, fdb

def port_named(name):
    port = remembered("ports", name)
    if port is None:
        raise NotOffered(f"{name}, which is no port of a switch")
    return port


def vlan(command, words):
    """bridge vlan add|del"""
    if command not in ("add", "del", "delete"):
        raise NotOffered(f"vlan {command}")
    flags = [w for w in words if w in ("pvid", "untagged", "self", "master")]
    values = dict(pairs_of([w for w in words if w not in flags]))
    if set(values) != {"dev", "vid"}:
        raise NotOffered(f"vlan {' '.join(sorted(set(values) - {'dev', 'vid'}))}")
    port = port_named(values["dev"])
    before = {vid: list(f) for vid, f in port["vlans"].items()}
    first, _, last = values["vid"].partition("-")
    for vid in map(str, range(int(first), int(last or first) + 1)):
        port["vlans"].pop(vid, None)
        if command == "add":
            if "pvid" in flags:
                for other in port["vlans"].values():
                    other[:] = [f for f in other if f != "pvid"]
            port["vlans"][vid] = [f for f in ("pvid", "untagged") if f in flags]
    if not postponed(values["dev"], port, before):
        vlans_set(values["dev"], port)


def completes(program, words):
    """Is it the command that a postponed one waits for?"""
    names = os.listdir(f"{STATE}/postponed") if os.path.isdir(f"{STATE}/postponed") else []
    if not names:
        return True
    left = remembered("postponed", names[0])
    remember("postponed", names[0], None)
    return program == "bridge" and words[:1] == ["vlan"] and words[1][:3] == "del" and \
        {names[0], *left} <= set(words)


def link(command, words):
    """bridge link set|show"""
    if command == "show":
        for name in sorted(os.listdir(f"{STATE}/ports")):
            port = xsw_json("port", "show", name)[0]
            print(f"{port['ifindex']}: {name}: master {port['switch']}",
                  *(f"{w} {'on' if port[x] else 'off'}" for w, (x, _) in PORT.items()))
        return
    values = dict(pairs_of(words))
    name = values.pop("dev")
    port_named(name)
    xsw("port", "set", name, *translated(PORT, PORT_FIXED, values.items()))


def fdb_words(words):
    """(MAC, {word: value}, flags) of `bridge fdb` WORDS"""
    mac, values, flags, words = None, {}, [], list(words)
    while words:
        word = words.pop(0)
        if word in ("dev", "br", "brport", "vlan", "dst", "state", "via", "port", "vni", "nhid"):
            values[word] = words.pop(0)
        elif mac is None and word.count(":") == 5:
            mac = word
        else:
            flags.append(word)
    return mac, values, flags


def fdb_vlans(port, values):
    """Without `vlan` an entry stands in each VLAN of the port (net/bridge/br_fdb.c br_fdb_add())
    and, as nobody filters, in VLAN 0."""
    if "vlan" in values:
        return [values["vlan"]]
    if remembered("bridges", port["bridge"])["vlan_filtering"] == "1":
        return sorted(port["vlans"], key=int)
    return ["0"]


def fdb_change(command, words):
    """bridge fdb add|replace|del MAC dev PORT master [ vlan VID ] [ static | sticky ]"""
    mac, values, flags = fdb_words(words)
    port = port_named(values.get("dev", ""))
    kinds = [f for f in flags if f not in ("master", "local", "permanent", "temp")]
    if "master" not in flags or set(values) - {"dev", "vlan"}:
        raise NotOffered("fdb entry of the device itself")
    unknown = [f for f in kinds if f not in FDB]
    if unknown or command in ("add", "replace") and not kinds:
        raise NotOffered(f"fdb {(unknown or ['permanent'])[0]}")
    for vid in fdb_vlans(port, values):
        if command == "del":
            xsw("fdb", "del", mac, "switch", port["bridge"], "vlan", vid)
        else:
            xsw("fdb", command, mac, "dev", values["dev"], "vlan", vid, FDB[kinds[-1]])


def fdb_entries(values):
    """Those that `bridge fdb show|get` is asked for, as it prints them"""
    name = values.get("brport") or values.get("dev")
    bridges = [values["br"]] if "br" in values else sorted(os.listdir(f"{STATE}/bridges"))
    for bridge in bridges:
        for entry in xsw_json("fdb", "show", "switch", bridge):
            if name in (None, entry["ifname"]) and \
               values.get("vlan", str(entry["vlan"])) == str(entry["vlan"]):
                state = {"static": "static", "local": "permanent"}.get(entry["flags"][0], "")
                yield {"mac": entry["mac"], "ifname": entry["ifname"], "flags": [],
                       "master": bridge, "state": state} | \
                      ({"vlan": entry["vlan"]} if entry["vlan"] else {})


def fdb_show(options, words):
    mac, values, flags = fdb_words(words)
    for word in [f for f in flags if f not in ("show", "get", "master")]:
        values["dev"] = word  # `bridge fdb show NAME`
    found = [e for e in fdb_entries(values) if mac in (None, e["mac"])]
    if mac and not found:
        print("Error: Fdb entry not found.", file=sys.stderr)
        raise SystemExit(2)
    if "-j" in options:
        print(json.dumps(found))
        return
    for e in found:
        print(e["mac"], "dev", e["ifname"], *(["vlan", str(e["vlan"])] if "vlan" in e else []),
              "master", e["master"], e["state"])


def fdb_flush(words):
    """All entries of a bridge; xsw's own flush keeps static ones."""
    _, values, _ = fdb_words(words)
    if set(values) != {"dev"} or not remembered("bridges", values["dev"]):
        raise NotOffered("fdb flush of a port")
    xsw("fdb", "flush", "switch", values["dev"])
    for e in fdb_entries({"br": values["dev"]}):
        if e["state"] == "static":
            xsw("fdb", "del", e["mac"], "switch", values["dev"], "vlan", str(e.get("vlan", 0)))


def fdb(options, command, words):
    if command in ("show", "get"):
        fdb_show(options, words)
    elif command in ("add", "replace", "del", "delete"):
        fdb_change(command[:3] if command == "delete" else command, words)
    elif command == "flush":
        fdb_flush(words)
    else:
        raise NotOffered(f"fdb {command}")


def bridge(options, words):
    """Always for xsw, if a switch is there or named"""
    if "dev" in words and words[0] == "fdb" and "self" in words and \
       not remembered("ports", words[words.index("dev") + 1]):
        return False  # of a VXLAN, say
    if words[0] == "vlan":
        vlan(words[1], words[2:])
    elif words[0] == "link":
        link(words[1], words[2:])
    elif words[0] == "fdb":
        fdb(options, words[1], words[2:])
    else:
        raise NotOffered(words[0])
    return True


# ---- tc at a port

def tc(_, words):
    """A switch takes frames before the filters at a port's ingress, and on path xdp sends them past
    those at its egress and past queueing disciplines: only the hooks themselves do no harm."""
    if words[1] in ("add", "replace") and words[-1] not in ("clsact", "ingress"):
        raise NotOffered(f"tc {words[0]} at a port")
    return False


# ---- the command

def main(program="", *words):
    words = list(words)
    usage = "usage: translate.py [-n] ip|bridge|tc WORD..."
    if program in ("-h", "--help"):
        return print(usage)
    if program not in REAL:
        sys.exit(usage)
    options = []
    while words and words[0].startswith("-"):
        options.append(words.pop(0))
    if not completes(program, words):
        raise NotOffered("untagged VLAN that is not the PVID")
    if not words or not {"ip": ip, "bridge": bridge, "tc": tc}[program](options, words):
        if DRY:
            print(program, *options, *words)
        else:
            os.execvp(REAL[program], [program, *options, *words])


def not_offered(error):
    text = f"not offered: {error}"
    print(text, file=sys.stderr)
    if "KSELFTEST_FD" in os.environ:
        os.write(int(os.environ["KSELFTEST_FD"]), (text + "\n").encode())
    return 2


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # what nobody reads ends it quietly
    if sys.argv[1:2] == ["-n"]:
        DRY = True
        del sys.argv[1]
    try:
        main(*sys.argv[1:])
    except NotOffered as e:
        sys.exit(not_offered(e))
