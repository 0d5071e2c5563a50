"""What the reading of a page depends on, as one digest: pages of another configuration are read anew."""

from __future__ import annotations

import ast
import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import iki
from iki.ingest.sources import SourceSettings

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName

_PACKAGE = "iki"
_ROOT = Path(__file__).resolve().parent.parent
_PAGE, _DUMP, _TEXT = "iki.ingest.page", "iki.ingest.dump", "iki.language.line_correction"
_TABULATING = ("batch", "export", "ingest", "language", "normalize", "vocab")
"""Rooms that have a say in the tables."""
_SHOWN_DIGITS = 12
_MODELS = _ROOT / "ingest" / "ocr" / "models"
_DISTRIBUTIONS = (
    "numpy", "opencv-python", "opencv-python-headless", "onnxruntime", "rapidocr", "pikepdf", "pillow", "pypdfium2",
)  # fmt: skip


@cache
def digest(engine: EngineName, sources: SourceSettings) -> str:
    """64 hex digits over the engine, the settings, the code and models that read a page, and the libraries below."""
    models = (f"{path.name} {_hash(path)}" for path in sorted(_MODELS.iterdir()) if path.is_file())
    return _total(engine, repr(sources), platform.machine(), *_versions(), *models, *_code(_PAGE))


@cache
def reader(engine: EngineName) -> dict[str, str]:
    """What reads pages here: the engine asked for, our recogniser, and versions; an empty one is not installed."""
    models = {path.name: _hash(path)[:_SHOWN_DIGITS] for path in sorted(_MODELS.glob("*.onnx"))}
    versions = dict(line.split(" ")[:2] for line in _versions() if not line.endswith(" -"))
    return {"engine": engine, "iki": version(), "tesseract": "", **versions, **models}


@cache
def program() -> str:
    """64 hex digits over all files of ours that make tables of what was read: code, vocabulary, models, sentences."""
    files = (path for room in _TABULATING for path in (_ROOT / room).rglob("*") if path.is_file())
    wanted = sorted(path for path in (*files, *_ROOT.glob("*.py"), *_ROOT.glob("*.toml")) if path.suffix != ".pyc")
    return _total(*(f"{path.relative_to(_ROOT).as_posix()} {_hash(path)}" for path in wanted))


def version() -> str:
    """The version of this program."""
    return metadata.version(iki.DISTRIBUTION)


@cache
def dump_digest() -> str:
    """64 hex digits over the code and the vocabulary that text dumps are corrected and read with."""
    return _total(*_code(_DUMP), *_code(_TEXT))


def _total(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _versions() -> Iterator[str]:
    for name in _DISTRIBUTIONS:
        try:
            yield f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield f"{name} -"
    if shutil.which("tesseract"):
        told = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
        yield told.stdout.partition("\n")[0]


def _code(module: str) -> Iterator[str]:
    """Name and hash of ``module`` and of every module of ours that it imports, directly or not."""
    waiting, seen = [module], set[str]()
    while waiting:
        name = waiting.pop()
        path = _path(name)
        if name not in seen and path is not None:
            seen.add(name)
            waiting += _imports(path)
    for name in sorted(seen):
        path = _path(name)
        folder = path.parent if path is not None and path.name == "__init__.py" and name != _PACKAGE else None
        data = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix not in (".py", ".pyc")) if folder else []
        for file in (path, *data):
            if file is not None:
                yield f"{file.relative_to(_ROOT).as_posix()} {_hash(file)}"


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _path(module: str) -> Path | None:
    """Where a module of ours stands, None for anything else."""
    first, *rest = module.split(".")
    if first != _PACKAGE or not rest:
        return None
    base = _ROOT.joinpath(*rest)
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


def _hash(path: Path) -> str:
    """The SHA-256 of what a file does: of a module its statements, without comments, docstrings and layout."""
    data = path.read_bytes()
    return hashlib.sha256(_statements(data) if path.suffix == ".py" else data).hexdigest()


def _statements(source: bytes) -> bytes:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [s for s in node.body if not _is_text(s)] or [ast.Pass()]
    return ast.unparse(tree).encode()


def _is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, of a module, class, function or field."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
