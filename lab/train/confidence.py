"""``python -m iki.lab.train.confidence SET... [--write]``: fit the probabilities of values on generated scans.

Each SET is a folder as ``python -m iki.lab.synthetic`` writes it. Its scans are read (once: pages are kept in
``--cache``), cleaned, and compared with their gold. Words and structured values give the examples of the logistic
models of ``normalize/trust.json``; whole values those of the last step. Half of the files are held back for the
figures printed: expected calibration error, flagged share and silent errors for each kind of page, and the diagram.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

import iki
from iki import vocab
from iki.ingest.form.sheets import assemble
from iki.ingest.ocr.engines import load
from iki.ingest.page import read_page
from iki.ingest.sources import pages
from iki.language.odds import logit
from iki.model import Document, Page, RawSheet
from iki.normalize import sheet, trust
from iki.normalize.context import Batch, Tally
from iki.normalize.draft import Draft, finish, word_features
from iki.normalize.fields import header
from iki.normalize.fields.sheet_title import strip_label
from iki.normalize.knowledge import Knowledge
from iki.normalize.trust import Logistic, TrustModel
from iki.terms import CELLS, PARTIES

TEXTS = ("perangkat_daerah", "jabatan", "pihak_kedua_jabatan", "pihak_pertama_jabatan")
SURE_GEOMETRY = 0.9
"""Certainty (0–1) of a value's place below which it tells nothing of its words."""
SPREAD = 0.5
"""Standard deviation of a fitted weight around its prior, for features of about 1."""
STIFF = 0.1
"""The same for structured values, of which there are few: their features are log odds of 5 and more."""
PRIOR = TrustModel(
    word=Logistic(
        2.5, {"confidence": 0.75, "unknown": -2.0, "disagree": -1.5, "judged": -2.5, "share": 0.7, "changed": -0.5}
    ),
    structure={
        "nip": Logistic(
            2.5,
            {"confidence": 0.5, "fault": -4.0, "disagree": -3.0, "repaired": -2.0, "mapped": -1.5, "witnesses": 1.5},
        ),
        "tanggal": Logistic(3.5, {"confidence": 0.5, "changed": -1.5, "disagree": -2.5, "witnesses": 1.0}),
        "pangkat": Logistic(
            3.5, {"confidence": 0.4, "changed": -1.0, "disagree": -2.0, "derived": -0.5, "witnesses": 1.0}
        ),
        "nama": Logistic(
            1.5,
            {"confidence": 0.6, "changed": -0.5, "disagree": -1.5, "doubts": -2.5, "witnesses": 1.5, "rivals": -2.0},
        ),
    },
    value=Logistic(0.0, {"product": 1.0}),
    source="what one would expect before any page is seen",
)
BINS = 10
DIAGRAM = Path(iki.__file__).parent / "docs" / "reliability.svg"

Example = tuple[Mapping[str, float], bool]


@dataclass
class Examples:
    """What the models learn from: features and whether the thing was right; ``values`` come as kind of page, drafts."""

    words: list[Example] = field(default_factory=list)
    structures: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))
    values: list[tuple[str, Draft, bool]] = field(default_factory=list)


def documents(folder: Path, cache: Path) -> list[Document]:
    """The scans of a set as documents; pages read before are taken from ``cache``."""
    reader = None
    found = []
    for name in sorted({place["berkas"] for place in json.loads((folder / "map_gold.json").read_text())}):
        data = (folder / name).read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        kept = cache / f"{digest[:16]}.json"
        if not kept.exists():
            reader = reader or load("auto")
            cache.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(msgspec.json.encode([read_page(image, reader) for image in pages(folder / name)]))
        found.append(assemble(name, digest, msgspec.json.decode(kept.read_bytes(), type=list[Page])))
    return found


def examples(folder: Path, read: Sequence[Document], knowledge: Knowledge) -> Examples:
    """Everything that can be compared with the gold of a set."""
    gold = {one["sheet_id"]: one for one in json.loads((folder / "gold.json").read_text())}
    places = {(p["berkas"], p["first_page"]): p["sheet_id"] for p in json.loads((folder / "map_gold.json").read_text())}
    total = Tally()
    for document in read:
        for raw in document.sheets:
            total.merge(sheet.tally(raw, knowledge))
    batch = Batch.of(total)
    out = Examples()
    for document in read:
        for raw in document.sheets:
            name = places.get((document.file, raw.first_page))
            if name is not None:
                _compare(raw, gold[name], name.split("-")[0], batch, knowledge, out)
    return out


def _compare(
    raw: RawSheet, gold: Mapping[str, Any], kind: str, batch: Batch, knowledge: Knowledge, out: Examples
) -> None:
    form = header.FieldDrafts.of(raw, knowledge, sheet.DEFAULT.values)
    wanted = header_texts(gold)
    for name in TEXTS:
        if wanted.get(name) and form.get(name).text:
            value = header.judged_text(form, name, batch)
            right = strip_label(name, value.text) == wanted[name]
            _text(value, value.text if right else wanted[name], kind, knowledge, out)
    if form.signed:
        right = form.signed.isoformat() == gold["tanggal"]
        out.structures["tanggal"].append((header.date_features(form, batch), right))
    for side in PARTIES:
        person = gold.get(side) or {}
        if form.get(f"{side}_nama").text:
            right = form.name(side).text == person.get("nama")
            out.structures["nama"].append((header.name_features(form, side, batch), right))
        number = header.settled_number(form, side, batch)
        if number.digits:
            right = number.digits == person.get("nip")
            out.structures["nip"].append((header.number_features(form, side, number, batch), right))
        rank = form.rank(side)
        if rank.golongan:
            right = (rank.pangkat, rank.golongan) == (person.get("pangkat") or "", person.get("golongan") or "")
            out.structures["pangkat"].append((header.rank_features(form, side, batch), right))
    if len(raw.rows) != len(gold["rows"]):
        return  # the table was read wrong: that says nothing of words
    cells = sheet.judged_cells(raw, batch, knowledge, sheet.DEFAULT)
    seen: set[tuple[str, int]] = set()
    for row, printed in zip(raw.rows, gold["rows"], strict=True):
        for column in CELLS:
            cell = row.values.get(column)
            if cell is not None and cell.lines and printed[column] is not None and (column, id(cell)) not in seen:
                seen.add((column, id(cell)))
                _text(cells[cell], " ".join(printed[column].split()), kind, knowledge, out)


def header_texts(gold: Mapping[str, Any]) -> dict[str, str]:
    """The fields of words of a gold sheet by the names of the tables."""
    texts = {"perangkat_daerah": gold["perangkat_daerah"], "jabatan": gold["jabatan"]}
    for side in PARTIES:
        texts[f"{side}_jabatan"] = (gold.get(side) or {}).get("jabatan")
    return {name: text for name, text in texts.items() if text}


def _text(value: Draft, gold: str, kind: str, knowledge: Knowledge, out: Examples) -> None:
    read = [token.text for token in value.tokens]
    same = SequenceMatcher(None, read, gold.split(), autojunk=False).get_matching_blocks()
    right = {i for block in same for i in range(block.a, block.a + block.size)}
    if value.raw.certainty < SURE_GEOMETRY:
        return
    out.words += [(word_features(value, i, knowledge), i in right) for i in range(len(read))]
    out.values.append((kind, value, value.text == gold))


def fit(cases: Sequence[Example], prior: Logistic, spread: float = SPREAD) -> Logistic:
    """The logistic model that fits the examples best, drawn to ``prior`` where they say little.

    Weights have a normal prior of standard deviation ``spread``: on good pages errors are too few to tell them all.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - only in the extra [bench]

    names = sorted(prior.weights)
    x = np.array([[1.0, *(features[name] for name in names)] for features, _ in cases])
    signs = np.where([right for _, right in cases], 1.0, -1.0)
    start = np.array([prior.bias, *(prior.weights[name] for name in names)])

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = signs * (x @ w)
        slope = -signs / (1 + np.exp(np.clip(margin, -500, 500)))
        away = (w - start) / spread**2
        return float(np.logaddexp(0, -margin).sum() + away @ (w - start) / 2), x.T @ slope + away

    w = minimize(loss, start, jac=True, method="L-BFGS-B").x
    weights = {name: round(float(v), 3) for name, v in zip(names, w[1:], strict=True)}
    return Logistic(round(float(w[0]), 3), weights)


def fitted(train: Examples, knowledge: Knowledge, source: str) -> TrustModel:
    """All models, fitted in turn: words and structures first, the last step on what they give."""
    structures = {name: fit(train.structures[name], prior, STIFF) for name, prior in PRIOR.structure.items()}
    base = TrustModel(fit(train.words, PRIOR.word), structures, PRIOR.value, source)
    products = [
        ({"product": logit(finish(value, knowledge, base).probability)}, right) for _, value, right in train.values
    ]
    return TrustModel(base.word, base.structure, fit(products, PRIOR.value), source)


def reliability(chances: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Mean probability, share that was right and count of ``BINS`` groups of equal size, from doubtful to sure."""
    ranked = sorted(chances)
    groups = [group for group in np.array_split(np.arange(len(ranked)), BINS) if len(group)]
    return [
        (float(np.mean([ranked[i][0] for i in g])), float(np.mean([ranked[i][1] for i in g])), len(g)) for g in groups
    ]


def calibration_error(groups: Iterable[tuple[float, float, int]]) -> float:
    """Expected calibration error: mean distance of probability and share, weighted by count (Naeini et al., 2015)."""
    groups = list(groups)
    return sum(abs(p - share) * n for p, share, n in groups) / sum(n for *_, n in groups)


def draw(groups: Sequence[tuple[float, float, int]], path: Path) -> None:
    """The reliability diagram, in log odds so that the sure end can be seen."""
    import matplotlib  # noqa: PLC0415

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "iki"
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(5, 5))
    axes.plot([-2, 8], [-2, 8], color="grey", linewidth=1)
    axes.scatter([logit(p) for p, *_ in groups], [logit(min(share, 1 - 0.5 / n)) for _, share, n in groups], s=24)
    ticks = [0.2, 0.5, 0.8, 0.95, 0.99, 0.999]
    for set_ticks, label in ((axes.set_xticks, axes.set_xlabel), (axes.set_yticks, axes.set_ylabel)):
        set_ticks([logit(t) for t in ticks], [str(t) for t in ticks])
        label("skor" if label == axes.set_xlabel else "share right")
    figure.savefig(path, metadata={"Date": None})


def report(test: Examples, model: TrustModel, knowledge: Knowledge) -> Iterator[str]:
    """Figures on files that the fit did not see."""
    every = [(kind, finish(value, knowledge, model).probability, right) for kind, value, right in test.values]
    groups = reliability([(p, right) for _, p, right in every])
    yield f"{len(every)} values, calibration error {calibration_error(groups):.4f}"
    limit = 1 - 1 / trust.FlagSettings().cost_of_wrong
    for kind in sorted({kind for kind, *_ in every}):
        mine = [(p, right) for k, p, right in every if k == kind]
        wrong = sum(not right for _, right in mine) / len(mine)
        flagged = sum(p < limit for p, _ in mine) / len(mine)
        silent = sum(not right and p >= limit for p, right in mine) / len(mine)
        yield f"{kind:12} values {len(mine):5} wrong {wrong:.4f} flagged {flagged:.4f} silent {silent:.4f}"
    for name, cases in sorted(test.structures.items()):
        chances = [(model.structure[name].probability(features), right) for features, right in cases]
        wrong = sum(not right for _, right in chances) / len(chances)
        silent = sum(not right and p >= limit for p, right in chances) / len(chances)
        flagged = sum(p < limit for p, _ in chances) / len(chances)
        yield f"{name:12} values {len(chances):5} wrong {wrong:.4f} flagged {flagged:.4f} silent {silent:.4f}"


def merged(parts: Iterable[Examples]) -> Examples:
    out = Examples()
    for part in parts:
        out.words += part.words
        out.values += part.values
        for name, cases in part.structures.items():
            out.structures[name] += cases
    return out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.confidence", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="folders written by python -m iki.lab.synthetic")
    parser.add_argument("--cache", type=Path, default=Path(".calibration"), help="where pages read are kept")
    parser.add_argument("--write", action="store_true", help="write normalize/trust.json and the diagram")
    given = parser.parse_args()
    knowledge = Knowledge.of(vocab.load())
    read = {folder: documents(folder, given.cache) for folder in given.sets}

    def half(rest: int) -> Examples:
        return merged(examples(folder, docs[rest::2], knowledge) for folder, docs in read.items())

    train, test = half(0), half(1)
    model = fitted(train, knowledge, f"lab/train/confidence.py on {len(train.values)} values")
    for line in report(test, model, knowledge):
        print(line)
    if given.write:
        whole = merged((train, test))
        model = fitted(whole, knowledge, f"lab/train/confidence.py on {len(whole.values)} values of generated scans")
        trust.MODEL.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n")
        DIAGRAM.parent.mkdir(exist_ok=True)
        draw(reliability([(finish(v, knowledge, model).probability, right) for _, v, right in test.values]), DIAGRAM)


if __name__ == "__main__":
    main()
