"""What this machine has of what ``iki`` needs: programs, packages, models."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path
from typing import Literal

import iki

Need = Literal["must", "better", "extra"]
"""``must``: nothing works without; ``better``: results are better with it; ``extra``: for those who ask for it."""

LANGUAGE = "ind"
STOCK_MODELS = ("PP-OCRv6_rec_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx")
"""The networks of the RapidOCR wheel that are used beside our own."""
EXTRAS = ("cluster", "export", "pdf", "review")
"""Extras that someone who uses ``iki`` may want; the others are for those who develop it."""
SHOWN_DIGITS = 12
ANSWER_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One thing looked for: ``found`` says which (version, checksum) and is empty where it is missing or damaged;
    ``remedy`` is the command that gets it."""

    name: str
    need: Need
    found: str
    remedy: str


def examine() -> list[Part]:
    """Everything that matters on this machine, in reading order."""
    return [Part("Python", "must", platform.python_version(), ""), *_programs(), *_packages(), *_models()]


def lacking(parts: Sequence[Part]) -> list[Part]:
    """What must be there and is not."""
    return [part for part in parts if part.need == "must" and not part.found]


def _programs() -> Iterator[Part]:
    poppler = _answer("pdftoppm", "-v")
    yield Part("pdftoppm (poppler)", "must", _number(poppler), "sudo apt install poppler-utils")
    tesseract = _answer("tesseract", "--version")
    yield Part("tesseract", "better", _number(tesseract), "sudo apt install tesseract-ocr")
    languages = _answer("tesseract", "--list-langs").split()
    found = LANGUAGE if LANGUAGE in languages else ""
    yield Part(f"tesseract: {LANGUAGE}", "better", found, f"sudo apt install tesseract-ocr-{LANGUAGE}")


def _answer(program: str, argument: str) -> str:
    """What a program says on either output; nothing where it is not there or does not run."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, argument], capture_output=True, text=True, errors="replace", timeout=ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr


def _number(answer: str) -> str:
    found = re.search(r"\d+(\.\d+)+", answer)
    return found.group() if found else ""


def _packages() -> Iterator[Part]:
    """The distributions that this one declares to need; those of its extras are optional."""
    for requirement in sorted(requires(iki.DISTRIBUTION) or ()):
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra == [\"'](\w+)", requirement)
        if extra and extra.group(1) not in EXTRAS:
            continue
        wanted = requirement.split(";")[0].strip()
        yield Part(name, "extra" if extra else "must", _installed(name), f"pip install '{wanted}'")


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _models() -> Iterator[Part]:
    folder = Path(str(files("iki.ingest.ocr") / "models"))
    for card in sorted(folder.glob("*.json")):
        described = json.loads(card.read_text(encoding="utf-8"))
        digest = _sha256(card.with_name(described["file"]))
        found = digest[:SHOWN_DIGITS] if digest == described["sha256"] else ""
        yield Part(described["file"], "must", found and f"sha256 {found}", "pip install --force-reinstall --no-deps .")
    for name in STOCK_MODELS:
        digest = _sha256(Path(str(files("rapidocr") / "models" / name))) if _installed("rapidocr") else ""
        found = f"sha256 {digest[:SHOWN_DIGITS]}" if digest else ""
        yield Part(name, "must", found, "pip install --force-reinstall rapidocr")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
