"""The rules: each one small named function from the case to findings, with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workflow.case import Case
from workflow.findings import Finding

Rule = Callable[[Case], Iterable[Finding]]
"""Looks at one thing; yields nothing where nothing is to be said."""
