"""Every command that changes something, the state before it, and what must hold after a fault in it (see `faults`)."""

import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "stage"))
import stage                        # noqa: E402
from computer import clear_tree     # noqa: E402

DAYS = 30       # of the demo, and of the grace
CODE = re.compile(r"\b(REQ1|SYN1|RET1|RSP1): ")
UNREADABLE = re.compile(r"panicked|os error|\bOs \{|kind: |RUST_|unwrap|\bErr\(|Error \{|::|0x[0-9a-f]{4}")


class Command:
    def __init__(self, name, start, args, look, *, stdin=None, again=(0,), same=True, ends=(0, 1), steps=False,
                 adds=False, full=(), extra=None, later=None):
        self.name, self.start = name, start
        self.args = args            # function of the stage, to the whole command line
        self.look = look            # function of the stage, to what people can see of the state
        self.stdin = stdin          # name of a file in `files`
        self.again = again          # with what the same command may end afterwards
        self.same = same            # the same command prints the same again
        self.ends = ends            # exit codes under a fault
        self.full = full            # exit codes where the disk is full from then on, beside those
        self.steps = steps          # more than one transaction: states between old and new are whole as well
        self.adds = adds            # each run adds to the state, also the same one again
        self.extra = extra          # function of the stage and a run, to what else is broken now
        self.later = later          # the same on other days: the state is put back afterwards

    def input(self, w):
        return w.read(self.stdin) if self.stdin else ""

    def run(self, w):
        return w.run(*self.args(w), stdin=self.input(w))

    def survey(self, w):
        """Old and new state, as `look` has them, and what is printed."""
        w.restore(self.start)
        old = self.look(w)
        w.restore(self.start)
        run = ok(self.run(w))
        self.old, self.new, self.printed = old, self.look(w), run.out

    def judge(self, w, fault, run):
        """What is broken after a run under a fault; an empty list where all is well."""
        broken = []
        if run.code not in (-9, *self.ends, *(self.full if fault.kind == "FULL" else ())):
            broken.append(f"exit code {run.code}")
        if fault.kind == "KILL" and run.code != -9:
            broken.append("it survived")
        if UNREADABLE.search(run.err):
            broken.append("unreadable words")
        told = not fault.of_talk
        if run.code > 0 and told and not ("error: " in run.err and "what to do: " in run.err):
            broken.append("it does not say what is wrong")
        if run.code == 0 and run.out.count("\n") != self.printed.count("\n"):
            broken.append("it ends with 0 and has not printed everything")
        if fault.kind == "EINTR" and fault.retried and run.code not in (0,):
            broken.append("an interrupted call is not made again")

        def others(run):
            if self.extra:
                broken.extend(self.extra(w, run) or ())
            if self.later:
                w.keep("aside")
                broken.extend(self.later(w, run) or ())
                w.restore("aside")

        between = self.look(w)
        if not self.steps and between not in (self.old, self.new):
            broken.append(f"the state is neither old nor new: {difference(between, self.new)}")
        if run.code == 0 and not self.steps and between != self.new:
            broken.append(f"it ends with 0 and the state is not the new one: {difference(between, self.new)}")
        if "nothing was changed" in run.err and between != self.old:
            broken.append(f"it says that nothing was changed: {difference(between, self.old)}")
        others(run)
        repeated = self.run(w)
        if repeated.code not in self.again:
            broken.append(f"the same command again ends with {repeated.code}: {repeated.err.strip()}")
        elif UNREADABLE.search(repeated.err):
            broken.append("unreadable words the second time")
        if self.same and repeated.code == 0 and not repeated.out.startswith(run.out):
            broken.append("the same command again prints something else")
        end = self.look(w)
        if end != self.new and not (self.adds and between == self.new):
            broken.append(f"in the end the state is not the new one: {difference(end, self.new)}")
        others(repeated)
        return broken


def difference(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return ", ".join(f"{k} is {one.get(k)!r} and not {other.get(k)!r}"
                         for k in sorted({*one, *other}) if one.get(k) != other.get(k))
    return f"{one!r} and not {other!r}"


def ok(result, code=0):
    if result.code != code:
        raise AssertionError(f"it should have ended with {code}: {result!r}")
    return result


# ---- places ------------------------------------------------------------------------

def desk(*args):
    return lambda w: ["--home", w.path("desk"), "--no-input", *[it(w) if callable(it) else it for it in args]]


def own(*args):
    """On the machine, with a home of the user's."""
    return lambda w: ["--home", w.path("machine"), "--no-input", *[it(w) if callable(it) else it for it in args]]


def shared(*args):
    """On the machine, with the machine-wide home."""
    return lambda w: ["--no-input", *[it(w) if callable(it) else it for it in args]]


def file(name):
    return lambda w: w.path("files", name)


def key(name):
    return lambda w: w.keys[name]


class World(stage.Stage):
    """The stage, with every state that a command starts from."""

    def read(self, name):
        with open(self.path("files", name)) as it:
            return it.read()

    def note(self, name, text):
        with open(self.path("files", name), "w") as it:
            it.write(text)

    def build(self):
        self.keys = {}
        self.clean()
        self.keep("nothing")
        ok(self.desk("desk", "init", "--vendor", "Fault", "--no-passphrase"))
        self.keep("desk without products")
        kit = ["--name", "Kit", "--feature", "fast", "--demo-days", str(DAYS), "--demo-feature", "fast"]
        ok(self.desk("product", "add", "kit", *kit))
        ok(self.desk("product", "add", "box", "--name", "Box", "--bind", "server", "--no-fingerprint"))
        for product in ("kit", "box"):
            ok(self.desk("product", "export", product, "-o", self.path("files", f"{product}.product")))
        for name, product, more in (("kit", "kit", ["--type", "floating", "--seats", "3", "--emergency", "4x7"]),
                                    ("spare", "kit", []), ("box", "box", [])):
            new = self.desk("-q", "license", "new", "--product", product, "--customer", "C", "--grace", str(DAYS), *more)
            self.keys[name] = ok(new).out.strip()
        self.keep("desk")
        for product in ("kit", "box"):
            ok(self.machine("product", "install", self.path("files", f"{product}.product")))
        ok(self.run("product", "install", "--system", self.path("files", "kit.product")))
        self.keep("installed")
        self.own_life()
        self.shared_life()
        self.demo()
        self.batch()

    def own_life(self):
        self.restore("installed")
        self.at(1)
        self.note("request", ok(self.machine("request", "activate", self.keys["kit"], "--product", "kit", "--seats", "2")).out)
        self.keep("asked")
        self.note("answer", ok(self.desk("respond", stdin=self.read("request"))).out)
        self.keep("answered")
        ok(self.machine("apply", stdin=self.read("answer")))
        self.keep("applied")
        self.at(2)
        ok(self.check_own())
        self.keep("checked")
        self.at(3)
        self.keep("a day later")
        self.at(9)
        self.note("emergency", ok(self.desk("emergency", self.keys["kit"])).out)
        self.keep("emergency read out")
        self.at(10)
        self.note("sync", ok(self.machine("request", "sync", self.keys["kit"])).out)
        self.keep("asked again")
        self.note("answer", ok(self.desk("respond", stdin=self.read("sync"))).out)
        self.keep("answered again")
        self.restore("a day later")
        shutil.copytree(self.path("machine"), self.path("files", "copy"))
        self.keep("copied")
        self.note("return", ok(self.machine("return", "--yes", self.keys["kit"])).out)
        self.keep("returned")
        self.restore("a day later")
        self.become(stage.CHANGED)
        self.at(4)
        self.keep("changed")
        changed = ok(self.check_own())
        assert "changed" in changed.err, changed
        self.keep("drifting")
        self.at(6)
        self.keep("drifting on")
        self.become(stage.computer())
        self.keep("as it was")

    def shared_life(self):
        self.restore("installed")
        self.at(1)
        request = ok(self.run("--no-input", "request", "activate", self.keys["kit"], "--product", "kit", "--system", "--seats", "2")).out
        ok(self.run("--no-input", "apply", stdin=ok(self.desk("respond", stdin=request)).out))
        self.at(2)
        ok(self.check_shared())
        self.at(3)
        shutil.copytree(self.path("lib", "countersign"), self.path("files", "copy"))
        self.keep("shared")

    def demo(self):
        self.restore("installed")
        self.at(1)
        self.keep("before the demo")
        ok(self.check_own())
        self.keep("demo")
        self.at(4)
        self.keep("demo goes on")

    def batch(self):
        self.restore("installed")
        self.at(1)
        lines = []
        for number in range(3):
            self.become(stage.other(10 + number))
            home = f"files/m{number}"
            shutil.copytree(self.path("machine"), self.path(home))
            code = ok(self.machine("request", "activate", self.keys["kit"], "--product", "kit", "--seats", "1", home=home)).out
            lines.append(json.dumps({"code": code}))
        self.note("batch", "\n".join(lines) + "\n")
        self.become(stage.computer())
        self.keep("batch")

    def check_own(self, *args):
        return self.machine("check", "--product", "kit", *args)

    def check_shared(self, *args):
        return self.run("--no-input", "check", "--product", "kit", *args)

    def status(self, home="machine"):
        return self.machine("status", "--product", "kit", "--json", home=home)


# ---- what can be seen of a state ---------------------------------------------------

def ledger(w):
    """What stands at the desk, but for random numbers and the number of events."""
    verified = w.desk("ledger", "verify", "--json")
    if verified.code:
        return {"verify": verified.code, "words": verified.err.strip()}
    seen = {k: v for k, v in verified.json.items() if k in ("activations", "answers", "licenses")}
    for name in ("kit", "box"):
        shown = w.desk("license", "show", w.keys[name], "--json") if name in w.keys else None
        if shown and shown.code == 0:
            it = shown.json
            held = [[a["seats"], a["state"], a["generation"], a["emergency_codes"]] for a in it["activations"]]
            seen[name] = [it["seats"], it["seats_taken"], it["revoked"], held]
        elif shown:
            seen[name] = shown.code
    products = w.desk("product", "list", "--json")
    seen["products"] = products.out.count("\n")
    seen["export"] = w.desk("product", "export", "kit").out.count("feature")
    return seen


def made(w):
    return {"desk": (w.desk("ledger", "verify").code, w.desk("product", "list").code)}


def held(args):
    def look(w):
        status = w.run(*args(w))
        pending = w.run(*[*args(w)[:-4], "pending", "list", "--json"])
        if status.code:
            return {"status": status.code, "words": status.err.strip()}
        kept = ("state", "seats", "generation", "pending", "revalidate_by", "emergency", "product")
        seen = {k: status.json.get(k) for k in kept}
        seen["given up"] = len(status.json.get("given_up", []))
        seen["waiting"] = [pending.code, pending.out.count('"code"')]
        return seen
    return look


machine = held(own("status", "--product", "kit", "--json"))
system = held(shared("status", "--product", "kit", "--json"))


def waiting(w):
    return {"pending": w.machine("pending", "list", "--json").out.count('"code"')}


def aliases(w):
    listed = w.machine("alias", "--json")
    return {"aliases": (listed.code, listed.out)}


def exported(w):
    path = w.path("files", "kit.product")
    told = w.run("--home", w.path("files", "other"), "product", "install", path)
    clear_tree(w.path("files", "other"))
    with open(path, "rb") as it:
        return {"install": told.code, "lines": it.read().count(b"\n")}


def pictured(w):
    path = w.path("files", "code.svg")
    if not os.path.exists(path):
        return {"picture": "none"}
    with open(path) as it:
        text = it.read()
    return {"picture": "whole" if text.rstrip().endswith("</svg>") else f"{len(text)} bytes"}


# ---- invariants --------------------------------------------------------------------

def keys_are_kept(w, run):
    for line in run.out.splitlines():
        if re.fullmatch(r"[0-9-]{16}", line) and w.desk("license", "show", line).code:
            yield f"the key {line} was printed and is not in the ledger"


def verified(w, run):
    told = w.desk("ledger", "verify", "--json")
    if told.code:
        yield f"ledger verify ends with {told.code}: {told.err.strip()}"
    elif CODE.search(run.out) and "RSP1" in run.out and not told.json["answers"]:
        yield "an answer was printed that the ledger does not keep"


def given_up(home):
    """The tombstone: once a code was printed neither the home nor any copy of it is licensed here, wherever HOME and XDG_STATE_HOME point and whatever
    its mode; while none was printed, what is held is held."""
    def extra(w, run):
        if "RET1" not in run.out:
            return
        copies = {"the home": home(w), "a copy": ["--home", w.path("files", "copy")]}
        for what, place in copies.items():
            for why, env in (("", {}), (" under another HOME", {"HOME": w.path("files", "nobody")}),
                             (" under another XDG_STATE_HOME", {"XDG_STATE_HOME": w.path("files", "nobody")})):
                if is_licensed(w, place, env):
                    yield f"a return code was printed, and {what} is licensed{why}"
        for mode in (0o755, 0o700):
            if os.path.exists(w.path("files", "copy", "machine")):
                os.chmod(w.path("files", "copy", "machine"), mode)
                if is_licensed(w, copies["a copy"], {}):
                    yield f"a return code was printed, and a copy is licensed with mode {mode:o}"
    return extra


def is_licensed(w, place, env):
    told = w.run(*place, "check", "--product", "kit", "--json", env=env)
    return told.code == 0 and told.json["state"] != "demo"


def days_left(told):
    return told.json["days_left"] if told.code == 0 and told.json["state"] == "demo" else -1


def demo_is_never_younger(begun):
    """A demo that ran on day `begun`, or that this run let begin (`begun` is None), has ended by its days."""
    def extra(w, run):
        began = begun if begun is not None else (w.day if run.code == 0 else None)
        if began is None:
            return
        left = days_left(w.check_own("--json"))
        if left > began + DAYS - 1 - w.day:
            yield f"the demo that began on day {began} has {left} days left on day {w.day}"
        w.at(began + DAYS)
        told = w.check_own("--json")
        if told.code == 0:
            yield f"the demo that began on day {began} goes on on day {w.day}"
    return extra


def drift_goes_on(first):
    """72 hours after the first sight, or after this run where it was the first sight and let the program run, a changed machine is refused."""
    def extra(w, run):
        began = first if first is not None else (w.day if run.code == 0 else None)
        if began is None:
            return
        w.become(stage.CHANGED)
        w.at(began + 3.1)
        told = w.check_own()
        if told.code != 13:
            yield f"the machine was seen changed on day {began}, and on day {w.day} check ends with {told.code}"
    return extra


def mark_stays(day):
    """A clock set back before `day`, which a check has seen, is noticed."""
    def extra(w, _):
        w.at(0)
        told = w.check_own()
        if "clock is behind" not in told.err:
            yield f"a check has seen day {day}, and on day 0 the clock passes: exit code {told.code}, {told.err.strip()}"
    return extra


def goes_on(w, run):
    told = w.check_own()
    if told.code:
        yield f"check ends with {told.code}: {told.err.strip()}"


def licensed(w, run):
    if run.code == 0:
        yield from goes_on(w, run)


def request_is_kept(w, run):
    """Who saw a code can enter its answer."""
    if not CODE.search(run.out) or run.out.count("-") < 10 or not run.out.endswith("\n"):
        return
    answer = w.desk("respond", "-q", stdin=run.out)
    if answer.code:
        yield f"a printed request is not answered: {answer.err.strip()}"
        return
    # In a copy of all that this machine knows: where an answer was entered, a home without it is an older one.
    w.keep("with a request")
    told = w.machine("apply", stdin=answer.out)
    if told.code:
        yield f"the answer to a printed request cannot be entered: {told.err.strip()}"
    w.restore("with a request")


def batch_is_kept(w, run):
    yield from verified(w, run)
    lines = [json.loads(line) for line in run.out.splitlines() if line.endswith("}")]
    kept = w.desk("ledger", "verify", "--json")
    if kept.code == 0 and len([it for it in lines if "code" in it]) > kept.json["answers"]:
        yield "more was answered than the ledger keeps"


OWN = own()
SHARED = shared()

COMMANDS = [
    Command("desk init", "nothing", desk("desk", "init", "--vendor", "Fault", "--no-passphrase"), made,
            again=(0, 1), same=False),
    Command("product add", "desk", desk("product", "add", "new", "--name", "New", "--feature", "f"), ledger,
            again=(0, 1, 2, 6), extra=verified),
    Command("product change", "desk", desk("product", "change", "kit", "--feature", "slow"), ledger,
            again=(0, 2), extra=verified),
    Command("product export", "a day later", desk("product", "export", "kit", "-o", file("kit.product")), exported),
    Command("product install", "desk", own("product", "install", file("kit.product")), machine),
    Command("license new", "desk", desk("license", "new", "--product", "kit", "--customer", "N", "--count", "3"), ledger,
            same=False, adds=True, extra=lambda w, run: [*keys_are_kept(w, run), *verified(w, run)]),
    Command("license change", "a day later", desk("license", "change", key("kit"), "--seats", "8"), ledger,
            again=(0, 2), extra=verified),
    Command("license revoke", "a day later", desk("license", "revoke", key("kit"), "--reason", "r"), ledger,
            again=(0, 1, 2, 6), extra=verified),
    Command("license void", "desk", desk("license", "void", key("kit"), "--reason", "r"), ledger,
            again=(0, 1, 2, 6), extra=verified),
    Command("license note", "desk", desk("license", "note", key("kit"), "they pay late"), ledger,
            again=(0, 2), extra=verified),
    Command("respond ACTIVATE", "asked", desk("respond"), ledger, stdin="request", extra=verified),
    Command("respond SYNC", "asked again", desk("respond"), ledger, stdin="sync", extra=verified),
    Command("respond RETURN", "returned", desk("respond"), ledger, stdin="return", extra=verified),
    Command("respond --batch", "batch", desk("respond", "--batch", file("batch")), ledger,
            same=False, steps=True, extra=batch_is_kept),
    Command("release", "a day later", desk("release", key("kit"), "--lost", "--reason", "r"), ledger,
            again=(0, 1, 2, 4, 6), extra=verified),
    Command("emergency", "a day later", desk("emergency", key("kit")), ledger, same=False, adds=True, extra=verified),
    Command("request activate", "installed", own("request", "activate", key("kit"), "--product", "kit", "--seats", "2"), machine, extra=request_is_kept),
    Command("request sync", "a day later", own("request", "sync", key("kit")), machine,
            extra=lambda w, run: [*goes_on(w, run), *request_is_kept(w, run)]),
    Command("request --qr=FILE", "asked", own("request", "activate", key("kit"), "--product", "kit", lambda w: "--qr=" + w.path("files/code.svg")),
            pictured),
    Command("apply", "answered", own("apply"), machine, stdin="answer", extra=licensed),
    Command("apply the next", "answered again", own("apply"), machine, stdin="answer", extra=goes_on),
    Command("apply an emergency code", "emergency read out", own("apply"), machine, stdin="emergency", extra=goes_on),
    Command("return", "copied", own("return", "--yes", key("kit")), machine, steps=True,
            extra=given_up(lambda w: ["--home", w.path("machine")])),
    Command("return, machine-wide", "shared", shared("return", "--yes", key("kit")), system, steps=True,
            extra=given_up(lambda w: [])),
    Command("return a request", "asked", own("return", "--yes", key("kit")), machine, steps=True,
            extra=given_up(lambda w: ["--home", w.path("machine")])),
    Command("pending forget", "asked", own("pending", "forget", key("kit"), "--yes"), waiting, again=(0, 4)),
    Command("alias", "installed", own("alias", "10.0.0.5=DB"), aliases),
    Command("check, first", "applied", own("check", "--product", "kit"), machine, extra=goes_on),
    Command("check, a day later", "a day later", own("check", "--product", "kit"), machine,
            extra=goes_on, later=mark_stays(2)),
    Command("check begins a demo", "before the demo", own("check", "--product", "kit"), machine, full=(10,),
            later=demo_is_never_younger(None)),
    Command("check in a demo", "demo goes on", own("check", "--product", "kit"), machine, later=demo_is_never_younger(1)),
    Command("check sees a change", "changed", own("check", "--product", "kit"), machine, full=(13,),
            later=drift_goes_on(None)),
    Command("check after a change", "drifting on", own("check", "--product", "kit"), machine, later=drift_goes_on(4)),
    Command("run", "a day later", own("run", "--product", "kit", "--", "true"), machine, ends=(0, 101),
            extra=goes_on, later=mark_stays(2)),
]
