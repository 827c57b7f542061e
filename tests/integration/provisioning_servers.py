"""Real servers over TLS for provisioning: SCIM by scim2-server, and the two documented requests."""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

from tests.integration.mail_servers import Authority

TOKEN = "a-token-of-the-tests"
Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Any]


class Registrar:
    """What `docs/provisioning.md` asks of a service, in memory."""

    def __init__(self) -> None:
        self.organizations: dict[str, dict[str, Any]] = {}
        self.done: dict[str, str] = {}

    def __call__(self, environment: Environment, start: Callable[..., Any]) -> list[bytes]:
        status, body = self.answer(environment)
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def answer(self, environment: Environment) -> tuple[str, object]:
        if environment.get("HTTP_AUTHORIZATION") != f"Bearer {TOKEN}":
            return "401 Unauthorized", {}
        path = environment["PATH_INFO"]
        if environment["REQUEST_METHOD"] == "GET":
            found = re.fullmatch(r"/v1/organizations/(\d{10,12})", path)
            there = self.organizations.get(found[1]) if found else None
            return ("200 OK", there) if there else ("404 Not Found", {"error": "nobody"})
        if path != "/v1/organizations":
            return "404 Not Found", {}
        order = json.loads(environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"])))
        return self.done.setdefault(environment["HTTP_IDEMPOTENCY_KEY"], self.carry_out(order)), {}

    def carry_out(self, order: dict[str, Any]) -> str:
        there = self.organizations.get(order["inn"])
        if there and there["administrators"] != [order["administrator"]] and not order["replaces"]:
            return "409 Conflict"
        self.organizations[order["inn"]] = {
            "inn": order["inn"],
            "name": order["name"],
            "administrators": [order["administrator"]],
        }
        return "201 Created"


def scim_application(storage: InMemoryStorage) -> Application:
    provider = ScimProvider.from_discovery(
        load_default_schemas().values(),
        load_default_resource_types().values(),
        config=load_default_service_provider_config(),
    )
    served: Application = BearerTokenApplication(storage, provider, bearer_tokens=[TOKEN])
    return served


class Faulty:
    """An application whose next answers may be others: what, and whether it is done all the same."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.next: list[tuple[str, bool]] = []
        self.requests: list[str] = []

    def __call__(self, environment: Environment, start: Callable[..., Any]) -> Any:
        self.requests.append(f"{environment['REQUEST_METHOD']} {environment['PATH_INFO']}")
        if not self.next:
            return self.application(environment, start)
        what, is_done = self.next.pop(0)
        if what == "":
            return self.application(environment, start)
        if is_done:
            list(self.application(environment, lambda *_: lambda _: None))
        if what == "stall":
            time.sleep(1.0)
            what = "500 Internal Server Error"
        start(what, [("Content-Type", "text/html"), ("Location", "https://elsewhere.invalid/")])
        return [b"<html>"]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that leave."""


class _Silent(WSGIRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nor of requests."""


@contextmanager
def served(application: Application, authority: Authority, port: int = 0) -> Iterator[int]:
    """Serve an application over TLS; yields the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.server.configure_cert(context)
    server = make_server(
        "127.0.0.1", port, application, server_class=_Server, handler_class=_Silent
    )
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
