"""The small neural networks in RapidOCR's wheel, run by onnxruntime alone.

Only the model files are used: RapidOCR's own code is heavy and is never imported. Each network is loaded once a
process, on first use, with one thread.
"""

from __future__ import annotations

import functools
import importlib.util
import threading
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from parsers.images.faults import OcrUnavailableError

DIGITS: Final = "PP-OCRv6_rec_small.onnx"  # reads a line; knows no Cyrillic, but every digit
DIRECTION: Final = (
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx"  # tells a line of print from one upside down
)

_LOADING: Final = threading.Lock()

Floats = npt.NDArray[np.float32]


class Network:
    """One network with one input and one output."""

    def __init__(self, name: str) -> None:
        import onnxruntime  # 0.2 s that a message without pictures need not wait

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # memory goes back after each picture
        options.log_severity_level = 3
        try:
            session: Any = onnxruntime.InferenceSession(
                str(_path(name)), options, providers=["CPUExecutionProvider"]
            )
        except (OSError, RuntimeError) as error:
            raise OcrUnavailableError(f"the network {name} cannot be loaded: {error}") from error
        self._session = session
        self._input: str = session.get_inputs()[0].name
        self.properties: dict[str, str] = session.get_modelmeta().custom_metadata_map

    def run(self, batch: Floats) -> Floats:
        """Run the network on one batch."""
        return np.asarray(self._session.run(None, {self._input: batch})[0], np.float32)


def network(name: str) -> Network:
    """Return the network of that name. Raises OcrUnavailableError."""
    with _LOADING:  # else two threads would load it twice
        return _loaded(name)


@functools.cache
def _loaded(name: str) -> Network:
    return Network(name)


def as_input(lines: list[npt.NDArray[np.uint8]], *, height: int, width: int) -> Floats:
    """Scale grey lines of print to one height and put them at the left of equal fields, -1 is black, 1 white.

    Returns (len(lines), 3, height, width).
    """
    batch = np.zeros((len(lines), 3, height, width), np.float32)
    for field, line in zip(batch, lines, strict=True):
        across = min(width, max(1, round(height * line.shape[1] / line.shape[0])))
        field[:, :, :across] = (
            np.asarray(cv2.resize(line, (across, height)), np.float32) / 127.5 - 1
        )
    return batch


def _path(name: str) -> Path:
    found = importlib.util.find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        raise OcrUnavailableError(
            "the package rapidocr is not installed; run: pip install rapidocr"
        )
    return Path(found.submodule_search_locations[0]) / "models" / name
