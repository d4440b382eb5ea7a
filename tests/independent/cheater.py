#!/usr/bin/env python3
"""A cheater: writes requests by hand, from SPEC.md alone and with every field odd, and hands them to a real desk.

Every case has a license of its own in a fresh ledger. All cases are played twice: side by side through
`respond --batch`, a round of codes at a time, and one after the other through `respond`. Each answer must have the exit code and the kind that are documented here; what was granted is verified like a machine
does; afterwards no license has more seats taken than were sold, nobody innocent has a verdict against him, and `ledger verify` is clean. Then a machine
is handed answers that are odd (`cheat_answers.py`); a site is asked for seats by a workstation made by hand (`cheat_borrows.py`), a workstation is lent
seats by a site made by hand (`cheat_sites.py`), and users are named in notes made by hand (`cheat_notes.py`).

  usage: cheater.py [--only TEXT] [--table]    TEXT: of a case, or answers, borrows, sites, notes
                                               COUNTERSIGN=path/to/binary uses another build than target/release
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import cheat_answers
import cheat_borrows
import cheat_codes as codes
import cheat_notes
import cheat_sites
import cheats
from vendor import Vendor, stage

PRODUCTS = {
    "plain": ["--feature", "fast", "--limit", "users"],
    "named": ["--bind", "server", "--no-fingerprint"],
    "both": ["--bind", "server"],
    "other": [],
    # What becomes of machines that another could pass for.
    "held": ["--weak", "hold"],
    "strict": ["--weak", "refuse"],
}
# More work than any answer should be, however odd the request: seconds of a processor.
SECONDS = 2


class Reply:
    """What the desk said of one code: `exit` 0 and `payload`, or `exit` and `kind`."""

    def __init__(self, told):
        error = told.get("error")
        self.told = told
        self.exit, self.kind = (error["exit"], error["kind"]) if error else (0, None)
        self.verdict = (error or told).get("verdict")
        self.message = error["message"] if error else ""
        self.warnings = told.get("warnings", [])
        self.code = told.get("code")

    @property
    def payload(self):
        return codes.as_written("G", self.code)

    def __str__(self):
        return "answered" if not self.exit else f"{self.exit} {self.kind}"


def worked():
    """Seconds of a processor that the program has used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Desk:
    def __init__(self, program, place):
        self.program, self.home = program, os.path.join(place, "desk")
        self.slowest = 0
        self("desk", "init", "--vendor", "Cheated", "--no-passphrase")
        for name, options in PRODUCTS.items():
            self("product", "add", name, "--name", name.title(), *options)
        self.roots = {name: self.read_roots(name) for name in PRODUCTS}
        self.stock = {}

    def start(self, *args):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN_")}
        return [self.program, "--home", self.home, "--no-input", *args], environment

    def __call__(self, *args, stdin="", codes=(0,)):
        command, environment = self.start(*args)
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, env=environment, timeout=300)
        if done.returncode not in codes:
            raise RuntimeError(f"{args} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode()

    def read_roots(self, name):
        text = self("product", "export", name)
        return [bytes.fromhex(line.split(": ")[1]) for line in text.splitlines() if line.startswith("root: ")]

    def sell(self, name, options):
        """A key of a license like that; sold by the hundred."""
        stock = self.stock.setdefault((name, *options), [])
        if not stock:
            told = self("-q", "license", "new", "--product", name, "--customer", "Cheater", "--count", "100", *options)
            stock += [line.replace("-", "") for line in told.split()]
        return stock.pop()

    def respond(self, code, *options):
        begun = worked()
        command, environment = self.start("respond", "--json", *options)
        done = subprocess.run(command, input=code.encode(), capture_output=True, env=environment, timeout=60)
        self.slowest = max(self.slowest, worked() - begun)
        if done.returncode < 0 or b"panicked" in done.stderr:
            raise RuntimeError(f"respond died: {done.stderr.decode()}\n{code}")
        reply = Reply(json.loads(done.stdout))
        if reply.exit != done.returncode:
            raise RuntimeError(f"the exit code is {done.returncode} and said to be {reply.exit}\n{code}")
        return reply

    def batch(self, lines):
        begun = worked()
        text = "".join(json.dumps({"code": line}) + "\n" for line in lines)
        told = self("respond", "--batch", "-", stdin=text, codes=(0, 8)).splitlines()
        self.slowest = max(self.slowest, (worked() - begun) / max(1, len(lines)))
        if len(told) != len(lines):
            raise RuntimeError(f"{len(told)} answers to {len(lines)} lines")
        return [Reply(json.loads(line)) for line in told]

    def show(self, key):
        return json.loads(self("license", "show", key, "--json"))


class World:
    """What a case is handed: a license and machines."""

    def __init__(self, desk, name, case, mode):
        self.desk, self.case, self.mode = desk, case, mode
        self.product, self.key = case.product, desk.sell(case.product, case.license)
        self.label = f"{name} {mode} {self.key}"
        self.machines, self.innocent, self.wrong, self.said = 0, [], [], []
        # Half an hour ago; each request is a second later than the one before.
        self.clock = int(time.time()) - 1577836800 - 1800

    def tick(self):
        self.clock += 1
        return self.clock

    def later(self):
        """A clock so much later than all before that no wrong one explains it (SPEC.md 9.2), and no later than the desk believes."""
        return self.clock + 26 * 3600 + 60

    def machine(self, key=None, product_=None):
        self.machines += 1
        name = product_ or self.product
        return codes.Maker(self, f"{self.label} {self.machines}", key or self.key, name, self.desk.roots[name])

    def another_key(self, product_=None, *options):
        return self.desk.sell(product_ or self.product, options)

    def check(self, holds, what):
        if not holds:
            self.wrong.append(what)

    def granted(self, maker, reply):
        """The grant that the machine now holds, or None."""
        if reply.exit or not reply.code:
            self.wrong.append(f"not answered: {reply.exit} {reply.kind}: {reply.message}")
            return None
        try:
            return maker.take(reply.payload)
        except Exception as error:
            self.wrong.append(f"the grant does not hold: {error!r}")
            return None

    def refused(self, reply, exit_, *kinds):
        if reply.exit != exit_ or reply.kind not in kinds:
            self.wrong.append(f"{reply} instead of {exit_} {' or '.join(kinds)}: {reply.message}")

    def finish(self):
        """What must hold of the license whatever was tried."""
        shown = self.desk.show(self.key)
        if shown["seats_taken"] > shown["seats"]:
            self.wrong.append(f"{shown['seats_taken']} of {shown['seats']} seats taken")
        number = {it: f"A-{int.from_bytes(it, 'big')}" for it in self.innocent}
        for activation in shown["activations"]:
            if activation["activation"] in number.values() and activation["verdict"] == "red":
                self.wrong.append(f"a verdict against the innocent {activation['activation']}: {activation['evidence']}")


class Play:
    """One case under way."""

    def __init__(self, desk, name, case, mode):
        self.name, self.world = name, World(desk, name, case, mode)
        self.steps = case.play(self.world)
        self.code = None
        self.advance(None)

    def advance(self, reply):
        if reply is not None:
            self.world.said.append(str(reply))
        try:
            self.code = next(self.steps) if reply is None else self.steps.send(reply)
        except StopIteration:
            self.code = None
        except Exception as error:
            self.world.wrong.append(f"the case itself failed: {error!r}")
            self.code = None


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", default="", metavar="TEXT")
    options.add_argument("--table", action="store_true", help="print what was said to each case")
    options = options.parse_args()
    program = stage.find_program()
    chosen = {name: case for name, case in cheats.CASES.items() if options.only in name}
    failed, said, begun = 0, 0, time.time()
    with tempfile.TemporaryDirectory() as place:
        desk = Desk(program, place)
        plays = [Play(desk, name, case, "batch") for name, case in chosen.items()]
        while under_way := [it for it in plays if it.code is not None]:
            for play, reply in zip(under_way, desk.batch([it.code for it in under_way])):
                play.advance(reply)
        for name, case in chosen.items():
            play = Play(desk, name, case, "single")
            while play.code is not None:
                play.advance(desk.respond(play.code))
            plays.append(play)
        for play in plays:
            world = play.world
            world.finish()
            said += len(world.said)
            failed += bool(world.wrong)
            if options.table and world.mode == "single" or world.wrong:
                print(f"{'FAILED: ' if world.wrong else ''}{play.name} ({world.mode}): {', '.join(shorten(world.said))}")
            for wrong in world.wrong:
                print(f"    {wrong}")
        if desk.slowest > SECONDS:
            print(f"FAILED: the slowest answer was {desk.slowest:.1f} s of work")
            failed += 1
        desk("ledger", "verify")
    failed += play_by_hand(program, options.only)
    print(f"{len(chosen)} cases, {said} codes, {failed} failures, slowest {desk.slowest:.2f} s, {time.time() - begun:.0f} s in all")
    sys.exit(1 if failed else 0)


BY_HAND = {
    "answers": cheat_answers.Answers,
    "borrows": lambda w: cheat_borrows.Borrows(Vendor(w)),
    "sites": lambda w: cheat_sites.Sites(Vendor(w, ("lent", "other"))),
    "notes": lambda w: cheat_notes.Notes(Vendor(w)),
}


def play_by_hand(program, only):
    """What is made by hand for a machine and for a site, on made-up computers; how much of it went wrong."""
    failed, w = 0, stage.Stage(program)
    try:
        for name in (it for it in BY_HAND if only in it):
            w.clean()
            begun = time.time()
            wrong, tried, taken = BY_HAND[name](w).play()
            print(f"{tried} {name} by hand, {taken} taken, {time.time() - begun:.0f} s")
            for it in wrong:
                print(f"FAILED: {it}")
            failed += len(wrong)
    finally:
        w.close()
    return failed


def shorten(said):
    """The same word many times in a row, once."""
    out = []
    for word in said:
        if out and out[-1][0] == word:
            out[-1][1] += 1
        else:
            out.append([word, 1])
    return [word if n == 1 else f"{n}× {word}" for word, n in out]


if __name__ == "__main__":
    main()
