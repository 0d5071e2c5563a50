"""``python -m iki.lab.train.dump_tagger``: learn the network that tells where the words of a dump's tables stand.

Learnt on the generated dumps of :mod:`iki.lab.train.dump_tables`, each torn into blocks in another way and with other
words in the place of some of its own each time it is seen, so that the network learns how tables look and not what the
invented agencies write. Agencies set aside are only measured on. Needs the extra ``[train]``."""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice, pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import Cut, Widths
from iki.ingest.dump.rough import widths_of
from iki.ingest.dump.tagger import BUCKETS, CLASSES, GOES_ON, INSIDE, LAYERS, STARTS, WEIGHTS, Inputs, inputs
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.dumps import DumpLine
from iki.lab.train.dump_tables import (
    HELD_OUT,
    Made,
    TrainSettings,
    body_of,
    composed_dumps,
    drawn_dumps,
    recognised_dumps,
    told,
    varied,
)

NONE = -100


@dataclass(frozen=True, slots=True)
class TagSettings:
    letters: int = 48
    """Numbers that a letter group becomes."""
    features: int = 80
    """Numbers that a word's other features become."""
    state: int = 128
    """Size of the memory of one direction of a layer."""
    batch: int = 12
    """Tables of one step."""
    fresh: int = 5
    """Of them on average those that were never seen before."""
    pool: int = 600
    """Latest tables from which a step draws."""
    rate: float = 2e-3
    """Of learning at first; it falls to nothing."""
    warm_up: int = 50
    """Steps in which it rises."""
    decay: float = 1e-4
    """Of the weights (AdamW)."""
    dropout: float = 0.3
    unread: float = 0.2
    """Share (0–1) of words of which the letters are hidden, so that the network asks how a table looks too."""
    smooth: float = 0.05
    """Probability (0–1) that is spread over all classes, lest the network be too sure of words like those it knows."""
    made: float = 0.3
    """Share (0–1) of tables that were printed; the others are composed."""
    unmeasured: float = 0.4
    """Share (0–1) of tables of which the columns' widths are not told."""
    blur: float = 0.08
    """By how much told widths are wrong (standard deviation of their logarithm)."""
    every: int = 100
    """Steps between two measurements."""
    held: int = 48
    """Tables of each kind that are measured on."""


def classes(lines: Sequence[DumpLine], columns: Sequence[int]) -> list[int]:
    """The class of every word of body lines, ``NONE`` where it has no place."""
    begun = set()
    done: list[int] = []
    for line in lines:
        before = None
        for word in line:
            if word.place is None:
                done.append(NONE)
                continue
            here = word.place[0], columns[word.place[1]]
            deed = INSIDE if here == before else GOES_ON if here in begun else STARTS
            begun.add(here)
            before = here
            done.append(3 * here[1] + deed)
    return done


Sample = tuple[Inputs, NDArray[np.int64]]


def sample(made: Made, rng: random.Random, settings: TagSettings, harsh: bool = False) -> Sample | None:
    """A dump as the network sees it, with its classes."""
    found, said = body_of(varied(made, rng, harsh))
    if not found:
        return None
    right = classes(said, made.columns)
    known = (0, 0, 0, 0) if rng.random() < settings.unmeasured else widths(found, right, rng, settings)
    return inputs(found, known), np.array(right, np.int64)


def widths(lines: Sequence[BodyLine], right: Sequence[int], rng: random.Random, settings: TagSettings) -> Widths:
    """How wide the columns are (characters), roughly."""
    found = widths_of(lines, list(_pieces(lines, right)))
    a, b, c, d = (round(width * math.exp(rng.gauss(0, settings.blur))) for width in found)
    return a, b, c, d


def _pieces(lines: Sequence[BodyLine], right: Sequence[int]) -> Iterator[list[Cut]]:
    at = 0
    for line in lines:
        mine = right[at : at + len(line.words)]
        at += len(mine)
        begins = [i for i, k in enumerate(mine) if k != NONE and (k % 3 != INSIDE or not i)]
        yield [Cut(i, j, mine[i] // 3, int(mine[i] % 3 == STARTS)) for i, j in pairwise([*begins, len(mine)])]


class Network(nn.Module):  # type: ignore[misc]
    def __init__(self, features: int, settings: TagSettings) -> None:
        super().__init__()
        self.letters = nn.Embedding(BUCKETS, settings.letters, padding_idx=0)
        self.features = nn.Linear(features, settings.features)
        width = settings.letters + settings.features
        self.layers = nn.ModuleDict(
            {
                f"{n}{way}": nn.LSTM(size, settings.state, batch_first=True)
                for n, size in enumerate((width, 2 * settings.state))
                for way in "fb"
            }
        )
        self.drop = nn.Dropout(settings.dropout)
        self.unread = settings.unread
        self.out = nn.Linear(2 * settings.state, CLASSES)

    def forward(self, groups: Tensor, features: Tensor, lengths: Tensor) -> Tensor:
        used = (groups > 0).sum(-1, keepdim=True).clamp(min=1)
        letters = self.drop(self.letters(groups).sum(2) / used)
        if self.training:
            letters = letters * (torch.rand_like(letters[..., :1]) >= self.unread)
        x = torch.cat([letters, torch.tanh(self.features(features))], -1)
        t = torch.arange(groups.shape[1])
        back = torch.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)[..., None]
        for n in range(LAYERS):
            forth = self.layers[f"{n}f"](x)[0]
            behind = self.layers[f"{n}b"](x.gather(1, back.expand_as(x)))[0]
            x = self.drop(torch.cat([forth, behind.gather(1, back.expand_as(behind))], -1))
        return self.out(x)

    def restore(self, w: Mapping[str, NDArray[np.float16]]) -> None:
        """Take over stored weights."""
        with torch.no_grad():
            for name, mine in self._named().items():
                given = torch.from_numpy(w[name].astype(np.float32))
                if name == "features":
                    mine.zero_()
                    mine[:, : given.shape[1]] = given
                elif name.startswith("bias"):
                    pass
                else:
                    mine.copy_(given)
            for name, layer in self.layers.items():
                layer.bias_ih_l0.copy_(torch.from_numpy(w[f"bias {name}"].astype(np.float32)))
                layer.bias_hh_l0.zero_()

    def stored(self) -> dict[str, NDArray[np.float16]]:
        """The weights as :mod:`iki.ingest.dump.tagger` wants them."""
        return {name: value.detach().numpy().astype(np.float16) for name, value in self._named().items()}

    def _named(self) -> dict[str, Tensor]:
        w = {
            "letters": self.letters.weight,
            "features": self.features.weight,
            "features_bias": self.features.bias,
            "out": self.out.weight,
            "out_bias": self.out.bias,
        }
        for name, layer in self.layers.items():
            w[f"enter {name}"], w[f"inner {name}"] = layer.weight_ih_l0, layer.weight_hh_l0
            w[f"bias {name}"] = layer.bias_ih_l0 + layer.bias_hh_l0
        return w


def batch(some: Sequence[Sample]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Groups, features, lengths and classes of tables, the shorter ones filled up."""
    n = max(len(right) for _, right in some)
    groups = np.zeros((len(some), n, some[0][0].groups.shape[1]), np.int64)
    features = np.zeros((len(some), n, some[0][0].features.shape[1]), np.float32)
    classes_ = np.full((len(some), n), NONE, np.int64)
    for k, (x, right) in enumerate(some):
        groups[k, : len(right)], features[k, : len(right)], classes_[k, : len(right)] = x.groups, x.features, right
    lengths = torch.tensor([len(right) for _, right in some])
    return torch.from_numpy(groups), torch.from_numpy(features), lengths, torch.from_numpy(classes_)


def loss_of(net: Network, some: Sequence[Sample]) -> tuple[Tensor, int, int]:
    """Cross entropy of a batch (nats a word), words told right, and words."""
    groups, features, lengths, right = batch(some)
    found = net(groups, features, lengths)
    known = right != NONE
    smooth = TagSettings().smooth if net.training else 0.0
    loss = F.cross_entropy(found.flatten(0, 1), right.flatten(), ignore_index=NONE, label_smoothing=smooth)
    return loss, int(((found.argmax(-1) == right) & known).sum()), int(known.sum())


def measured(net: Network, held: Mapping[str, Sequence[Sample]], size: int) -> str:
    """Shares of the words of held out tables that are told right, by kind."""
    net.eval()
    shares = []
    with torch.no_grad():
        for kind, some in held.items():
            told_right = [loss_of(net, some[k : k + size])[1:] for k in range(0, len(some), size)]
            shares.append(f"{kind} {sum(r for r, _ in told_right) / sum(n for _, n in told_right):.4f}")
    net.train()
    return ", ".join(shares)


def learn(
    printed: Sequence[Made], held: Mapping[str, Sequence[Sample]], minutes: float, begin: Path | None, seed: int,
    settings: TagSettings,
) -> Network:  # fmt: skip
    """The network after so many minutes of CPU time; the pool of tables is renewed all the time."""
    rng = random.Random(f"network {seed}")
    net = Network(next(iter(held.values()))[0][0].features.shape[1], settings)
    if begin:
        with np.load(begin) as stored:
            net.restore(stored)
    descent = torch.optim.AdamW(net.parameters(), lr=settings.rate, weight_decay=settings.decay)
    fresh = _fresh(printed, rng, settings)
    pool = list(islice(fresh, 4 * settings.batch))
    start = time.process_time()
    for step in count(1):
        spent = (time.process_time() - start) / 60 / minutes
        if spent >= 1:
            break
        for group in descent.param_groups:
            group["lr"] = settings.rate * min(1.0, step / settings.warm_up) * (1 - spent)
        pool = [*pool, *islice(fresh, settings.fresh)][-settings.pool :]
        some = sorted(rng.sample(pool, 4 * settings.batch), key=lambda x: len(x[1]))  # alike in length
        at = rng.randrange(len(some) - settings.batch + 1)
        loss, _, _ = loss_of(net, some[at : at + settings.batch])
        descent.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        descent.step()
        if step % settings.every == 0:
            said = measured(net, held, settings.batch)
            print(f"step {step} ({spent:.0%}): loss {loss.item():.3f}; words right: {said}", flush=True)
    return net


def _fresh(printed: Sequence[Made], rng: random.Random, settings: TagSettings) -> Iterator[Sample]:
    for n in count():
        made = rng.choice(printed) if rng.random() < settings.made else next(composed_dumps(1, HELD_OUT, f"fresh {n}"))
        if (found := sample(made, rng, settings)) is not None:
            yield found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.dump_tagger", description=__doc__)
    parser.add_argument("--sheets", type=int, default=400, help="sheets that Tesseract reads")
    parser.add_argument("--drawn", type=int, default=1000, help="sheets laid out without a picture")
    parser.add_argument("--minutes", type=float, default=60, help="how long it learns (CPU time)")
    parser.add_argument("--cache", type=Path, default=Path("out/dumps"), help="what Tesseract read")
    parser.add_argument("--begin", type=Path, help="weights to begin with")
    parser.add_argument(
        "--unread", type=float, default=TagSettings().unread, help="share (0-1) of words without letters"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    settings, making = TagSettings(unread=given.unread), TrainSettings()
    torch.manual_seed(given.seed)
    torch.set_num_threads(1)
    read = [told(made) for made in recognised_dumps(given.sheets, given.cache, making)]
    drawn = list(drawn_dumps(given.drawn, making))
    ours = [slug for slug in agencies() if slug not in HELD_OUT]
    away = {
        "drawn": [made for made in drawn if made.agency in HELD_OUT],
        "read": [made for made in read if made.agency in HELD_OUT],
        "composed": list(composed_dumps(settings.held, ours, "held out")),
    }
    rng = random.Random("held out")
    held = {
        kind: [x for made in some[: settings.held] if (x := sample(made, rng, settings, harsh=True)) is not None]
        for kind, some in away.items()
    }
    printed = [made for made in (*read, *drawn) if made.agency not in HELD_OUT]
    net = learn(printed, held, given.minutes, given.begin, given.seed, settings)
    np.savez(given.out, allow_pickle=False, **net.stored())
    print(measured(net, held, settings.batch))


if __name__ == "__main__":
    main()
