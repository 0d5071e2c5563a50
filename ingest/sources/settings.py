"""The limits of what is accepted as a source, and the rules for taking a page's picture out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Every tolerance of the opening stage, with its unit.

    Limits protect the machine; beyond one of them a file or page is refused with a sentence.
    """

    max_file_bytes: int = 8 << 30
    """Bytes of one source file."""
    max_text_bytes: int = 256 << 20
    """Bytes of one text dump."""
    max_pages: int = 20_000
    """Pages of one source file."""
    max_page_bytes: int = 256 << 20
    """Bytes of one page while still compressed, as it travels to a worker."""
    max_pixels: int = 120_000_000
    """Pixels of one page, checked before decoding: A3 at 600 dpi is 70 million."""
    max_side: int = 29_000
    """Pixels of the longer side of a page, checked before decoding."""
    min_side: int = 48
    """Pixels of the shorter side of a page: less holds no table."""
    render_dpi: float = 300.0
    """Dots per inch at which a page without a dominant image is rendered."""
    typed_dpi: float = 200.0
    """Dots per inch at which a page with a text layer is drawn: what its pictures and doubtful lines are read by."""
    render_dpi_range: tuple[float, float] = (100.0, 600.0)
    """Dots per inch within which a rendering follows the native resolution of the image that dominates the page."""
    render_seconds: float = 60.0
    """Seconds that rendering one page may take."""
    office_seconds: float = 90.0
    """Seconds that printing a document of an office program may take."""
    dominant_area: float = 0.5
    """Share of the page that an image must cover for its resolution to be that of the page."""
    overhang: float = 0.02
    """Share of the page's side by which its only image may reach beyond the page and still be handed on untouched."""
    shear: float = 0.002
    """Sine of the angle below which a placed image counts as upright."""
    form_depth: int = 6
    """How many forms may lie in one another around a page's only image; deeper nesting is rendered."""
    dpi_range: tuple[float, float] = (50.0, 1300.0)
    """Dots per inch outside of which a declared resolution is absurd."""
    paper_inches: tuple[float, float] = (5.0, 24.0)
    """Inches of the longer side outside of which a declared resolution is absurd: A6 to A2 lie within."""
    square: float = 1.04
    """Ratio of the two resolutions above which a picture (a fax page) is stretched to square pixels."""
