"""核数 — read a text, find its numeric statements, say whether each holds."""
