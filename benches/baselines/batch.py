"""What a vendor's own script would be: sign each request with `cryptography`, keep it in SQLite, one transaction for the batch.

usage: batch.py DATABASE < requests, one a line, any bytes > signatures, one a line in base64
"""

import base64
import sqlite3
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

key = Ed25519PrivateKey.generate()
ledger = sqlite3.connect(sys.argv[1])
ledger.execute("PRAGMA journal_mode = wal")
ledger.execute("PRAGMA synchronous = full")
ledger.execute("CREATE TABLE answer (id INTEGER PRIMARY KEY, request BLOB NOT NULL, signature BLOB NOT NULL)")

requests = [line.strip() for line in sys.stdin.buffer]
signatures = [key.sign(request) for request in requests]
with ledger:
    ledger.executemany("INSERT INTO answer (request, signature) VALUES (?, ?)", zip(requests, signatures))
sys.stdout.write("".join(base64.b64encode(signature).decode() + "\n" for signature in signatures))
