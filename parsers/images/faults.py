"""What can go wrong with recognition: an engine that is missing, a picture that it gives up on.

A module of its own, without any library: whoever only hears of these errors need not load the pictures' libraries.
"""

from __future__ import annotations


class OcrUnavailableError(Exception):
    """The engine or its model is missing: our fault, so the reading is tried again. The message tells the mend."""


class OcrFailedError(Exception):
    """The engine gave up on one picture: out of time or memory. A fact about the picture."""
