"""Which files there are to convert, under which names, in which order."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from iki.ingest.sources.problems import Missing
from iki.ingest.sources.recognise import shows_pages
from iki.messages import escaped

SUFFIXES = frozenset((
    ".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".heic", ".heif",
    ".hif", ".avif", ".jp2", ".txt", ".docx", ".odt", ".doc", ".eml", ".msg", ".hocr",
))  # fmt: skip
"""What is opened in folders, or named with what is attached to it, and so is a PDF or a picture under any other name; a
file given directly may bear any name, its content decides."""
_APPLE_DOUBLE = "._"
_OWNER_FILE = "~$"
"""Beginning of the name of a file that an office program keeps beside an open document."""
_LITTER = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db"))


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A file to convert. ``name`` is what the tables call it (``berkas``): valid Unicode, ``/`` between folders.

    Bytes that are no UTF-8, control characters and marks of direction stand in it as escapes.
    """

    name: str
    path: Path


def find(sources: Sequence[Path], *, excluding: Iterable[Path] = ()) -> list[Source]:
    """All files below ``sources`` that may be read, sorted by name, each once.

    A file in a folder is named by its path relative to that folder, preceded by the folder's name when several folders
    are given; a file given directly by its name. Where that would give two files one name, as many of their parents'
    names as it takes come before it. Hidden folders, what macOS leaves beside files, and folders in ``excluding`` do
    not count; links to folders are followed once. Raises ``Missing`` for a source that does not exist.
    """
    return _named(sources, excluding, lambda path: _is_ours(path) or _is_folder(path))


def passed_over(sources: Sequence[Path], *, excluding: Iterable[Path] = ()) -> list[Source]:
    """The files in folders that ``find`` leaves aside for their kind (``.xlsx``, ``.zip``), named as it names files."""
    folders = [source for source in sources if _is_folder(source)]
    return _named(folders, excluding, lambda path: not (_is_ours(path) or _is_litter(path)))


def _named(sources: Sequence[Path], excluding: Iterable[Path], wanted: Callable[[Path], bool]) -> list[Source]:
    for source in sources:
        if not os.path.lexists(source):
            raise Missing(path=str(source))
    several = sum(_is_folder(source) for source in sources) > 1
    shut = {os.path.realpath(path) for path in excluding}
    named: dict[str, tuple[Path, Path]] = {}
    for source in sorted(sources):
        if not _is_folder(source):
            named.setdefault(os.path.realpath(source), (source, Path(source.name)))
            continue
        root = source.resolve() if source.name in ("", "..") else source
        for path in _files(source, shut):
            if wanted(path):
                relative = path.relative_to(source)
                named.setdefault(os.path.realpath(path), (path, Path(root.name) / relative if several else relative))
    return sorted(Source(_text(name), path) for path, name in _distinct(list(named.values())))


def _is_ours(path: Path) -> bool:
    """Whether a file in a folder is to be opened, for its name or for what it holds."""
    if path.suffix.lower() in SUFFIXES:
        return not path.name.startswith(_OWNER_FILE)
    return not _is_litter(path) and shows_pages(path)


def _is_litter(path: Path) -> bool:
    """Whether a file is hidden, or what programs leave behind in folders; a folder never counts."""
    return path.name.lower() in _LITTER or path.name.startswith((".", _OWNER_FILE)) or _is_folder(path)


def _distinct(named: list[tuple[Path, Path]]) -> Iterator[tuple[Path, Path]]:
    """Give files of the same name as many parents as tell them apart."""
    count = Counter(name for _, name in named)
    if max(count.values(), default=1) == 1:
        yield from named
        return
    longer = []
    for path, name in named:
        full = path.absolute()
        parts = full.parts[-len(name.parts) - 1 :] if count[name] > 1 else name.parts
        longer.append((path, Path(*(p for p in parts if p != full.anchor))))
    yield from _distinct(longer) if [n for _, n in longer] != [n for _, n in named] else longer


def _files(folder: Path, shut: set[str]) -> Iterator[Path]:
    """Files below ``folder``, real folders before links to folders, a folder never twice."""
    seen = set(shut)
    waiting = [folder]
    linked: list[Path] = []
    while waiting or linked:
        current = waiting.pop() if waiting else linked.pop(0)
        real = os.path.realpath(current)
        if real in seen:
            continue
        seen.add(real)
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError:
            yield current  # opening it will say why
            continue
        for entry in entries:
            path = current / entry.name
            if _is_folder(path):
                if not entry.name.startswith("."):
                    (linked if entry.is_symlink() else waiting).append(path)
            elif not entry.name.startswith(_APPLE_DOUBLE):
                yield path


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder or leads to one; a link in a ring, or one that may not be followed, does not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _text(name: Path) -> str:
    return escaped(os.fsencode(name.as_posix()).decode("utf-8", "backslashreplace"))
