"""What holds for every request: a number by which it can be found in the log, and how long it took."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="-")

GIVEN_ID = re.compile(r"[0-9A-Za-z._-]{8,64}\Z")

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdFilter(logging.Filter):
    """Puts the request's number into each line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


def request_ids(get_response: GetResponse) -> GetResponse:
    """A number for each request, in the log, in the answer and on error pages; a trusted proxy may give it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "") if settings.LUOSHI_PROXIES else ""
        number = given if GIVEN_ID.match(given) else secrets.token_hex(6)
        request.id = number  # type: ignore[attr-defined]
        request_id.set(number)  # stays until this thread's next request: Django logs refusals after the last middleware
        response = get_response(request)
        response["X-Request-Id"] = number
        return response

    return middleware


class QueryClock:
    """Counts the queries of one request and adds up their time."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Sequence[Any] | Mapping[str, Any] | None,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


def server_timing(get_response: GetResponse) -> GetResponse:
    """Tells in the answer how long it took, how much of that this thread computed, and how many queries it needed.

    Only where LUOSHI_TIMING=1 asks for it: the number of queries may tell an outsider whether a record exists.
    """
    if not settings.LUOSHI_TIMING:
        return get_response

    def middleware(request: HttpRequest) -> HttpResponse:
        began, worked, queries = time.perf_counter(), time.thread_time(), QueryClock()
        with ExitStack() as wrapped:
            for connection in connections.all():
                wrapped.enter_context(connection.execute_wrapper(queries))
            response = get_response(request)
        total, cpu = (time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000
        response["Server-Timing"] = (
            f"total;dur={total:.1f}, cpu;dur={cpu:.1f}, "
            f'db;dur={queries.seconds * 1000:.1f};desc="{queries.count} queries"'
        )
        return response

    return middleware


def plain_addresses(get_response: GetResponse) -> GetResponse:
    """An address with a NUL in it names nothing, and no database would take it: the request is bad, before any page sees it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return get_response(request)

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """What Django does not send by itself: no page of ours uses a camera, a microphone or the place of the device."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
        return response

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address that a request came from: as the trusted proxies saw it, never as a client claims."""
    proxies = settings.LUOSHI_PROXIES
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
