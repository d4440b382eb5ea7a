"""Section 2.9: the text of a file as somebody saved it, by Python's own readers of mail and HTML."""

import email
import email.policy
import html.parser
import quopri
import re

HEADER = re.compile(rb"^(from|to|subject|date|mime-version|content-type|message-id|received|content-transfer-encoding):", re.I | re.M)
BLOCK = {"p", "div", "br", "tr", "li", "table", "pre", "blockquote", "hr", "h1", "h2", "h3", "body", "html"}
UNSEEN = {"head", "style", "script", "title"}


class Seen(html.parser.HTMLParser):
    """What a browser shows of a page."""

    def __init__(self):
        super().__init__()
        self.text, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in UNSEEN
        self.text.append("\n" if tag in BLOCK else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag):
        self.hidden -= tag in UNSEEN
        self.text.append("\n" if tag in BLOCK else "")

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def shown(page):
    seen = Seen()
    seen.feed(page)
    return "".join(seen.text)


def decoded(data):
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if data[1::2].count(0) * 10 > len(data) * 4:
        return data.decode("utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def texts(message):
    """The plain parts, as a mail program shows them; pages only where there is nothing plain."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    plain = [part.get_content() for part in parts if part.get_content_type() == "text/plain"]
    return plain or [shown(part.get_content()) for part in parts if part.get_content_type() == "text/html"]


def open_file(data):
    """The text, and the address in the From header of a mail."""
    top = data.split(b"\n\n")[0].split(b"\r\n\r\n")[0]
    if len(HEADER.findall(top)) >= 2:
        message = email.message_from_bytes(data, policy=email.policy.default)
        sender = message["from"].addresses[0].addr_spec if message["from"] else None
        return "\n\n".join(texts(message)), sender
    text = decoded(data)
    if re.search(r"=\r?\n", text):
        text = decoded(quopri.decodestring(data))
    return (shown(text) if re.search(r"<(html|body|div|p|br|table)\b", text, re.I) else text), None
