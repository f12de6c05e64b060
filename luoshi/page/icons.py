"""The few signs of the house, as inline SVG: they print, follow the text's colour and need no further request.

Words do the work of icons; a sign stands here only where a shape carries a status or an act has no word.
"""

from collections.abc import Mapping

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# name → (view box, drawing). Lights are filled 10 × 10, pill signs stroked 12 × 12, the rest stroked 16 × 16.
DRAWINGS: Mapping[str, tuple[str, str]] = {
    "dot": ("0 0 10 10", '<circle cx="5" cy="5" r="4.5" fill="currentColor" stroke="none"/>'),
    "triangle": ("0 0 10 10", '<path d="M5 .8 9.8 9.4H.2z" fill="currentColor" stroke="none"/>'),
    "square": ("0 0 10 10", '<path d="M.5.5h9v9h-9z" fill="currentColor" stroke="none"/>'),
    "ring": ("0 0 10 10", '<circle cx="5" cy="5" r="4"/>'),
    "circle": ("0 0 12 12", '<circle cx="6" cy="6" r="4.6"/>'),
    "half": (
        "0 0 12 12",
        '<circle cx="6" cy="6" r="4.6"/><path d="M6 1.4a4.6 4.6 0 0 1 0 9.2z" fill="currentColor"/>',
    ),
    "target": (
        "0 0 12 12",
        '<circle cx="6" cy="6" r="4.6"/><circle cx="6" cy="6" r="1.6" fill="currentColor"/>',
    ),
    "tick": ("0 0 12 12", '<path d="m2 6.4 2.7 2.8L10 3.2"/>'),
    "cycle": ("0 0 12 12", '<path d="M10 6a4 4 0 1 1-1.3-3M10 1v2.4H7.6"/>'),
    "back": ("0 0 12 12", '<path d="M4.4 2.2 2 4.6 4.4 7M2.2 4.6h4.6a3 3 0 0 1 0 6H5"/>'),
    "check": ("0 0 16 16", '<path d="m3 8.5 3.4 3.5L13 4.5"/>'),
    "cross": ("0 0 16 16", '<path d="m4 4 8 8m0-8-8 8"/>'),
    "search": ("0 0 16 16", '<circle cx="7" cy="7" r="4.6"/><path d="m10.5 10.5 3.7 3.7"/>'),
    "down": ("0 0 16 16", '<path d="m4.5 6.5 3.5 3.5 3.5-3.5"/>'),
    "left": ("0 0 16 16", '<path d="M9.8 4.2 6 8l3.8 3.8"/>'),
    "right": ("0 0 16 16", '<path d="M6.2 4.2 10 8l-3.8 3.8"/>'),
    "sorted-down": ("0 0 12 12", '<path d="M1.5 4h9L6 9z" fill="currentColor" stroke="none"/>'),
    "sorted-up": ("0 0 12 12", '<path d="M1.5 8.5h9L6 3.5z" fill="currentColor" stroke="none"/>'),
    "verified": (
        "0 0 28 28",
        '<circle cx="14" cy="14" r="13" fill="currentColor" stroke="none"/>'
        '<path d="m8.5 14.3 3.8 3.9 7.4-8" stroke="#fff" stroke-width="2.4"/>',
    ),
    "refuted": (
        "0 0 28 28",
        '<path d="M1 1h26v26H1z" fill="currentColor" stroke="none"/>'
        '<path d="m9 9 10 10m0-10L9 19" stroke="#fff" stroke-width="2.4"/>',
    ),
}


def icon(name: str) -> SafeString:
    """The drawing of that name, hidden from screen readers: a word always stands beside it."""
    box, drawing = DRAWINGS[name]
    return format_html(
        '<svg class="icon" viewBox="{}" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        box,
        mark_safe(drawing),  # noqa: S308 - a constant of this module
    )
