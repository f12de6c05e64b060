"""`python -m luoshi.reports.textcheck FILE [--json]` — reads a text without a database."""

import json
import sys
from pathlib import Path

from luoshi.reports.textcheck import read


def main() -> int:
    path = sys.argv[-1]
    reading = read(Path(path).read_bytes().decode("utf-8-sig"))
    out = [
        {
            k: getattr(s, k)
            for k in (
                "start",
                "end",
                "text",
                "value",
                "value_hi",
                "unit",
                "kind",
                "approx",
                "what",
                "org",
                "role",
                "window",
                "per",
            )
        }
        | {"verdict": None, "indicator": None, "ledger_value": None}
        for s in reading.statements
    ]
    json.dump({"statements": out, "contradictions": []}, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
