import io

from luoshi.lib.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_redrawn_and_ends_with_the_whole():
    out = Terminal()
    with Progress("Units", total=4, out=out) as progress:
        assert list(progress.over("abcd")) == ["a", "b", "c", "d"]
    assert out.getvalue().count("\n") == 1
    assert "100 %  4/4" in out.getvalue().splitlines()[-1]


def test_short_work_prints_nothing_where_nobody_watches():
    out = io.StringIO()
    with Progress("Units", total=1000, out=out) as progress:
        progress.step(1000)
    assert out.getvalue() == ""


def test_long_work_prints_plain_lines_where_nobody_watches(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr("luoshi.lib.progress.time.monotonic", iter(range(0, 10_000, 20)).__next__)
    with Progress("Rows", out=out) as progress:
        progress.step(1_500_000)
    assert "Rows  1,500,000" in out.getvalue()
    assert "\r" not in out.getvalue()


def test_more_steps_than_announced_never_show_more_than_a_hundred_percent():
    progress = Progress("Units", total=2, out=io.StringIO())
    progress.step(5)
    assert "100 %  5/2" in progress.line()


def test_quiet_is_quiet_on_a_terminal_too():
    out = Terminal()
    with Progress("Units", total=2, out=out, quiet=True) as progress:
        progress.step(2)
    assert out.getvalue() == ""
