"""Notes of named users made by hand, each with one thing odd (SPEC.md 9.11); `it` is the site that signs them."""

import base64
import itertools

import product
from site_note import tag_of_start
from vendor import Key, signed_note

ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def odd_texts(it):
    """(name, text that is signed): a note with something odd in it."""
    right = it.note().text()
    lines = right.splitlines()
    yield "as it should be", right
    yield "of others", it.note(users=["bob", "Anna", "ann", "annas"]).text()
    yield "nobody in it", it.note(users=[]).text()
    for i, line in enumerate(lines):
        yield f"without {line!r}", "".join(f"{it_}\n" for it_ in lines[:i] + lines[i + 1:])
        yield f"with {line!r} twice", "".join(f"{it_}\n" for it_ in lines[:i + 1] + lines[i:])
    for i, j in (*itertools.pairwise(range(len(lines))), (1, 4), (0, 6), (2, 5)):
        swapped = list(lines)
        swapped[i], swapped[j] = lines[j], lines[i]
        yield f"{lines[i]!r} and {lines[j]!r} exchanged", "".join(f"{it_}\n" for it_ in swapped)

    def of(name, old, new):
        assert old in right, old
        return name, right.replace(old, new)

    yield of("CRLF", "\n", "\r\n")
    yield of("one CR", "anna\n", "anna\r\n")
    yield "a byte order mark", "\ufeff" + right
    yield "an empty line at its end", right + "\n"
    yield of("an empty line in it", "user: anna", "\nuser: anna")
    yield of("a line that is none", "user: bob", "admin: bob")
    yield of("a line in capitals", "user: bob", "User: bob")
    yield of("no blank behind the colon", "user: bob", "user:bob")
    yield of("two blanks behind the colon", "user: bob", "user:  bob")
    yield of("another version", "note v1", "note v2")
    yield of("a product file", "site note", "product")
    for number in ("0", "1", "00", "07", "+7", "-7", " 7", "7 ", "7.0", "0x7", "\uff17", "", "4294967295", "4294967296",
                   "1" * 40):
        yield of(f"number {number!r}", "number: 7", f"number: {number}")
    for name in ("other", "Lent", "lent ", ""):
        yield of(f"product {name!r}", "product: lent", f"product: {name}")
    dashes = f"{it.key[:3]}-{it.key[3:6]}-{it.key[6:9]}-{it.key[9:]}"
    for license_key in (it.other_key, dashes, it.key[:-1], it.key + "0", "", f"0{it.key}"):
        yield of(f"license {license_key!r}", f"license: {it.key}", f"license: {license_key}")
    key = it.site_key.public.hex()
    for site in (key.upper(), key[:-2], key + "00", "", Key("stranger").public.hex()):
        yield of(f"site {site!r}", f"site: {key}", f"site: {site}")
    for name in odd_names():
        yield f"user {ascii(name)}", it.note(users=["anna", name]).text()
        yield f"a place that {ascii(name)} had", it.note(users=["anna"], rests=[(1, None, name)]).text()
    for name, users, rests in (("twice a user", ["anna", "bob", "anna"], []),
                               ("a user, and at rest", ["anna"], [(1, None, "anna")]),
                               ("twice at rest", ["anna"], [(1, None, "bob"), (2, None, "bob")]),
                               ("capitals apart", ["anna", "Anna"], []),
                               ("more users than places", ["bob", "carol", "dan", "anna"], []),
                               ("the last place", ["bob", "carol", "anna"], [])):
        yield name, it.note(users=users, rests=rests).text()
    tag = tag_of_start(it.w.boot_id())
    for name, rest in {
        "a rest": (5, None, "bob"), "a rest by a start": (5, (tag, 9), "bob"),
        "a rest at its latest": (2**32 - 1, (tag, 2**32 - 1), "bob"), "a rest of 2^32": (2**32, None, "bob"),
        "a rest by a start, of 2^32": (5, (tag, 2**32), "bob"), "a rest by a tag of 7 bytes": (5, (tag[:7], 9), "bob"),
        "a rest by a tag of 9 bytes": (5, (tag + b"\x01", 9), "bob"),
        "a rest of a name with a blank": (5, None, "anna meier"), "a rest at 0": (0, (tag, 0), "bob"),
    }.items():
        yield name, it.note(users=["anna"], rests=[rest]).text()
    for rest in ("5 bob", "05 - bob", "+5 - bob", " 5 - bob", "5  - bob", "5 -  bob", "5 - bob ", "- - bob",
                 f"5 {tag.hex().upper()}@9 bob", f"5 {tag.hex()}@09 bob",
                 f"5 {tag.hex()}@ bob", f"5 {tag.hex()} bob", "5 @9 bob", "5 -", "5 - ", "", "5\t-\tbob"):
        yield f"rest {rest!r}", it.note(users=["anna"]).text() + f"rest: {rest}\n"
    yield "a rest before a user", it.note(users=["anna"], rests=[(5, None, "bob")]).text() + "user: carol\n"


def odd_names():
    yield from ("", " ", " bob", "bob ", "\tbob", "bob\xa0", "\u3000bob", "bob\u2003", "anna meier", "NORTH\\bob",
                "a: b", "user: bob", "\u2014 bob", "b" * 128, "b" * 129, "\u00e9" * 64,
                "\u00e9" * 65, "J\u00f6rg", "Jo\u0308rg", "\u212b", "\u1e9b\u0323", "\uac00", "\u1100\u1161",
                "b\u200cob", "b\u200dob", "b\u200bob", "b\u202eob",
                "b\x00ob", "b\x7fob", "b\x85ob", "b\u2028ob", "b\ufeffob", "b\u00adob", "b\U000e0041ob", "\U0001f600",
                "b\u034fob", "\u0301bob", "1", "-", "@", "+", "*")


def odd_signatures(it):
    """(name, bytes of a note) whose text is right."""
    text, stranger = it.note().text(), Key("stranger")
    good = it.sign(text)
    blob = product.key_hash(it.key, it.site_key.public) + it.site_key.sign(text.encode())
    yield "signed by another key", it.sign(text, by=stranger)
    theirs = blob[:4] + stranger.sign(text.encode())
    yield "signed by another key, under the hash of the right one", signed_note(text, it.key, theirs).encode()
    yield "signed by the root", it.sign(text, by=it.vendor.root)
    for name in ("lent", it.other_key, f"{it.key}0", "anna"):
        yield f"signed as {name}", it.sign(text, name=name)
        yield f"signed as itself, and named {name}", signed_note(text, name, blob).encode()
    yield "another key hash", signed_note(text, it.key, bytes(4) + blob[4:]).encode()
    shorter = blob[:4] + it.site_key.sign(text[:-1].encode())
    yield "signed without its last line feed", signed_note(text, it.key, shorter).encode()
    yield "a signature of zeros", signed_note(text, it.key, blob[:4] + bytes(64)).encode()
    beyond = blob[:36] + (int.from_bytes(blob[36:], "little") + ORDER).to_bytes(32, "little")
    yield "a signature's s beyond the order", signed_note(text, it.key, beyond).encode()
    yield "a signature's R of small order", signed_note(text, it.key, blob[:4] + SMALL_ORDER + blob[36:]).encode()
    for cut in (67, 69):
        yield f"a signature of {cut - 4} bytes", signed_note(text, it.key, (blob + b"\x00")[:cut]).encode()
    yield "a user added", good.replace(b"user: bob\n", b"user: bob\nuser: mallory\n")
    yield "a user changed", good.replace(b"bob", b"eve")
    yield "CRLF on the way", good.replace(b"\n", b"\r\n")
    yield "a byte order mark on the way", b"\xef\xbb\xbf" + good
    yield "without its last line feed", good[:-1]
    yield "an empty line behind it", good + b"\n"
    yield "something behind it", good + b"user: mallory\n"
    yield "an empty line before it", b"\n" + good
    yield "two empty lines before the signature", good.replace("\n\u2014".encode(), "\n\n\u2014".encode())
    yield "no empty line before the signature", good.replace("\n\n\u2014".encode(), "\n\u2014".encode())
    last = good[good.rindex("\u2014".encode()):]
    yield "two signatures", good + last
    yield "two signatures, the first by another", good.replace(last, it.sign(text, by=stranger)[-len(last):] + last)
    yield "a hyphen for the dash", good.replace("\u2014".encode(), b"-")
    yield "a blank behind it", good[:-1] + b" \n"
    yield "base64 without its end", good.replace(b"=", b"")
    at = len(good) - 3
    yield "base64 with a bit that is none", good[:at] + bytes([good[at] + 1]) + good[at + 1:]
    yield "the signature alone", last
    yield "the text alone", text.encode()
    yield "nothing", b""
    yield "no UTF-8", good.replace(b"bob", b"b\xff")
    odd = it.note(users=["anna", "bob"]).text().encode().replace(b"bob", b"b\xed\xa0\x80")
    signed = base64.b64encode(blob[:4] + it.site_key.sign(odd)).decode()
    yield "no UTF-8, and signed", odd + f"\n\u2014 {it.key} {signed}\n".encode()
    yield "a mebibyte of users", it.sign(it.note(users=[f"u{i}" for i in range(100000)]).text())
