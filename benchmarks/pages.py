"""Every page of the demo: milliseconds in the server and queries, at the median of nine requests.

    LUOSHI_TIMING=1 luoshi serve --port 8210 &
    python -m benchmarks.pages [http://127.0.0.1:8210]

Each ratio is against /healthz of the same server in the same run. Goals: at most 25 queries and 100 ms each.
The exit code is 1 when a page misses one.
"""

import argparse
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar
from itertools import chain
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

PASSWORD = "luoshi-demo-2023"
TIMES = 9
MOST_QUERIES, MOST_MS = 25, 100.0
TIMING = re.compile(r'total;dur=([\d.]+).*desc="(\d+) queries"')

#: Account → pages. `a => b` is the first link matching b on the page a.
PAGES = {
    "zhou": [
        "/",
        "/cockpit/",
        "/cockpit/?unit=6201",
        "/cockpit/?unit=620102",
        "/?unit=62",
        "/plan/",
        "/plan/ => /plan/[\\w-]+/[\\w-]+/",
        "/plan/notices/",
        "/activities/",
        "/activities/?unit=620102",
        "/activities/ => /activities/\\d+/",
        "/activities/import/",
        "/figures/",
        "/figures/?unit=620102",
        '/figures/ => /figures/[\\w-]+/[\\w-]+/\\d+/records/[^"]*',
        '/figures/ => /figures/[\\w-]+/[\\w-]+/(?:\\?[^"]*)?"',
        "/reports/",
        "/reports/generate/?unit=62",
        "/check/",
        "/units/",
        "/units/62/",
        "/units/62/children/",
        "/units/620102/",
        "/units/62/accounts/",
        "/units/62/roles/",
        "/units/62/mandates/",
        "/units/62/new/",
        "/units/62/import/",
        "/units/62/roster/",
        "/settings/",
        "/account/",
        "/packs/",
        "/packs/desk/",
        "/search/?q=%E5%85%B0%E5%B7%9E",
    ],
    "yang": ["/", "/cockpit/", "/plan/", "/activities/", "/activities/record/", "/figures/", "/units/"],
    "ma": ["/", "/cockpit/", "/activities/", "/activities/many/", "/units/"],
    "li": ["/", "/cockpit/", "/activities/", "/activities/record/", "/plan/", "/units/"],
    "wang": ["/", "/cockpit/", "/plan/", "/activities/", "/figures/"],
    "lu": ["/", "/cockpit/", "/figures/", "/reports/"],
    "system": ["/", "/accounts/", "/settings/"],
    "security": ["/", "/roles/", "/accounts/"],
    "audit": ["/", "/journal/", "/journal/ => /journal/\\d+/", "/journal/ => /journal/checkpoints/\\d+/"],
}


@dataclass(frozen=True, slots=True)
class Measured:
    user: str
    page: str
    status: int
    ms: float
    queries: int

    @property
    def good(self) -> bool:
        return self.status == 200 and self.ms <= MOST_MS and self.queries <= MOST_QUERIES


class Reader:
    """A browser without pictures: keeps cookies, sends forms with their CSRF token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, path: str, sent: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Server-Timing and body."""
        data = urlencode(sent).encode() if sent else None
        asked = Request(urljoin(self.address, path), data, {"Referer": urljoin(self.address, path)})
        try:
            with self.opener.open(asked) as answer:
                return answer.status, answer.headers.get("Server-Timing", ""), answer.read().decode()
        except HTTPError as error:
            return error.code, error.headers.get("Server-Timing", ""), ""

    def sign_in(self, username: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/login/")[2])
        sent = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1] if token else ""}
        self.get("/login/", sent)
        if self.get("/account/")[2].find('name="password"') >= 0 and "account/password" not in self.get("/account/")[2]:
            raise SystemExit(f"{username} cannot sign in: is this the demo?")

    def found(self, page: str) -> str | None:
        """The address of a page; None where the page that should link to it does not."""
        start, arrow, pattern = page.partition(" => ")
        if not arrow:
            return page
        for link in re.findall(r'href="([^"]*)"', self.get(start)[2]):
            if re.fullmatch(pattern.rstrip('"'), unescape(link).split("#")[0]) and "/publish/" not in link:
                return unescape(link)
        return None


def measured(reader: Reader, user: str, page: str) -> Measured:
    path = reader.found(page)
    if path is None:
        return Measured(user, page, 0, 0, 0)
    times, queries, status = [], [], 200
    for _ in range(TIMES):
        status, timing, _body = reader.get(path)
        if not (said := TIMING.search(timing)):
            raise SystemExit(f"{path} tells no time: start the server with LUOSHI_TIMING=1")
        times.append(float(said[1]))
        queries.append(int(said[2]))
    return Measured(user, path, status, statistics.median(times), int(statistics.median(queries)))


def every_page(address: str) -> Iterator[Measured]:
    for user, pages in PAGES.items():
        reader = Reader(address)
        reader.sign_in(user)
        for page in pages:
            yield measured(reader, user, page)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8210")
    address = parser.parse_args().address
    base = measured(Reader(address), "nobody", "/healthz")
    print(f"{'account':9}{'page':66}{'ms':>8}{'queries':>9}{'× healthz':>11}")
    missed = 0
    for page in chain([base], every_page(address)):
        missed += not page.good
        verdict = "" if page.good else f"  answered {page.status}" if page.status != 200 else "  MISSED"
        ratio = page.ms / base.ms if base.ms else 0
        print(f"{page.user:9}{page.page:66}{page.ms:8.1f}{page.queries:9}{ratio:11.1f}{verdict}", flush=True)
    print(
        f"{missed} pages missed {MOST_QUERIES} queries and {MOST_MS:.0f} ms"
        if missed
        else "every page reached its goal"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
