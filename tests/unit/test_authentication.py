"""What the fields of mail services say of a sender, and what forged ones must not make them say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail.message import parse_headers

PASS, FAIL = True, False


def said(field: str, author: str = "director@school4.ru") -> tuple[str, bool]:
    raw = f"Authentication-Results: {field}\r\nFrom: Школа <{author}>\r\n\r\n".encode()
    (found,) = parse_headers(raw).authentication_results
    return found.service, found.passed


# the forms that services really write, with invented names
FORMS = {
    "Yandex, mail from elsewhere": (
        "mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net; spf=pass"
        " (mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net: domain of school4.ru"
        " designates 2001:db8::120f as permitted sender, rule=[ip6:2001:db8::/56])"
        " smtp.mail=director@school4.ru; dkim=pass header.i=@school4.ru",
        "mail-nwsmtp-mxfront-production-main-90.sas.yp-c.yandex.net",
        PASS,
    ),
    "Yandex, its own mail": (
        "mail-nwsmtp-smtp-production-main-85.iva.yp-c.yandex.net; dkim=pass header.i=@school4.ru",
        "mail-nwsmtp-smtp-production-main-85.iva.yp-c.yandex.net",
        PASS,
    ),
    "Yandex, only the envelope": (
        "mxfront18.mail.yandex.net; spf=pass (mxfront18.mail.yandex.net: domain of school4.ru"
        " designates 192.0.2.7 as permitted sender) smtp.mail=director@school4.ru",
        "mxfront18.mail.yandex.net",
        PASS,
    ),
    "Yandex, a stranger's server": (
        "vla1-f55d97afef99.qloud-c.yandex.net; spf=fail (vla1-f55d97afef99.qloud-c.yandex.net:"
        " domain of school4.ru does not designate 192.0.2.9 as permitted sender)"
        " smtp.mail=director@school4.ru",
        "vla1-f55d97afef99.qloud-c.yandex.net",
        FAIL,
    ),
    "Mail.ru": (
        "mx.mail.ru; spf=pass (mx226.m.smailru.net: domain of school4.ru designates 192.0.2.7 as"
        " permitted sender) smtp.mailfrom=director@school4.ru smtp.helo=relay.school4.ru;\r\n"
        "\t dkim=pass header.d=school4.ru; dmarc=pass header.from=director@school4.ru",
        "mx.mail.ru",
        PASS,
    ),
    "Mail.ru, forged": (
        "mx.mail.ru; spf=softfail smtp.mailfrom=director@school4.ru smtp.helo=evil.example;"
        " dmarc=fail header.from=director@school4.ru",
        "mx.mail.ru",
        FAIL,
    ),
    "Google": (
        "mx.google.com;\r\n       dkim=pass header.i=@school4.ru header.s=mail header.b=fTG+PUU9;"
        "\r\n       spf=pass (google.com: domain of director@school4.ru designates 192.0.2.7 as"
        " permitted sender) smtp.mailfrom=director@school4.ru;\r\n"
        "       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=school4.ru;\r\n"
        "       dara=neutral header.i=@gmail.com",
        "mx.google.com",
        PASS,
    ),
    "Google, forwarded: the envelope is another's": (
        "mx.google.com; dkim=pass header.i=@school4.ru header.s=mail header.b=cz/mxUOt;"
        " arc=pass (i=1 spf=pass spfdomain=school4.ru dkim=pass dkdomain=school4.ru);"
        " spf=fail (google.com: domain of director@school4.ru does not designate 192.0.2.1)"
        " smtp.mailfrom=director@school4.ru",
        "mx.google.com",
        PASS,
    ),
    "Rambler": (
        "mxfront3.rambler.ru; spf=pass smtp.mailfrom=director@school4.ru;"
        " dkim=pass header.d=school4.ru header.s=rmb; dmarc=none",
        "mxfront3.rambler.ru",
        PASS,
    ),
    "Exchange behind its own name": (
        "edge.school-platform.example; dkim=pass (signature was verified) header.d=school4.ru;"
        "dmarc=pass action=none header.from=school4.ru;compauth=pass reason=100",
        "edge.school-platform.example",
        PASS,
    ),
    "Microsoft's cloud names nobody": (
        "spf=pass (sender IP is 192.0.2.7)\r\n smtp.mailfrom=school4.ru; dkim=pass (signature was"
        " verified)\r\n header.d=school4.ru;dmarc=pass action=none\r\n header.from=school4.ru;"
        "compauth=pass reason=100",
        "",
        FAIL,
    ),
    "Microsoft: there is no policy, but one would have passed": (
        "relay.example; spf=pass smtp.mailfrom=school4.ru; dkim=none (message not signed)"
        " header.d=none;dmarc=bestguesspass action=none header.from=school4.ru",
        "relay.example",
        PASS,
    ),
    "OpenDKIM": (
        "mail.example.org; dkim=pass (2048-bit key; unprotected) header.d=school4.ru"
        ' header.i=@school4.ru header.a=rsa-sha256 header.s=mail header.b="cz/mxUOt";'
        " dkim-atps=neutral",
        "mail.example.org",
        PASS,
    ),
    "OpenDKIM with a reason": (
        'mail.example.org; dkim=fail reason="signature verification failed; (1024-bit key)"'
        " (1024-bit key) header.d=school4.ru",
        "mail.example.org",
        FAIL,
    ),
    "OpenDMARC": (
        "mail.example.org; dmarc=pass (p=none dis=none) header.from=school4.ru",
        "mail.example.org",
        PASS,
    ),
    "OpenDMARC, forged though the policy asks for nothing": (
        "mail.example.org; dmarc=fail (p=none dis=none) header.from=school4.ru",
        "mail.example.org",
        FAIL,
    ),
    "rspamd": (
        "mx.example.org;\r\n\tdkim=pass header.d=school4.ru header.s=mail header.b=abc;\r\n"
        "\tdmarc=pass (policy=none) header.from=school4.ru;\r\n\tspf=pass (mx.example.org: domain of"
        ' "director@school4.ru" designates 192.0.2.7 as permitted sender)'
        " smtp.mailfrom=director@school4.ru",
        "mx.example.org",
        PASS,
    ),
    "nothing was checked": ("mx.example.org 1; none", "mx.example.org", FAIL),
    "nothing was found": ("mx.example.org;", "mx.example.org", FAIL),
}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_forms_of_real_services_are_understood(form: str) -> None:
    field, service, passed = FORMS[form]
    assert said(field) == (service, passed)


@pytest.mark.parametrize(
    "field",
    [
        "a.example; dkim=pass header.d=school4.ru",
        "a.example 1; dkim/1=pass header.d=school4.ru",
        "a.example(our mx) ; dkim (as asked) = (well) pass (yes) header.d (who) = (he) school4.ru",
        '"a.example"; DKIM=Pass Header.D="School4.RU."',
        "(a (nested) and \\) quoted comment) a.example; dkim=pass header.d=school4.ru",
        "a.example; dkim=fail header.d=school4.ru; dkim=pass header.d=school4.ru;",
        "a.example; dkim=pass header.d=other.ru; dkim=pass header.d=school4.ru",
        "a.example; dmarc=none; dkim=temperror header.d=school4.ru;"
        ' spf=pass smtp.mailfrom="a b; c"@mail.school4.ru',
        "a.example; dmarc=temperror; dkim=pass header.i=robot@lists.school4.ru",
        "a.example; dmarc=pass",
        "a.example; spf=pass smtp.mailfrom=bounce+a=b.ru@school4.ru",
    ],
)
def test_what_the_grammar_allows_is_understood(field: str) -> None:
    assert said(field)[1]


@pytest.mark.parametrize(
    ("field", "why"),
    [
        ("a.example; dkim=pass header.d=evil.example", "signed by somebody else"),
        ("a.example; dkim=pass header.d=evilschool4.ru", "an ending is no domain"),
        ("a.example; dkim=pass header.d=school4.ru.evil.example", "a beginning is none either"),
        ("a.example; dkim=pass", "by nobody knows whom"),
        ("a.example; dkim=pass header.d=ru", "a public suffix aligns with nobody"),
        ("a.example; dkim=pass header.d=evil.example header.i=@school4.ru", "the signer counts"),
        ("a.example; spf=pass smtp.mailfrom=a@evil.example", "another's envelope"),
        ("a.example; spf=pass smtp.helo=school4.ru", "anybody greets as he likes"),
        ("a.example; spf=neutral smtp.mailfrom=a@school4.ru", "no opinion"),
        ("a.example; dkim=fail header.d=school4.ru; spf=pass smtp.mailfrom=a@school4.ru", "DKIM"),
        ("a.example; dmarc=fail; dkim=pass header.d=school4.ru", "DMARC decides"),
        ("a.example; dmarc=pass header.from=evil.example", "of another From"),
        ("a.example; dmarc=pass; dmarc=fail", "it contradicts itself"),
        ("a.example; x=dkim=pass header.d=school4.ru", "not a method of ours"),
        ("a.example dkim=pass header.d=school4.ru", "no semicolon"),
        ("a.example; dkim=pass header.d=school4.ru)", "a bracket too many"),
        ("a.example; dkim=pass header.d=school4.ru (", "a comment without an end"),
        ('a.example; dkim=pass header.d=school4.ru reason="', "a quotation without an end"),
        ("a.example; dkim=pass header.d=school4.ru\r garbage", "a bare CR"),
        ("a.example; dkim=pass header.d=school4.ru reason=\x00", "a control character"),
        ("a.example; none; dkim=pass header.d=school4.ru", "none, and yet something"),
        ('a.example; "dkim=pass" header.d=school4.ru', "a quotation is no result"),
        ("; dkim=pass header.d=school4.ru", "from nobody"),
        ("a.example; " + "x=y;" * 5000 + "dkim=pass header.d=school4.ru", "as long as a book"),
    ],
)
def test_what_does_not_confirm_the_author_is_no_pass(field: str, why: str) -> None:
    assert not said(field)[1], why


@pytest.mark.parametrize(
    "envelope",
    [
        r'"x; dkim=pass header.d=school4.ru; y"@evil.example',
        r'"x\"; dkim=pass header.d=school4.ru; y=\"z"@evil.example',
        r'"x) ; dkim=pass header.d=school4.ru; spf=none (y"@evil.example',
        r'"x\") ; dkim=pass header.d=school4.ru; spf=none (y"@evil.example',
        r"x(;dkim=pass/header.d=school4.ru)@evil.example",
        r'"@school4.ru"@evil.example',
        r"@school4.ru:a@evil.example",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "a.example; spf=pass smtp.mailfrom={0}",
        "a.example; spf=pass (a.example: domain of {0} designates 192.0.2.1) smtp.mailfrom={0}",
        "a.example; spf=pass (a.example: domain of {0} designates 192.0.2.1)",
        'a.example; spf=pass reason="said {0}"',
    ],
)
def test_an_envelope_sender_cannot_speak_in_the_services_name(envelope: str, form: str) -> None:
    assert said(form.format(envelope))[1] is False


def test_a_broken_field_still_says_whose_it_is() -> None:
    assert said("mx.example.ru; dkim=pass header.d=school4.ru )")[0] == "mx.example.ru"


@pytest.mark.parametrize(
    ("signer", "author", "aligned"),
    [
        ("school4.ru", "a@mail.school4.ru", True),
        ("a.school4.ru", "a@b.school4.ru", True),
        ("edu.ru", "a@school4.edu.ru", False),  # a public suffix
        ("school5.edu.ru", "a@school4.edu.ru", False),
        ("mail.school4.edu.ru", "a@school4.edu.ru", True),
        ("school5.spb.ru", "a@school4.spb.ru", False),
        ("xn--80akneovfc0c.xn--p1ai", "a@почта.школатест.рф", True),
        ("школатест.рф", "a@xn--80akneovfc0c.xn--p1ai", True),
        ("другаяшкола.рф", "a@школатест.рф", False),
        ("почта.школатест.рф", "a@школатест.рф", True),
    ],
)
def test_domains_align_by_their_organization(signer: str, author: str, *, aligned: bool) -> None:
    assert said(f"a.example; dkim=pass header.d={signer}", author)[1] is aligned


def test_fields_stand_topmost_first_and_several_authors_are_never_confirmed() -> None:
    fields = b"Authentication-Results: b.example; dmarc=pass\r\n"
    fields += b"Authentication-Results: a.example; dmarc=pass\r\n"
    one = parse_headers(fields + b"From: a@school4.ru\r\n\r\n").authentication_results
    assert [(found.service, found.passed) for found in one] == [
        ("b.example", True),
        ("a.example", True),
    ]
    for authors in (b"From: a@school4.ru, b@evil.example\r\n", b"From: \r\n", b""):
        found = parse_headers(fields + authors + b"\r\n").authentication_results
        assert not any(field.passed for field in found)


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_it_raise(value: bytes) -> None:
    parse_headers(b"From: a@school4.ru\r\nAuthentication-Results: a; " + value + b"\r\n\r\n")


@given(st.text(alphabet='a=;." ()\\@/d', max_size=60))
def test_noise_before_a_result_never_hides_that_it_is_broken(noise: str) -> None:
    """What can be read at all has its brackets and quotation marks in pairs."""
    if said(f"a.example; {noise}; dmarc=pass")[1]:
        bare = noise.replace("\\\\", "").replace('\\"', "").replace("\\(", "").replace("\\)", "")
        assert bare.count('"') % 2 == 0
