#!/usr/bin/env python3
"""Checks a receipt without the software that issued it. receipt.md explains the form and each step."""
import argparse, base64, hashlib, io, json, os, re, struct, sys, time
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Name, Time = type("Name", (str,), {}), type("Time", (str,), {})  # of an entity; in UTC. Neither is just any text
LEAF = {"format": int, "log": 16, "epoch": int, "entry": int, "log time": Time, "command": 16, "actor": Name,
        "act": str, "ground": str, "cause": int, "items": int, "root": 32}  # of which type, or how many bytes
HEAD = r"(?a)(datong/[0-9a-f]{32})/(0|[1-9]\d*)\n(0|[1-9]\d*)\n(.{43}=)\ntime ([-:T\d]{17}[0-5]\d(\.\d{0,5}[1-9])?Z)\n"
SEALED = {}  # the sealed values of the items, by commitment; what the receipt opens is put beside them
def need(fact, why):
    if not fact: raise ValueError(why)
    return fact
def say(text): print("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text))
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def unhex(text, size=None):
    need(re.fullmatch("([0-9a-f]{2})*", text) and size in (None, len(text) // 2), "lower-case hexadecimal expected")
    return bytes.fromhex(text)
def unbase(text): return data if base64.b64encode(data := base64.b64decode(text)).decode() == text else b""
def take(s, n): return need(len(data := s.read(n)) == n, "the bytes end inside a value") and data
def value(s):  # one value of canonical CBOR
    first = take(s, 1)[0]
    major, n = first >> 5, first & 31
    if n > 23: n = int.from_bytes(take(s, {24: 1, 25: 2, 26: 4, 27: 8}[n]), "big")
    if major < 2: return need(n < 1 << 63, "an integer beyond 64 bits") and (-1 - n if major else n)
    if major < 4: return take(s, n) if major == 2 else take(s, n).decode()
    if major == 4: return [value(s) for _ in range(n)]
    if major == 5: return need(len(pairs := {value(s): value(s) for _ in range(n)}) == n, "a key twice") and pairs
    if first == 0xFB: return struct.unpack(">d", n.to_bytes(8, "big"))[0]
    if major == 7: return {0xF4: False, 0xF5: True, 0xF6: None}[first]
    inner = value(s)
    if n == 32: return Name(inner)
    if n == 1001: return Time(time.strftime("%FT%T", time.gmtime(inner[1])) + f".{inner.get(-6, 0):06}Z")
    need(n == 55001 and len(inner) == 4, "unknown tag")
    return SEALED.setdefault(inner[3], {"sealed for": inner[0], "commitment": inner[3]})
def decode(data):
    found = value(s := io.BytesIO(data))
    return need(s.tell() == len(data), "bytes follow the value") and found
def split(n): return 1 << (n - 1).bit_length() - 1
def tree(hashes):  # RFC 6962 §2.1: the root over leaf hashes
    if len(hashes) < 2: return hashes[0] if hashes else sha()
    return sha(b"\1", tree(hashes[:split(len(hashes))]), tree(hashes[split(len(hashes)):]))
def climb(some, size, start, path, most=1 << 64):  # RFC 6962 §2.1.1-2: the roots over some leaves and over all
    if some == size <= most: return need(not path, "the path is too long") and (start, start)
    half, (*path, sibling) = split(size), need(path, "the path is too short")
    if some <= half: return (roots := climb(some, half, start, path, most))[0], sha(b"\1", roots[1], sibling)
    return tuple(sha(b"\1", sibling, root) for root in climb(some - half, size - half, start, path, most))
def open_head(note, name, key):  # a C2SP checkpoint: epoch, size, root and time that this key has signed
    text, _, lines = note.rpartition("\n\n")
    blobs = map(unbase, re.findall(f"^— {re.escape(name)} ([A-Za-z0-9+/]{{91}}=)$", lines, re.MULTILINE))
    blobs = need([b[4:] for b in blobs if b[:4] == sha(name.encode(), b"\n", key)[:4]], "no signature of this key")
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(blobs[0], f"{text}\n".encode())
    log, epoch, size, root, at, _ = need(re.fullmatch(HEAD, f"{text}\n"), "not a checkpoint in its one form").groups()
    need(log == name and int(epoch) < 1 << 32 and int(size) < 1 << 64 and unbase(root), "another log, or no number")
    return int(epoch), int(size), unbase(root), time.strptime(at[:19], "%Y-%m-%dT%H:%M:%S") and at
options = argparse.ArgumentParser(description=__doc__)
for name in ("receipt", "--key", "--consistency"): options.add_argument(name)
options, step = options.parse_args(), "form"
try:
    receipt = json.load(open(options.receipt, encoding="utf-8"))
    form, raw, listed, place, note, own = map(receipt.pop, "format leaf items inclusion checkpoint key".split())
    index, total, path = map(place.pop, ("index", "size", "path"))
    need(form == "datong-receipt-1" and not receipt and not place, "unknown format or members")
    raw, opens, path = unhex(raw), [item.get("open") for item in listed], [unhex(hash, 32) for hash in path]
    items = [decode(unhex(o["bytes"])) if o else "not shown" for o in opens]
    marks = [sha(b"datong/item/1\n", unhex(o["salt"], 32), unhex(o["bytes"])) if o else unhex(item["commitment"], 32)
             for item, o in zip(listed, opens)]
    openings = [(unhex(one["commitment"], 32), unhex(one["salt"], 32), unhex(one["plain"]))
                for o in opens if o for one in o.get("openings", [])]
    step = "key"; text = own if options.key is None else options.key
    name, mark, key = (open(text).read() if options.key and os.path.exists(text) else text).strip().split("+", 2)
    need(sha(name.encode(), b"\n", key := unbase(key))[:4].hex() == mark and len(key) == 33 and key[0] == 1, "bad form")
    step = "leaf"; leaf = dict(zip(LEAF, decode(raw), strict=True))
    kinds = {what: len(said) if type(said) is bytes else type(said) for what, said in leaf.items()}
    need(kinds in (LEAF, LEAF | {"cause": type(None)}) and leaf["format"] == 1, "not a leaf of format 1")
    need(leaf["epoch"] >> 32 == leaf["items"] >> 32 == 0 <= min(leaf["entry"], leaf["cause"] or 0), "out of range")
    step = "opening"
    for mark, salt, plain in openings:
        need(sha(b"datong/sealed/1\n", salt, plain) == mark in SEALED, "no sealed value has this commitment")
        SEALED[mark]["opened"] = decode(plain)
    step = "items"; root = tree([sha(b"\0", mark) for mark in marks])
    need((root, len(marks)) == (leaf["root"], leaf["items"]), "not the root and number in the leaf")
    step = "head"; head = epoch, size, root, at = open_head(note, name, key)
    step = "scope"; need(name == f"datong/{leaf['log'].hex()}" and epoch >= leaf["epoch"], "another log or epoch")
    need(repr((index, total)) == repr((leaf["entry"], size)), "another place or size")
    step = "inclusion"; need(climb(index + 1, size, sha(b"\0", raw), path, 1)[1] == root, "not the root in the head")
    if options.consistency:
        step = "consistency"; proof = json.load(open(options.consistency, encoding="utf-8"))
        old, new = open_head(proof["old"], name, key), open_head(proof["new"], name, key)
        need(proof["format"] == "datong-consistency-1" and old[0] <= new[0], "unknown format, or the older is newer")
        need(head[:3] in (old[:3], new[:3]), "neither head is the receipt's")
        path = [old[2]] * (old[1] in (new[1], split(old[1] + 1))) + [unhex(hash, 32) for hash in proof["path"]]
        need(climb(old[1], new[1], path[0], path[1:]) == (old[2], new[2]), "the older is not the newer's beginning")
    for what, it in leaf.items(): say(f"{what:9} {it.hex() if type(it) is bytes else '-' if it is None else it}")
    for n, item in enumerate(items): say(f"item {n:<4} {json.dumps(item, ensure_ascii=False, default=bytes.hex)}")
except Exception as error:
    sys.exit(say(f"NOT VALID: {step} ({str(error) or type(error).__name__})") or 1)
say("key       " + (text if options.key else f"{own} IS THE RECEIPT'S OWN: compare it with one obtained elsewhere"))
say(f"VALID: entry {leaf['entry']} of {name} stands in the head of {size} entries in epoch {epoch}, signed {at}")
