"""`make messages` — bring every room's Chinese catalogue up to date and compile it. Needs gettext."""

import subprocess
import sys
from pathlib import Path
from shutil import which

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"


def rooms() -> list[Path]:
    """The rooms that speak: those that have a catalogue."""
    return sorted(path.parent for path in PACKAGE.glob("*/locale") if path.is_dir())


def main() -> int:
    if not which("xgettext"):
        sys.stderr.write("xgettext is not here. Debian: apt-get install gettext\n")
        return 1
    admin = str(Path(sys.executable).with_name("django-admin"))
    for room in rooms():
        sys.stdout.write(f"{room.name}: ")
        sys.stdout.flush()
        make = [admin, "makemessages", "-l", LANGUAGE, "--no-wrap", "--no-location", "--ignore", "tests/*"]
        for command in (make, [admin, "compilemessages", "-v", "0"]):
            if code := subprocess.call(command, cwd=room, stdin=subprocess.DEVNULL):  # noqa: S603
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
