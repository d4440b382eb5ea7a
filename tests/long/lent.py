"""Seats that are lent, under faults: the commands of a site and of a workstation that borrows (see `commands`)."""

import json
import os

from commands import Command, key, ok, own


def at_site(*args):
    return lambda w: ["--home", w.path("site"), "--no-input", *[it(w) if callable(it) else it for it in args]]


def admin(*args):
    """Whoever knows the password."""
    return lambda w: [*at_site(*args)(w), "--passphrase-file", w.path("files", "password")]


def build(w):
    w.restore("desk")
    w.at(1)
    w.note("password", "open sesame\n")
    os.chmod(w.path("files", "password"), 0o600)
    new = w.desk("-q", "license", "new", "--product", "kit", "--customer", "L", "--type", "floating", "--seats", "3",
                 "--lend", "9", "--grace", "60")
    w.keys["lent"] = ok(new).out.strip()
    for home in ("site", "machine"):
        ok(w.machine("product", "install", w.path("files", "kit.product"), home=home))
    w.keep("no site yet")
    ok(w.run(*admin("site", "init")(w)))
    asked = ok(w.machine("request", "activate", w.keys["lent"], "--product", "kit", "--site", home="site")).out
    ok(w.machine("apply", stdin=ok(w.desk("respond", stdin=asked)).out, home="site"))
    w.note("rules", "deny user:eve\nreserve 1 user:anna\n")
    w.keep("site")
    ok(w.run(*admin("site", "rules", "set", "-")(w), stdin="deny user:anna\n"))
    w.keep("ruled")
    w.restore("site")
    w.note("borrow", ok(w.machine("request", "borrow", w.keys["lent"], "--product", "kit", "--days", "5")).out)
    w.keep("loan asked for")
    w.note("loan", ok(w.run(*admin("respond")(w), stdin=w.read("borrow"))).out)
    w.keep("lent")
    ok(w.machine("apply", stdin=w.read("loan")))
    w.keep("borrowed")
    w.at(2)
    w.note("extend", ok(w.machine("request", "extend", "--days", "7")).out)
    w.keep("more asked for")
    w.restore("borrowed")
    w.note("loan return", ok(w.machine("return", "--yes", w.keys["lent"])).out)
    w.keep("loan given back")
    w.restore("no site yet")
    new = w.desk("-q", "license", "new", "--product", "kit", "--customer", "N", "--type", "named", "--seats", "2", "--grace", "60")
    w.keys["named"] = ok(new).out.strip()
    ok(w.run(*admin("site", "init")(w)))
    asked = ok(w.machine("request", "activate", w.keys["named"], "--product", "kit", "--site", home="site")).out
    ok(w.machine("apply", stdin=ok(w.desk("respond", stdin=asked)).out, home="site"))
    w.keep("for users by name")
    ok(w.run(*admin("user", "assign", "anna")(w)))
    w.keep("named")
    w.restore("site")
    ok(w.run(*at_site("seat", "take", "--user", "anna", "--for", "1h")(w)))
    w.keep("a seat taken")
    ok(w.run(*at_site("seat", "disconnect", "1", "--reason", "a break", "--hold-for", "bob")(w)))
    w.keep("a seat kept")
    w.restore("site")
    ok(w.run(*at_site("seat", "share")(w)))
    w.keep("seats shared")


def loans(w):
    """What stands in the book, and what is free."""
    listed = w.run(*at_site("loan", "list", "--all", "--json")(w))
    seats = w.run(*at_site("seat", "list", "--json")(w))
    status = w.run(*at_site("site", "status", "--json")(w))
    if listed.code or seats.code or status.code:
        return {"list": listed.code, "seats": seats.code, "status": status.code, "words": listed.err + seats.err}
    rows = [json.loads(line) for line in listed.out.splitlines()]
    return {"loans": [(it["loan"], it["state"], it["seat"], it["until"]) for it in rows],
            "lent": seats.json["lent"], "free": seats.json["free"],
            "lending": [status.json[it] for it in ("lending", "days", "keep")]}


def used(w):
    """Who has a seat. For whom one is kept passes by itself within minutes."""
    seats = w.run(*at_site("seat", "list", "--json")(w))
    if seats.code:
        return {"seats": seats.code, "words": seats.err}
    return {"in use": [it["user"] for it in seats.json["taken"]]}


def kept(w):
    """For whom a seat is kept."""
    seats = w.run(*at_site("seat", "list", "--json")(w))
    if seats.code:
        return {"seats": seats.code, "words": seats.err}
    return {"kept": [it["user"] for it in seats.json["kept"]], "free": seats.json["free"]}


def shared_by_all(w):
    """Whether several computers share the seats; one can be had in any case."""
    seats = w.path("site", "machine", "seats")
    shared = [os.path.exists(os.path.join(seats, key, "shared")) for key in sorted(os.listdir(seats))]
    return {"shared": shared, "a seat": w.run(*at_site("seat", "hold")(w)).code}


def is_kept(w, run):
    """What is said to be kept is; and what was noted of seats is whole lines."""
    seats = w.run(*at_site("seat", "list", "--json")(w))
    if run.code == 0 and [it["user"] for it in seats.json["kept"]] != ["bob"]:
        yield f"it ends with 0 and nothing is kept: {seats.out}"
    report = w.run(*at_site("site", "report", "--json")(w))
    if report.code or report.json["total"]["peak"] > 3:
        yield f"the report fails, or has more than there is: {report.out} {report.err}"


def users(w):
    """Who has a place, and who is let in."""
    listed = w.run(*at_site("user", "list", "--json")(w))
    if listed.code:
        return {"list": listed.code, "words": listed.err}
    asks = {name: w.machine("check", "--user", name, home="site").code for name in ("anna", "bob", "eve")}
    return {"users": listed.json["users"], "resting": [it["user"] for it in listed.json["resting"]], "let in": asks}


def ruled(w):
    """The rules, and who would have a seat by them."""
    shown = w.run(*at_site("site", "rules", "show", "--json")(w))
    if shown.code:
        return {"show": shown.code, "words": shown.err}
    asks = {name: w.run(*at_site("site", "rules", "test", "--user", name, "--json")(w)).json["seat"] for name in ("anna", "eve")}
    return {"rules": shown.json["text"], "gets one": asks}


def made(w):
    told = w.run(*admin("site", "password", "--new-passphrase-file", w.path("files", "password"))(w))
    return {"key": told.code}


def borrowed(w):
    told = w.machine("check", "--product", "kit", "--json")
    pending = w.machine("pending", "list", "--json")
    it = told.json
    return {"state": it["state"], "loan": it["loan"], "expires": it["expires"], "waiting": pending.out.count('"code"')}


def seat_is_reserved(w, run):
    """A loan that was printed has a seat, and none is lost by one that was not."""
    seen = loans(w)
    if "LOAN1" in run.out and not seen.get("lent"):
        yield f"a loan was printed, and no seat is reserved: {seen}"
    if "lent" in seen and seen["lent"] + seen["free"] != 3:
        yield f"seats came or went: {seen}"


def given_back(w, run):
    if "RTL1" in run.out and borrowed(w)["state"] not in ("returned",):
        yield "a return code was printed, and the loan runs"


# A seat may be reserved for a loan that was not written: until the site looks again, which the same command does.
COMMANDS = [
    Command("site init", "no site yet", admin("site", "init"), made, again=(0, 1), same=False),
    Command("site lending", "site", admin("site", "lending", "on", "--days", "3"), loans),
    Command("request borrow", "site", own("request", "borrow", key("lent"), "--product", "kit", "--days", "5"), borrowed),
    Command("respond BORROW", "loan asked for", admin("respond"), loans, stdin="borrow", steps=True, extra=seat_is_reserved),
    Command("respond, extended", "more asked for", admin("respond"), loans, stdin="extend", steps=True, extra=seat_is_reserved),
    Command("respond RETURN of a loan", "loan given back", at_site("respond"), loans, stdin="loan return", steps=True,
            extra=seat_is_reserved),
    Command("user assign", "for users by name", admin("user", "assign", "anna"), users),
    Command("user assign, one more", "named", admin("user", "assign", "bob"), users),
    Command("user unassign", "named", admin("user", "unassign", "anna"), users),
    Command("site rules set", "site", admin("site", "rules", "set", "-"), ruled, stdin="rules"),
    Command("site rules set, others", "ruled", admin("site", "rules", "set", "-"), ruled, stdin="rules"),
    Command("loan note", "lent", at_site("loan", "note", "1", "chen"), loans, steps=True),
    # A lease that cannot be read is not seen: then nobody uses the seat.
    Command("seat disconnect", "a seat taken", at_site("seat", "disconnect", "1", "--reason", "a break", "--hold-for", "bob"), used,
            again=(0, 4), same=False, ends=(0, 1, 4), steps=True, extra=is_kept),
    Command("seat disconnect, for another", "a seat kept",
            at_site("seat", "disconnect", "1", "--reason", "a break", "--hold-for", "anna"), kept),
    Command("seat release, a seat kept", "a seat kept", at_site("seat", "release", "1"), kept, again=(0, 4), same=False),
    # A seat whose lock cannot be asked for may be in use.
    Command("seat share", "site", at_site("seat", "share"), shared_by_all, same=False, ends=(0, 1, 6), steps=True),
    Command("seat share, no more", "seats shared", at_site("seat", "share", "--off"), shared_by_all, same=False, ends=(0, 1, 6),
            steps=True),
    Command("apply a loan", "lent", own("apply"), borrowed, stdin="loan"),
    Command("request extend", "borrowed", own("request", "extend", "--days", "7"), borrowed),
    Command("return a loan", "borrowed", own("return", "--yes", key("lent")), borrowed, steps=True, extra=given_back),
]
