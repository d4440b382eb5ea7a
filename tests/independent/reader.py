"""Finding codes in a text (SPEC.md 2). Everything not called a MUST there is this reader's own way.

1. The text becomes a line of *cells*, one per symbol. Blanks and dashes part *groups*, anything else that is no symbol is a
   *break*, which no row goes across.
2. Rows that need no correction tell their own number. They are found at any cell.
3. What is left between them may hold rows that need correction, of any number.
4. Rows are put together until the integrity symbols agree: as they stand one after the other; then in any order, those with the
   fewest corrections first.
"""

import heapq
import re
import unicodedata
from collections import namedtuple

import rows
from rows import ALPHABET, CHECKS, FULL, KINDS, MOST_ROWS, ROW, SPARE

MOST_READINGS = 4096    # 2.2
MOST_PICKS = 256        # choices of rows that are tried for one number of rows
VALUE = {c: i for i, c in enumerate(ALPHABET)}
VALUE.update({"O": 0, "I": 1, "L": 1, "U": None, "?": None})
PREFIX = re.compile(r"(?<![A-Z0-9])(REQ1|SYN1|RET1|RSP1|B[O0]R1|RTL1|L[O0]AN1|CARD1|DESK1)(?![A-Z0-9])")

Row = namedtuple("Row", "number symbols cost start end")
Code = namedtuple("Code", "letter payload start restored cells")


def fold(text):
    """One spelling for full-width letters, dashes of all kinds, and characters that are not seen."""
    out = []
    for c in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(c)
        if category == "Cf":
            continue
        out.append("-" if category == "Pd" or c == "\u2212" else c.upper() if c.isascii() else c)
    return "".join(out)


class Cells:
    def __init__(self, text):
        self.values = []
        self.starts = set()     # cells that begin a group
        self.ends = set()       # cells after the last of a group
        self.run_end = []       # for each cell: where the run without a break ends
        breaks = []
        for line in text.splitlines():
            inside = False
            for c in re.sub(r"^[\s>|]+", "", line) + "\n":
                if c in VALUE:
                    if not inside:
                        self.starts.add(len(self.values))
                    self.values.append(VALUE[c])
                    inside = True
                    continue
                if inside:
                    self.ends.add(len(self.values))
                inside = False
                if c != "-" and not c.isspace():
                    breaks.append(len(self.values))
        end = len(self.values)
        for i in range(len(self.values) - 1, -1, -1):
            self.run_end.append(end)
            while breaks and breaks[-1] >= i:
                if breaks.pop() == i:
                    end = i
        self.run_end.reverse()

    def window(self, start, length):
        if start < 0 or start >= len(self.values) or start + length > self.run_end[start]:
            return None
        return self.values[start:start + length]


def overlaps(a_start, a_end, used):
    return any(a_start < end and start < a_end for start, end in used)


class Finder:
    def __init__(self, text):
        self.readings = 0
        self.cells = Cells(text)
        self.full = {}      # number -> rows of 30 symbols
        self.short = {}     # number -> shorter rows, each of which may be a last one
        self.find_clean_rows()
        self.find_damaged_rows()

    def add(self, row):
        table = self.full if row.end - row.start == FULL else self.short
        table.setdefault(row.number, []).append(row)

    def find_clean_rows(self):
        cells, found = self.cells, {}
        for start in range(len(cells.values) - FULL + 1):
            written = cells.window(start, FULL)
            if written and None not in written:
                number = rows.number_of(written)
                if number:
                    found[start] = Row(number, written[:ROW], 0, start, start + FULL)
        # One in 2^15 is there by chance: those that begin where a group or another row ends are taken first.
        likely = {s for s in found if s in cells.starts or s - FULL in found}
        self.clean = []
        for start in sorted(found, key=lambda s: (s not in likely, s)):
            if not overlaps(start, start + FULL, self.clean):
                self.clean.append((start, start + FULL))
                self.add(found[start])
        for start, end in self.short_windows(cells.starts | {end for _, end in self.clean}):
            written = cells.window(start, end - start)
            if None not in written:
                number = rows.number_of(written)
                if number and number <= MOST_ROWS:
                    self.add(Row(number, written[:-CHECKS], 0, start, end))

    def short_windows(self, starts):
        for start in sorted(starts):
            for end in range(start + CHECKS + 1, start + FULL):
                if end in self.cells.ends and self.cells.window(start, end - start) \
                        and not overlaps(start, end, self.clean):
                    yield start, end

    def find_damaged_rows(self):
        cells = self.cells
        starts = cells.starts | {end for _, end in self.clean} | {start - FULL for start, _ in self.clean}
        queue = sorted(starts)
        for start in queue:             # a row that cannot be read ends where the next begins
            if start + FULL < len(cells.values) and start + FULL not in starts:
                starts.add(start + FULL)
                queue.append(start + FULL)
        windows = [(s, s + FULL) for s in starts
                   if cells.window(s, FULL) and not overlaps(s, s + FULL, self.clean)]
        windows += self.short_windows(starts)
        most = min(MOST_ROWS, len(cells.values) // FULL + 2)
        for start, end in sorted(windows):
            written = cells.window(start, end - start)
            numbers = list(range(1, most + 1)) + ([SPARE] if end - start == FULL else [])
            for number in numbers:
                read = rows.correct(number, written)
                if read and 0 < 2 * read[1] + read[2]:
                    self.add(Row(number, read[0], 2 * read[1] + read[2], start, end))

    # ---- putting rows together -----------------------------------------------------

    def codes(self):
        found, used = [], []
        for start in sorted(self.cells.starts):
            code = None if overlaps(start, start + 1, used) else self.in_order(start, used)
            if code:
                found.append(code)
                used += code.cells
        firsts = self.full.get(1, []) + self.short.get(1, [])
        for first in sorted(firsts, key=lambda r: (r.cost > 0, r.start)):
            if overlaps(first.start, first.end, used):
                continue
            code = self.from_first(first, used)
            if code:
                found.append(code)
                used += code.cells
        if SPARE in self.full:              # the first row itself is lost
            code = self.with_spare(None, used)
            if code:
                found.append(code)
                used += code.cells
        for code in self.emergencies(used):
            found.append(code)
            used += code.cells
        return sorted(found, key=lambda c: c.start)

    def in_order(self, start, used):
        """A code whose rows stand one after the other from here: each row's number is known from where it stands."""
        symbols, at = [], start
        for number in range(1, MOST_ROWS + 1):
            for end in range(at + CHECKS + 1, at + FULL + 1):
                written = self.cells.window(at, end - at) if end in self.cells.ends else None
                last = rows.correct(number, written) if written and not overlaps(start, end, used) else None
                read = self.message(symbols + last[0]) if last else None
                if read:
                    return Code(*read, start, None, [(start, end)])
            written = self.cells.window(at, FULL)
            full = rows.correct(number, written) if written else None
            if not full or self.readings >= MOST_READINGS // 2:     # the rest is for rows in another order
                return None
            symbols = symbols + full[0]
            at += FULL
        return None

    def from_first(self, first, used):
        for m in range(1, MOST_ROWS + 1):
            code = self.assemble(m, None, first, used)
            if code:
                return code
            if m not in self.full:
                break
        return self.with_spare(first, used) if SPARE in self.full else None

    def with_spare(self, first, used):
        known = [n for n in list(self.full) + list(self.short) if n != SPARE]
        for m in range(1, max(known, default=0) + 2):
            for lost in range(1, m + 1):
                if m <= MOST_ROWS and (lost == 1) == (first is None):
                    code = self.assemble(m, lost, first, used)
                    if code:
                        return code
        return None

    def assemble(self, m, lost, first, used):
        """A code of m rows, row `lost` being made from the spare one."""
        near = first.start if first else 0
        lists = []
        for number in [n for n in range(1, m + 1) if n != lost] + ([SPARE] if lost else []):
            if number == 1 and first:
                choice = [first] if m == 1 or first.end - first.start == FULL else []
            else:
                choice = self.full.get(number, []) + (self.short.get(number, []) if number == m else [])
            choice = [r for r in choice if not overlaps(r.start, r.end, used)]
            if not choice:
                return None
            # Fewest corrections first; then where rows in order would stand.
            place = near + (number - 1) * FULL
            lists.append(sorted(choice, key=lambda r: (r.cost, abs(r.start - place)))[:12])
        for chosen in best_first(lists):
            spans = [(r.start, r.end) for r in chosen]
            if any(overlaps(*span, spans[:i]) for i, span in enumerate(spans)):
                continue
            for symbols in self.messages(chosen, m, lost):
                if self.readings >= MOST_READINGS:
                    return None
                read = self.message(symbols)
                if read:
                    return Code(*read, min(spans)[0], lost, spans)
        return None

    @staticmethod
    def messages(chosen, m, lost):
        if not lost:
            yield [s for row in chosen for s in row.symbols]
            return
        restored = [0] * ROW
        for row in chosen:
            for i, s in enumerate(row.symbols):
                restored[i] ^= s
        pieces = {row.number: row.symbols for row in chosen}
        if lost < m:
            pieces[lost] = restored
            yield [s for n in range(1, m + 1) for s in pieces[n]]
            return
        for size in range(ROW, 0, -1):      # 2.3: lengths that leave only zeros off
            if not any(restored[size:]):
                yield [s for n in range(1, m) for s in pieces[n]] + restored[:size]

    def message(self, symbols):
        """(letter, payload), where length, unused bits and integrity are right (2.2)."""
        letter = ALPHABET[symbols[0]]
        if letter == "E" or letter not in KINDS or not rows.length_fits(len(symbols)):
            return None
        payload = rows.to_bytes(symbols[1:-8])
        self.readings += 1
        if payload is None or rows.integrity(letter, payload) != symbols[-8:]:
            return None
        return letter, payload

    def emergencies(self, used):
        """2.4. Nothing but the row's own checks holds these, so more than one wrong symbol is taken only in the written form."""
        found = []
        for start in sorted(self.cells.starts):
            written = self.cells.window(start, 22)
            if not written or start + 22 not in self.cells.ends or overlaps(start, start + 22, used):
                continue
            read = rows.correct(1, written)
            groups = [c - start for c in sorted(self.cells.starts) if start <= c < start + 22]
            if not read or ALPHABET[read[0][0]] != "E" or read[0][1] == 0:
                continue
            if 2 * read[1] + read[2] > 2 and groups != [0, 5, 10, 15, 20]:
                continue
            payload = bytes([read[0][1]]) + rows.to_bytes(read[0][2:])
            found.append((2 * read[1] + read[2], start, payload))
        for cost, start, payload in sorted(found):
            if not overlaps(start, start + 22, used):
                yield Code("E", payload, start, None, [(start, start + 22)])

    def seems(self, text):
        """What kind a code seems to be that cannot be read: a name, "" for an unknown one, None where there is no code."""
        if not self.clean and not PREFIX.search(text):
            return None
        for row in self.full.get(1, []):
            letter = ALPHABET[row.symbols[0]]
            if row.cost == 0 and letter in KINDS:
                return KINDS[letter][1]
        prefix = PREFIX.search(text)
        if prefix:
            for known, name in KINDS.values():
                if known and known.replace("O", "0") == prefix.group().replace("O", "0"):
                    return name
        return ""


def best_first(lists):
    """One row out of each list, in rising order of the corrections."""
    def cost(picks):
        return sum(lists[i][p].cost for i, p in enumerate(picks)), sum(picks)
    begin = (0,) * len(lists)
    heap, seen = [(cost(begin), begin)], {begin}
    for _ in range(MOST_PICKS):
        if not heap:
            return
        _, picks = heapq.heappop(heap)
        yield [lists[i][p] for i, p in enumerate(picks)]
        for i, p in enumerate(picks):
            after = picks[:i] + (p + 1,) + picks[i + 1:]
            if p + 1 < len(lists[i]) and after not in seen:
                seen.add(after)
                heapq.heappush(heap, (cost(after), after))


def read(text, wanted=None):
    """(outcome, kind name, payload, restored row, kinds of other codes), the outcome in the words of 12.10."""
    text = fold(text)
    finder = Finder(text)
    codes = finder.codes()
    fitting = [c for c in codes if wanted is None or KINDS[c.letter][1] == wanted]
    if codes:
        code = (fitting or codes)[0]
        others = [KINDS[c.letter][1] for c in codes if c is not code]
        outcome = "ok" if fitting else "other_kind"
        return outcome, KINDS[code.letter][1], code.payload, code.restored, others
    kind = finder.seems(text)
    if kind is None:
        return "no_code", None, None, None, []
    return "damaged", kind or None, None, None, []
