"""What README and docs/ say is what the program does.

``python tests/test_docs.py`` writes the help texts and the data dictionary anew.
"""

import doctest
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import iki
from iki import messages
from iki.cli import app
from iki.export.schema import TABLES, Column, Table

ROOT = Path(messages.__file__).parent
GUIDE = ROOT / "docs" / "cli.md"
DICTIONARY = ROOT / "docs" / "kamus-data.md"
MANUAL = ROOT / "docs" / "iki.1"
EXIT_CODES = (
    "0: semua berhasil. 1: kesalahan program iki. 2: perintahnya keliru. 3: selesai, tetapi sebagian berkas gagal atau "
    "tidak utuh. 4: disk penuh atau tidak dapat ditulisi; tidak ada yang hilang. 130: dihentikan dengan Ctrl-C; yang "
    "sudah selesai tersimpan."
)
SENTENCES = ROOT / "docs" / "kalimat.md"
AREAS = {
    "sources": "Berkas sumber",
    "ingest": "Halaman dan lembar",
    "dump": "Teks hasil OCR lama",
    "batch": "Jalannya pekerjaan dan folder hasil",
    "repair": "Pemeriksaan dengan iki doctor",
    "risk": "Batas risiko",
    "normalize": "Cerita sebuah nilai",
    "review": "Halaman tinjauan",
    "export": "Ekspor",
    "workbook": "Buku kerja Excel",
    "pdf": "PDF yang dapat dicari",
    "alto": "ALTO",
    "pseudonyms": "Penerbitan tanpa nama",
    "vocab": "Kosakata",
}
"""Beginnings of the keys of sentences → what they are about."""
KINDS = {
    "string": "teks",
    "integer": "bilangan bulat",
    "number": "bilangan",
    "boolean": "true/false",
    "date": "tanggal",
}


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Every command of a group by its words, those of groups within it too, in the order in which help lists them."""
    for name, command in group.commands.items():
        yield before + name
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")


COMMANDS = list(commands(get_command(app)))
WIDTH = "100"


def helped(command: str) -> str:
    """The English help of a command, without the spaces that pad its lines."""
    environment = {**os.environ, "IKI_LANG": "en", "COLUMNS": WIDTH, "TERM": "dumb", "NO_COLOR": "1"}
    call = [sys.executable, "-m", "iki.cli", *command.split(), "--help"]
    shown = subprocess.run(call, capture_output=True, text=True, env=environment, check=True).stdout
    return "\n".join(line.rstrip() for line in shown.strip("\n").splitlines())


def block(command: str) -> str:
    return f"## `iki {command}`\n\n```text\n{helped(command)}\n```\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_guide_shows_the_help_of_every_command(command: str) -> None:
    assert block(command) in GUIDE.read_text(encoding="utf-8"), "run: python tests/test_docs.py"


def manual() -> str:
    """The manual page: every command with its options, in Indonesian, as roff."""
    group = get_command(app)
    parts = [f'.TH IKI 1 "" "iki {iki.__version__}"', ".SH NAMA", f"iki \\- {roff(group.help)}", ".SH PERINTAH"]
    for words in COMMANDS:
        command: Any = group
        for word in words.split():
            command = command.commands[word]
        takes = " ".join(f"\\fI{p.metavar}\\fR" for p in command.params if p.param_type_name == "argument")
        parts += [f".SS iki {words} {takes}".rstrip(), roff(command.help)]
        for option in (p for p in command.params if p.param_type_name == "option"):
            parts += [".TP", f"\\fB{roff(', '.join(sorted(option.opts, key=len)))}\\fR", roff(option.help)]
        if command.epilog:
            parts += [".PP", roff(command.epilog)]
    parts += [".SH KODE KELUAR", roff(EXIT_CODES)]
    return "\n".join(parts) + "\n"


def roff(text: str | None) -> str:
    plain = " ".join((text or "").split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def test_the_manual_tells_every_command() -> None:
    assert MANUAL.read_text(encoding="utf-8") == manual(), "run: python tests/test_docs.py"


def test_a_shell_is_told_how_a_line_goes_on() -> None:
    asked = {"_IKI_COMPLETE": "complete_bash", "COMP_WORDS": "iki convert --f", "COMP_CWORD": "2"}
    call = [sys.executable, "-c", "from iki.cli import main; main()"]
    done = subprocess.run(call, env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert {"--format", "--force"} <= set(done.stdout.split())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_columns_of_every_table_are_told_in_order(table: Table) -> None:
    text = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    section = text.split(f"## `{table.name}.csv`")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == table.names


def dictionary() -> str:
    """The tables and columns of the schema, in Indonesian."""
    parts = [
        "# Kamus data",
        "Arti setiap kolom, dibuat dari skema program (`export/schema.py`) dengan `python tests/test_docs.py`; jangan "
        "diubah dengan tangan.\nKolom tambahan sebuah formulir dijelaskan dalam `datapackage.json` di folder hasilnya. "
        "Dalam bahasa Inggris, dengan\ncatatan lebih lanjut: [tables.md](tables.md).",
    ]
    for table in TABLES:
        keys = ", ".join(f"`{name}`" for name in table.key)
        links = "".join(f" `{name}` merujuk ke `{other}.{name}`." for name, other in table.references.items())
        rows = "\n".join(map(described, table.columns))
        parts += [
            f"## `{table.name}.csv`",
            f"{table.meaning}. Kunci: {keys}.{links}",
            f"| kolom | jenis | satuan | arti |\n| --- | --- | --- | --- |\n{rows}",
        ]
    return "\n\n".join(parts) + "\n"


def described(column: Column) -> str:
    pattern = f"; pola `{column.constraints['pattern']}`" if "pattern" in column.constraints else ""
    return f"| `{column.name}` | {KINDS[column.type]} | {column.unit} | {column.meaning}{pattern} |"


def sentences() -> str:
    """Every sentence that tells an archivist of something, in Indonesian: what is the matter, and what to do."""
    catalogue = tomllib.loads((ROOT / "messages.toml").read_text(encoding="utf-8"))
    parts = [
        "# Kalimat yang dapat tampil",
        "Setiap kalimat dari terminal, halaman tinjauan, dan kolom `pesan`, dengan sebab dan tindakannya. Dibuat dari "
        "`messages.toml`\ndengan `python tests/test_docs.py`; jangan diubah dengan tangan. Yang miring diganti dengan "
        "nama, angka, atau tempatnya.",
    ]
    for area, title in AREAS.items():
        told = sorted(text["id"] for key, text in catalogue.items() if key.split("_")[0] == area)
        rows = "\n".join(map(advised, told))
        parts += [f"## {title}", f"| sebab | tindakan |\n| --- | --- |\n{rows}"]
    return "\n\n".join(parts) + "\n"


def advised(sentence: str) -> str:
    """A sentence as a row: what is the matter, and what to do about it, which stands behind its last semicolon."""
    plain = re.sub(r"\{(\w+)[^}]*\}", r"*\1*", sentence).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    cause, _, remedy = plain.rpartition("; ")
    return f"| {cause or remedy} | {remedy if cause else '–'} |"


def test_every_sentence_is_told_with_what_to_do() -> None:
    assert SENTENCES.read_text(encoding="utf-8") == sentences(), "run: python tests/test_docs.py"


def test_the_dictionary_is_that_of_the_schema() -> None:
    assert DICTIONARY.read_text(encoding="utf-8") == dictionary(), "run: python tests/test_docs.py"


def test_every_file_and_folder_that_the_docs_link_to_is_there() -> None:
    for page in (
        *sorted(ROOT.glob("*.md")),
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "lab").rglob("*.md")),
    ):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_page_of_the_docs_is_in_their_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in that has the ``data/clean`` of the repository."""
    shutil.copytree(ROOT / "data" / "clean", tmp_path / "data" / "clean", ignore=shutil.ignore_patterns(".*"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_examples_for_analysts_run(house: Path) -> None:
    page = ROOT / "docs" / "analyst.md"
    text = page.read_text(encoding="utf-8")
    blocks = dict.fromkeys(("console", "pycon", "sql"), 0)
    for kind, body in re.findall(r"^```(\w+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        if kind == "console":
            for command in re.findall(r"^\$ iki (.*)$", body, re.MULTILINE):
                done = CliRunner().invoke(app, command.split())
                assert done.exit_code == 0, done.output
        elif kind == "sql":
            with closing(sqlite3.connect(house / "hasil" / "iki.sqlite")) as database:
                assert database.execute(body).fetchall(), body
        blocks[kind] = blocks.get(kind, 0) + 1
    assert min(blocks.values()) > 0
    assert doctest.testfile(str(page), module_relative=False).failed == 0
    assert zipfile.is_zipfile(house / "grafik.xlsx")


@pytest.mark.slow
def test_the_examples_for_archivists_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("arsip").mkdir()
    for name in ("foto_kecamatan.jpg", "faks_disperikan.tif"):
        shutil.copy(ROOT / "data" / "raw" / name, "arsip")
    text = (ROOT / "docs" / "panduan.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ iki (.*)$", text, re.MULTILINE)
    assert len(commands) > 5
    for command in commands:
        done = CliRunner().invoke(app, command.split())
        assert done.exit_code in (0, 3), f"{command}: {done.output}"  # 3: read, but something seems to be missing
    assert sorted(path.suffix for path in Path("kirim").rglob("*.*")) == [".pdf", ".pdf", ".xlsx"]
    assert "foto_kecamatan.jpg" not in Path("hasil/berkas.csv").read_text(encoding="utf-8")


def write() -> None:
    """Put the help texts of all commands at the end of the guide, and write the dictionary anew."""
    DICTIONARY.write_text(dictionary(), encoding="utf-8")
    MANUAL.write_text(manual(), encoding="utf-8")
    SENTENCES.write_text(sentences(), encoding="utf-8")
    head = GUIDE.read_text(encoding="utf-8").split("## `iki ")[0].rstrip()
    GUIDE.write_text("\n\n".join([head, *(block(command).rstrip() for command in COMMANDS)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
