"""A provisioning target over HTTPS: how it is asked, and what its answers mean.

Certificates are verified by Python's default context, redirections are not followed, answers are
bounded. What is sent names persons: nothing of it, nor of an answer, gets into an error's words.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self

import httpx

from config.accounts import ConfigurationError
from mailbot.mail_faults import explain
from workflow.ports import ProvisioningRefusedError, ServiceUnavailableError

MOST_BYTES: Final = 2**20
"""Of an answer: it is about one organization."""

NO_ENTRY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# of the order itself: asked again they would be the same
REFUSALS: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where it is, and the token that opens it."""

    url: str  # https://host/path, to which the paths of requests are added
    token: Callable[[], str] = field(repr=False)
    timeout_seconds: float = 30.0  # for a whole answer, and each step to it
    media_type: str = "application/json"

    @property
    def name(self) -> str:
        """How lines name it."""
        return f"служба регистрации {httpx.URL(self.url).netloc.decode('ascii')}"

    def fault(self, what: str) -> ServiceUnavailableError:
        """Return the error for a fault that a later attempt may not meet."""
        return ServiceUnavailableError(f"{self.name}: {what}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    content: Mapping[str, Any]  # {} where there is none


class Line:
    """A connection to a target, for the few requests of one order."""

    def __init__(self, target: Target, client: httpx.Client) -> None:
        self._target = target
        self._client = client

    @classmethod
    @contextmanager
    def to(cls, target: Target) -> Iterator[Self]:
        """Open it. Raises `ServiceUnavailableError`."""
        try:
            token = target.token()
        except ConfigurationError as error:
            raise target.fault(str(error)) from None
        headers = {"Authorization": f"Bearer {token}", "Accept": target.media_type}
        with httpx.Client(
            headers=headers,
            verify=ssl.create_default_context(),
            timeout=target.timeout_seconds,
            follow_redirects=False,
        ) as client:
            yield cls(target, client)

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        passes: Collection[int] = (),
    ) -> Answer:
        """Return the answer, if it is a success or one of the statuses that `passes` names.

        Raises `ServiceUnavailableError`, `ProvisioningRefusedError`.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if body is None else {"Content-Type": self._target.media_type}
        url = self._target.url.rstrip("/") + path
        try:
            with self._client.stream(
                method, url, content=content, headers={**kind, **(headers or {})}
            ) as response:
                self._judge(response.status_code, passes)
                return Answer(response.status_code, self._content(response))
        except httpx.TimeoutException:
            raise self._target.fault("сервер не отвечает; проверьте адрес, порт и сеть") from None
        except httpx.HTTPError as error:
            raise self._target.fault(explain(_cause(error))) from None

    def _judge(self, status: int, passes: Collection[int]) -> None:
        if status in passes or HTTPStatus(200) <= status < HTTPStatus(300):
            return
        if status in NO_ENTRY:
            raise self._target.fault(f"не пускает ({status}); проверьте [provisioner] token_file")
        if status in REFUSALS:
            raise ProvisioningRefusedError(f"{self._target.name}: заявка отклонена ({status})")
        if status == HTTPStatus.NOT_FOUND:
            raise self._target.fault("такого адреса нет (404); проверьте [provisioner] url")
        raise self._target.fault(f"ответ {status}; будет ещё попытка")

    def _content(self, response: httpx.Response) -> Mapping[str, Any]:
        """Read an answer within its bounds. What is no JSON object says nothing."""
        end = time.monotonic() + self._target.timeout_seconds
        whole = bytearray()
        for part in response.iter_bytes():
            whole += part
            if len(whole) > MOST_BYTES or time.monotonic() > end:
                raise self._target.fault("ответ слишком велик или длится слишком долго")
        if not whole.strip():
            return {}
        try:
            found = json.loads(whole)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            if response.is_success:
                raise self._target.fault("ответ не в JSON; проверьте [provisioner] url")
            return {}
        return found


def _cause(error: BaseException) -> BaseException:
    """Return what the network or TLS said, beneath the layers of the library."""
    found: BaseException = error
    while (inner := found.__cause__ or found.__context__) is not None:
        found = inner
    return found
