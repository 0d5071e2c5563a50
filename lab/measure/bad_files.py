"""Every bad or odd file of the tests with the sentence that it ends in, as Markdown.

``python -m iki.lab.measure.bad_files``.

The table in ``docs/batches.md`` between its two marks is what this prints; ``--write`` puts it there.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import iki
from iki.ingest.sources import SourceProblem, identify, opened, picture
from iki.ingest.sources.settings import SourceSettings
from iki.lab.measure import markdown

_ROOT = Path(iki.__file__).resolve().parent
DOCUMENT = _ROOT / "docs" / "batches.md"
MARKS = "<!-- bad files -->\n", "<!-- end of bad files -->\n"


def cases() -> ModuleType:
    """The module of the tests that makes the files."""
    spec = importlib.util.spec_from_file_location("odd_files", _ROOT / "tests" / "odd_files.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["odd_files"] = module
    spec.loader.exec_module(module)
    return module


def told(path: Path) -> str:
    """What a file ends in: the sentence of its problem, or that it is read."""
    settings, read, note = SourceSettings(), 0, ""
    try:
        with opened(path, identify(path, settings), settings) as document:
            note = f"; {document.note}" if document.note is not None else ""
            for number in range(1, document.pages + 1):
                picture(document.parcel(number), settings)
                read += 1
            kind = document.kind
    except SourceProblem as problem:
        return str(problem)
    return ("*read as a dump*" if kind == "teks" else f"*read, pages: {read}*") + note


def table() -> str:
    """One row a file; deterministic but for what poppler and Pillow of the machine can decode."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases().CASES:
            case.make(Path(folder) / case.name)
            rows.append([f"`{case.name}`", case.what, told(Path(folder) / case.name)])
    return markdown.table(["file", "what it is", "what becomes of it"], rows) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"put the table into {DOCUMENT.relative_to(_ROOT)}")
    os.environ.setdefault("IKI_LANG", "id")
    if parser.parse_args().write:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        DOCUMENT.write_text(before + MARKS[0] + table() + MARKS[1] + after, encoding="utf-8")
    else:
        print(table(), end="")


if __name__ == "__main__":
    main()
