"""Scores a reading against annotated texts, by the rules that the annotations were made for.

An organisation is right when one name contains the other and is not much longer; what is counted is right when half of the gold's
characters are found and a third of the answer's are in the gold.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from luoshi.reports.textcheck import read

CORPUS = Path(__file__).parent / "corpus"


def corpus(*, aside: bool) -> list[Path]:
    """The annotated texts: those used while building, or those put aside before."""
    return sorted(path for path in CORPUS.glob("*.txt") if path.stem.endswith("-aside") is aside)


def body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n\n", 1)[1].rstrip("\n")


def gold(path: Path) -> list[dict[str, Any]]:
    claims = map(json.loads, path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines())
    return [claim for claim in claims if claim["kind"] != "ordinal_or_setphrase"]


def organisation_right(got: str | None, want: str | None, others: Iterable[str] = ()) -> bool:
    got, want = got or "", want or ""
    if want == "个人":
        return bool(got)
    if any(organisation_right(got, other) for other in others):
        return True
    if not 2 <= len(got) <= 2 * len(want) + 4:
        return False
    bare_got, bare_want = (re.sub(r"[省市县区州盟旗]$", "", name) for name in (got, want))
    return got in want or want in got or bare_got in want or bare_want in got


def what_right(got: str | None, want: str | None) -> bool:
    answer, wanted = set(got or ""), set(want or "")
    both = wanted & answer
    return bool(wanted and answer) and len(both) >= 0.5 * len(wanted) and len(both) >= len(answer) / 3


def scores(paths: Iterable[Path]) -> dict[str, float]:
    """Span F1; value, kind, role, approx, org and what of the spans found; and all three of span, org and w"
    "hat of all statements."""
    tally: Counter[str] = Counter()
    for path in paths:
        got = {(s.start, s.end): s for s in read(body(path)).statements}
        want = {(c["start"], c["start"] + len(c["span"])): c for c in gold(path)}
        tally["wanted"] += len(want)
        tally["got"] += len(got)
        for place in got.keys() & want.keys():
            s, c = got[place], want[place]
            org = organisation_right(s.org, c["org"], c.get("org_alt", ()))
            what = what_right(s.what, c["what"])
            tolerance = (1e-3 if c["kind"] == "percent" else 1e-6) * max(1, abs(c["value"] or 0))
            tally.update(
                matched=1,
                value=c["value"] is None or (s.value is not None and abs(s.value - c["value"]) <= tolerance),
                kind=s.kind == c["kind"],
                role=s.role == c.get("role", "done"),
                approx=bool(s.approx) == bool(c.get("approx")),
                org=org,
                what=what,
                full=org and what,
            )
    precision, recall = tally["matched"] / tally["got"], tally["matched"] / tally["wanted"]
    shares = {name: tally[name] / tally["matched"] for name in ("value", "kind", "role", "approx", "org", "what")}
    return {"spans": 2 * precision * recall / (precision + recall), **shares, "full": tally["full"] / tally["wanted"]}


if __name__ == "__main__":
    for name, paths in (("built with", corpus(aside=False)), ("put aside", corpus(aside=True))):
        sys.stdout.write(f"{name} { ({key: round(value, 3) for key, value in scores(paths).items()}) }\n")
