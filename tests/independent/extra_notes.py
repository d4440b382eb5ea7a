"""The `extra-` vectors of site notes (SPEC.md 9.11, 12.12); see extra.py."""

import base64
import hashlib

PRODUCT, LICENSE, OTHER = "survey", "1234567890135", "1234567890232"
L = 2**252 + 27742317777372353535851937790883648493
USERS = ["anna", "J\u00f6rg"]
RESTS = ["rest: 217944000 0011223344556677@172800 bob", "rest: 217944000 - carol"]


def write(file, site, stranger):
    """`file(category, name, lines, text)` writes one; `site` is the key that stands."""
    head = ["countersign site note v1", f"product: {PRODUCT}", f"license: {LICENSE}", f"site: {site.public.hex()}",
            "number: 7"]
    right = [*head, *(f"user: {name}" for name in USERS), *RESTS]

    def blob(text, by=site, name=LICENSE, hashed=site):
        return hashlib.sha256(name.encode() + b"\n\x01" + hashed.public).digest()[:4] + by.sign(text)

    def case(name, comment, reason, text, end="\n\u2014 {name} {signature}\n", named=LICENSE, signed=None, number=7,
             users=USERS, said=None, rules=()):
        """`text`: lines, or bytes; `said`: what stands in the place of what was signed."""
        text = "".join(f"{line}\n" for line in text).encode() if isinstance(text, list) else text
        signature = base64.b64encode(blob(text) if signed is None else signed).decode()
        lines = [("comment", comment), ("expect", "refused" if reason else "accepted"),
                 *([("reason", reason)] if reason else []),
                 ("product", PRODUCT), ("license-key", LICENSE), ("site-key", site.public)]
        if not reason:
            lines += [("number", number), *(("user", user) for user in users), *(("rule", rule) for rule in rules)]
        file("note", name, lines, (text if said is None else said)
             + end.format(name=named, signature=signature).encode())

    def changed(name, comment, old, new, reason="form", **more):
        assert old in right, old
        at = right.index(old)
        case(name, comment, reason, [*right[:at], *new, *right[at + 1:]], **more)

    def of_users(name, comment, users, reason="form", rests=()):
        case(name, comment, reason, [*head, *(f"user: {user}" for user in users), *rests], users=users)

    whole = "".join(f"{line}\n" for line in right).encode()
    case("right", "users, and places that rest", None, right)
    of_users("nobody", "a license without users", [], None)
    changed("number-1", "the first number", "number: 7", ["number: 1"], None, number=1)
    changed("number-last", "the last number", "number: 7", ["number: 4294967295"], None, number=2**32 - 1)
    for what, number in (("0", "0"), ("too-large", "4294967296"), ("leading-zero", "07"), ("plus", "+7"),
                         ("missing", "")):
        changed(f"number-{what}", "a number that is none", "number: 7", [f"number: {number}"])
    # The form of the text.
    for line, name in zip(right[:5], ("first-line", "product", "license", "site", "number")):
        changed(f"without-{name}", "a line is missing", line, [])
        changed(f"twice-{name}", "a line stands twice", line, [line, line])
    for i, name in ((1, "product-and-license"), (2, "license-and-site"), (3, "site-and-number"), (4, "number-and-user"),
                    (6, "user-and-rest")):
        case(f"exchanged-{name}", "lines in another order", "form",
             [*right[:i], right[i + 1], right[i], *right[i + 2:]])
    changed("first-line-v2", "another version", right[0], ["countersign site note v2"])
    changed("first-line-product", "a product file's first line", right[0], ["countersign product v1"])
    changed("unknown-line", "a line that is not known", RESTS[1], [RESTS[1], "admin: anna"])
    changed("empty-line", "an empty line in the text", RESTS[1], [RESTS[1], ""])
    changed("site-upper-case", "upper-case hexadecimal", right[3], [f"site: {site.public.hex().upper()}"])
    changed("site-short", "a key of 31 bytes", right[3], [right[3][:-2]])
    case("carriage-returns", "lines that end with CR LF", "form", whole.replace(b"\n", b"\r\n"))
    case("byte-order-mark", "a byte order mark in front", "form", "\ufeff".encode() + whole)
    # Names.
    for name, comment, user in (("128-bytes", "a name of 128 bytes", "n" * 128),
                                ("blank-within", "a blank within a name", "anna meier"),
                                ("colon-within", "a colon and a blank within a name", "a: b"),
                                ("like-a-line", "a name like a line", "user: bob"),
                                ("domain", "a name of a domain", "NORTH\\anna"),
                                ("capitals", "capitals are other letters", "Anna"),
                                ("soft-hyphen", "a character that 4.5 does not refuse", "an\u00adna")):
        of_users(f"name-{name}", comment, ["anna", user], None)
    for name, comment, user in (("129-bytes", "a name of 129 bytes", "n" * 129), ("empty", "a name of nothing", ""),
                                ("blank-before", "a blank before a name", " bob"),
                                ("blank-after", "a blank after a name", "bob "),
                                ("no-break-space", "a no-break space after a name", "bob\u00a0"),
                                ("ideographic-space", "an ideographic space before a name", "\u3000bob"),
                                ("not-composed", "a name that is not in NFC", "Jo\u0308rg"),
                                ("angstrom", "a character whose NFC is another", "\u212b"),
                                ("joiner", "a zero width joiner", "b\u200dob"),
                                ("bidi", "a mark that turns the order around", "b\u202eob"),
                                ("tab", "a tab within a name", "b\tob"),
                                ("delete", "DEL within a name", "b\x7fob"), ("tag", "a tag character", "b\U000e0041ob"),
                                ("twice", "a name twice", "anna")):
        of_users(f"name-{name}", comment, ["anna", user])
    of_users("name-user-and-rest", "a name that has a place and one that rests", ["anna"], rests=["rest: 5 - anna"])
    of_users("name-rest-twice", "two places of one name that rest", ["anna"], rests=["rest: 5 - bob", "rest: 6 - bob"])
    # Places that rest.
    for name, comment, rest in (("start-0", "seconds of 0", "rest: 0 0011223344556677@0 bob"),
                                ("last", "the last seconds", "rest: 4294967295 ffffffffffffffff@4294967295 bob"),
                                ("blank", "a blank within the name", "rest: 5 - anna meier")):
        of_users(f"rest-{name}", comment, ["anna"], None, rests=[rest])
    for name, comment, rest in (
            ("no-start", "no start", "rest: 5 bob"), ("no-name", "no name", "rest: 5 -"),
            ("empty-name", "a name of nothing", "rest: 5 - "),
            ("too-late", "seconds of 33 bits", "rest: 4294967296 - bob"),
            ("up-too-late", "seconds since the start, of 33 bits", "rest: 5 0011223344556677@4294967296 bob"),
            ("leading-zero", "a leading zero", "rest: 05 - bob"),
            ("up-leading-zero", "a leading zero behind the start", "rest: 5 0011223344556677@07 bob"),
            ("plus", "a sign", "rest: +5 - bob"), ("two-blanks", "two blanks", "rest: 5  - bob"),
            ("blank-before-name", "a blank before the name", "rest: 5 -  bob"),
            ("upper-case", "upper-case hexadecimal", "rest: 5 001122334455667A@9 bob"),
            ("short-start", "a start of 7 bytes", "rest: 5 00112233445566@9 bob"),
            ("long-start", "a start of 9 bytes", "rest: 5 001122334455667788@9 bob"),
            ("no-up", "a start without seconds", "rest: 5 0011223344556677@ bob")):
        of_users(f"rest-{name}", comment, ["anna"], rests=[rest])
    # Rules.
    def of_rules(name, comment, lines, rules=None):
        """`rules`: what they say, where it is in order."""
        case(f"rule-{name}", comment, None if rules else "form", [*right, *(f"rule: {line}" for line in lines)],
             rules=rules or ())

    office = 'reserve 2 user:anna user:"NORTH\\bob meier" feature:design'
    of_rules("right", "rules, comments and an empty line", ["# The office", "", f"{office} # theirs",
             'max 65535 host:lobby-* user:"guest#1"', "deny feature:lv", "trust user:www-data user:svc-*"],
             [f"3 {office}", '4 max 65535 host:lobby-* user:"guest#1"', "5 deny feature:lv",
              "6 trust user:www-data user:svc-*"])
    of_rules("name-64-bytes", "a name of 64 bytes", [f"deny user:{'n' * 64}"], [f"1 deny user:{'n' * 64}"])
    of_rules("line-500-bytes", "a line of 500 bytes", ["deny user:a", "#" + "c" * 499], ["1 deny user:a"])
    case("rule-before-user", "a rule before the users", "form", [*head, "rule: deny user:eve", *right[5:]])
    for name, comment, line in (
            ("word", "a word that is none of the rules", "allow user:eve"), ("capitals", "capitals", "Deny user:eve"),
            ("kind-capitals", "capitals of a kind", "deny USER:eve"), ("two-blanks", "two blanks", "deny  user:eve"),
            ("blank-before", "a blank before it", " deny user:eve"), ("blank-after", "a blank after it", "deny user:eve "),
            ("nobody", "a rule about nobody", "deny"), ("no-number", "no number", "reserve user:eve"),
            ("zero", "no seat", "reserve 0 user:eve"), ("too-many", "65536 seats", "max 65536 user:eve"),
            ("leading-zero", "a leading zero", "max 01 user:eve"), ("plus", "a sign", "max +1 user:eve"),
            ("no-kind", "a name without its kind", "deny eve"), ("group", "a kind that is none", "deny group:eve"),
            ("empty-name", "a name of nothing", "deny user:"), ("name-65-bytes", "65 bytes", f"deny user:{'n' * 65}"),
            ("not-composed", "a name that is not in NFC", "deny user:Jo\u0308rg"),
            ("bidi", "a mark that turns the order around", "deny user:e\u202eve"), ("tab", "a tab", "deny\tuser:eve"),
            ("quoted", "quotation marks without need", 'deny user:"eve"'), ("open-quote", "one quotation mark", 'deny user:"e'),
            ("unquoted", "a comment's mark within a name, without quotation marks", "deny user:e#1"),
            ("feature-first", "a feature before a user", "deny feature:lv user:eve"),
            ("two-features", "two features", "deny feature:lv feature:hv"),
            ("trust-host", "a host that is trusted", "trust host:ws-14"),
            ("comment-blank", "a comment that ends with a blank", "# so "),
            ("501-bytes", "a line of 501 bytes", "#" + "c" * 500), ("last-empty", "the last line is empty", "")):
        of_rules(name, comment, ["deny user:anna", line])
    of_rules("501-lines", "501 lines", ["#"] * 501)
    # Whose it is.
    changed("other-product", "of another product", right[1], ["product: other"], "other_license")
    changed("other-license", "of another license", right[2], [f"license: {OTHER}"], "other_license")
    theirs = [right[0], right[1], right[2], f"site: {stranger.public.hex()}", *right[4:]]
    text = "".join(f"{line}\n" for line in theirs).encode()
    case("other-site", "of another site's key, which signed it", "other_site", theirs,
         signed=blob(text, stranger, hashed=stranger))
    # The signature.
    case("stranger", "signed by another key", "signature", right, signed=blob(whole, stranger))
    case("other-hash", "the key hash of another key", "signature", right, signed=blob(whole, hashed=stranger))
    case("other-name", "signed under the product's id", "signature", right, named=PRODUCT,
         signed=blob(whole, name=PRODUCT))
    case("named-otherwise", "the right signature and hash under another name", "signature", right, named=OTHER)
    case("altered", "a user was added", "signature", whole,
         said=whole.replace(b"user: anna\n", b"user: anna\nuser: eve\n"))
    case("no-last-line-feed-signed", "signed without the text's last line feed", "signature", right,
         signed=blob(whole[:-1]))
    signed = blob(whole)
    beyond = (int.from_bytes(signed[36:], "little") + L).to_bytes(32, "little")
    case("s-beyond-order", "s beyond the order", "signature", right, signed=signed[:36] + beyond)
    case("small-order-r", "R of small order", "signature", right, signed=signed[:4] + b"\1" + bytes(31) + signed[36:])
    case("signature-short", "a signature of 63 bytes", "form", right, signed=signed[:-1])
    case("signature-long", "a signature of 65 bytes", "form", right, signed=signed + b"\0")
    case("no-end", "the signature line has no line feed", "form", right, "\n\u2014 {name} {signature}")
    case("two-blanks", "two blanks in the signature line", "form", right, "\n\u2014 {name}  {signature}\n")
    case("hyphen", "a hyphen for the dash", "form", right, "\n- {name} {signature}\n")
    case("no-empty-line", "no empty line before the signature", "form", right, "\u2014 {name} {signature}\n")
    case("text-after", "a line behind the signature", "form", right, "\n\u2014 {name} {signature}\nuser: eve\n")
    case("two-signatures", "two signatures", "form", right, "\n\u2014 {name} {signature}\n\u2014 {name} {signature}\n")
    case("unsigned", "no signature", "form", right, "")
