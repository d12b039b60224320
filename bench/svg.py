"""Small SVG charts with nothing but the standard library.

Readable on light and dark pages: a chart brings its own ground, and follows the reader's scheme.
Colours are Okabe and Ito's, told apart with colour blindness too; marks differ in shape as well.
"""
import html
import math

WIDTH = 860
LABEL = 300                                         # where the plotting area begins
RIGHT = WIDTH - 96
STYLE = """<style>
.ground{fill:#ffffff;stroke:#d0d7de}.ink{fill:#1f2328}.soft{fill:#59636e}.grid{stroke:#e1e4e8}
.a{fill:#0072b2}.b{fill:#e69f00}.c{fill:#009e73}.d{fill:#cc79a7}.e{fill:#56b4e9}
.must{stroke:#c9340f}.span{stroke:#1f2328}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans KR",sans-serif}
@media (prefers-color-scheme:dark){.ground{fill:#161b22;stroke:#3d444d}.ink{fill:#f0f6fc}
.soft{fill:#9da7b3}.grid{stroke:#2f363d}.a{fill:#4aa8e0}.b{fill:#f0b429}.c{fill:#2fc99a}
.must{stroke:#ff7b54}.span{stroke:#f0f6fc}}
</style>"""
CLASSES = "abcde"


def text(x: float, y: float, said: str, style: str = "ink", size: int = 13, anchor: str = "start",
         weight: int = 400) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" font-size="{size}" '
            f'text-anchor="{anchor}" font-weight="{weight}">{html.escape(said)}</text>')


def line(x1: float, y1: float, x2: float, y2: float, style: str, width: float = 1) -> str:
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}" '
            f'stroke-width="{width}"/>')


def bar(x: float, y: float, width: float, height: float, style: str) -> str:
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:.1f}" '
            f'rx="2" class="{style}"/>')


def mark(x: float, y: float, shape: str, style: str, size: float = 5) -> str:
    """A circle, a diamond or a square around a point."""
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="{style}"/>'
    turn = ' transform="rotate(45 {:.1f} {:.1f})"'.format(x, y) if shape == "diamond" else ""
    return (f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size}" height="{2 * size}" '
            f'class="{style}"{turn}/>')


def page(title: str, told: str, height: float, parts: list) -> str:
    """The whole image; `told` is what a reader who cannot see it hears."""
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
            f'role="img" aria-label="{html.escape(told)}">')
    ground = (f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1:.0f}" rx="8" '
              f'class="ground"/>')
    return "\n".join([head, f"<title>{html.escape(title)}</title>",
                      f"<desc>{html.escape(told)}</desc>", STYLE, ground,
                      text(20, 32, title, size=17, weight=600), *parts, "</svg>", ""])


def shown(value: float) -> str:
    """Three digits that matter, thousands apart."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 6)}f}"


def dots(title: str, told: str, rows: list, low: float = 0, high: float = 100) -> str:
    """rows: {label, bars: [(name, shape, class, value)], ci: (low, high) or None, must, aim}."""
    def x(value):
        return LABEL + (RIGHT - LABEL) * (min(max(value, low), high) - low) / (high - low)
    parts, y = [], 64
    names = {name: (shape, style) for row in rows for name, shape, style, _ in row["bars"]}
    at = 20
    for name, (shape, style) in names.items():
        parts += [mark(at + 6, y - 4, shape, style), text(at + 18, y, name, "soft", 12)]
        at += 30 + 7.2 * len(name)
    parts += [line(at + 6, y - 11, at + 6, y + 3, "must", 2.5),
              text(at + 16, y, "must reach", "soft", 12),
              line(at + 108, y - 4, at + 136, y - 4, "span", 2),
              text(at + 144, y, "95 % of the fused", "soft", 12)]
    top, y = y + 18, y + 34
    for row in rows:
        parts += [text(20, y + 4, row["label"], size=12.5), line(LABEL, y, RIGHT, y, "grid")]
        if row.get("must") is not None:
            parts.append(line(x(row["must"]), y - 11, x(row["must"]), y + 11, "must", 2.5))
        if row.get("ci"):
            parts.append(line(x(row["ci"][0]), y, x(row["ci"][1]), y, "span", 2))
        for name, shape, style, value in reversed(row["bars"]):
            parts.append(mark(x(value), y, shape, style, 6 if name == "fused" else 4.5))
        first = row["bars"][0][3]
        parts.append(text(RIGHT + 12, y + 4, f"{first:.1f}", size=13, weight=600))
        if row.get("must") is not None:
            parts.append(text(RIGHT + 50, y + 4, f"≥ {row['must']:g}", "soft", 11))
        y += 32
    for value in range(int(low), int(high) + 1, 20):
        parts.insert(0, line(x(value), top, x(value), y - 14, "grid"))
        parts.append(text(x(value), y + 4, str(value), "soft", 11, "middle"))
    return page(title, told, y + 20, parts)


def bars(title: str, told: str, groups: list, unit: str = "") -> str:
    """groups: (label, [(who, value)]); lengths on a logarithm, so that orders of size compare."""
    values = [v for _, whos in groups for _, v in whos if v > 0]
    low = math.floor(math.log10(min(values))) if values else 0
    high = math.ceil(math.log10(max(values)) + 1e-9) if values else 1
    high = max(high, low + 1)

    def x(value):
        share = (math.log10(value) - low) / (high - low) if value > 0 else 0
        return LABEL + (RIGHT - LABEL) * share
    who_all = list(dict.fromkeys(who for _, whos in groups for who, _ in whos))
    parts, y, at = [], 64, 20
    for i, who in enumerate(who_all):
        parts += [bar(at, y - 10, 12, 12, CLASSES[i % 5]), text(at + 18, y, who, "soft", 12)]
        at += 34 + 7.2 * len(who)
    top, y = y + 14, y + 26
    for label, whos in groups:
        parts.append(text(20, y + 7 * len(whos) + 4, label, size=12.5))
        for who, value in whos:
            parts += [bar(LABEL, y, x(value) - LABEL, 12, CLASSES[who_all.index(who) % 5]),
                      text(max(x(value), LABEL) + 6, y + 10, shown(value), "ink", 11)]
            y += 15
        y += 10
    for power in range(low, high + 1):
        parts.insert(0, line(x(10.0 ** power), top, x(10.0 ** power), y - 4, "grid"))
        parts.append(text(x(10.0 ** power), y + 12, f"{10.0 ** power:g}", "soft", 11, "middle"))
    if unit:
        parts.append(text(20, y + 12, unit, "soft", 11))
    return page(title, told, y + 28, parts)
