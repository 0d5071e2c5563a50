"""Everything that can be wrong with a source, each with its sentence in ``messages.toml``.

``transient`` problems come from the moment, not from the content: the next run tries again.
"""

from __future__ import annotations

from typing import ClassVar

from iki.messages import Problem


class SourceProblem(Problem):
    """A source, or one page of it, that cannot be used."""

    KEY: ClassVar[str] = "sources_unreadable"
    transient: ClassVar[bool] = False

    def __init__(self, key: str = "", /, **values: object) -> None:
        super().__init__(key or self.KEY, **values)


class Missing(SourceProblem):
    """A SOURCE argument that does not exist."""

    KEY = "sources_missing"
    transient = True


class NothingFound(SourceProblem):
    """No readable kind of file in any of the sources given."""

    KEY = "sources_nothing_found"
    transient = True


class Vanished(SourceProblem):
    """A file that was there when the folder was walked, and no longer."""

    KEY = "sources_vanished"
    transient = True


class Changed(SourceProblem):
    """A file that was written to while it was read."""

    KEY = "sources_changed"
    transient = True


class Denied(SourceProblem):
    """No permission to read a file or folder."""

    KEY = "sources_denied"
    transient = True


class Unreadable(SourceProblem):
    """The disk or network failed while reading."""

    KEY = "sources_unreadable"
    transient = True


class NotAFile(SourceProblem):
    """A pipe, device or socket."""

    KEY = "sources_not_a_file"


class Empty(SourceProblem):
    """Zero bytes."""

    KEY = "sources_empty"


class TooLarge(SourceProblem):
    """More bytes than a file may have."""

    KEY = "sources_too_large"


class UnknownKind(SourceProblem):
    """Content that is none of the kinds read here."""

    KEY = "sources_unknown_kind"


class OtherKind(SourceProblem):
    """Content of a known kind that is not read here, under whatever extension."""

    KEY = "sources_other_kind"


class PassedOver(SourceProblem):
    """A file in a folder whose kind is not read here, by its name; it was not opened."""

    KEY = "sources_passed_over"


class Mail(SourceProblem):
    """An e-mail, with the names of what is attached to it."""

    KEY = "sources_mail"


class NoOffice(SourceProblem):
    """A document of an office program, where LibreOffice is not installed."""

    KEY = "sources_no_office"
    transient = True


class Attachments(SourceProblem):
    """A PDF that other files are attached to; never raised, only noted."""

    KEY = "sources_attachments"


class Encrypted(SourceProblem):
    """A PDF that asks for a password."""

    KEY = "sources_encrypted"


class Damaged(SourceProblem):
    """A file whose structure is broken or cut off."""

    KEY = "sources_damaged"


class Repaired(SourceProblem):
    """A file whose structure was broken, but could be pieced together; never raised, only noted."""

    KEY = "sources_repaired"


class NoPages(SourceProblem):
    """A well-formed file without a page."""

    KEY = "sources_no_pages"


class TooManyPages(SourceProblem):
    """More pages than a file may have."""

    KEY = "sources_too_many_pages"


class PageDamaged(SourceProblem):
    """One page whose picture is broken or cut off."""

    KEY = "sources_page_damaged"


class PageCoding(SourceProblem):
    """One page whose picture is coded in a way that is not supported."""

    KEY = "sources_page_coding"


class PageTooHeavy(SourceProblem):
    """One page with more compressed bytes than may travel."""

    KEY = "sources_page_too_heavy"


class PageTooLarge(SourceProblem):
    """One page with more pixels than may be decoded."""

    KEY = "sources_page_too_large"


class PageTooSmall(SourceProblem):
    """One page too small to hold a table."""

    KEY = "sources_page_too_small"


class PageTooSlow(SourceProblem):
    """One page that took longer to render than it may."""

    KEY = "sources_page_too_slow"
    transient = True


class NoRenderer(SourceProblem):
    """poppler-utils is not installed."""

    KEY = "sources_no_renderer"
    transient = True
