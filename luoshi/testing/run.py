"""`make test` — every check and every test, one after the other, with the time of each.

    python -m luoshi.testing.run                  all stages
    python -m luoshi.testing.run lint types       only these
    JOBS=4 python -m luoshi.testing.run           tests in four processes (default: as many as processors, at most four)

What this machine lacks (a browser, PostgreSQL) is named at the end; with CI=true it is a failure.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

import psycopg
from defusedxml import ElementTree

from luoshi.testing.postgresql import Unavailable, server

ROOT = Path(__file__).resolve().parent.parent.parent
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_TEST_COLLECTED = 5  # pytest's exit code
SOURCES = ("luoshi", "tests", "benchmarks")


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Counts") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


@dataclass
class Result:
    name: str
    seconds: float = 0.0
    well: bool = True
    says: str = ""
    lacks: str = ""
    counts: Counts = field(default_factory=Counts)


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def call(*command: str, **variables: str) -> int:
    say(f"$ {' '.join(Path(part).name if part == sys.executable else part for part in command)}")
    with tempfile.TemporaryDirectory(prefix="luoshi-test-") as home:
        environment = {
            **os.environ,
            "LUOSHI_HOME": home,
            "DJANGO_SETTINGS_MODULE": "luoshi.site.settings_test",
            **variables,
        }
        return subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603


def tool(name: str, *arguments: str) -> Callable[[Result], None]:
    """A stage that one program decides."""

    def stage(result: Result) -> None:
        result.well = call(sys.executable, "-m", name, *arguments) == 0

    return stage


def script(name: str, *arguments: str) -> Callable[[Result], None]:
    """A stage of a program that has no module to run, from the folder of this Python."""

    def stage(result: Result) -> None:
        result.well = call(str(Path(sys.executable).with_name(name)), *arguments) == 0

    return stage


def pytest(result: Result, *arguments: str, jobs: int, **variables: str) -> None:
    """Run pytest and take its counts from the report it writes, not from its words."""
    with tempfile.TemporaryDirectory(prefix="luoshi-report-") as folder:
        report = Path(folder) / "junit.xml"
        parallel = ("-n", str(jobs), "--dist", "loadgroup") if jobs > 1 else ()
        code = call(sys.executable, "-m", "pytest", "-q", *parallel, f"--junit-xml={report}", *arguments, **variables)
        if report.exists():
            result.counts = counted(report)
    if code == NO_TEST_COLLECTED:
        result.says = "no test collected"
    result.well = code == 0 and result.counts.failed == 0


def counted(report: Path) -> Counts:
    counts = Counts()
    for suite in ElementTree.fromstring(report.read_text(encoding="utf-8")).iter("testsuite"):
        number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        bad = number["failures"] + number["errors"]
        counts.add(Counts(number["tests"] - bad - number["skipped"], bad, number["skipped"]))
    return counts


def on_sqlite(result: Result) -> None:
    pytest(result, "-m", "not browser", jobs=jobs(), LUOSHI_TEST_DATABASE="")


def on_postgresql(result: Result) -> None:
    with ExitStack() as stack:
        address = os.environ.get("LUOSHI_TEST_DATABASE", "")
        if address and not reachable(address):
            say(f"LUOSHI_TEST_DATABASE ({urlsplit(address).hostname}) does not answer; starting a server of our own.")
            address = ""
        try:
            address = address or stack.enter_context(server())
        except Unavailable as error:
            result.lacks = f"PostgreSQL: {error}. Debian: apt-get install postgresql, or set LUOSHI_TEST_DATABASE."
            return
        pytest(result, "-m", "not browser", jobs=jobs(), LUOSHI_TEST_DATABASE=address)


def reachable(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def in_browser(result: Result) -> None:
    browser = os.environ.get("LUOSHI_TEST_BROWSER") or next(filter(None, map(which, BROWSERS)), "")
    if not browser:
        result.lacks = (
            "a browser: none of " + ", ".join(BROWSERS) + " is here. Debian: apt-get install chromium fonts-noto-cjk."
        )
        return
    pytest(result, "-m", "browser", jobs=1, LUOSHI_TEST_DATABASE="", LUOSHI_TEST_BROWSER=browser)


def jobs() -> int:
    return int(os.environ.get("JOBS") or min(os.cpu_count() or 1, 4))


def sources() -> list[str]:
    return [name for name in SOURCES if (ROOT / name).is_dir()]


STAGES: dict[str, Callable[[Result], None]] = {
    "format": tool("ruff", "format", "--check", "."),
    "lint": tool("ruff", "check", "."),
    "types": tool("mypy", *sources()),
    "imports": script("lint-imports"),
    "dependencies": tool("deptry", "."),
    "migrations": tool("luoshi", "django", "makemigrations", "--check", "--dry-run"),
    "sqlite": on_sqlite,
    "postgresql": on_postgresql,
    "browser": in_browser,
}


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in STAGES]:
        say(f"There is no stage {', '.join(unknown)}. The stages are: {', '.join(STAGES)}.")
        return 2
    results = []
    for name in names or STAGES:
        say(f"\n== {name} " + "=" * (70 - len(name)))
        result = Result(name)
        began = time.monotonic()
        STAGES[name](result)
        result.seconds = time.monotonic() - began
        results.append(result)
        say(f"== {name}: {verdict(result)} in {result.seconds:.1f} s")
    return summary(results)


def verdict(result: Result) -> str:
    if result.lacks:
        return "LACKING"
    return ("well" if result.well else "FAILED") + (f" ({result.says})" if result.says else "")


def summary(results: list[Result]) -> int:
    total = Counts()
    say("\n== summary " + "=" * 63)
    for result in results:
        counts = result.counts
        tests = (
            f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped" if counts != Counts() else ""
        )
        say(f"{result.name:<14}{result.seconds:8.1f} s  {verdict(result):<10}  {tests}")
        total.add(counts)
    say(f"{'all':<14}{sum(result.seconds for result in results):8.1f} s")
    lacking = [result.lacks for result in results if result.lacks]
    for lack in lacking:
        say(f"\n!! NOT TESTED: this machine lacks {lack}")
    failed = [result.name for result in results if not result.well]
    if failed:
        say(f"\n!! FAILED: {', '.join(failed)}")
    if lacking and CI:
        say("!! With CI=true nothing may be lacking.")
    say(f"\ntests: {total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if failed or (lacking and CI) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
