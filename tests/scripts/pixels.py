"""Pixels from what is no picture yet, as a gray PGM file: a terminal's screen as `tmux capture-pane -e` gives it, in a dark or a light theme, or the
SVG of the program. usage: pixels.py dark|light|svg IN OUT"""

import re
import sys

BLOCKS = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}
THEMES = {"dark": (200, 30), "light": (40, 250)}  # ink, paper
CUBE = {16: 0, 231: 255, 0: 0, 15: 255, 7: 200}


def screen(text, theme):
    """Cells of 8 by 16 pixels; a letter is a gray cell: only its place matters here."""
    rows = []
    ink, paper = THEMES[theme]
    for line in text.split("\n"):
        upper, lower = [], []
        for code, char in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
            if not char:
                numbers = [int(n or 0) for n in code.split(";")]
                while numbers:
                    n = numbers.pop(0)
                    if n == 0:
                        ink, paper = THEMES[theme]
                    elif n in (38, 48) and numbers[:1] == [5]:
                        shade = CUBE[numbers[1]]
                        numbers = numbers[2:]
                        ink, paper = (shade, paper) if n == 38 else (ink, shade)
                    elif n == 39:
                        ink = THEMES[theme][0]
                    elif n == 49:
                        paper = THEMES[theme][1]
                continue
            top, bottom = BLOCKS.get(char, (None, None))
            grey = (ink + paper) // 2
            upper += [grey if top is None else ink if top else paper] * 8
            lower += [grey if bottom is None else ink if bottom else paper] * 8
        rows += [upper] * 8 + [lower] * 8
    width = max(map(len, rows)) + 32
    return [row + [THEMES[theme][1]] * (width - len(row)) for row in rows]


def svg(text):
    """The rectangles of the one path that the program draws."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', text)[1])
    rows = [[255] * side for _ in range(side)]
    x = y = 0
    for mx, my, h in re.findall(r"M(\d+) (\d+)h(\d+)", text):
        x, y, h = int(mx), int(my), int(h)
        v = int(re.search(rf"M{mx} {my}h{h}v(\d+)", text)[1])
        for line in rows[y : y + v]:
            line[x : x + h] = [0] * h
    return rows


kind, source, target = sys.argv[1:]
text = open(source, encoding="utf-8").read()
rows = svg(text) if kind == "svg" else screen(text, kind)
with open(target, "wb") as out:
    out.write(b"P5 %d %d 255\n" % (len(rows[0]), len(rows)))
    for row in rows:
        out.write(bytes(row))
