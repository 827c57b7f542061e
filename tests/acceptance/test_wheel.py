"""The wheel, installed elsewhere, works beside files that bear the names of our packages."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.house import House, finish, start
from tests.acceptance.papers import good

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-cache-dir"]
    if importlib.util.find_spec("hatchling"):
        command.append("--no-build-isolation")
    subprocess.run(
        [*command, "--disable-pip-version-check", "--wheel-dir", directory, ROOT], check=True
    )
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment of its own, which borrows the libraries of this one."""
    directory = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
    python = directory / "bin" / "python"
    (packages,) = directory.glob("lib/python*/site-packages")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--disable-pip-version-check", wheel], check=True)
    # a plain path: what stands in .pth files there, our checkout, is not taken along
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return directory / "bin" / "mailbot"


def test_the_wheel_holds_our_packages_and_their_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"mailbot", "parsers", "workflow", "templates", "config"}
    for wanted in ("config/mailbot.toml", "mailbot/migrations/versions/", "parsers/wordlists/"):
        assert any(name.startswith(wanted) for name in names), wanted
    assert any(name.endswith(".j2") for name in names)
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]
    tracked = {
        str(path.relative_to(ROOT))
        for package in tops
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert tracked <= set(names)


def test_it_works_elsewhere_beside_hostile_files(installed: Path, tmp_path: Path) -> None:
    house = House.make(tmp_path / "house")
    for name in ("config", "templates", "workflow", "parsers", "mailbot"):
        (house.directory / f"{name}.py").write_text("raise SystemExit('hostile')\n")
    house.put("1.good", good(0))

    def run(*arguments: str) -> int:
        process = start(
            *arguments, cwd=house.directory, environment=house.environment, program=installed
        )
        outcome = finish(process)
        assert outcome.err == ""
        return outcome.status

    assert run("init", "fresh") == 0
    assert tomllib.loads((house.directory / "fresh" / "mailbot.toml").read_text(encoding="utf-8"))
    assert run("run", "--once") == 0
    assert run("parse", "box/new/1.good") == 0
    assert run("applications") == 0
    assert [one["state"] for one in house.applications()] == ["completed"]
    assert len(house.replies()) == 1
