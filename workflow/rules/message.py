"""What the messages themselves give cause to say, apart from their papers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from parsers.facts import AuthenticationResults, Evidence, Headers, How, SubjectMatch
from workflow.case import Case
from workflow.findings import Code, Finding, finding
from workflow.rules import Rule


def subject_near_miss(case: Case) -> Iterator[Finding]:
    """The subject is almost ours."""
    for headers in case.unsettled_headers:
        if headers.subject_match is SubjectMatch.NEAR_MISS:
            yield finding(Code.SUBJECT_NEAR_MISS, [_quote(headers.subject)])


def sender_unverified(case: Case) -> Iterator[Finding]:
    """The mailbox's own mail service has not confirmed who wrote (RFC 8601).

    Of the fields that bear its name the topmost counts: it was put on last, by the service itself.
    """
    services = case.rules.trusted_services
    for one in case.unsettled:
        # a mailbox that is configured no more cannot excuse its messages from a check
        service = services[one.mailbox] if one.mailbox in services else _any(services)
        if service is None:
            continue
        said = fields_of(service, one.reading.headers.authentication_results)
        if not said or not said[0].passed:
            told = said[0].raw if said else f"нет Authentication-Results от {service}"
            yield finding(Code.SENDER_UNVERIFIED, [_quote(told)])


def fields_of(
    trusted: str, fields: Sequence[AuthenticationResults]
) -> tuple[AuthenticationResults, ...]:
    """Return the fields of the trusted service: an authserv-id, or `*.` and the end of several."""
    wanted = trusted.lower()
    if wanted.startswith("*."):
        return tuple(field for field in fields if field.service.endswith(wanted[1:]))
    return tuple(field for field in fields if field.service == wanted)


def header_ambiguous(case: Case) -> Iterator[Finding]:
    """A field that may stand once stands twice, or several people claim to have written."""
    for headers in case.unsettled_headers:
        if headers.doubled or len(set(headers.senders)) != 1:
            yield finding(Code.HEADER_AMBIGUOUS, [_quote(text) for text in _ambiguous(headers)])


def limit_reached(case: Case) -> Iterator[Finding]:
    """Something was left unread because a limit was reached."""
    if case.limits:
        yield finding(Code.LIMIT_REACHED, case.limits)


def cloud_link_instead_of_file(case: Case) -> Iterator[Finding]:
    """A paper is missing, and the message holds a link to a cloud storage."""
    if case.cloud_links and not (case.letters and case.questionnaires):
        yield finding(Code.CLOUD_LINK_INSTEAD_OF_FILE, case.cloud_links)


RULES: Final[tuple[Rule, ...]] = (
    subject_near_miss,
    sender_unverified,
    header_ambiguous,
    limit_reached,
    cloud_link_instead_of_file,
)


def _any(services: Mapping[str, str | None]) -> str | None:
    return next(filter(None, services.values()), None)


def _ambiguous(headers: Headers) -> tuple[str, ...]:
    return headers.doubled + (headers.senders if len(set(headers.senders)) > 1 else ())


def _quote(text: str) -> Evidence:
    return Evidence(document="", raw=text, how=How.HEADER)
