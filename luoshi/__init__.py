"""落实 — campaigns through every level of a large organisation."""

__version__ = "0.1.0"
