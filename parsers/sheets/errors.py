"""What libraries raise on spreadsheets and word processors' files that are broken or not what they say."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Final
from xml.sax import SAXException

from defusedxml import DefusedXmlException
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from openpyxl.utils.exceptions import InvalidFileException

BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,  # of XML: what lxml and the standard library raise alike
    TypeError,
    ValueError,
    DefusedXmlException,
    InvalidFileException,
    OpcError,
    PythonDocxError,
    SAXException,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
