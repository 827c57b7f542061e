"""What is promised of the sources themselves."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# what a regular expression means by a letter, and a class of characters, are no words
_ESCAPES = re.compile(r"\\[a-zA-Z]|\[[^\]]*\]")
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")

# where look-alike letters are the subject
_ABOUT_LOOK_ALIKES = {"tests", "benchmarks"}
_MARKED = "look-alike"  # said in a comment of the line


def test_no_word_mixes_latin_and_cyrillic_letters() -> None:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py", "*.j2", "*.toml", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    mixed = [
        f"{name}:{number}: {word}"
        for name in names
        if Path(name).parts[0] not in _ABOUT_LOOK_ALIKES and (ROOT / name).exists()
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1)
        if _MARKED not in line
        for word in _WORD.findall(_ESCAPES.sub(" ", line))
        if _LATIN.search(word) and _CYRILLIC.search(word)
    ]
    assert not mixed


def test_no_command_but_demo_waits_for_the_libraries_that_read_papers() -> None:
    """They cost a second and 100 MB; papers are read in the child process alone."""
    commands = ROOT / "mailbot" / "commands"
    names = [path.stem for path in commands.glob("*.py") if path.stem not in ("__init__", "demo")]
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import importlib, sys\n"
            f"for name in {names!r}: importlib.import_module('mailbot.commands.' + name)\n"
            f"print(*sys.modules)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    heavy = {"numpy", "cv2", "PIL", "onnxruntime", "pdfplumber", "pypdfium2"}
    assert not heavy.intersection(loaded)
    assert "mailbot.commands.parse" in loaded
