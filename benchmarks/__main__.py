"""`make bench` — the benchmarks of this folder, one after the other: python -m benchmarks [NAME …]

Each measures its named alternative in the same run; docs/benchmarks.md says what each is for. Nothing else should run on the machine.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ONLY_BY_NAME = {"pages"}  # asks a server that somebody started


def benchmarks() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in benchmarks()]:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(benchmarks())}.\n")
        return 2
    failed = []
    for name in names or [each for each in benchmarks() if each not in ONLY_BY_NAME]:
        sys.stdout.write(f"\n== {name} {'=' * (70 - len(name))}\n")
        sys.stdout.flush()
        if subprocess.call([sys.executable, "-m", f"benchmarks.{name}"], cwd=FOLDER.parent, stdin=subprocess.DEVNULL):
            failed.append(name)
    if failed:
        sys.stdout.write(f"\n!! FAILED: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
