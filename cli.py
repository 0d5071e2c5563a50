"""The command line: parsing, messages, exit codes. What the commands do lives in the rooms, which load on demand."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import iki
from iki.console import terminal
from iki.console.terminal import INTERRUPTED, PARTIAL, SpokenCommand, SpokenGroup, say_error
from iki.export.schema import Format
from iki.messages import Problem, sentence
from iki.model import note

app = typer.Typer(
    cls=SpokenGroup,
    help="cli_iki",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Directory = Annotated[Path, typer.Argument(help="cli_directory", show_default=False)]
Sources = Annotated[list[Path] | None, typer.Argument(help="cli_convert_sources", show_default=False)]
Engine = Literal["auto", "tesseract", "rapidocr"]
FORMATS = "|".join(Format)
Formats = Annotated[
    list[Any] | None,
    typer.Option("--format", help="cli_convert_format", parser=terminal.formats, metavar=FORMATS, show_default=False),
]


def show_version(wanted: bool) -> None:
    if wanted:
        print(f"iki {iki.__version__}")
        raise typer.Exit


@app.callback(help="cli_iki")
def options(
    version: Annotated[
        bool, typer.Option("--version", help="cli_version", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command(cls=SpokenCommand, help="cli_convert", epilog="iki convert arsip/ --out hasil/ --log hasil.log")
def convert(
    sources: Sources = None,
    out: Annotated[Path, typer.Option(help="cli_convert_out")] = Path("data/clean"),
    jobs: Annotated[int, typer.Option(help="cli_convert_jobs", min=0, show_default=False)] = 0,
    engine: Annotated[Engine, typer.Option(help="cli_convert_engine")] = "auto",
    formats: Formats = None,
    force: Annotated[bool, typer.Option("--force", help="cli_convert_force")] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="cli_convert_adopt")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="cli_convert_watch")] = False,
    scheduler: Annotated[str | None, typer.Option(help="cli_convert_scheduler", show_default=False)] = None,
    tls_ca_file: Annotated[
        Path | None, typer.Option(help="cli_convert_tls_ca_file", exists=True, dir_okay=False, show_default=False)
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="cli_convert_tls_cert", exists=True, dir_okay=False, show_default=False)
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="cli_convert_tls_key", exists=True, dir_okay=False, show_default=False)
    ] = None,
    review_budget: Annotated[
        float | None, typer.Option(help="cli_convert_review_budget", parser=terminal.share, show_default=False)
    ] = None,
    max_risk: Annotated[
        float | None, typer.Option(help="cli_convert_max_risk", parser=terminal.share, show_default=False)
    ] = None,
    debug: Annotated[Path | None, typer.Option(help="cli_convert_debug", show_default=False)] = None,
    log: Annotated[Path | None, typer.Option("--log", help="cli_convert_log", show_default=False)] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="cli_convert_quiet")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="cli_convert_verbose")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="cli_convert_json")] = False,
) -> None:
    from iki.batch.conversion import convert as convert_once
    from iki.batch.events import Outcome
    from iki.batch.problems import Interrupted
    from iki.batch.settings import BatchSettings
    from iki.batch.watching import watch as convert_always
    from iki.console import progress

    if review_budget is not None and max_risk is not None:
        raise Problem("cli_convert_two_limits")
    given = sources or [Path("data/raw")]
    settings = BatchSettings(
        engine=engine,
        workers=jobs,
        scheduler=scheduler,
        tls_ca_file=tls_ca_file,
        tls_cert=tls_cert,
        tls_key=tls_key,
        force=force,
        adopt=adopt,
        review_budget=review_budget,
        max_risk=max_risk,
    )

    def report(outcome: Outcome) -> None:
        for _ in written(out, list(chain.from_iterable(formats or []))):
            pass
        progress.show_failures(outcome)
        if not (as_json or quiet):
            with suppress(BrokenPipeError):
                progress.show_outcome(outcome)

    if max_risk is not None and not quiet:
        terminal.show_price(max_risk)
    try:
        with progress.course(as_json, quiet, verbose, bar=not watch, log=log) as listener:
            if watch:
                convert_always(given, out, settings, listener, finished=report)
                return
            outcome = convert_once(given, out, settings, listener)
    except Interrupted as stop:
        say_error(str(stop))
        raise typer.Exit(INTERRUPTED) from None
    report(outcome)
    if debug:
        from iki.review.debug_pictures import draw

        drawn = sum(1 for _ in draw(given, engine, debug))
        say_error(sentence("cli_convert_drawn", count=drawn, path=debug))
    raise typer.Exit(outcome.exit_code)


@app.command(cls=SpokenCommand, help="cli_correct", epilog="iki correct dump.txt --out dump-bersih.txt")
def correct(
    dump: Annotated[Path, typer.Argument(help="cli_correct_dump", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="cli_correct_output", show_default=False)
    ] = None,
) -> None:
    from iki.language.line_correction import correct_file

    text = correct_file(dump)
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


@app.command(cls=SpokenCommand, help="cli_explain", epilog="iki explain 3f2a9c1b7d4e-001 2 indikator --dir hasil/")
def explain(
    sheet_id: Annotated[str, typer.Argument(help="cli_explain_sheet", show_default=False)],
    baris: Annotated[str, typer.Argument(help="cli_explain_row", show_default=False)],
    kolom: Annotated[str, typer.Argument(help="cli_explain_column", show_default=False)],
    directory: Annotated[Path, typer.Option("--dir", help="cli_directory")] = Path("data/clean"),
    source: Annotated[Path, typer.Option(help="cli_explain_source")] = Path("data/raw"),
    crop: Annotated[Path | None, typer.Option(help="cli_explain_crop", show_default=False)] = None,
) -> None:
    from iki.review import stories

    told = stories.tell(directory, sheet_id, baris, kolom)
    terminal.show_story(told)
    cut = stories.picture(told, [source])
    if cut is not None:
        path = crop or Path(f"{sheet_id}_{baris.replace('-', 'lembar')}_{kolom}.png")
        stories.save(cut, path)
        print(sentence("cli_explain_saved", path=path))


@app.command(cls=SpokenCommand, help="cli_export", epilog="iki export hasil/ --format xlsx,pdf --out kirim/")
def export(
    directory: Directory,
    formats: Annotated[
        list[Any],
        typer.Option(
            "--format", help="cli_export_format", parser=terminal.formats, metavar=FORMATS, show_default=False
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="cli_export_out", show_default=False)] = None,
    pseudonymise: Annotated[bool, typer.Option("--pseudonymise", help="cli_export_pseudonymise")] = False,
    key: Annotated[Path | None, typer.Option(help="cli_export_key", show_default=False)] = None,
) -> None:
    if pseudonymise or key is not None:
        if not pseudonymise or key is None or out is None:
            raise Problem("cli_export_needs")
        publish(directory, list(chain.from_iterable(formats)), key, out)
        return
    lacking = False
    for path in written(directory, list(chain.from_iterable(formats)), out):
        lacking |= path is None
        if path is not None:
            print(path)
    if lacking:
        raise typer.Exit(PARTIAL)


def publish(directory: Path, formats: Sequence[Format], key: Path, out: Path) -> None:
    """Write the tables under pseudonyms, and tell how many persons can be guessed all the same."""
    from iki.export.pseudonyms import publish as write_pseudonymised

    published = write_pseudonymised(directory, formats, key, out)
    for path in published.paths:
        print(path)
    if published.unique:
        values = {"unique": published.unique, "sheets": published.sheets, "path": published.paths[-1]}
        say_error(sentence("cli_export_unique", **values))


def written(directory: Path, formats: Sequence[Format], out: Path | None = None) -> Iterator[Path | None]:
    """Write a folder in other formats: the paths, ``None`` for a file of which there is none, which is said."""
    from iki.export.formats import export
    from iki.review.stories import readings

    plain = [name for name in formats if name is not Format.PDF]
    yield from export(directory, plain, out, readings(directory))
    if Format.PDF in formats:
        try:
            from iki.review.papers import write_papers
        except ImportError as error:
            raise Problem("export_needs_package", package="ocrmypdf img2pdf pikepdf[pdfa]") from error
        for paper in write_papers(directory, out or directory):
            if paper.remark is not None:
                say_error(str(paper.remark))
            yield paper.path


@app.command(cls=SpokenCommand, help="cli_evaluate")
def evaluate(
    gold: Annotated[Path, typer.Argument(help="cli_evaluate_gold", show_default=False)],
    directory: Directory,
    places: Annotated[Path | None, typer.Option("--map", help="cli_evaluate_map", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="cli_json_result")] = False,
) -> None:
    from iki.evaluate import evaluate as measure

    measures = measure(gold, directory, places)
    if as_json:
        print(json.dumps(measures))
    else:
        terminal.show_pairs(measures)


@app.command(cls=SpokenCommand, help="cli_summary", epilog="iki summary hasil/")
def summary(directory: Directory) -> None:
    from iki import load
    from iki.export.findings import AtOdds
    from iki.export.summary import summarise, write_page

    tables = load(directory)
    found = AtOdds.of(tables)
    terminal.show_sections(summarise(tables, found=found))
    print(sentence("cli_summary_page", page=write_page(tables, directory, found)))
    doubtful = any((table.perlu_tinjau != "").any() for table in (tables.sheets, tables.indikator))
    print(sentence("cli_summary_review" if doubtful else "cli_summary_clean", directory=directory))


@app.command(cls=SpokenCommand, help="cli_review", epilog="iki review hasil/ --user ratri")
def review(
    directory: Directory,
    port: Annotated[int, typer.Option(help="cli_review_port", min=0, max=65535, show_default=False)] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="cli_review_no_browser")] = False,
    user: Annotated[str, typer.Option(help="cli_review_user", show_default=False)] = "",
    export: Annotated[Path | None, typer.Option("--export", help="cli_review_export", show_default=False)] = None,
    take: Annotated[Path | None, typer.Option("--import", help="cli_review_import", show_default=False)] = None,
) -> None:
    if export is not None or take is not None:
        exchange(directory, export, take)
        return
    try:
        from iki.review.server import serve
    except ModuleNotFoundError as error:
        raise Problem("review_needs_package", package=error.name) from error

    def show(address: str) -> None:
        print(sentence("cli_review_open", address=address), flush=True)

    serve(directory, port, user or login_name(), show, browser=not no_browser)


def login_name() -> str:
    """Who uses this computer, as far as it knows."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "-"


def exchange(directory: Path, export: Path | None, take: Path | None) -> None:
    """Take the decisions of the file ``take`` into a folder, and write all of the folder into the file ``export``."""
    from iki.batch import decisions, holdings
    from iki.batch.problems import writing
    from iki.export.tables import replace

    if take is not None:
        print(sentence("cli_review_taken", count=holdings.take(directory, decisions.imported(take)), path=take))
    if export is not None:
        given = holdings.given(directory)
        with writing(export.parent):
            replace(export, decisions.exported(given))
        print(sentence("cli_review_given", count=len(given), path=export))


vocab_app = typer.Typer(cls=SpokenGroup, help="cli_vocab", no_args_is_help=True)
app.add_typer(vocab_app, name="vocab")


@vocab_app.command("list", cls=SpokenCommand, help="cli_vocab_list", epilog="iki vocab list")
def vocab_list(
    table: Annotated[str | None, typer.Argument(help="cli_vocab_table", show_default=False)] = None,
) -> None:
    from iki.vocab.listing import listed

    for line in listed(table):
        print(line)


@vocab_app.command("check", cls=SpokenCommand, help="cli_vocab_check", epilog="iki vocab check")
def vocab_check() -> None:
    from iki.vocab.check import faults

    found = faults()
    for fault in found:
        say_error(fault)
    if found:
        raise typer.Exit(PARTIAL)
    print(sentence("vocab_good"))


@vocab_app.command("add", cls=SpokenCommand, help="cli_vocab_add")
def vocab_add(
    table: Annotated[str, typer.Argument(help="cli_vocab_table", show_default=False)],
    values: Annotated[list[str], typer.Argument(help="cli_vocab_values", show_default=False)],
) -> None:
    from iki.vocab.adding import add

    add(table, values)
    print(sentence("vocab_added", entry=" | ".join(values), table=table))


@vocab_app.command("learn", cls=SpokenCommand, help="cli_vocab_learn")
def vocab_learn(
    folders: Annotated[list[Path], typer.Argument(help="cli_vocab_folders", show_default=False)],
) -> None:
    from iki import vocab
    from iki.language import lexicon
    from iki.vocab.learning import learn

    vocabulary = vocab.load()
    for proposal in learn(folders, vocabulary, lexicon.load(vocabulary).knows):
        print(
            sentence(
                "vocab_proposal",
                table=proposal.table,
                entry=" | ".join(proposal.values),
                sheets=proposal.sheets,
                example=proposal.example,
            )
        )


@app.command(cls=SpokenCommand, help="cli_status", epilog="iki status hasil/")
def status(directory: Directory) -> None:
    from iki.batch.holdings import holdings

    terminal.show_holdings(holdings(directory))


@app.command(cls=SpokenCommand, help="cli_forget", epilog="iki forget hasil/ 2021/pindai_rusak.pdf")
def forget(
    directory: Directory,
    names: Annotated[list[str] | None, typer.Argument(help="cli_forget_names", show_default=False)] = None,
    prune: Annotated[bool, typer.Option("--prune", help="cli_forget_prune")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="cli_forget_yes")] = False,
) -> None:
    from iki.batch import holdings

    going = holdings.leaving(directory, names or [], prune=prune)
    terminal.show_leaving(going)
    if not going.names:
        return
    if not yes and not (sys.stdin.isatty() and typer.confirm(sentence("cli_forget_ask"))):
        print(sentence("cli_forget_how"))
        return
    holdings.forget(directory, going.names)
    print(sentence("cli_forget_done", path=directory))


@app.command(cls=SpokenCommand, help="cli_doctor", epilog="iki doctor hasil/")
def doctor(directory: Annotated[Path | None, typer.Argument(help="cli_directory", show_default=False)] = None) -> None:
    from iki.console.doctor import examine, lacking

    if directory is not None:
        from iki.batch.repair import repair

        terminal.show_remarks(repair(directory) or [note("repair_well", path=directory)])
    parts = examine()
    terminal.show_parts(parts)
    if lacking(parts):
        raise typer.Exit(PARTIAL)


def main() -> None:
    """The console script ``iki``."""
    if "_IKI_COMPLETE" in os.environ:  # a shell asks how a line goes on
        from typer._completion_classes import completion_init

        completion_init()
    app(prog_name="iki")


if __name__ == "__main__":
    main()
