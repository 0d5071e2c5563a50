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
DOCKERIGNORE = (ROOT / ".dockerignore").read_text(encoding="utf-8")
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
    """Built from a copy of what goes into the container, so that no earlier build has a say."""
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    for pattern in (*re.findall("^!(.*)$", DOCKERIGNORE, re.MULTILINE), "lab"):
        for path in ROOT.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, source / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(path, source)
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


def test_the_container_is_slim_set_up_as_everywhere_and_runs_without_rights() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]
    (base,) = (rest for name, rest in steps if name == "FROM")
    assert re.fullmatch(r"debian:\d+-slim", base), "a fixed release, not the latest"
    (setup,) = (rest for name, rest in steps if name == "RUN")
    assert setup.startswith("bash setup.sh run "), "what apt and pip bring is said in one place"
    assert "rm -rf /var/lib/apt/lists/*" in setup
    assert dict(steps)["VOLUME"] == '["/in", "/out"]'
    names = [name for name, _ in steps]
    assert names.index("RUN") < names.index("USER") < names.index("ENTRYPOINT")
    assert dict(steps)["USER"] == "iki", "the last step that says so is what runs"
    assert "requirements.txt" in DOCKERIGNORE, "setup.sh installs what it pins"
    assert not re.search(r"^!(tests|lab|data|\.git)", DOCKERIGNORE, re.MULTILINE)
