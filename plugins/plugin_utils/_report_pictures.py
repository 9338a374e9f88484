# Copyright: (c) 2026, dvp.baremetal contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of a report as inline SVG; private to the collection. Pure: numbers and texts in, markup out.

Colours are classes of the page's style sheet, so that dark, light and print each have their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

# Classes g0 to g7 of the style sheet; a ninth group begins again.
COLOURS = 8
# Squares as wide as a box on a small screen; of many hosts they are half as large.
_SQUARE, _PITCH, _ACROSS, _MANY = 10, 13, 31, 450
_BAR_WIDTH, _BAR_HEIGHT = 100, 3


def colour(number: int) -> str:
    """Class of the number-th group."""
    return f"g{number % COLOURS}"


def letter(number: int) -> str:
    """Name of the number-th group: A to Z, then A2 and so on."""
    turn, place = divmod(number, 26)
    return chr(ord("A") + place) + (str(turn + 1) if turn else "")


def stacked_bar(parts: Sequence[tuple[str, int, str]]) -> str:
    """One bar of parts (class, number, title), each as long as its number."""
    total, x, bars = sum(number for _class, number, _title in parts), 0.0, []
    for tone, number, title in parts:
        width = _BAR_WIDTH * number / total if total else 0.0
        if width:
            bars.append(f'<rect class="{tone}" x="{x:.3f}" width="{width:.3f}" height="{_BAR_HEIGHT}">'
                        f"<title>{escape(title)}: {number}</title></rect>")  # fmt: skip
        x += width
    label = ", ".join(f"{title}: {number}" for _class, number, title in parts if number)
    return (
        f'<svg class="bar" viewBox="0 0 {_BAR_WIDTH} {_BAR_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(bars)}</svg>'
    )


def squares(names: Sequence[str], tone: str) -> str:
    """A square for each host, in rows; the name of the host appears where one points."""
    half = len(names) > _MANY
    across = min(_ACROSS * 2 if half else _ACROSS, max(len(names), 1))
    down = -(-len(names) // across)
    rects = "".join(
        f'<rect x="{number % across * _PITCH}" y="{number // across * _PITCH}" width="{_SQUARE}" height="{_SQUARE}" '
        f'rx="2"><title>{escape(name)}</title></rect>'
        for number, name in enumerate(names)
    )
    width, height = across * _PITCH, down * _PITCH
    scale = 2 if half else 1
    return (
        f'<svg class="squares {tone}" viewBox="0 0 {width} {height}" width="{width / scale:g}" '
        f'height="{height / scale:g}" aria-hidden="true">{rects}</svg>'
    )


def ranking(values: Sequence[str], label: str) -> str:
    """A bar for each value, as long as it is frequent: text above, number beside."""
    counts = Counter(values).most_common()
    most = counts[0][1] if counts else 1
    rows = []
    for value, number in counts:
        picture = (
            f'<svg class="bar" viewBox="0 0 {_BAR_WIDTH} {_BAR_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="track" width="{_BAR_WIDTH}" height="{_BAR_HEIGHT}"/>'
            f'<rect class="fill" width="{_BAR_WIDTH * number / most:.3f}" height="{_BAR_HEIGHT}"/></svg>'
        )
        rows.append(f'<li><span class="name">{escape(value)}</span> <b>{number}</b>{picture}</li>')
    return f'<section class="card ranking"><h3>{escape(label)}</h3><ul>{"".join(rows)}</ul></section>'


def about(group: Mapping[str, Any], unknown: str) -> str:
    """Kernel and CPU of a group as text."""
    cpu = group["model"] or group["vendor"] or unknown
    return f"{cpu} · {group['kernel'] or unknown}"
