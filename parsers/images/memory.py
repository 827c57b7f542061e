"""Want of memory within OpenCV, told as everywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def memory_told() -> Iterator[None]:
    """Have a lack of memory in OpenCV raise MemoryError, as in all other libraries."""
    try:
        yield
    except cv2.error as error:
        if getattr(error, "code", None) == cv2.Error.StsNoMem:
            raise MemoryError(str(error)) from error
        raise
