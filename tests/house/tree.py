"""The tree as the house tests read it: what is kept in version control, or lies here and is not ignored."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "luoshi"
TEXT = {
    ".py",
    ".html",
    ".md",
    ".txt",
    ".toml",
    ".yaml",
    ".yml",
    ".po",
    ".js",
    ".css",
    ".svg",
    ".json",
    ".csv",
    ".tsv",
    "",
}
VENDORED = "vendor"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def texts() -> list[Path]:
    """Text files of our own: neither vendored assets nor data."""
    return [path for path in tracked() if path.suffix in TEXT and VENDORED not in path.parts]


def rooms() -> list[Path]:
    return sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
