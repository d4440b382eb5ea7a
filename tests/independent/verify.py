#!/usr/bin/env python3
"""An implementation of SPEC.md made from that document alone, held against the vectors and the worked example.

    pip install cryptography blake3
    python3 tests/independent/verify.py tests/vectors

One line per category, then `N passed, N failed`. A file counts once, and passes where everything in it is as it says;
of `ed25519`, each vector counts, and of the worked example each line.
"""

import json
import pathlib
import re
import sys

import example
import letters
import machine
import payloads
import product
import reader
import rows
import sealing
import site_note
import strict
import trust
from payloads import Refused


class Wrong(Exception):
    """The case is not as its file says, or its file is not as section 12 says."""


class Beyond(Exception):
    """A text that only repair beyond section 2 would have read."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


# ---- the files, section 12 -----------------------------------------------------------

class Case:
    """The lines of a file. Each is taken once; what was not taken at the end was not known."""

    def __init__(self, data, has_text):
        header, parted, text = data.partition(b"\n\n")
        if not parted:
            expect(data.endswith(b"\n"), "the last line has no end")
            header, text = data[:-1], None
        expect(has_text == (text is not None), "text where there is none, or none where there is one")
        self.text = text
        self.lines = []
        for line in header.decode("utf-8").split("\n"):
            name, colon, value = line.partition(": ")
            expect(colon and name, f"no header line: {line!r}")
            self.lines.append((name, value))
        expect([name for name, _ in self.lines[:2]] == ["comment", "expect"], "the first two lines")
        self.expect = self.lines[1][1]

    def many(self, name, least=0, most=None):
        values = [v for n, v in self.lines if n == name]
        self.lines = [(n, v) for n, v in self.lines if n != name]
        expect(len(values) >= least and (most is None or len(values) <= most), f"{len(values)} lines {name!r}")
        return values

    def one(self, name):
        return self.many(name, 1, 1)[0]

    def maybe(self, name):
        return (self.many(name, 0, 1) or [None])[0]

    def hex(self, name):
        return unhex(self.one(name))

    def maybe_hex(self, name):
        value = self.maybe(name)
        return None if value is None else unhex(value)

    def number(self, name):
        return number(self.one(name))

    def license(self):
        digits = self.one("license-key")
        expect(re.fullmatch("[0-9]{13}", digits) and rows.license_key(digits), "license-key")
        return digits

    def commented(self, name, may_repeat):
        """Lines that may stand again, each with its own comment before it."""
        after = self.lines[2:]
        places = [i for i, (n, _) in enumerate(after) if n == name]
        comments = [i for i, (n, _) in enumerate(after) if n == "comment"]
        expect(may_repeat or len(places) == 1, f"{name!r} stands again")
        expect(comments == [i - 1 for i in places] or (len(places) == 1 and not comments), "comments")
        values = self.many(name, 1)
        self.many("comment")
        return values

    def done(self, *outcomes):
        self.many("comment")
        self.many("expect")
        expect(not self.lines, f"unknown lines {sorted({n for n, _ in self.lines})}")
        expect(self.expect in outcomes, f"unknown expectation {self.expect!r}")


def unhex(text):
    expect(re.fullmatch("([0-9a-f]{2})*", text), "hexadecimal")
    return bytes.fromhex(text)


def number(text):
    expect(re.fullmatch("0|[1-9][0-9]*", text), "number")
    return int(text)


def outcome(act):
    """(True, result) or (False, reason)."""
    try:
        return True, act()
    except Refused as refused:
        return False, str(refused)


# ---- one function per category -----------------------------------------------------------

def payload(case):
    letter = case.one("kind")
    expect(letter in payloads.DECODERS, "kind")
    values = [unhex(v) for v in case.commented("payload", case.expect == "refused")]
    fields = case.maybe("fields")
    case.done("ok", "refused")
    expect((fields is None) == (case.expect == "refused"), "fields")
    for value in values:
        held, got = outcome(lambda value=value: payloads.decode(letter, value))
        if case.expect == "refused":
            expect(not held, f"taken: {value.hex()}")
        else:
            expect(held, "refused")
            got = payloads.without_bodies(got)
            expect(got == json.loads(fields), f"fields are {json.dumps(got)}")


def answer(case):
    roots = [unhex(v) for v in case.many("root", 1, 2)]
    desks = [unhex(v) for v in case.many("desk")]
    least_epoch = case.number("least-epoch")
    product_id = case.one("product")
    held_by = trust.holder(product_id, case.license(), trust.machine_digest(
        case.hex("activation"), case.maybe_hex("fingerprint"), case.maybe_hex("bindings"), case.maybe_hex("usb")))
    letter, _, request = case.one("request").partition(" ")
    digest = trust.request_digest(letter, unhex(request))
    site_key = case.maybe_hex("site-key")
    lines = catalogue(case)
    reason = case.maybe("reason")
    grants = [unhex(v) for v in case.commented("grant", True)]
    case.done("accepted", "refused")
    expect((reason is None) == (case.expect == "accepted"), "reason")
    for i, grant in enumerate(grants):
        held, got = outcome(lambda grant=grant: trust.check_answer(
            roots, desks, least_epoch, product_id, digest, held_by, site_key, grant, lines))
        expect(held == (reason is None) and (held or got == reason), f"grant {i + 1}: {'accepted' if held else got}")


def catalogue(case):
    lines = (case.maybe("catalogue") or "").split()
    expect(all(line in product.CATALOGUE for line in lines), "catalogue")
    return lines


def loan(case):
    roots = [unhex(v) for v in case.many("root", 1, 2)]
    least_epoch = case.number("least-epoch")
    name = case.one("product")
    lines = catalogue(case)
    letter, _, request = case.one("request").partition(" ")
    expect(letter == "B", "request")
    site, bare, joined = case.maybe_hex("site"), case.maybe_hex("loan"), case.maybe_hex("loan-with-certificate")
    expect((site is None) == (bare is None) == (joined is not None), "site and loan, or loan-with-certificate")
    reason = case.maybe("reason")
    case.done("accepted", "refused")
    expect((reason is None) == (case.expect == "accepted"), "reason")

    def act():
        if joined is not None:
            both = payloads.decode("K", joined)
            card, body = both["certificate"], both["loan"]
        else:
            card, body = payloads.decode("C", site), payloads.decode("N", bare)
        trust.check_loan(roots, least_epoch, name, unhex(request), card, body, lines)
    held, got = outcome(act)
    expect(held == (reason is None) and (held or got == reason), "accepted" if held else got)


def loans(case):
    roots = [unhex(v) for v in case.many("root", 1, 2)]
    least_epoch = case.number("least-epoch")
    name, lines = case.one("product"), catalogue(case)
    known = [payloads.decode("C", unhex(v)) for v in case.many("card")]
    requests = [coded(v, "B")[1] for v in case.many("request", 1)]
    answers = [coded(v, "NK") for v in case.many("answer", 1)]
    certificates, heads = [unhex(v) for v in case.many("certificate")], [unhex(v) for v in case.many("head")]
    returns = [v.partition(" ")[::2] for v in case.many("return")]
    reason = case.maybe("reason")
    case.done("accepted", "refused")
    expect((reason is None) == (case.expect == "accepted") and not (reason and returns), "reason")
    holds = len(answers) - (reason is not None)
    expect(len(requests) == len(answers) and len(certificates) == len(heads) == holds, "as many as hold")
    head, before = trust.ZEROS, []
    for at, (request, (letter, answer)) in enumerate(zip(requests, answers)):
        held, got = outcome(lambda: one_loan(roots, least_epoch, name, lines, known, before, request, letter, answer))
        expect(held == (at < holds) and (held or got == reason), f"answer {at + 1}: {'accepted' if held else got}")
        if held:
            head = rows.kdf("countersign v1 loans", head + answer)
            expect((got, head) == (certificates[at], heads[at]), f"answer {at + 1}: {got.hex()} {head.hex()}")
    for serial, code in returns:
        given = payloads.decode("T", unhex(code))
        opened = [it for it, request in zip(before, requests) if gives_back(given, payloads.decode("B", request))]
        expect([it[1] for it in opened] == [number(serial)], f"{opened} given back")


def coded(line, letters_):
    letter, _, code = line.partition(" ")
    expect(letter and letter in letters_, f"kind {letter!r}")
    return letter, unhex(code)


def gives_back(given, borrow):
    _, c = trust.commitment(borrow["license_key"], bytes.fromhex(given["r"]))
    return c.hex() == borrow["commitment"] and c.hex()[:8] == given["activation"]


def one_loan(roots, least_epoch, name, lines, known, before, request, letter, answer):
    """The digest of the certificate under which an answer holds; what a workstation knows then is added to it."""
    asked, said = payloads.decode("B", request), payloads.decode(letter, answer)
    said = said if letter == "K" else {"certificate": None, "loan": said}
    loan_ = said["loan"]
    if loan_["request_tag"] != trust.request_digest("B", request)[:2].hex():
        raise Refused("request")
    for card in [said["certificate"]] if letter == "K" else known:
        held, got = outcome(lambda: trust.check_loan(roots, least_epoch, name, request, card, loan_, lines))
        if held:
            break
        if letter == "K":
            raise Refused(got)
    else:
        raise Refused("certificate")
    if any(key == card["public_key"] and serial >= loan_["loan_serial"] for key, serial in before):
        raise Refused("older")
    before.append((card["public_key"], loan_["loan_serial"]))
    if letter == "K":
        known.append(card)
    return got


def emergency(case):
    held_by, anchor = case.hex("holder"), case.hex("anchor")
    generation, steps, days = case.number("generation"), case.number("steps"), case.number("days")
    moves = case.maybe("moves-by")
    code = case.hex("emergency")
    case.done("accepted", "refused")
    held, got = outcome(lambda: trust.check_emergency(held_by, generation, anchor, steps, days, code))
    expect(held == (case.expect == "accepted") == (moves is not None), "accepted" if held else got)
    expect(not held or got == number(moves), f"moves by {got}")


def seed(case):
    key, commitment, held_by = case.hex("seed-key"), case.hex("commitment"), case.hex("holder")
    generation, steps, days = case.number("generation"), case.number("steps"), case.number("days")
    x, anchor = case.hex("x0"), case.hex("anchor")
    case.done("ok")
    expect(trust.first_x(key, commitment, generation, steps, days) == x, "x0")
    for i in range(steps):
        x = trust.next_x(held_by, generation, i, x)
    expect(x == anchor, "anchor")


def sealed(case):
    of, number = case.hex("signer-seed"), case.number("number")
    to, text = case.hex("sealing"), case.hex("sealed")
    key = case.maybe("seed-key")
    case.done("accepted", "refused")
    expect((key is None) == (case.expect == "refused"), "seed-key")
    signer = sealing.Ed25519PrivateKey.from_private_bytes(of)
    expect(sealing.public_of(sealing.sealing_key(signer)) == to, "sealing key")
    held, got = outcome(lambda: sealing.open_sealed(text, number, of))
    expect(held == (key is not None) and (not held or got[0].hex() == key), got)


def product_file(case):
    root = case.maybe("root-fingerprint")
    case.done("ok", "refused")
    held, got = outcome(lambda: product.check(case.text))
    expect(held == (case.expect == "ok") == (root is not None), "taken" if held else got)
    expect(not held or got == root, f"root fingerprint {got}")


def note(case):
    of = case.one("product"), case.license(), case.hex("site-key")
    known, users, rules = case.maybe("number"), case.many("user"), case.many("rule")
    reason = case.maybe("reason")
    case.done("accepted", "refused")
    expect((reason is None) == (case.expect == "accepted") == (known is not None), "reason, number")
    held, got = outcome(lambda: site_note.read(case.text, *of))
    expect(held == (reason is None) and (held or got == reason), "accepted" if held else got)
    expect(not held or (got.number, got.users) == (number(known), users), held and f"{got.number} {got.users}")
    expect(not held or [f"{at} {it}" for at, it in got.rules] == rules, held and got.rules)


def license_key(case):
    texts = case.commented("text", case.expect == "refused")
    known = case.maybe("number")
    case.done("ok", "refused")
    expect((known is None) == (case.expect == "refused"), "number")
    for text in texts:
        got = rows.license_key(text)
        expect(got == (None if known is None else number(known)), f"{text!r} is {got}")


def commitment(case):
    r = case.hex("r")
    s, c = trust.commitment(case.license(), r)
    expect(len(r) == 12 and s == case.hex("s") and c == case.hex("c"), "s or C")
    expect(c[:4] == case.hex("activation"), "activation id")
    case.done("ok")


def fingerprint(case):
    if case.expect == "ok":
        digits = case.license()
        values = {c: v for c in machine.COMPONENTS for v in [case.maybe(c)] if v is not None}
        got, wanted = machine.fingerprint(digits, values), case.hex("fingerprint")
        case.done("ok")
        expect(got == wanted, got.hex())
        return
    a, b = case.hex("a"), case.hex("b")
    case.done("match", "weak", "mismatch")
    for side in (a, b):
        payloads.fingerprint(payloads.Bytes(side))
    got = machine.compare(a, b), machine.compare(b, a)
    expect(got == (case.expect, case.expect), got)


def bindings(case):
    host, addresses = case.one("host"), case.many("address")
    pairs = [tuple(v.split("=", 1)) for v in case.many("bind", 1)]
    lines, digest = case.many("line"), case.maybe_hex("digest")
    case.done("ok", "refused")
    held, got = outcome(lambda: machine.bindings(pairs, host, addresses))
    expect(held == (case.expect == "ok") == (digest is not None), got)
    expect(not held or got == (lines, digest), got)


def text(case, name):
    kind, wanted, raw = case.maybe("kind"), case.maybe("wanted"), case.maybe_hex("payload")
    restored, others = case.maybe("restored"), case.maybe("others")
    case.maybe("corrections"), case.maybe("message")        # an implementation's own affair
    level = case.maybe("level")
    case.done("ok", "other_kind", "damaged", "no_code")
    expect(level in (None, "repair"), "level")
    for known in (kind, wanted, *(others.split(", ") if others else [])):
        expect(known is None or known in rows.LETTER, "kind")
    expect((raw is not None) == (case.expect in ("ok", "other_kind")), "payload")
    written = case.text.decode("utf-8")
    got = reader.read(written, wanted)
    if level == "repair" and got[0] != case.expect:
        expect(got[0] in ("damaged", "no_code"), got)       # not reading is allowed, misreading is not
        raise Beyond
    expect(got[0] == case.expect and got[2] == raw, got)
    expect(case.expect == "no_code" or got[1] == kind, got)
    if case.expect == "ok":
        expect((restored or "None") == str(got[3]), f"restored {got[3]}")
        expect(sorted(others.split(", ") if others else []) == sorted(got[4]), f"others {got[4]}")
    if name.startswith("written-"):
        expect(rows.write(rows.LETTER[kind], raw) == written.rstrip("\n"), "written otherwise")


def mail(case):
    kind, wanted, raw, others = case.one("kind"), case.maybe("wanted"), case.hex("payload"), case.maybe("others")
    sender = case.maybe("sender")
    case.done("ok")
    written, from_whom = letters.open_file(case.text)
    got = reader.read(written, wanted)
    expect(got[:3] == ("ok", kind, raw), got)
    expect(from_whom == sender, f"sender {from_whom}")
    expect(sorted(others.split(", ") if others else []) == sorted(got[4]), f"others {got[4]}")


CATEGORIES = {
    "payload": payload, "answer": answer, "loan": loan, "loans": loans, "note": note, "emergency": emergency, "seed": seed, "sealed": sealed, "product": product_file,
    "license-key": license_key, "commitment": commitment, "fingerprint": fingerprint, "bindings": bindings, "mail": mail,
}


def ed25519(path):
    """Yields (name, passed). What 5.3 says of each is worked out from the vectors' own descriptions."""
    if path.name == "cctv.json":
        taken = {"low_order_component_R", "low_order_component_A"}      # mixed order; all else is refused
        for v in json.loads(path.read_text()):
            got = strict.verify(bytes.fromhex(v["key"]), v["msg"].encode(), bytes.fromhex(v["sig"]))
            yield f"number {v['number']}", got == (set(v["flags"] or []) <= taken)
    elif path.name == "speccheck.json":
        for i, v in enumerate(json.loads(path.read_text())):
            got = strict.verify(*(bytes.fromhex(v[n]) for n in ("pub_key", "message", "signature")))
            yield f"case {i}", got == (i == 3)      # mixed A and R, cofactorless: the only one that is taken
    else:
        yield "unknown file", path.name == "README.md"


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def report(self, name, results):
        passed, failed, beyond = 0, 0, 0
        for what, result in results:
            if isinstance(result, Beyond):
                beyond += 1
            elif result is None:
                passed += 1
            else:
                failed += 1
                print(f"  FAILED {what}: {result}")
        print(f"{name}: {passed} passed, {failed} failed" + (f", {beyond} beyond" if beyond else ""))
        self.passed += passed
        self.failed += failed


def judge(path, category):
    try:
        case = Case(path.read_bytes(), category in ("text", "product", "note", "mail"))
        if category == "text":
            text(case, path.name)
        else:
            CATEGORIES[category](case)
    except Exception as error:      # a crash is a failure like any other
        return error if isinstance(error, (Wrong, Beyond)) else repr(error)
    return None


def main(directory):
    tally = Tally()
    for folder in sorted(pathlib.Path(directory).iterdir()):
        if folder.is_dir() and (folder.name in CATEGORIES or folder.name == "text"):
            files = sorted(folder.iterdir())
            tally.report(folder.name, [(f"{folder.name}/{f.name}", judge(f, folder.name)) for f in files])
        elif folder.name == "ed25519":
            results = [(f"{f.name} {what}", None if good else "wrong verdict")
                       for f in sorted(folder.glob("*.json")) for what, good in ed25519(f)]
            results += [(f.name, "unknown file") for f in folder.iterdir() if f.suffix != ".json" and f.name != "README.md"]
            tally.report(folder.name, results)
        else:
            tally.report(folder.name, [(folder.name, "unknown category")])
    for missing in sorted({*CATEGORIES, "text", "ed25519"} - {f.name for f in pathlib.Path(directory).iterdir()}):
        tally.report(missing, [(missing, "there is no such directory")])
    spec = pathlib.Path(__file__).resolve().parents[2] / "SPEC.md"
    tally.report("worked example", example.check(spec.read_text(encoding="utf-8")))
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify.py tests/vectors")
    sys.exit(main(sys.argv[1]))
