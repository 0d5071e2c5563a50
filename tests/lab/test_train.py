"""The generator of text lines, a short training, and the recogniser that is shipped."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, numpy_helper

import iki
from iki.lab.synthetic.text_lines import damage, fonts, lines, text, words
from iki.lab.synthetic.text_lines.alphabet import ALPHABET, decode, encode
from iki.lab.train.recogniser import mean, network, package, quantisation
from iki.lab.train.recogniser.reading import normalised, read, score

pytestmark = pytest.mark.slow

MODEL = Path(iki.__file__).parent / "ingest" / "ocr" / "models" / "recogniser.onnx"


@pytest.fixture(autouse=True)
def _fonts_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests draw from whatever fonts of the generator are installed; only a real training needs them all."""
    monkeypatch.setattr(fonts, "TRAINED", fonts.installed(fonts.TRAINED))


@given(st.text(st.sampled_from(ALPHABET[1:]), max_size=30))
def test_every_text_survives_its_classes(said: str) -> None:
    path = [0]
    for number in encode(said):
        path += [number, number, 0]
    assert decode(path) == said


def test_a_character_outside_the_alphabet_is_refused() -> None:
    with pytest.raises(KeyError):
        encode("ı")


def test_a_line_depends_on_its_seed_and_number_alone() -> None:
    first, second = lines.make(3, 1), lines.make(3, 2)
    again = lines.make(3, 1)
    assert again.text == first.text and np.array_equal(again.image, first.image)
    assert not (second.text == first.text and np.array_equal(second.image, first.image))
    assert lines.make(4, 1).text != first.text or lines.make(4, 1).kind != first.kind


@pytest.mark.parametrize("kind", list(damage.KINDS))
def test_every_kind_of_damage_gives_lines_of_the_alphabet(kind: str) -> None:
    for number in range(6):
        line = lines.make(5, number, kind=kind)
        assert line.kind == kind
        assert line.image.dtype == np.uint8 and line.image.shape[0] == lines.HEIGHT
        assert line.image.shape[1] <= lines.SETTINGS.widest * lines.HEIGHT
        assert len(encode(line.text)) == len(line.text) and line.text == " ".join(line.text.split())


def test_nicks_break_strokes_across_and_add_no_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    upright = np.full((40, 200), 255, np.uint8)
    upright[5:35, 10:190:6] = upright[5:35, 11:190:6] = 0
    monkeypatch.setattr(damage, "NICKED", 1.0)
    pieces = []
    for number in range(5):
        nicked = damage._nicked(np.random.default_rng(number), upright)
        assert not ((nicked == 0) & (upright > 0)).any()
        pieces.append(cv2.connectedComponents(255 - nicked)[0] - 1)
    assert min(pieces) >= 30 and max(pieces) > 30
    monkeypatch.setattr(damage, "NICKED", 0.0)
    assert np.array_equal(damage._nicked(np.random.default_rng(0), upright), upright)


def test_some_lines_are_bare_and_some_have_wide_margins(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(lines.SETTINGS, empty=1, stroke=0, marked=0, rule=0, neighbour=0)
    monkeypatch.setattr(lines, "SETTINGS", settings)
    bare = [lines.make(9, number, kind="clean") for number in range(5)]
    assert {line.text for line in bare} == {""} and min(int(line.image.min()) for line in bare) > 200
    for wide in (0.0, 1.0):
        monkeypatch.setattr(lines, "SETTINGS", replace(settings, empty=0, wide=wide, wide_margin=(6, 6)))
        ink = [np.flatnonzero((lines.make(9, number, kind="clean").image < 128).any(axis=0)) for number in range(5)]
        assert all((where[0] > 2 * lines.HEIGHT) == bool(wide) for where in ink)


def test_a_bare_line_teaches_to_read_nothing() -> None:
    torch = pytest.importorskip("torch")
    from iki.lab.train.recogniser import run  # noqa: PLC0415

    torch.set_num_threads(1)
    bare = lines.RenderedLine(lines.make(1, 0, kind="fax").image, "", "fax")
    trained = run.Run(run.RunSettings(steps=4, batch=1, warm_up=1, rate=3e-5), network.base_model(), run.ctc)
    losses = [trained.update([bare]) for _ in range(4)]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]


def test_black_and_white_kinds_start_from_black_and_white() -> None:
    strip = np.full((80, 400), 255, np.uint8)
    strip[30:50, 40:360:9] = 0
    for kind in (damage.photocopy, damage.thinned, damage.bilevel):
        assert set(np.unique(kind(np.random.default_rng(1), strip))) <= {0, 255}


def test_commas_and_full_stops_stand_at_the_same_places_equally_often() -> None:
    rng = np.random.default_rng(0)
    plain = replace(text.SETTINGS, number=0, abbreviation=0, scrambled=0, mark=0)
    ends = Counter(word[-1] for _ in range(1500) for word in text.running(rng, False, plain).split())
    assert ends["."] > 300
    assert 0.85 < ends[","] / ends["."] < 1.15


def test_all_characters_are_practised() -> None:
    seen: set[str] = set()
    for number in range(6000):
        seen |= set(text.line(np.random.default_rng((9, number))))
    assert seen == set(ALPHABET[1:])


def test_words_set_aside_are_never_trained_on() -> None:
    trained, aside = set(words.general(False)[0]), set(words.general(True)[0])
    assert trained and aside and not trained & aside
    for wordings in words.wordings():
        assert wordings and not [w for wording in wordings for w in wording.split() if words.is_set_aside(w)]
        assert all(" " in wording and "," not in wording and "." not in wording for wording in wordings)
    assert not set(words.terms(False)) & set(words.terms(True))


def test_scores_count_characters_and_faultless_lines() -> None:
    found = score([("Penata", "Penata"), ("a, b", "a. b")])
    assert found.lines == 2 and found.exact == 0.5
    assert found.cer == pytest.approx(1 / 10)


def test_missing_fonts_are_named_by_their_package() -> None:
    with pytest.raises(fonts.MissingFonts, match="fonts-none"):
        fonts.require([fonts.Typeface("fonts-none", "None-Regular.ttf", "None-Bold.ttf")])


def test_the_shipped_model_is_the_one_described_and_reads() -> None:
    described = json.loads(MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    assert hashlib.sha256(MODEL.read_bytes()).hexdigest() == described["sha256"]
    assert described["alphabet"] == list(ALPHABET)
    session = onnxruntime.InferenceSession(str(MODEL), providers=["CPUExecutionProvider"])

    def recogniser(image: np.ndarray) -> np.ndarray:
        return np.asarray(session.run(None, {described["input"]["name"]: image})[0])

    pairs = []
    for number in range(30):
        line = lines.make(77, number, kind="clean")
        probabilities = recogniser(np.ascontiguousarray(normalised(line.image)))
        assert probabilities.shape[2] == len(ALPHABET)
        assert np.allclose(probabilities.sum(axis=-1), 1, atol=1e-3)
        assert abs(probabilities.shape[1] - line.image.shape[1] / described["output"]["stride"]) <= 1
        pairs.append((line.text, read(recogniser, line.image)))
    assert score(pairs).cer < 0.03


def test_a_short_training_learns_resumes_and_exports_what_it_trained(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from iki.lab.train.recogniser import export, run  # noqa: PLC0415

    torch.set_num_threads(1)
    batch = [lines.make(1, number, kind="fax") for number in range(3)]
    trained = run.Run(run.RunSettings(steps=6, batch=3, warm_up=1, rate=3e-5), network.base_model(), run.ctc)
    losses = [trained.update(batch) for _ in range(4)]
    trained.save(tmp_path / run.CHECKPOINT)
    losses += [trained.update(batch) for _ in range(2)]
    assert losses[-1] < 0.7 * losses[0]

    resumed = run.Run(trained.settings, network.base_model(), run.ctc)
    resumed.load(tmp_path / run.CHECKPOINT)
    for _ in range(2):
        resumed.update(batch)
    for mine, other in zip(trained.net.parameters(), resumed.net.parameters(), strict=True):
        assert torch.equal(mine, other)

    image = np.ascontiguousarray(normalised(batch[0].image))
    expected = torch.softmax(torch.from_numpy(run.recogniser(trained.averaged_net())(image)), -1).numpy()
    model = trained.net.export(trained.averaged)
    assert np.abs(_probabilities(model.SerializeToString(), image) - expected).max() < 1e-4
    path = package.write(package.halved(model), {"steps": 6}, tmp_path, "short")
    found = _probabilities(path.read_bytes(), image)
    assert np.array_equal(found.argmax(-1), expected.argmax(-1))
    assert json.loads(path.with_suffix(".json").read_text())["sha256"] == package.sha256(path)
    trained.save(tmp_path / run.CHECKPOINT)
    exported = export.export(tmp_path, "half", tmp_path)
    assert exported.read_bytes() == path.read_bytes()


def test_a_run_may_begin_with_the_shipped_weights() -> None:
    shipped = onnx.load(str(MODEL))
    image = np.ascontiguousarray(normalised(lines.make(2, 0, kind="clean").image))
    begun = network.with_weights(network.base_model(), package.whole(shipped))
    expected = _probabilities(shipped.SerializeToString(), image)
    assert np.abs(_probabilities(begun.SerializeToString(), image) - expected).max() < 1e-5


def test_the_mean_of_models_has_the_mean_of_their_weights(tmp_path: Path) -> None:
    first = package.whole(onnx.load(str(MODEL)))
    second = onnx.ModelProto()
    second.CopyFrom(first)
    weights = {
        entry.name: numpy_helper.to_array(entry)
        for entry in first.graph.initializer
        if entry.data_type == TensorProto.FLOAT
    }
    for entry in second.graph.initializer:
        if entry.name in weights:
            entry.CopyFrom(numpy_helper.from_array(weights[entry.name] + np.float32(0.5), entry.name))
    paths = [
        package.write(package.halved(model), {"seed": seed}, tmp_path, f"run-{seed}")
        for seed, model in enumerate((first, second))
    ]
    written = mean.write(paths, tmp_path / "together")
    for entry in package.whole(onnx.load(str(written))).graph.initializer:
        if entry.name in weights:
            assert np.allclose(numpy_helper.to_array(entry), weights[entry.name] + 0.25, rtol=2e-3, atol=1e-3)
    told = json.loads(written.with_suffix(".json").read_text(encoding="utf-8"))
    assert [(run["seed"], run["sha256"]) for run in told["training"]["mean of"]] == [
        (seed, package.sha256(path)) for seed, path in enumerate(paths)
    ]


def test_int8_reads_as_the_net_it_was_made_from() -> None:
    model = network.base_model()
    line = lines.make(2, 0, kind="clean")
    image = np.ascontiguousarray(normalised(line.image))
    small = quantisation.quantised(model, per_kind=1).SerializeToString()
    whole = model.SerializeToString()
    assert len(small) < len(whole) / 2
    got, expected = (_probabilities(each, image)[0].argmax(-1).tolist() for each in (small, whole))
    assert score([(decode(expected), decode(got))]).cer < 0.1


def _probabilities(model: bytes, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: image})[0])
