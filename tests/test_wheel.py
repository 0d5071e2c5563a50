"""The wheel holds what ``iki`` needs and nothing else, and works by itself: built and installed without the network."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import iki
from iki import messages

pytestmark = pytest.mark.slow

ROOT = Path(messages.__file__).resolve().parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = sorted({name.split(".")[1] for name in PROJECT["tool"]["setuptools"]["packages"] if "." in name})


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints, its Python finding nothing of this tree."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = {**outside, "IKI_LANG": "en", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, cwd=cwd, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what is needed for it, so that no earlier build has a say."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, source)
    for room in (*ROOMS, "lab"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", place / "out", source)
    run(sys.executable, "-m", "pip", *build, cwd=place)
    (built,) = (place / "out").iterdir()
    return built


def test_it_is_not_called_as_a_strangers_package(wheel: Path) -> None:
    assert PROJECT["project"]["name"] == iki.DISTRIBUTION != "iki"
    assert wheel.name.startswith(iki.DISTRIBUTION.replace("-", "_"))


def test_no_page_and_no_message_tells_to_install_a_strangers_package() -> None:
    stranger = re.compile(r"""pip install [^\n`]*\biki(?!-lembar)[\['"` .,;]""")
    assert stranger.search("pip install 'iki[review]'.")
    for path in (ROOT / "messages.toml", *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("lab/**/*.md")):
        assert not stranger.search(path.read_text(encoding="utf-8")), path


def test_it_holds_every_file_of_the_rooms_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    wanted = {f"iki/{path.relative_to(ROOT).as_posix()}" for path in files if "__pycache__" not in path.parts}
    assert held - wanted == {f"iki/{name}" for name in ("messages.toml", "py.typed")} | {
        f"iki/{path.name}" for path in ROOT.glob("*.py")
    }
    assert wanted - held == set()


def test_it_converts_a_page_in_a_fresh_environment(wheel: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "venv"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    (packages,) = fresh.glob("lib/python*/site-packages")
    # The dependencies are those of this environment; its .pth files, by which it finds this tree, are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    command = fresh / "bin" / "iki"
    assert run(command, "--version", cwd=tmp_path) == f"iki {PROJECT['project']['version']}\n"
    place = run(python, "-c", "import iki; print(iki.__file__)", cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(fresh)
    page = ROOT / "data" / "raw" / "foto_kecamatan.jpg"
    told = run(command, "convert", page, "--out", "tables", "--jobs", "1", "--format", "xlsx,sqlite", cwd=tmp_path)
    assert "1 complete" in told
    assert {"sheets.csv", "indikator.csv", "iki.xlsx", "iki.sqlite"} <= {
        p.name for p in (tmp_path / "tables").iterdir()
    }
    assert "Indikator" in run(command, "summary", "tables", cwd=tmp_path)
