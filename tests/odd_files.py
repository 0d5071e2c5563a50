"""Bad and odd source files, made on the spot: none is stored. Each knows what should become of it."""

from __future__ import annotations

import email.message
import gzip
import inspect
import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw

from iki.ingest.sources import problems

DPI = 100
WIDTH, HEIGHT = 827, 1169
"""An A4 page at 100 dpi."""
PAPER = (WIDTH * 72 / DPI, HEIGHT * 72 / DPI)
PLACED = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm /I Do Q"


@dataclass(frozen=True)
class Case:
    """``make`` writes the file at the path given. ``problem`` is what reading it must raise; None: it must be read."""

    name: str
    what: str
    make: Callable[[Path], object]
    problem: type[problems.SourceProblem] | None = None


CASES: list[Case] = []


def case(name: str, what: str, problem: type[problems.SourceProblem] | None = None) -> Callable[..., object]:
    """Register the decorated function, which returns the bytes of the file or writes it itself."""

    def register(make: Callable[..., object]) -> Callable[..., object]:
        def write(path: Path) -> None:
            content = make(path) if "path" in inspect.signature(make).parameters else make()
            if isinstance(content, bytes):
                path.write_bytes(content)

        CASES.append(Case(name, what, write, problem))
        return make

    return register


# --- material ---------------------------------------------------------------------------------------------------------


def art(mode: str = "RGB") -> Image.Image:
    """A page that is unlike itself in every orientation: a bar above, a block at the left below it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 760, 120), fill=(10, 20, 90))
    draw.rectangle((60, 200, 160, 900), fill=(0, 0, 0))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def noise(count: int) -> bytes:
    return random.Random(0).randbytes(count)


def finished(pdf: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def picture(pdf: pikepdf.Pdf, image: Image.Image, data: bytes | None = None, **entries: object) -> Stream:
    """An image XObject: the samples of ``image``, or ``data`` with the filter named among ``entries``."""
    spaces = {"1": Name.DeviceGray, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}
    stream = Stream(pdf, image.tobytes() if data is None else data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = image.size
    stream.BitsPerComponent = 1 if image.mode == "1" else 8
    stream.ColorSpace = spaces.get(image.mode, Name.DeviceRGB)
    for key, value in entries.items():
        stream["/" + key] = value
    return stream


def page(
    pdf: pikepdf.Pdf, content: str | bytes = PLACED, size: tuple[float, float] = PAPER, **xobjects: object
) -> None:
    """Append a page that paints ``content`` with ``xobjects`` as its resources."""
    added = pdf.add_blank_page(page_size=size)
    added.Resources = Dictionary(XObject=Dictionary(**xobjects))
    added.Contents = Stream(pdf, content.encode() if isinstance(content, str) else content)


def scan(
    image: Image.Image | None = None, data: bytes | None = None, content: str = PLACED, **entries: object
) -> bytes:
    """A PDF of one page that is one image, a JPEG by default."""
    pdf = pikepdf.new()
    if image is None and data is None:
        data, entries = saved(art(), "JPEG"), {"Filter": Name.DCTDecode, **entries}
    page(pdf, content, I=picture(pdf, image or art(), data, **entries))
    return finished(pdf)


def fax(image: Image.Image, compression: str = "group4") -> bytes:
    """The bare CCITT data of a bilevel image, black as 1 (as T.4 has it)."""
    whole = saved(image, "TIFF", compression=compression, tiffinfo={262: 0, 278: image.height})
    with Image.open(io.BytesIO(whole)) as tiff:
        start, count = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    return whole[start : start + count]


def jbig2(image: Image.Image) -> bytes:
    """A JBIG2 stream as PDF embeds it: page information and one generic region, coded as MMR (ITU-T T.88, 7.4)."""
    size = struct.pack(">II", *image.size)
    info = size + struct.pack(">IIBH", 0, 0, 0, 0)
    region = size + struct.pack(">IIB", 0, 0, 0) + b"\x01" + fax(image)
    head = struct.pack(">IBBBI", 0, 48, 0, 1, len(info)), struct.pack(">IBBBI", 1, 38, 0, 1, len(region))
    return head[0] + info + head[1] + region


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A 1-bit PNG that claims to be of any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def tiff_directory(entries: list[tuple[int, int, int, int]], following: int = 0, start: int = 8) -> bytes:
    """A little-endian TIFF of one directory: (tag, type, count, value) each."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (
        struct.pack("<2sHI", b"II", 42, start) + struct.pack("<H", len(entries)) + body + struct.pack("<I", following)
    )


def pages_tiff(count: int, **options: object) -> bytes:
    first, *rest = [art("1") for _ in range(count)]
    return saved(first, "TIFF", save_all=True, append_images=rest, compression="group4", dpi=(DPI, DPI), **options)


def encrypted(**how: object) -> bytes:
    with pikepdf.open(io.BytesIO(scan())) as pdf:
        return finished(pdf, encryption=pikepdf.Encryption(**how))  # type: ignore[arg-type]


def cut_image() -> bytes:
    whole = scan()
    return whole[: whole.index(b"\xff\xd8\xff") + 3000]


def giant_jpeg() -> bytes:
    data = saved(art(), "JPEG")
    size = struct.pack(">HH", HEIGHT, WIDTH)
    return data.replace(size, struct.pack(">HH", 65_000, 65_000), 1)


def drawn(content: str | bytes, size: tuple[float, float]) -> bytes:
    pdf = pikepdf.new()
    page(pdf, content, (100, 100))
    pdf.pages[0].MediaBox = Array([0, 0, *size])
    return finished(pdf)


def in_user_units() -> bytes:
    pdf = pikepdf.new()
    page(pdf, "0 0 9 9 re f")
    pdf.pages[0].UserUnit = 283
    return finished(pdf)


def broken_flate() -> bytes:
    data = zlib.compress(noise(WIDTH) * HEIGHT * 3)
    return scan(art(), data[:200] + noise(200) + data[400:], Filter=Name.FlateDecode)


def palette_scan() -> bytes:
    image = art("P")
    colours = bytes(image.getpalette() or [])
    space = Array([Name.Indexed, Name.DeviceRGB, len(colours) // 3 - 1, String(colours)])
    return scan(image, ColorSpace=space)


def masked_scan() -> bytes:
    pdf = pikepdf.new()
    mask = picture(pdf, Image.new("L", (WIDTH, HEIGHT), 200))
    page(pdf, I=picture(pdf, art(), SMask=mask))
    return finished(pdf)


def inline_image() -> bytes:
    small = art("L").resize((83, 117))
    head = f"q {PAPER[0]} 0 0 {PAPER[1]} 0 0 cm BI /W 83 /H 117 /CS /G /BPC 8 ID ".encode()
    return drawn(head + small.tobytes() + b" EI Q", PAPER)


def with_page_entry(**entries: object) -> bytes:
    with pikepdf.open(io.BytesIO(scan())) as pdf:
        for key, value in entries.items():
            pdf.pages[0]["/" + key] = value
        return finished(pdf)


def without_media_box() -> bytes:
    with pikepdf.open(io.BytesIO(scan())) as pdf:
        del pdf.pages[0].obj["/MediaBox"]
        return finished(pdf)


def nested_forms(depth: int) -> bytes:
    pdf = pikepdf.new()
    inner: Stream = picture(pdf, art(), saved(art(), "JPEG"), Filter=Name.DCTDecode)
    content = PLACED
    for _ in range(depth):
        form = Stream(pdf, content.encode())
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, *PAPER])
        form.Resources = Dictionary(XObject=Dictionary(I=inner))
        inner, content = form, "/I Do"
    page(pdf, "/I Do", I=inner)
    return finished(pdf)


def ring_form() -> bytes:
    pdf = pikepdf.new()
    form = pdf.make_indirect(Stream(pdf, b"/I Do"))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, *PAPER])
    form.Resources = Dictionary(XObject=Dictionary(I=form))
    page(pdf, "/I Do", I=form)
    return finished(pdf)


def ring_tree() -> bytes:
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\n"
    return body + b"trailer<</Root 1 0 R/Size 3>>\n%%EOF\n"


def deep_tree(depth: int) -> bytes:
    objects = [b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"]
    parents = [b"", *(b"/Parent %d 0 R" % number for number in range(2, depth + 2))]
    objects += [
        b"%d 0 obj<</Type/Pages/Count 1/Kids[%d 0 R]%b>>endobj\n" % (number, number + 1, parent)
        for number, parent in enumerate(parents[:-1], start=2)
    ]
    last = depth + 2
    objects.append(b"%d 0 obj<</Type/Page/Parent %d 0 R/MediaBox[0 0 400 600]>>endobj\n" % (last, last - 1))
    return b"%PDF-1.4\n" + b"".join(objects) + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF\n" % (last + 1)


def deep(mode: str, kind: str) -> bytes:
    """The test picture in 16-bit samples; OpenCV writes what Pillow can't."""
    samples = np.asarray(art(mode)).astype(np.uint16) * 257
    return bytes(cv2.imencode(kind, samples[..., ::-1] if samples.ndim == 3 else samples)[1])


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def wrong_checksum() -> bytes:
    data = bytearray(saved(art(), "PNG"))
    at = data.index(b"IDAT") + 40
    data[at] ^= 0xFF
    return bytes(data)


def ring_tiff() -> bytes:
    data = bytearray(pages_tiff(2))
    first = struct.unpack_from("<I", data, 4)[0]
    second_at = first + 2 + 12 * struct.unpack_from("<H", data, first)[0]
    second = struct.unpack_from("<I", data, second_at)[0]
    struct.pack_into("<I", data, second + 2 + 12 * struct.unpack_from("<H", data, second)[0], first)
    return bytes(data)


def half_broken_tiff() -> bytes:
    first, second = art("L"), Image.fromarray(np.frombuffer(noise(WIDTH * HEIGHT), np.uint8).reshape(HEIGHT, WIDTH))
    data = bytearray(saved(first, "TIFF", save_all=True, append_images=[second], compression="tiff_lzw"))
    middle = len(data) * 3 // 4
    data[middle : middle + 20_000] = b"\xff" * 20_000
    return bytes(data)


def transparent(mode: str) -> Image.Image:
    """Ink on nothing: black under full transparency where there is no ink."""
    grey = np.asarray(art("L"))
    ink = np.zeros((*grey.shape, 4), np.uint8)
    ink[..., 3] = 255 - grey
    return Image.fromarray(ink).convert(mode)


def transparent_palette() -> bytes:
    image = Image.new("P", (WIDTH, HEIGHT), 1)
    image.putpalette([10, 20, 90, 0, 0, 0, 0, 0, 0])
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 760, 120), fill=0)
    draw.rectangle((60, 200, 160, 900), fill=2)
    return saved(image, "PNG", transparency=1)


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return saved(art().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, dpi=(DPI, DPI))


def mirrored() -> Image.Image:
    return art().transpose(Image.Transpose.FLIP_LEFT_RIGHT)


# --- nothing there, or not what it seems ------------------------------------------------------------------------------

case("kosong.pdf", "zero bytes, PDF", problems.Empty)(lambda: b"")
case("kosong.jpg", "zero bytes, JPEG", problems.Empty)(lambda: b"")
case("kosong.txt", "zero bytes, text", problems.Empty)(lambda: b"")
case("acak.pdf", "random bytes, PDF", problems.UnknownKind)(lambda: noise(5000))
case("acak.jpg", "random bytes, JPEG", problems.UnknownKind)(lambda: noise(5000))
case("acak.tif", "random bytes, TIFF", problems.UnknownKind)(lambda: noise(5000))
case("acak.txt", "random bytes, text", problems.UnknownKind)(lambda: noise(5000))
case("nol.pdf", "a file of zeros", problems.UnknownKind)(lambda: bytes(4096))
case("satu-bita.png", "a single byte", problems.UnknownKind)(lambda: b"\x89")
case("gambar.pdf", "a JPEG called .pdf")(lambda: saved(art(), "JPEG"))
case("dokumen.jpg", "a PDF called .jpg")(scan)
case("dokumen.txt", "a PDF called .txt")(scan)
case("halaman.bmp", "a PNG called .bmp")(lambda: saved(art(), "PNG"))
case("situs.pdf", "HTML called .pdf", problems.OtherKind)(lambda: b"<!DOCTYPE html><html></html>")
case("arsip.tif", "gzip called .tif", problems.OtherKind)(lambda: gzip.compress(b"x"))
case("animasi.png", "a GIF called .png")(lambda: saved(art("P"), "GIF"))
case("program.jpg", "a program called .jpg", problems.OtherKind)(lambda: b"MZ" + noise(500))
case("arsip.pdf", "RAR called .pdf", problems.OtherKind)(lambda: b"Rar!\x1a\x07" + noise(500))
case("naskah.pdf", "PostScript called .pdf", problems.OtherKind)(lambda: b"%!PS-Adobe-3.0\nshowpage\n")
case("gambar-lain.png", "JPEG 2000 called .png")(lambda: saved(art(), "JPEG2000"))


def zipped(**entries: str) -> bytes:
    """A ZIP archive of these entries; ``__`` in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


case("surat.pdf", "a sheet of a spreadsheet called .pdf", problems.OtherKind)(lambda: zipped(xl__workbook="<x/>"))
case("arsip.docx", "a ZIP archive called .docx", problems.OtherKind)(lambda: zipped(lembar="x"))
case("rusak.docx", "half a ZIP archive", problems.OtherKind)(lambda: zipped(word__document="<w/>" * 900)[:60])
case("tabel.jpg", "an OpenDocument spreadsheet", problems.OtherKind)(
    lambda: zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet")
)
case("pesan.doc", "an Outlook message", problems.OtherKind)(
    lambda: b"\xd0\xcf\x11\xe0" + noise(600) + "__substg1.0_3707001F".encode("utf-16-le")
)
case("film.heic", "a video called .heic", problems.OtherKind)(lambda: b"\0\0\0\x14ftypisom\0\0\0\0mp42" + noise(500))
case("foto.jfif", "a JPEG called .jfif")(lambda: saved(art(), "JPEG"))
case("foto.jpe", "a JPEG called .jpe")(lambda: saved(art(), "JPEG"))
case("foto.jpg", "an AVIF called .jpg")(lambda: saved(art(), "AVIF"))


@case("surel.eml", "an e-mail with attachments", problems.Mail)
def _mail() -> bytes:
    message = email.message.EmailMessage()
    message["From"], message["Subject"] = "kantor@contoh.example", "Lembar IKI"
    message.set_content("Terlampir.")
    message.add_attachment(scan(), maintype="application", subtype="pdf", filename="lembar.pdf")
    return bytes(message)


@case("jpeg-lama.tif", "a TIFF with old-style JPEG", problems.PageCoding)
def _old_jpeg() -> bytes:
    tiff = bytearray(saved(art("L"), "TIFF"))
    order = "<" if tiff[:2] == b"II" else ">"
    at = tiff.index(struct.pack(order + "HHIH", 259, 3, 1, 1))
    struct.pack_into(order + "H", tiff, at + 8, 6)
    return bytes(tiff)


@case("pipa.pdf", "a named pipe", problems.NotAFile)
def _pipe(path: Path) -> None:
    os.mkfifo(path)


@case("folder.pdf", "a folder called .pdf", problems.NotAFile)
def _folder(path: Path) -> None:
    path.mkdir()


@case("tautan-putus.pdf", "a link to nothing", problems.Vanished)
def _dangling(path: Path) -> None:
    path.symlink_to(path.with_name("tidak-ada.pdf"))


@case("tautan-melingkar.pdf", "a link to itself", problems.Vanished)
def _ring(path: Path) -> None:
    path.symlink_to(path.name)


@case("raksasa.pdf", "nine gigabytes (sparse)", problems.TooLarge)
def _sparse(path: Path) -> None:
    path.write_bytes(scan())
    os.truncate(path, 9 << 30)


@case("raksasa.txt", "a text of 257 megabytes (sparse)", problems.TooLarge)
def _sparse_text(path: Path) -> None:
    path.write_bytes(b"INDIKATOR KINERJA INDIVIDU\n" * 50)
    os.truncate(path, 257 << 20)


# --- PDF --------------------------------------------------------------------------------------------------------------


case("terkunci-aes.pdf", "encrypted, AES-256", problems.Encrypted)(lambda: encrypted(user="a", owner="b", R=6))
case("terkunci-rc4.pdf", "encrypted, RC4", problems.Encrypted)(
    lambda: encrypted(user="a", owner="b", R=3, aes=False, metadata=False)
)
case("terbatas.pdf", "an owner's password only")(lambda: encrypted(user="", owner="b", R=6))
case("terpotong-awal.pdf", "cut off after 200 bytes", problems.Damaged)(lambda: scan()[:200])
case("kepala-saja.pdf", "a header and nothing else", problems.Damaged)(lambda: b"%PDF-1.7\n")
case("terpotong.pdf", "cut off within the image", problems.PageDamaged)(cut_image)
case("tanpa-halaman.pdf", "no pages", problems.NoPages)(lambda: finished(pikepdf.new()))
case("sampah-awal.pdf", "junk before the header")(lambda: b"\r\n\r\n" + noise(100) + scan())
case("sampah-akhir.pdf", "junk after the end")(lambda: scan() + noise(2000))
case("xref-rusak.pdf", "a broken table of objects")(lambda: scan().replace(b"startxref", b"startxxxx"))
case("bom-gambar.pdf", "an image that claims 40,000 × 40,000", problems.PageTooLarge)(
    lambda: scan(art("1"), b"\0" * 100, Width=40_000, Height=40_000)
)
case("bom-jpeg.pdf", "a JPEG that is larger than its entry says", problems.PageTooLarge)(
    lambda: scan(None, giant_jpeg(), Filter=Name.DCTDecode)
)
case("kecil.pdf", "a page of one image of 1 × 1")(lambda: scan(Image.new("RGB", (1, 1)), Width=1, Height=1))
case("poster.pdf", "a drawn page of 5 × 5 metres", problems.PageTooLarge)(
    lambda: drawn("0 0 9 9 re f", (14_170, 14_170))
)
case("satuan.pdf", "a drawn page in units of 10 cm", problems.PageTooLarge)(in_user_units)
case("nol-kotak.pdf", "a page of no size")(lambda: drawn("0 0 9 9 re f", (0, 0)))
case("gambar-terpotong.pdf", "a page whose JPEG is cut off", problems.PageDamaged)(
    lambda: scan(None, saved(art(), "JPEG")[:4000], Filter=Name.DCTDecode)
)
case("sampel-kurang.pdf", "a page whose image lacks samples", problems.PageDamaged)(
    lambda: scan(art(), art().tobytes()[: WIDTH * 30])
)
case("bukan-jpeg.pdf", "a page whose JPEG is none", problems.PageDamaged)(
    lambda: scan(None, noise(3000), Filter=Name.DCTDecode)
)
case("flate-rusak.pdf", "a page whose Flate data is broken", problems.PageDamaged)(broken_flate)
case("cmyk-jpeg.pdf", "a page of a CMYK JPEG")(
    lambda: scan(art("CMYK"), saved(art("CMYK"), "JPEG"), Filter=Name.DCTDecode, Decode=Array([1, 0] * 4))
)
case("cmyk.pdf", "a page of CMYK samples")(lambda: scan(art("CMYK")))
case("terbalik.pdf", "a bilevel page stored inverted")(
    lambda: scan(art("1"), bytes(255 - b for b in art("1").tobytes()), Decode=Array([1, 0]))
)
case("ccitt.pdf", "a page in CCITT group 4")(
    lambda: scan(art("1"), fax(art("1")), Filter=Name.CCITTFaxDecode,
                 DecodeParms=Dictionary(K=-1, Columns=WIDTH, Rows=HEIGHT))
)  # fmt: skip
case("jbig2.pdf", "a page in JBIG2")(lambda: scan(art("1"), jbig2(art("1")), Filter=Name.JBIG2Decode))
case("jpx.pdf", "a page in JPEG 2000")(lambda: scan(art(), saved(art(), "JPEG2000"), Filter=Name.JPXDecode))
case("16-bit.pdf", "a page of 16-bit samples")(
    lambda: scan(art("L"), (np.asarray(art("L")).astype(">u2") * 257).tobytes(), BitsPerComponent=16)
)
case("palet.pdf", "a page of palette samples")(palette_scan)
case("bertopeng.pdf", "a page whose image is masked")(masked_scan)
case("dalam-baris.pdf", "a page of an inline image")(inline_image)
case("miring.pdf", "a page whose image is placed askew")(lambda: scan(content="q 590 20 -20 835 10 0 cm /I Do Q"))
case("putar-ngawur.pdf", "a page turned by 45 degrees")(lambda: with_page_entry(Rotate=45))
case("tanpa-kotak.pdf", "a page without a media box")(without_media_box)
case("tanpa-isi.pdf", "a page without contents")(lambda: drawn("", PAPER))
case("isi-rusak.pdf", "a page whose drawing instructions are junk")(lambda: drawn(noise(400), PAPER))
case("bersarang.pdf", "forms within forms, forty deep")(lambda: nested_forms(40))
case("formulir-melingkar.pdf", "a form that paints itself")(ring_form)
case("teks-tersembunyi.pdf", "a scan with an invisible text layer")(
    lambda: scan(content=PLACED + " BT /F 9 Tf 3 Tr 50 50 Td (tersembunyi) Tj ET")
)
case("pohon-melingkar.pdf", "a page tree that contains itself", problems.Damaged)(ring_tree)
case("pohon-dalam.pdf", "a page tree three hundred deep", problems.Damaged)(lambda: deep_tree(300))


@case("berlampiran.pdf", "attachments, JavaScript and an action on opening")
def _active() -> bytes:
    with pikepdf.open(io.BytesIO(scan())) as pdf:
        pdf.attachments["isi.exe"] = noise(2000)
        script = Dictionary(S=Name.JavaScript, JS=String("app.alert('x')"))
        pdf.Root.OpenAction = script
        pdf.Root.Names.JavaScript = Dictionary(Names=Array([String("a"), script]))
        pdf.pages[0].AA = Dictionary(O=script)
        return finished(pdf)


@case("formulir.pdf", "a form to be filled in")
def _form() -> bytes:
    with pikepdf.open(io.BytesIO(scan())) as pdf:
        look = Stream(pdf, b"q 0 0 100 20 re f Q")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 20])
        widget = pdf.make_indirect(Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("nama"), V=String("isi"), F=4,
            Rect=Array([200, 300, 300, 320]), AP=Dictionary(N=look),
        ))  # fmt: skip
        pdf.pages[0].Annots = Array([widget])
        pdf.Root.AcroForm = Dictionary(Fields=Array([widget]))
        return finished(pdf)


# --- image files ------------------------------------------------------------------------------------------------------

case("satu-piksel.png", "1 × 1", problems.PageTooSmall)(lambda: saved(Image.new("L", (1, 1)), "PNG"))
case("garis.png", "30,000 × 10", problems.PageTooLarge)(lambda: png(30_000, 10, b"\0" * 3751 * 10))
case("bom.png", "claims 60,000 × 60,000", problems.PageTooLarge)(lambda: png(60_000, 60_000))
case("bom-besar.png", "claims two billion a side", problems.PageTooLarge)(lambda: png(2_000_000_000, 2_000_000_000))
case("bom.jpg", "claims 65,000 × 65,000", problems.PageTooLarge)(giant_jpeg)
case("bom.tif", "claims 100,000 × 100,000", problems.PageTooLarge)(
    lambda: tiff_directory([(256, 4, 1, 100_000), (257, 4, 1, 100_000), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
                            (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 100_000), (279, 4, 1, 100)])
)  # fmt: skip
case("bom.bmp", "claims 40,000 × 40,000", problems.PageTooLarge)(
    lambda: b"BM" + struct.pack("<IHHIIiiHHIIiiII", 200, 0, 0, 54, 40, 40_000, 40_000, 1, 24, 0, 0, 0, 0, 0, 0)
)
case("terpotong.jpg", "JPEG cut off", problems.PageDamaged)(lambda: saved(art(), "JPEG")[:6000])
case("terpotong.png", "PNG cut off", problems.PageDamaged)(lambda: half(saved(art(), "PNG")))
case("terpotong.bmp", "BMP cut off", problems.PageDamaged)(lambda: saved(art(), "BMP")[:9000])
case("terpotong.webp", "WebP cut off", problems.PageDamaged)(lambda: half(saved(art(), "WEBP")))
case("terpotong.tif", "TIFF cut off", problems.PageDamaged)(lambda: saved(art(), "TIFF")[:9000])
case("kepala-saja.jpg", "JPEG of three bytes", problems.PageDamaged)(lambda: b"\xff\xd8\xff")
case("kepala-saja.png", "PNG of its signature", problems.PageDamaged)(lambda: b"\x89PNG\r\n\x1a\n")
case("kepala-saja.tif", "TIFF of four bytes", problems.Damaged)(lambda: b"II*\0")
case("kepala-saja.webp", "WebP of its header", problems.PageDamaged)(lambda: b"RIFF\x10\0\0\0WEBPVP8 ")
case("crc.png", "PNG with a wrong checksum", problems.PageDamaged)(wrong_checksum)
case("kosong.tif", "TIFF without a directory", problems.Damaged)(lambda: struct.pack("<2sHI", b"II", 42, 0))
case("jauh.tif", "TIFF whose directory lies beyond its end", problems.Damaged)(
    lambda: struct.pack("<2sHI", b"II", 42, 5_000_000)
)
case("melingkar.tif", "TIFF whose directories form a ring")(ring_tiff)
case("banyak.tif", "TIFF of three pages")(lambda: pages_tiff(3))
case("sebagian.tif", "TIFF whose second page is broken", problems.PageDamaged)(half_broken_tiff)
case("cmyk.jpg", "CMYK JPEG")(lambda: saved(art("CMYK"), "JPEG"))
case("16-bit.png", "16-bit grey PNG")(lambda: deep("L", ".png"))
case("16-bit-warna.png", "16-bit colour PNG")(lambda: deep("RGB", ".png"))
case("16-bit.tif", "16-bit grey TIFF")(lambda: deep("L", ".tif"))
case("desimal.tif", "floating-point TIFF")(
    lambda: saved(Image.fromarray(np.asarray(art("L"), np.float32) / 255), "TIFF")
)
case("alfa.png", "PNG with transparency")(lambda: saved(transparent("RGBA"), "PNG"))
case("alfa-abu.png", "grey PNG with transparency")(lambda: saved(transparent("LA"), "PNG"))
case("palet.png", "palette PNG")(lambda: saved(art("P"), "PNG"))
case("palet-alfa.png", "palette PNG with a transparent colour")(transparent_palette)
case("bilevel.png", "1-bit PNG")(lambda: saved(art("1"), "PNG"))
case("alfa.webp", "WebP with transparency")(lambda: saved(transparent("RGBA"), "WEBP", lossless=True))
case("faks-g3.tif", "CCITT group 3 TIFF")(lambda: saved(art("1"), "TIFF", compression="group3"))
case("faks-g4.tif", "CCITT group 4 TIFF, black as 0")(
    lambda: saved(art("1"), "TIFF", compression="group4", tiffinfo={262: 1})
)
case("lzw.tif", "LZW TIFF")(lambda: saved(art(), "TIFF", compression="tiff_lzw"))
case("jpeg.tif", "JPEG in TIFF")(lambda: saved(art(), "TIFF", compression="jpeg"))
case("cmyk.tif", "CMYK TIFF")(lambda: saved(art("CMYK"), "TIFF", compression="tiff_deflate"))
case("besar.tif", "BigTIFF")(lambda: saved(art("L"), "TIFF", big_tiff=True))
case("berputar.jpg", "JPEG turned by its EXIF")(lambda: turned(6))
case("cermin.tif", "TIFF mirrored by its orientation")(lambda: saved(mirrored(), "TIFF", tiffinfo={274: 2}))
case("progresif.jpg", "progressive JPEG")(lambda: saved(art(), "JPEG", progressive=True))
case("dpi-ngawur.jpg", "JPEG that claims 1 dpi")(lambda: saved(art(), "JPEG", dpi=(1, 1)))
case("utf16.txt", "a dump in UTF-16")(lambda: ("INDIKATOR KINERJA INDIVIDU\n" * 5).encode("utf-16"))
case("latin1.txt", "a dump in Latin-1")(lambda: ("INDIKATOR KINERJA INDIVIDU é\n" * 5).encode("latin-1"))
