"""The server of the embedded set-up: pages, API, static files and background work in one process."""

import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

from django.core.handlers.wsgi import WSGIHandler
from waitress.server import create_server

from luoshi.site import home
from luoshi.site.worker import Background

logger = logging.getLogger("luoshi.serve")

BODY_BYTES = (
    64 * 1024 * 1024
)  # an upload beyond this is refused before it is read; forms and imports check their own limits


class PortTaken(Exception):
    """The address cannot be listened on; the message is the system's."""


class Stop(SystemExit):
    """SIGTERM or SIGINT, raised in the main thread, which does nothing but wait."""


def take_address(host: str, port: int) -> socket.socket:
    """A socket at this address, taken before any other work so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)  # only a listening socket keeps others off; early requests wait until the set-up is done
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortTaken(str(error)) from error
    return listener


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    application: WSGIHandler,
    *,
    listener: socket.socket,
    threads: int,
    background: Background | None,
    ready: Callable[[], None],
) -> bool:
    """Serve until SIGTERM or SIGINT; whether all work had ended when it returns.

    Requests that have begun are answered and tasks that have begun are finished. A second signal ends at once.
    """
    with home.hold(address_of(listener)):
        before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            server = create_server(
                application,
                sockets=[listener],
                threads=threads,
                ident="",
                max_request_body_size=BODY_BYTES,
                channel_timeout=60,
                clear_untrusted_proxy_headers=False,  # settings decide by LUOSHI_PROXY which of them count
            )
            if background:
                background.start()
            ready()
            server.run()  # waitress answers what has begun and returns when Stop is raised
        except Stop:
            pass
        finally:
            ended = background.stop() if background and background.started else True
            for number, handler in before.items():
                signal.signal(number, handler)
            listener.close()
    return ended


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    logger.info("%s: stopping when what has begun has ended.", signal.Signals(number).name)
    raise Stop(0)
