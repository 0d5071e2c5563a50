"""How the command line speaks: Typer in the user's language, and results in columns.

Help texts of commands and parameters are keys of ``messages.toml``; they are looked up when the command line is built,
so that ``IKI_LANG`` decides at each run.
"""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from iki.export.schema import Format
from iki.messages import Problem, printable, sentence

if TYPE_CHECKING:
    from iki.batch.holdings import Holdings, Leaving
    from iki.console.doctor import Part
    from iki.export.summary import Section
    from iki.model import Note
    from iki.normalize.explain import Story

BUG, USAGE, PARTIAL, FULL, INTERRUPTED = 1, 2, 3, 4, 130
"""Exit codes of CONTRACT.md beside 0; ``PARTIAL``: finished, but not for every file; ``FULL``: the disk is."""
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


class _Spoken:
    """What commands and groups share: their help in the user's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        command: Any = self
        command.help = command.help and sentence(command.help)
        command.epilog = command.epilog and f"{sentence('cli_example')}: {command.epilog}"
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
            known = self.list_commands(ctx)
            near = get_close_matches(args[0], known, n=1)
            if near:
                raise Problem("cli_no_such_command_near", name=args[0], near=near[0])
            raise Problem("cli_no_such_command", name=args[0], known=", ".join(known))
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
            say_error(sentence("cli_interrupted"))
            code = INTERRUPTED
        except BrokenPipeError:  # whoever reads our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except OSError as error:
            say_error(sentence("cli_system", error=error))
            code = FULL if error.errno in FULL_DISK else USAGE
        except Exception as error:
            traceback.print_exc()
            say_error(sentence("cli_bug", error=f"{type(error).__name__}: {error}"))
            code = BUG
        sys.exit(code if isinstance(code, int) else 0)


def say_error(text: str) -> None:
    """One sentence on stderr, on one line."""
    with suppress(OSError):  # closed, or its disk is full: there is nobody to tell
        print(printable(text), file=sys.stderr, flush=True)


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, in one sentence (the kinds of failure have no public names in Typer)."""
    parameter = getattr(error, "param", None)
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "iki"
    key, values = "cli_not_understood", {"command": where}
    match type(error).__name__:
        case "NoArgsIsHelpError":
            return error.message
        case "NoSuchOption":
            near = sorted(getattr(error, "possibilities", None) or ())
            key = "cli_no_such_option_near" if near else "cli_no_such_option"
            values |= {"name": getattr(error, "option_name", ""), "near": "".join(near[:1])}
        case "MissingParameter" if parameter is not None:
            key, values["name"] = "cli_missing", parameter.get_error_hint()
        case "BadParameter" if parameter is not None:
            value = _refused(error)
            key = "cli_this_value" if value else "cli_bad_value"
            values |= {"name": parameter.get_error_hint(), "value": value}
        case "BadOptionUsage":
            key, values["name"] = "cli_bad_value", getattr(error, "option_name", "")
    return sentence(key, **values)


def _refused(error: typer.TyperException) -> str:
    """The value that could not be used, as Pydantic tells it, which checks for Typer; else the text of the error."""
    tell = getattr(error.__cause__, "errors", None)
    return str(tell()[0]["input"]) if tell is not None else error.message.strip("'")


def _say(text: str) -> None:
    """One sentence on stdout, on one line."""
    print(printable(text))


def show_remarks(remarks: Sequence[Note]) -> None:
    """A sentence a line."""
    for remark in remarks:
        _say(sentence(remark.key, **remark.values))


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


def share(text: str) -> float:
    """A share (0–1) given on the command line, with a point or a comma."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"'{text}'")
    return value


def formats(text: str) -> Sequence[Format]:
    """Formats given on the command line, parted by commas."""
    try:
        return [Format(name.strip()) for name in text.split(",") if name.strip()]
    except ValueError:
        raise typer.BadParameter(f"'{text}'") from None


def show_price(max_risk: float) -> None:
    """What a promised risk (share, 0–1) costs for each kind of value, on stderr, before anything is read."""
    from iki.normalize import risk

    for kind in risk.KINDS:
        step, told = risk.step_for(kind, max_risk), {"risk": _percent(max_risk), "kind": sentence(f"risk_{kind}")}
        if step is not None:
            say_error(sentence("cli_convert_price", **told, share=_percent(step.flagged)))
        elif (proven := risk.least_risk(kind)) is not None:
            say_error(sentence("cli_convert_price_all", **told, proven=_percent(proven)))
        else:
            say_error(sentence("cli_convert_price_unknown", kind=told["kind"]))


def _percent(share: float) -> str:
    """A share (0–1) as a percentage of up to two decimals, without needless zeros."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


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
            table.add_column(column, justify="left" if isinstance(example, str) else "right")
        for row in section.rows:
            table.add_row(*(Text(printable(str(value))) for value in row))
        console.print(table, Text(section.more))


def show_story(story: Story) -> None:
    """All that is known of one value, in the order in which it came about."""
    place = sentence("story_field") if story.row is None else sentence("story_row", row=story.row)
    _say(sentence("story_place", sheet=story.sheet_id, file=story.file, place=place, column=story.column))
    for line in story.printed:
        for engine, text, confidence in line.readings:
            _say(sentence("story_reading", page=line.page, engine=engine, confidence=confidence, text=text))
    _say(sentence("story_read", text=story.read))
    for candidate in story.candidates:
        _say(sentence("story_candidate", text=candidate.text, cost=candidate.cost, origin=candidate.origin))
    for change in story.corrections:
        values = {"before": change.before, "after": change.after, "rule": change.rule, "sure": change.probability}
        _say(sentence("story_correction", **values))
    _say(sentence("story_value", text=story.text))
    _say(sentence("story_probability", probability=story.probability, geometry=story.geometry))
    _say(sentence("story_flagged" if story.flagged else "story_trusted"))


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
