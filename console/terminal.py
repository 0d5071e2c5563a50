"""How the command line speaks: Typer in the user's language, and results in columns.

Help texts of commands and parameters are keys of ``messages.toml``; they are looked up when the command line is built,
so that ``IKI_LANG`` decides at each run.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from iki.messages import Problem, printable, sentence

if TYPE_CHECKING:
    from iki.batch.holdings import Holdings, Leaving
    from iki.console.doctor import Part
    from iki.export.summary import Section
    from iki.model import Note
    from iki.normalize.explain import Story

BUG, USAGE, PARTIAL, INTERRUPTED = 1, 2, 3, 130
"""Exit codes of CONTRACT.md beside 0; ``PARTIAL``: finished, but not for every file."""


class _Spoken:
    """What commands and groups share: their help in the user's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        command: Any = self
        command.help = command.help and sentence(command.help)
        command.options_metavar = f"[{sentence('cli_options').upper()}]"
        for parameter in command.params:
            parameter.help = parameter.help and sentence(parameter.help)
            if parameter.param_type_name == "argument":
                parameter.metavar = parameter.name.upper()
            elif parameter.is_flag:
                parameter.metavar = ""

    def get_usage(self, ctx: Any) -> str:
        return str(super().get_usage(ctx)).replace("Usage:", sentence("cli_usage"), 1)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        option.help, option.metavar = sentence("cli_help"), ""
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils

        rich_utils.ARGUMENTS_PANEL_TITLE = sentence("cli_arguments")
        rich_utils.OPTIONS_PANEL_TITLE = sentence("cli_options")
        rich_utils.COMMANDS_PANEL_TITLE = sentence("cli_commands")
        rich_utils.REQUIRED_LONG_STRING = ""
        rich_utils.DEFAULT_STRING = sentence("cli_default")
        super().format_help(ctx, formatter)  # type: ignore[misc]


class SpokenCommand(_Spoken, TyperCommand):
    """A command whose help speaks the user's language."""


class SpokenGroup(_Spoken, TyperGroup):
    """A group of commands whose help and failures speak the user's language, with the exit codes of the contract."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subcommand_metavar = f"{sentence('cli_commands').upper()} …"

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise Problem("cli_no_such_command", name=args[0], known=", ".join(self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except typer.TyperException as error:
            say_error(_usage(error))
            code = USAGE
        except Problem as problem:
            say_error(str(problem))
            code = problem.exit_code
        except (KeyboardInterrupt, typer.Abort):
            code = INTERRUPTED
        except OSError as error:
            say_error(sentence("cli_system", error=error))
            code = USAGE
        except Exception as error:
            traceback.print_exc()
            say_error(sentence("cli_bug", error=f"{type(error).__name__}: {error}"))
            code = BUG
        sys.exit(code if isinstance(code, int) else 0)


def say_error(text: str) -> None:
    """One sentence on stderr."""
    print(text, file=sys.stderr, flush=True)


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, in one sentence (the kinds of failure have no public names in Typer)."""
    parameter = getattr(error, "param", None)
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "iki"
    match type(error).__name__:
        case "NoArgsIsHelpError":
            return error.message
        case "NoSuchOption":
            return sentence("cli_no_such_option", name=getattr(error, "option_name", ""), command=where)
        case "MissingParameter" if parameter is not None:
            return sentence("cli_missing", name=parameter.get_error_hint(), command=where)
        case "BadParameter" if parameter is not None:
            return sentence("cli_bad_value", name=parameter.get_error_hint(), command=where)
        case "BadOptionUsage":
            return sentence("cli_bad_value", name=getattr(error, "option_name", ""), command=where)
        case _:
            return sentence("cli_not_understood", command=where)


def show_remarks(remarks: Sequence[Note]) -> None:
    """A sentence a line."""
    for remark in remarks:
        print(printable(sentence(remark.key, **remark.values)))


def show_holdings(holdings: Holdings) -> None:
    """What a folder of tables holds, and the names of all that needs somebody to look after it."""
    sheets, pages = sum(file.sheet for file in holdings.files), sum(file.halaman for file in holdings.files)
    counts = {"files": len(holdings.files), "unfinished": len(holdings.unfinished), "sheets": sheets, "pages": pages}
    print(sentence("cli_status_files", **counts))
    for file in holdings.unfinished:
        print(f"  {printable(file.berkas)} ({file.status}): {printable(file.pesan)}")
    groups = {"missing": holdings.missing, "unplaced": holdings.unplaced, "new": holdings.new}
    for kind, names in groups.items():
        if names:
            print(sentence(f"cli_status_{kind}", count=len(names)))
            print(*(f"  {printable(name)}" for name in names), sep="\n")


def show_leaving(leaving: Leaving) -> None:
    """What would be taken out of a folder of tables."""
    if not leaving.names:
        print(sentence("cli_forget_none"))
        return
    print(*(f"  {printable(name)}" for name in leaving.names), sep="\n")
    counts = {"files": len(leaving.names), "sheets": leaving.sheets, "decisions": leaving.decisions}
    print(sentence("cli_forget_shown", **counts))


def show_pairs(pairs: Mapping[str, object]) -> None:
    """Names and values in two columns on stdout."""
    width = max(map(len, pairs))
    for name, value in pairs.items():
        print(f"{name:{width}}  {value}")


def show_sections(sections: Sequence[Section]) -> None:
    """Small tables, one below the other, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    for section in sections:
        table = Table(title=Text(section.title), title_justify="left", box=None)
        for column, example in zip(section.columns, section.rows[0], strict=True):
            table.add_column(column, justify="right" if isinstance(example, int) else "left")
        for row in section.rows:
            table.add_row(*(Text(str(value)) for value in row))
        console.print(table, "")


def show_story(story: Story) -> None:
    """All that is known of one value, in the order in which it came about."""
    place = sentence("story_field") if story.row is None else sentence("story_row", row=story.row)
    print(sentence("story_place", sheet=story.sheet_id, file=story.file, place=place, column=story.column))
    for line in story.printed:
        for engine, text, confidence in line.readings:
            print(sentence("story_reading", page=line.page, engine=engine, confidence=confidence, text=text))
    print(sentence("story_read", text=story.read))
    for candidate in story.candidates:
        print(sentence("story_candidate", text=candidate.text, cost=candidate.cost, origin=candidate.origin))
    for change in story.corrections:
        values = {"before": change.before, "after": change.after, "rule": change.rule, "sure": change.probability}
        print(sentence("story_correction", **values))
    print(sentence("story_value", text=story.text))
    print(sentence("story_probability", probability=story.probability, geometry=story.geometry))
    print(sentence("story_flagged" if story.flagged else "story_trusted"))


def show_parts(parts: Sequence[Part]) -> None:
    """What ``iki doctor`` found: name, version or what its absence means, and the command that gets it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from iki.console.doctor import lacking

    table = Table(box=None)
    for column in ("name", "found", "remedy"):
        table.add_column(sentence(f"cli_part_{column}"), overflow="fold")
    for part in parts:
        cells = (part.name, part.found or sentence(f"cli_part_{part.need}"), "" if part.found else part.remedy)
        table.add_row(*map(Text, cells))
    Console().print(table)
    missing = [part.name for part in lacking(parts)]
    print(sentence("cli_doctor_lacks", parts=", ".join(missing)) if missing else sentence("cli_doctor_well"))
