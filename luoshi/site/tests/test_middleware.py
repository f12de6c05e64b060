import re

import pytest
from django.db import connection
from django.http import HttpResponse

from luoshi.site.middleware import client_address, request_ids, server_timing


def ok(_request):
    return HttpResponse("ok")


def test_every_answer_carries_a_number_of_its_own(rf):
    numbers = {request_ids(ok)(rf.get("/"))["X-Request-Id"] for _ in range(20)}
    assert len(numbers) == 20


@pytest.mark.parametrize(
    ("proxies", "given", "kept"), [(1, "abcdef123456", True), (0, "abcdef123456", False), (1, "a\nb" * 4, False)]
)
def test_a_given_number_is_kept_only_from_a_trusted_proxy_and_only_if_it_is_one(rf, settings, proxies, given, kept):
    settings.LUOSHI_PROXIES = proxies
    answer = request_ids(ok)(rf.get("/", headers={"X-Request-Id": given}))
    assert (answer["X-Request-Id"] == given) is kept


@pytest.mark.django_db
def test_the_timing_counts_queries(rf, settings):
    settings.LUOSHI_TIMING = True

    def view(_request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.execute("SELECT 2")
        return HttpResponse("ok")

    timing = server_timing(view)(rf.get("/"))["Server-Timing"]
    assert re.fullmatch(r'total;dur=[\d.]+, cpu;dur=[\d.]+, db;dur=[\d.]+;desc="2 queries"', timing)


def test_no_timing_is_told_unless_asked_for(rf, settings):
    settings.LUOSHI_TIMING = False
    assert "Server-Timing" not in server_timing(ok)(rf.get("/"))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        (1, "", "10.0.0.9"),
        (2, "1.2.3.4", "10.0.0.9"),
    ],
)
def test_a_client_cannot_choose_its_address(rf, settings, proxies, forwarded, address):
    settings.LUOSHI_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.9")
    assert client_address(request) == address


@pytest.mark.django_db
def test_healthz_answers_a_stranger(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert "no-store" in answer["Cache-Control"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Request-Id"]


@pytest.mark.django_db
def test_healthz_changes_nothing(client):
    assert client.post("/healthz").status_code == 405
