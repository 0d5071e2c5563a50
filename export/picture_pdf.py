"""Pictures as the pages of a PDF, through img2pdf: what can lie in a PDF as it is does so, all else without loss."""

from __future__ import annotations

import io
from collections.abc import Iterable

import cv2
import img2pdf
import pikepdf
from PIL import Image

from iki.ingest.sources import PageImage, Parcel, SourceSettings, picture
from iki.ingest.sources.raster import declared_dpi

_A4_WIDTH = 8.27
"""Inches of the shorter side of a page whose file tells no resolution, or an absurd one."""
_NOT_AS_THEY_ARE = (
    img2pdf.AlphaChannelError, img2pdf.ExifOrientationError, img2pdf.ImageOpenError, img2pdf.JpegColorspaceError,
    img2pdf.UnsupportedColorspaceError, NotImplementedError, OSError, SyntaxError, ValueError,
)  # fmt: skip
"""What img2pdf says of a picture that no PDF holds in its own coding: transparent, mirrored, HEIF …"""


def pages_of_pictures(parcels: Iterable[Parcel], settings: SourceSettings | None = None) -> pikepdf.Pdf:
    """A PDF with a page for each picture. Raises a ``SourceProblem`` for one that cannot be decoded.

    JPEG, JPEG 2000, most PNG and fax-coded TIFF are taken over byte for byte; others are stored with all their samples
    as they were read (8 bits, transparency over white).
    """
    settings = settings or SourceSettings()
    whole = pikepdf.new()
    for parcel in parcels:
        try:
            single = _page(parcel.data, _declared_dpi(parcel.data), settings)
        except _NOT_AS_THEY_ARE:
            shown = picture(parcel, settings)
            assert isinstance(shown, PageImage)
            stored = cv2.imencode(".png", shown.pixels)[1].tobytes()
            single = _page(stored, (shown.dpi, shown.dpi) if shown.dpi else None, settings)
        with pikepdf.open(io.BytesIO(single)) as page:
            whole.pages.extend(page.pages)
    return whole


def _declared_dpi(data: bytes) -> tuple[float, float] | None:
    """The resolution that a picture declares. Raises ``AlphaChannelError`` for one that has to be laid over white."""
    with Image.open(io.BytesIO(data)) as image:
        if image.has_transparency_data:
            raise img2pdf.AlphaChannelError
        return declared_dpi(image)


def _page(data: bytes, dpi: tuple[float, float] | None, settings: SourceSettings) -> bytes:
    """A PDF of one page as large as the picture at ``dpi``, or as A4 is wide where that is absurd or not known."""
    lowest, highest = settings.dpi_range
    if dpi is None or not all(lowest <= d <= highest for d in dpi):
        with Image.open(io.BytesIO(data)) as image:
            dpi = (min(image.size) / _A4_WIDTH,) * 2
    made = img2pdf.convert(
        [data],
        layout_fun=img2pdf.get_fixed_dpi_layout_fun(dpi),
        rotation=img2pdf.Rotation.auto,
        first_frame_only=True,
        nodate=True,
        engine=img2pdf.Engine.pikepdf,
    )
    return bytes(made)
