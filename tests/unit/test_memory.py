"""A lack of memory is the same error, whichever library has met it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from parsers.images.memory import memory_told


def test_opencv_without_memory_raises_what_everybody_raises() -> None:
    picture = np.zeros((8, 8), np.uint8)
    with pytest.raises(MemoryError), memory_told():
        cv2.copyMakeBorder(picture, 2**30, 2**30, 2**30, 2**30, cv2.BORDER_CONSTANT)


def test_another_fault_of_opencv_stays_what_it_is() -> None:
    with pytest.raises(cv2.error), memory_told():
        cv2.resize(np.zeros((0, 0), np.uint8), (5, 5))
