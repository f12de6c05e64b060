"""Every page of the demo: milliseconds in the server and queries, for every role, at the median.

    LUOSHI_TIMING=1 luoshi serve --port 8210 &
    python -m benchmarks.pages [http://127.0.0.1:8210] [--account zhou] [--only '^activities/'] [--keep FILE]

Walked are all addresses of benchmarks/addresses.py, and what a reader can reach from each of them on the same page: its tabs, the order by
every column, its last page, every filter, a search, the print. What an account may not open is passed over. Exports and files are asked
once and listed apart. Each ratio is against /healthz of the same server in the same run.

Goals: at most 25 queries and 100 ms each; a page that misses is asked again at the end, since other work on the machine may have been in
its way. The exit code is 1 when one misses then, or when an address was open to nobody. --keep writes all measures as JSON.

Records that the demo lacks (a report, a file, a token, …) are made through the pages first: use a demo of your own.
"""

import argparse
import json
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from benchmarks.addresses import CODES, FILES, FINDS, PAGES

PASSWORD = "luoshi-demo-2023"
ACCOUNTS = ("zhou", "he", "wang", "lu", "li", "yang", "ma", "qi", "bai", "system", "security", "audit")
TIMES = 5
MOST_QUERIES, MOST_MS = 25, 100.0
TIMING = re.compile(r'total;dur=([\d.]+), cpu;dur=([\d.]+), .*desc="(\d+) queries"')
NAME = re.compile(r"\{(\w+)\}")
TYPED = {"q": ("学习", "查无此事"), "below": ("620102",), "text": ("活动",)}
DAYS = ("2023-10-01", "2023-11-30")
EVERY_VALUE = {
    "view",
    "sort",
    "tab",
    "by",
    "whose",
    "show",
    "face",
}  # parameters each of whose values is a page of its own
KEPT_BACK = {"unit", "campaign"}  # links that leave the page for another scope


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    timing: str
    body: str


@dataclass(slots=True)
class Measured:
    account: str
    route: str
    page: str
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # of these, what the answering thread computed itself
    queries: int = 0

    @property
    def ms(self) -> float:
        return statistics.median(self.times)

    @property
    def cpu_ms(self) -> float:
        return statistics.median(self.cpu)

    @property
    def good(self) -> bool:
        return self.ms <= MOST_MS and self.queries <= MOST_QUERIES


class Reader:
    """A browser without pictures: keeps cookies, sends forms with what stands in them."""

    def __init__(self, address: str, account: str = "") -> None:
        self.address, self.account = address, account
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.known: dict[str, str] = dict(CODES)

    def get(self, path: str, sent: bytes | None = None, kind: str = "") -> Answer:
        url = urljoin(self.address, quote(path, safe="/?&=%#:,"))
        asked = Request(url, sent, {"Referer": url} | ({"Content-Type": kind} if kind else {}))
        try:
            with self.opener.open(asked) as answer:
                body = answer.read()
                said = answer.headers.get("Server-Timing", "")
                text = body.decode(errors="replace") if "text/html" in answer.headers.get("Content-Type", "") else ""
                return Answer(answer.status, said, text)
        except HTTPError as error:
            return Answer(error.code, error.headers.get("Server-Timing", ""), error.read().decode(errors="replace"))

    def send(self, path: str, *, has: str = "key", file: tuple[str, bytes] | None = None, **typed: str) -> Answer:
        """Send the form of a page as it stands there, with some fields typed over.

        has: a field by which the form is told from others of the page. file: name of the field, bytes.
        """
        form = next((each for each in forms(self.get(path).body) if has in each.values), None)
        if form is None:
            return Answer(404, "", "")
        values = {name: value for name, value in (form.values | typed).items() if value is not None}
        if file is None:
            return self.get(urljoin(path, form.action), urlencode(values).encode())
        body, kind = multipart(values, *file)
        return self.get(urljoin(path, form.action), body, kind)

    def sign_in(self) -> None:
        self.send("/login/", has="login", login=self.account, password=PASSWORD)
        if "/logout/" not in self.get("/").body:
            raise SystemExit(f"{self.account} cannot sign in: is this the demo?")

    def named(self, template: str) -> str | None:
        """The address with the names in braces found; None where this account finds no such record."""
        found = {name: self.find(name) for name in NAME.findall(template)}
        return None if None in found.values() else NAME.sub(lambda name: found[name[1]] or "", template)

    def find(self, name: str) -> str | None:
        if name not in self.known:
            start, pattern = FINDS[name]
            page = self.named(start)
            match = re.search(pattern, self.get(page).body) if page else None
            self.known[name] = unescape(match[1]) if match else ""
        return self.known[name] or None


@dataclass(frozen=True, slots=True)
class SentForm:
    action: str
    values: dict[str, str | None]  # None: a box that is not ticked


def forms(page: str) -> Iterator[SentForm]:
    """The forms of a page that are posted, each with the values that stand in its fields."""
    for attributes, inside in re.findall(r"(?s)<form\b([^>]*)>(.*?)</form>", page):
        if 'method="post"' not in attributes:
            continue
        action = re.search(r'\baction="([^"]*)"', attributes)
        values: dict[str, str | None] = {}
        for name, value in fields(inside):
            values[name] = value if values.get(name) is None else values[name]
        yield SentForm(unescape(action[1]) if action else "", values)


def fields(inside: str) -> Iterator[tuple[str, str | None]]:
    for tag in re.findall(r"<input\b[^>]*>", inside):
        said = dict(re.findall(r'\b(\w+)="([^"]*)"', tag))
        if "name" in said and said.get("type") not in ("file", "submit"):
            unticked = said.get("type") in ("checkbox", "radio") and "checked" not in tag
            yield said["name"], None if unticked else unescape(said.get("value", "on" if "checked" in tag else ""))
    for name, text in re.findall(r'(?s)<textarea\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</textarea>', inside):
        yield name, unescape(text).strip()
    for name, options in re.findall(r'(?s)<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', inside):
        chosen = re.search(r'<option value="([^"]*)"[^>]*\bselected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        if chosen:
            yield name, unescape(chosen[1])


def multipart(values: Mapping[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    parts = [
        f'--=\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in values.items()
    ]
    head = f'--=\r\nContent-Disposition: form-data; name="{name}"; filename="记录.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return b"".join([*parts, head.encode(), content, b"\r\n--=--\r\n"]), "multipart/form-data; boundary=="


# ---- what the demo lacks


def make_up(reader: Reader) -> None:
    """A report, issued; a file of an activity; a token: each where the account may, and has none yet."""
    if reader.account == "zhou" and reader.find("report") is None:
        made = reader.send("/reports/generate/?unit=62")
        wait_for_report(reader, made)
        reader.send(f"/reports/{reader.find('report')}/")
    if reader.account == "li" and reader.find("token") is None:
        reader.send(
            "/account/tokens/new/",
            name="平台",
            expires_on=f"{time.localtime().tm_year + 1}-01-01",
            actions="activity.see",
        )
    if reader.account == "yang" and reader.find("file") is None:
        reader.send(f"/activities/{reader.find('own_activity')}/files/", file=("file", b"%PDF-1.4 %%EOF"))
    for name in ("report", "issued", "seal", "seal_path", "token", "file"):
        reader.known.pop(name, None)


def wait_for_report(reader: Reader, made: Answer) -> None:
    for _attempt in range(120):
        reader.known.pop("report", None)
        if (pk := reader.find("report")) and "/progress/" not in reader.get(f"/reports/{pk}/").body:
            return
        time.sleep(1)
    raise SystemExit(f"The report does not get ready ({made.status}): does the server work its queue?")


# ---- the walk


def addresses(reader: Reader, routes: Mapping[str, tuple[str, ...]], only: str) -> Iterator[tuple[str, str]]:
    for route, templates in routes.items():
        if re.search(only, route):
            for template in templates:
                if path := reader.named(template):
                    yield route, path


def variants(path: str, page: str) -> Iterator[str]:
    """The same page in its other states: tabs, orders, the last page, each filter, a search, the print. Exports are left out."""
    base = urlsplit(path).path
    found: dict[tuple[str, ...], str] = {}
    for link in map(unescape, re.findall(r'href="([^"#]*\?[^"#]*)"', page)):
        given = dict(parse_qsl(urlsplit(link).query))
        if urlsplit(link).path not in ("", base) or "export" in given or KEPT_BACK & given.keys():
            continue
        kind = tuple(f"{name}={value}" if name in EVERY_VALUE else name for name, value in sorted(given.items()))
        if kind not in found or int(given.get("page", "0")) > int(
            dict(parse_qsl(urlsplit(found[kind]).query)).get("page", "0")
        ):
            found[kind] = f"{base}?{urlsplit(link).query}"
    yield from found.values()
    before = urlsplit(path).query
    for form in re.findall(r'(?s)<form class="ls-filters"[^>]*>(.*?)</form>', page):
        for query in filled(form):
            yield f"{base}?{before}{'&' if before else ''}{query}"


def filled(form: str) -> Iterator[str]:
    """Each field of a filter form by itself, and all days together."""
    for name, options in re.findall(r'(?s)<select name="([^"]*)">(.*?)</select>', form):
        values = re.findall(r'value="([^"]+)"', options)
        yield from (f"{name}={value}" for value in ([values[-1]] if name == "per" else [values[0], values[-1]]))
    for name in re.findall(r'<input type="(?:search|text)" name="([^"]*)"', form):
        yield from (f"{name}={value}" for value in TYPED.get(name, TYPED["text"]))
    days = re.findall(r'<input type="date" name="([^"]*)"', form)
    if days:
        yield "&".join(f"{name}={day}" for name, day in zip(days, DAYS * len(days), strict=False))
    every = re.findall(r'<input type="checkbox" name="cols" value="([^"]*)"', form)
    if every:
        yield f"cols={','.join(every)}"


def exports(path: str, page: str) -> Iterator[str]:
    links = {unescape(link) for link in re.findall(r'href="([^"]*[?&]export=[^"]*)"', page)}
    yield from sorted(urljoin(path, link) for link in links)


def measure(reader: Reader, each: Measured, times: int = TIMES) -> int:
    """The times of some requests; returns the status of the last one."""
    asked: list[tuple[float, float, int]] = []
    for _attempt in range(times):
        answer = reader.get(each.page)
        if answer.status not in (200, 204):
            return answer.status
        asked.append(timing(each.page, answer))
    each.times, each.cpu = [ms for ms, _cpu, _queries in asked], [cpu for _ms, cpu, _queries in asked]
    each.queries = int(statistics.median(queries for _ms, _cpu, queries in asked))
    return 200


def timing(page: str, answer: Answer) -> tuple[float, float, int]:
    """Milliseconds, those of them that the thread computed, and queries."""
    if not (said := TIMING.search(answer.timing)):
        raise SystemExit(f"{page} tells no time: start the server with LUOSHI_TIMING=1")
    return float(said[1]), float(said[2]), int(said[3])


class Walk:
    """One account's way through the site."""

    def __init__(self, reader: Reader, only: str) -> None:
        self.reader, self.only = reader, only
        self.broken: list[tuple[str, str, int]] = []
        self.files: list[Measured] = []

    def pages(self) -> Iterator[Measured]:
        seen: set[str] = set()
        for route, path in addresses(self.reader, PAGES, self.only):
            first = self.reader.get(path)
            if not self._opens(path, first):
                continue
            more = [] if route.startswith("api/") else list(variants(path, first.body))
            for page in dict.fromkeys([path, *more]):
                if page not in seen:
                    seen.add(page)
                    each = Measured(self.reader.account, route, page)
                    status = measure(self.reader, each)
                    if status == 200:
                        yield each
                    else:
                        self.broken.append((self.reader.account, page, status))
            for page in exports(path, first.body):
                if page not in seen:
                    seen.add(page)
                    self._hand_out(route, page)
        for route, path in addresses(self.reader, FILES, self.only):
            self._hand_out(route, path)

    def _opens(self, path: str, first: Answer) -> bool:
        if first.status >= 500:
            self.broken.append((self.reader.account, path, first.status))
        return first.status in (200, 204)

    def _hand_out(self, route: str, path: str) -> None:
        answer = self.reader.get(path)
        if answer.status == 200:
            ms, cpu, queries = timing(path, answer)
            self.files.append(Measured(self.reader.account, route, path, [ms], [cpu], queries))


def told(each: Measured, base: float) -> str:
    verdict = "" if each.good else "  MISSED"
    page = f"{each.page:78}" if len(each.page) < 78 else f"{each.page[:77]}…"
    return f"{each.account:9}{page}{each.ms:8.1f}{each.cpu_ms:8.1f}{each.queries:9}{each.ms / base:11.1f}{verdict}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8210")
    parser.add_argument("--account", action="append", choices=ACCOUNTS, help="only this account; may be given again")
    parser.add_argument("--only", default="", metavar="REGEX", help="only routes that match")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write all measures as JSON")
    given = parser.parse_args()
    healthz = Measured("nobody", "healthz", "/healthz")
    measure(Reader(given.address), healthz)
    print(f"{'account':9}{'page':78}{'ms':>8}{'cpu':>8}{'queries':>9}{'× healthz':>11}")
    print(told(healthz, healthz.ms))
    kept, files, broken, readers = [], [], [], {}
    for account in given.account or ACCOUNTS:
        reader = readers[account] = Reader(given.address, account)
        reader.sign_in()
        make_up(reader)
        walk = Walk(reader, given.only)
        for each in walk.pages():
            kept.append(each)
            if not each.good:
                print(told(each, healthz.ms), flush=True)
        files += walk.files
        broken += walk.broken
    for each in [each for each in kept if not each.good]:
        measure(readers[each.account], each, 2 * TIMES)
    print_summary(kept, files, healthz.ms)
    if given.keep:
        given.keep.write_text(
            json.dumps([asdict(each) for each in (*kept, *files)], ensure_ascii=False), encoding="utf-8"
        )
    for account, page, status in broken:
        print(f"{account:9}{page}: answered {status}")
    unseen = [] if given.account or given.only else sorted(PAGES.keys() - {each.route for each in kept})
    for route in unseen:
        print(f"no account of the demo has opened {route}")
    missed = [each for each in kept if not each.good]
    print(f"{len(kept)} pages, {len(missed)} missed {MOST_QUERIES} queries and {MOST_MS:.0f} ms")
    return 1 if missed or broken or unseen else 0


def print_summary(kept: list[Measured], files: list[Measured], base: float) -> None:
    """By route the slowest page of all accounts, and its most queries; then what is handed out as files."""
    by_route: dict[str, list[Measured]] = defaultdict(list)
    for each in kept:
        by_route[each.route].append(each)
    print(
        f"\n{'route':62}{'pages':>6}{'most queries':>14}{'median ms':>11}{'slowest ms':>12}{'× healthz':>11}  its account and page"
    )
    for route, some in sorted(by_route.items()):
        slowest = max(some, key=lambda each: each.ms)
        middle = statistics.median(each.ms for each in some)
        queries = max(each.queries for each in some)
        print(
            f"{route:62}{len(some):6}{queries:14}{middle:11.1f}{slowest.ms:12.1f}{slowest.ms / base:11.1f}"
            f"  {slowest.account} {slowest.page}{'' if all(each.good for each in some) else '  MISSED'}"
        )
    if files:
        print(f"\n{'handed out whole':70}{'files':>6}{'slowest ms':>12}  its account and page")
    by_file: dict[str, list[Measured]] = defaultdict(list)
    for each in files:
        by_file[each.route].append(each)
    for route, some in sorted(by_file.items()):
        slowest = max(some, key=lambda each: each.ms)
        print(f"{route:70}{len(some):6}{slowest.ms:12.1f}  {slowest.account} {slowest.page}")
    print()


if __name__ == "__main__":
    sys.exit(main())
