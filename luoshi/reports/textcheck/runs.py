"""数串 — how a run of digits and Chinese numerals looks in a folded text."""

import re

_ARABIC = r"\d{1,3}(?:[,，]\d{3})++(?![\d,，])(?:\.\d++)?|\d++(?:\.\d++)?"
HAN = "[零一二两三四五六七八九十百千万亿]"
_VAGUE = r"(?:[几数](?=[十百千万亿])|成(?=[百千万])|(?<![以之线晚早网会路马加向本则总])上(?=[百千万亿]))?"
RUN_PATTERN = _VAGUE + rf"(?:{_ARABIC}|{HAN}|(?<={HAN})点(?=[零一二三四五六七八九])|(?<=十)几)++"
RUN = re.compile(RUN_PATTERN)
