"""The rules of a floating license, a line of a site's note each (SPEC.md 9.12)."""

import re
import unicodedata

from machine import SPACE
from payloads import UNSEEN
from product import need

VERBS = ("reserve", "max", "deny", "trust")
LONGEST, LONGEST_NAME, MOST = 500, 64, 500      # bytes of a line, of a name; lines


def name(text):
    need(1 <= len(text.encode()) <= LONGEST_NAME, "length of a name")
    need(text == text.strip(SPACE) and unicodedata.is_normalized("NFC", text), "form of a name")


def words_of(line):
    """The words before a comment, and the comment or None."""
    words, word, quoted = [], "", False
    for at, c in enumerate(line):
        if c == " " and not quoted:
            words.append(word)
            word = ""
        elif c == "#" and not quoted and not word:
            return words, line[at:]
        else:
            word += c
            quoted ^= c == '"'
    need(not quoted, "quotation mark")
    return words + [word] * (line != ""), None


def rule(line):
    """What a line says without its comment, or None where it says nothing; the line must be in its one form."""
    need(len(line.encode()) <= LONGEST, "length of a line")
    need(not any(first <= ord(c) <= last for c in line for first, last in UNSEEN), "not plain text")
    words, comment = words_of(line)
    need(all(words) and (comment is None or comment == comment.rstrip(SPACE)), "blanks")
    if not words:
        return None
    said, verb = " ".join(words), words.pop(0)
    need(verb in VERBS, "word")
    if verb in ("reserve", "max"):
        need(words and re.fullmatch("[1-9][0-9]*", words[0]) and int(words.pop(0)) <= 65535, "number")
    need(words, "nobody")
    for at, word in enumerate(words):
        kind, colon, named = word.partition(":")
        need(colon and kind in (("user",) if verb == "trust" else ("user", "host", "feature")), "whom")
        need(kind != "feature" or at == len(words) - 1, "place of a feature")
        quoted = len(named) > 1 and named[0] == named[-1] == '"'
        inner = named[1:-1] if quoted else named
        need('"' not in inner and quoted == (" " in inner or "#" in inner), "quotation marks")
        name(inner)
    return said


def rules(lines):
    """[(number of the line, what it says)]."""
    need(len(lines) <= MOST and lines[-1:] != [""], "lines of rules")
    said = [(at, rule(line)) for at, line in enumerate(lines, 1)]
    return [(at, it) for at, it in said if it]
