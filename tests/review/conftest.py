"""A converted sheet for the tests of the review page."""

import subprocess
import sys
from pathlib import Path

import cv2
import pages
import pytest


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "iki.cli", *arguments]


@pytest.fixture(scope="package")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One photocopied sheet, converted: the folder of its tables."""
    place = tmp_path_factory.mktemp("tinjau")
    cv2.imwrite(str(place / "lembar.png"), pages.sheet_page(5, profile="photocopy")[0])
    subprocess.run(command("convert", "lembar.png", "--out", "hasil"), cwd=place, capture_output=True, check=True)
    return place / "hasil"
