"""Journalled commits a second on PostgreSQL, and what the journal costs a whole request.

    python -m benchmarks.writes [--clients 16] [--seconds 5]

An own temporary PostgreSQL is started. `bare` is the smallest operation: one row, one change, one entry.
The same loop without the journal (a plain Django insert in a transaction) runs beside it. Then one API request (declaring a figure) is
measured with and without its journal entry. Goals: ≥ 1,000 bare operations a second at 16 clients; a request ≥ 0.9 × the one without.
"""

import argparse
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

PROCESSES = 4


def client_loop(number: int, threads: int, seconds: float, journalled: bool, results: Any) -> None:
    """One process of several clients, each a thread with its own connection."""
    import django

    django.setup()
    from django.db import connections, transaction

    from luoshi.gate.actor import SYSTEM
    from luoshi.gate.ledgered import gate_open
    from luoshi.gate.operation import Act, operation
    from luoshi.orgs.models import Sector

    @operation("sector.change", anywhere=True)
    def bare(act: Act, _nothing: None, *, code: str) -> Sector:
        return act.add(Sector(code=code, name="x"))

    def plain(code: str) -> None:
        with transaction.atomic(), gate_open():
            Sector(code=code, name="x", version=1).save()

    done = [0] * threads
    begin = threading.Barrier(threads)

    def client(at: int) -> None:
        begin.wait()
        stop = time.perf_counter() + seconds
        while time.perf_counter() < stop:
            code = f"{'j' if journalled else 'p'}{number}-{at}-{done[at]}"
            bare(SYSTEM, None, code=code) if journalled else plain(code)
            done[at] += 1
        connections.close_all()

    running = [threading.Thread(target=client, args=(at,)) for at in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    results.put(sum(done))


def rate(clients: int, seconds: float, *, journalled: bool) -> float:
    """Commits a second of some clients, spread over PROCESSES processes."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=client_loop, args=(n, clients // PROCESSES, seconds, journalled, results))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    total = sum(results.get() for _each in workers)
    for worker in workers:
        worker.join()
    return float(total) / seconds


def per_request(repeats: int = 200) -> tuple[float, float]:
    """Median seconds of one API request, with its journal entry and without."""
    import django

    django.setup()
    from unittest import mock

    from django.test import Client

    from luoshi.figures.models import Indicator
    from luoshi.journal import log
    from luoshi.journal.models import Entry
    from luoshi.testing.cast import Cast

    Cast.build()
    client = Client()
    client.force_login(Cast.users["wu"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert Indicator.objects.exists()
    day = iter(range(10**6))

    def request() -> None:
        on = date.fromordinal(date(2001, 1, 1).toordinal() + next(day) % 8000)
        answer = client.post(
            "/api/campaigns/study/declarations",
            {"unit": "6201", "indicator": "projects", "value": 1, "as_of_on": str(on), "system": "s", "document": "d",
             "document_on": "2023-11-20"},
            content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == 201, answer.content

    def unjournalled(**given: Any) -> Entry:
        return Entry(position=1, action=given["action"])

    def median(body: Callable[[], None]) -> float:
        times = []
        for _each in range(repeats):
            start = time.perf_counter()
            body()
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    median(request)
    with_journal = median(request)
    with mock.patch.object(log, "append", unjournalled):
        without = median(request)
    return with_journal, without


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "luoshi.site.settings_test"
    os.environ["LUOSHI_HOME"] = tempfile.mkdtemp(prefix="luoshi-bench-")
    from luoshi.testing.postgresql import server

    with server() as url:
        os.environ["LUOSHI_DATABASE_URL"] = url
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, skip_checks=True)
        bare = rate(options.clients, options.seconds, journalled=True)
        plain = rate(options.clients, options.seconds, journalled=False)
        print(f"{options.clients} clients in {PROCESSES} processes, {options.seconds:.0f} s each, PostgreSQL")
        print(f"plain Django insert in a transaction  {plain:8.0f} /s   1.00")
        print(f"bare operation with journal entry     {bare:8.0f} /s   {bare / plain:.2f}   goal ≥ 1,000 /s")
        with_journal, without = per_request()
        print(f"one API request without its entry     {without * 1e3:8.2f} ms  1.00")
        print(
            f"one API request with its entry        {with_journal * 1e3:8.2f} ms  {without / with_journal:.2f}   goal ≥ 0.90"
        )
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
