"""Symbols, Reed-Solomon rows, writing a code (SPEC.md 2.1 to 2.5)."""

from blake3 import blake3

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"      # 2.1
ROW = 26                # message symbols in a full row (2.3)
CHECKS = 4
FULL = ROW + CHECKS     # symbols of a full row on paper
MOST_ROWS = 30
SPARE = 31              # the number of the spare row
CONSTANT = (12, 25, 16, 21)     # "CSGN"

# Section 3: letter -> (prefix, name used by the vectors, 12.10).
KINDS = {
    "A": ("REQ1", "activate"), "S": ("SYN1", "sync"), "R": ("RET1", "return"),
    "G": ("RSP1", "grant"), "B": ("BOR1", "borrow"), "N": ("LOAN1", "loan"),
    "K": ("LOAN1", "loan_with_certificate"), "T": ("RTL1", "loan_return"),
    "C": ("CARD1", "site_card"), "D": ("DESK1", "desk_certificate"), "E": (None, "emergency"),
}
LETTER = {name: letter for letter, (_, name) in KINDS.items()}


def kdf(context, data):
    """SPEC.md 1: BLAKE3 derive_key, 32 bytes."""
    return blake3(data, derive_key_context=context).digest()


# ---- base32, 2.2 -------------------------------------------------------------------

def to_symbols(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return [int(bits[i:i + 5], 2) for i in range(0, len(bits), 5)]


def to_bytes(symbols):
    """The bytes, or None where an unused low bit is set."""
    bits = "".join(f"{s:05b}" for s in symbols)
    whole = len(bits) // 8 * 8
    if "1" in bits[whole:]:
        return None
    return bytes(int(bits[i:i + 8], 2) for i in range(0, whole, 8))


def letters(symbols):
    return "".join(ALPHABET[s] for s in symbols)


def length_fits(n):
    """2.2: whether a message can have n symbols."""
    if n < 9:
        return False
    size = 5 * (n - 9) // 8
    return n - 9 == -(-8 * size // 5)


def integrity(letter, payload):
    digest = kdf("countersign v1 integrity", letter.encode() + payload)
    return to_symbols(digest[:5])


# ---- GF(32), 2.3 -------------------------------------------------------------------

EXP = [1]
while len(EXP) < 31:
    nxt = EXP[-1] << 1
    EXP.append(nxt ^ 0b100101 if nxt & 32 else nxt)      # x^5 + x^2 + 1
LOG = {value: i for i, value in enumerate(EXP)}


def mul(a, b):
    return EXP[(LOG[a] + LOG[b]) % 31] if a and b else 0


def div(a, b):
    return EXP[(LOG[a] - LOG[b]) % 31] if a else 0


GENERATOR = [1]
for _power in range(CHECKS):            # times (x - alpha^power)
    _next = GENERATOR + [0]
    for _i, _c in enumerate(GENERATOR):
        _next[_i + 1] ^= mul(_c, EXP[_power])
    GENERATOR = _next
assert GENERATOR == [1, 15, 19, 23, 10]


def checks(number, symbols):
    """The four checks as they are written."""
    work = [number, *symbols, 0, 0, 0, 0]
    for i in range(len(work) - CHECKS):
        factor = work[i]
        for j, g in enumerate(GENERATOR):
            work[i + j] ^= mul(factor, g)
    return [c ^ k for c, k in zip(work[-CHECKS:], CONSTANT)]


def syndromes(word):
    result = []
    for power in range(CHECKS):
        value = 0
        for symbol in word:
            value = mul(value, EXP[power]) ^ symbol
        result.append(value)
    return result


def codeword(number, written):
    """The written symbols of a row (None where illegible) as a codeword, illegible ones as 0."""
    word = [number] + [0 if s is None else s for s in written]
    for i, k in enumerate(CONSTANT):
        word[len(word) - CHECKS + i] ^= k
    return word


def number_of(written):
    """The row number under which these symbols, all legible, need no correction; or None.

    The number is the highest coefficient: with 0 in its place the j-th syndrome is number * X^j, X its locator.
    """
    s = syndromes(codeword(0, written))
    x = EXP[len(written) % 31]
    number = s[0]
    if number == 0 or any(s[j + 1] != mul(s[j], x) for j in range(CHECKS - 1)):
        return None
    return number


def correct(number, written):
    """(message symbols, wrong, illegible) where 2 * wrong + illegible <= 4, or None (2.3).

    The number is known, so it is never what is wrong.
    """
    erased = [i + 1 for i, s in enumerate(written) if s is None]
    if len(erased) > CHECKS:
        return None
    word = codeword(number, written)
    top = len(word) - 1
    locator = [EXP[(top - i) % 31] for i in range(len(word))]
    place = {x: i for i, x in enumerate(locator)}
    s = syndromes(word)
    # Forney's syndromes: what the illegible symbols do is taken out; what is left is due to wrong ones.
    t = list(s)
    for i in erased:
        t = [mul(t[j], locator[i]) ^ t[j + 1] for j in range(len(t) - 1)]
    wrong = []
    if any(t):
        if len(t) >= 2 and t[0] and all(mul(t[j], t[1]) == mul(t[j + 1], t[0]) for j in range(len(t) - 1)):
            wrong = [div(t[1], t[0])]
        elif len(t) == 4:
            determinant = mul(t[1], t[1]) ^ mul(t[0], t[2])
            if determinant == 0:
                return None
            a = div(mul(t[1], t[2]) ^ mul(t[0], t[3]), determinant)
            b = div(mul(t[1], t[3]) ^ mul(t[2], t[2]), determinant)
            wrong = [x for x in locator if mul(x, x) ^ mul(a, x) ^ b == 0]
            if len(wrong) != 2:
                return None
        else:
            return None
        wrong = [place.get(x, 0) for x in wrong]
        if any(i == 0 or i in erased for i in wrong):
            return None
    places = erased + wrong
    for i, value in zip(places, solve([locator[i] for i in places], s)):
        word[i] ^= value
    if any(syndromes(word)):
        return None
    return word[1:-CHECKS], len(wrong), len(erased)


def solve(xs, s):
    """The values y with sum(y_i * x_i^j) = s_j for the first len(xs) j."""
    n = len(xs)
    rows = [[EXP[LOG[x] * j % 31] for x in xs] + [s[j]] for j in range(n)]
    for c in range(n):
        pivot = next(r for r in range(c, n) if rows[r][c])
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [div(v, rows[c][c]) for v in rows[c]]
        for r in range(n):
            if r != c and rows[r][c]:
                factor = rows[r][c]
                rows[r] = [v ^ mul(factor, w) for v, w in zip(rows[r], rows[c])]
    return [row[n] for row in rows]


# ---- writing -----------------------------------------------------------------------

def message(letter, payload):
    """2.2 and, for E, 2.4."""
    kind = [ALPHABET.index(letter)]
    if letter == "E":
        return kind + [payload[0]] + to_symbols(payload[1:])
    return kind + to_symbols(payload) + integrity(letter, payload)


def write(letter, payload):
    symbols = message(letter, payload)
    rows = []
    for start in range(0, len(symbols), ROW):
        row = symbols[start:start + ROW]
        text = letters(row + checks(start // ROW + 1, row))
        rows.append("-".join(text[i:i + 5] for i in range(0, len(text), 5)))
    prefix = KINDS[letter][0]
    return (prefix + ": " if prefix else "") + "\n".join(rows)


# ---- license key, 2.5 --------------------------------------------------------------

LOOK_ALIKES = str.maketrans("OoQDIil|LZzSsGB", "000011111225568")


def license_key(text):
    """The first 11 digits as a number, or None."""
    digits = text.replace(" ", "").replace("-", "").translate(LOOK_ALIKES)
    if len(digits) != 13 or not digits.isascii() or not digits.isdigit() or digits[0] == "0":
        return None
    n = int(digits[:11])
    return n if int(digits[11:]) == 98 - 100 * n % 97 else None


def license_digits(n):
    return f"{n}{98 - 100 * n % 97:02}"
