"""Who asks which clock: the work asks luoshi/journal/clock.py, and only what is named here asks the machine's."""

import ast

import pytest

from tests.house.tree import PACKAGE

# A demonstration's clock may be set back. What these hold must run out all the same.
MACHINE = {
    "journal/clock.py": "is the other clock",
    "orgs/sessions.py": "when a device was last seen",
    "orgs/views/own.py": "which sessions still hold",
    "reports/throttle.py": "so many calls a minute",
    "sheets/views.py": "uploads live for a day",
    "site/management/commands/backup.py": "a backup's name",
    "site/management/commands/doctor.py": "looks over the machine",
    "site/management/commands/restore.py": "the name of what is set aside",
    "site/worker.py": "signs of life, and jobs that are due",
}
ASKING = {"timezone.now", "date.today", "datetime.now", "datetime.utcnow", "datetime.today", "time.time"}
OF_NOW = {"timezone.localdate", "timezone.localtime"}  # unless an instant is given


def asks_the_machine(source: str) -> bool:
    """Does this module ask the machine what time it is? Measuring how long something takes is another matter."""
    return any(_asks(node) for node in ast.walk(ast.parse(source)))


def _asks(node: ast.AST) -> bool:
    match node:
        case ast.ImportFrom(module="django.utils.timezone"):
            return True  # the house writes timezone.now(), so that it can be found
        case ast.Attribute():
            return ast.unparse(node) in ASKING
        case ast.Call(args=[], keywords=[]):
            return ast.unparse(node.func) in OF_NOW
    return False


@pytest.mark.parametrize(
    ("source", "asks"),
    [
        ("at = timezone.now()", True),
        ("claim(now=timezone.now)", True),
        ("day = timezone.localdate()", True),
        ("day = date.today()", True),
        ("at = datetime.now(tz=UTC)", True),
        ("seconds = time.time()", True),
        ("from django.utils.timezone import now", True),
        ("day = timezone.localdate(entry.at)", False),
        ("at = clock.now()", False),
        ("began = time.monotonic()", False),
    ],
)
def test_the_question_is_recognised(source, asks):
    assert asks_the_machine(source) is asks


def test_only_what_is_named_asks_the_machines_clock():
    modules = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.parts]
    found = {path.relative_to(PACKAGE).as_posix() for path in modules if asks_the_machine(path.read_text("utf-8"))}
    assert found == set(MACHINE)
