from __future__ import annotations

import zlib

from parsers.files.pdfbomb import is_bomb


def stream(dictionary: bytes, content: bytes) -> bytes:
    return (
        b"1 0 obj\n"
        + dictionary
        + b"\nstream\n"
        + zlib.compress(content)
        + b"\nendstream\nendobj\n"
    )


def test_a_stream_that_unpacks_to_hundreds_of_megabytes_is_a_bomb() -> None:
    packed = zlib.compressobj()
    content = b"".join(packed.compress(b" " * 2**20) for _ in range(80)) + packed.flush()
    assert is_bomb(b"1 0 obj<</Filter/FlateDecode>>stream\r\n" + content + b"endstream")


def test_an_ordinary_stream_is_none() -> None:
    assert not is_bomb(stream(b"<</Filter/FlateDecode/Length 9>>", b"BT (x) Tj ET" * 1000))


def test_a_picture_is_left_to_the_limit_of_pixels() -> None:
    dictionary = b"<</Type/XObject/Subtype/Image/Filter/FlateDecode>>"
    assert not is_bomb(stream(dictionary, bytes(70 * 2**20)))


def test_a_broken_stream_is_none() -> None:
    assert not is_bomb(b"1 0 obj<</Filter/FlateDecode>>stream\nnot packed at all endstream")
