"""Fine-tune the recogniser: ``python -m iki.lab.train.recogniser.run``.

One thread, resumable; same steps, same weights.

Needs the extra ``[train]`` and the Debian packages that ``fonts.require`` names. Leaves in the folder a checkpoint
(``checkpoint.pt``) and one line of figures per validation (``log.jsonl``); ``iki.lab.train.recogniser.export`` makes
the model.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from iki.lab.synthetic.text_lines import damage, fonts, lines
from iki.lab.synthetic.text_lines.alphabet import encode
from iki.lab.synthetic.text_lines.lines import RenderedLine
from iki.lab.train.recogniser import network, package
from iki.lab.train.recogniser.graph import Graph
from iki.lab.train.recogniser.reading import normalised, score_by_kind

Loss = Callable[[Tensor, Tensor, str], Tensor]
"""(Logits [1, T, classes], the normalised line [1, 3, 32, W], its text) → how wrong the logits are, summed over it."""

FOLDER = Path("out/training")
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Everything that decides what a run comes to, but for the generator's own settings."""

    steps: int = 6000
    """Updates of the weights; on a resumed run it may be raised, the cosine is then that of the new length."""
    batch: int = 8
    """Lines per update; their gradients are summed one line after the other, so that no line is padded."""
    rate: float = 6e-5
    """Highest learning rate (Adam); from 1e-4 on the first steps spoil what the stock model knows."""
    floor: float = 0.02
    """Learning rate at the end as a share of the highest."""
    warm_up: int = 100
    """Steps in which the rate grows from nothing."""
    averaging: float = 0.995
    """Decay per step of the averaged weights, which are those that are validated and shipped."""
    clip: float = 5.0
    """Longest gradient (norm, of the loss per character)."""
    learnt: float = 0.001
    """A line whose loss per character is below this is known; its gradient (next to nothing) is not worked out."""
    hopeless: float = 0.5
    """A line whose loss per character is above this counts only as much as one at it: guessing is not reading."""
    seed: int = 20260101
    """Of the training lines; line k of the run is line k of this seed."""
    validation_seed: int = 7
    validation_lines: int = 24
    """Lines for every kind of damage, once with trained fonts and once with fonts set aside; words are set aside."""
    validate_every: int = 200
    checkpoint_every: int = 25


class Run:
    """A training run in memory: net, averaged weights, optimiser, and how many steps and lines it has done."""

    def __init__(self, settings: RunSettings, model: onnx.ModelProto, loss: Loss) -> None:
        self.settings, self.loss, self.step, self.lines = settings, loss, 0, 0
        self.net = Graph(model, network.LOGITS)
        self.weights = dict(self.net.named_parameters())
        self.averaged = {name: weight.detach().clone() for name, weight in self.weights.items()}
        self.optimiser = torch.optim.Adam(self.net.parameters(), lr=settings.rate, betas=(0.9, 0.99))

    def save(self, path: Path) -> None:
        """Write the checkpoint whole or not at all."""
        aside = path.with_suffix(".tmp")
        torch.save(
            {
                "step": self.step, "lines": self.lines, "weights": self.net.state_dict(), "averaged": self.averaged,
                "optimiser": self.optimiser.state_dict(), "settings": asdict(self.settings),
            },
            aside,
        )  # fmt: skip
        aside.replace(path)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        stored = torch.load(path, weights_only=True)
        self.step, self.lines, self.averaged = stored["step"], stored["lines"], stored["averaged"]
        self.net.load_state_dict(stored["weights"])
        self.optimiser.load_state_dict(stored["optimiser"])

    def update(self, batch: list[RenderedLine]) -> float:
        """One step on ``batch``; the loss per character before it."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.step, self.settings)
        characters = sum(weight(line.text) for line in batch)
        self.optimiser.zero_grad()
        total = 0.0
        for line in batch:
            image = torch.from_numpy(np.ascontiguousarray(normalised(line.image)))
            loss = self.loss(self.net(image), image, line.text)
            each = loss.item() / weight(line.text)
            if each > self.settings.learnt:
                (loss * min(1.0, self.settings.hopeless / each) / characters).backward()
            total += loss.item() / characters
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.settings.clip)
        self.optimiser.step()
        self.step += 1
        self.lines += len(batch)
        decay = min(self.settings.averaging, self.step / (self.step + 10))
        with torch.no_grad():
            for name, latest in self.weights.items():
                self.averaged[name].lerp_(latest, 1 - decay)
        return total

    def averaged_net(self) -> Graph:
        """A second net that holds the averaged weights."""
        net = Graph(self.net.model, network.LOGITS)
        net.load_state_dict({**self.net.state_dict(), **self.averaged})
        return net


def weight(text: str) -> int:
    """The characters that a line counts for; a line without text counts for one."""
    return max(1, len(text))


def rate(step: int, settings: RunSettings) -> float:
    """The learning rate of a step: a straight warm-up, then half a cosine down to the floor."""
    if step < settings.warm_up:
        return settings.rate * (step + 1) / settings.warm_up
    done = min(1.0, (step - settings.warm_up) / max(1, settings.steps - settings.warm_up))
    return settings.rate * (settings.floor + (1 - settings.floor) * (1 + math.cos(math.pi * done)) / 2)


def ctc(logits: Tensor, image: Tensor, text: str) -> Tensor:
    """The CTC loss of one line (Graves et al. 2006): ``logits`` [1, T, classes]; 0 if T is too short for ``text``."""
    target = torch.tensor([encode(text)], dtype=torch.long)
    return F.ctc_loss(
        logits.log_softmax(-1).transpose(0, 1), target, (logits.shape[1],), (target.shape[1],),
        reduction="sum", zero_infinity=True,
    )  # fmt: skip


def recogniser(net: Graph) -> Any:
    """``net`` as a function on numpy arrays, for ``reading``."""

    def scores(image: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.no_grad():
            return np.asarray(net(torch.from_numpy(image)).numpy())

    return scores


def validation_lines(settings: RunSettings, set_aside_fonts: bool) -> Iterator[RenderedLine]:
    """The lines that a run is judged by."""
    for kind in damage.KINDS:
        for number in range(settings.validation_lines):
            yield lines.make(
                settings.validation_seed, number, set_aside_fonts=set_aside_fonts, set_aside_words=True, kind=kind
            )


def validate(net: Graph, settings: RunSettings) -> dict[str, dict[str, float]]:
    """Character error by kind of damage, with trained fonts and with fonts set aside."""
    return {
        name: {
            kind: round(found.cer, 5)
            for kind, found in score_by_kind(recogniser(net), validation_lines(settings, aside)).items()
        }
        for name, aside in (("fonts trained on", False), ("fonts set aside", True))
    }


def _log(folder: Path, entry: Mapping[str, Any]) -> None:
    text = json.dumps(entry)
    print(text, flush=True)
    with (folder / LOG).open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def train(run: Run, folder: Path) -> Run:
    """Train, or go on training, until ``settings.steps``; the finished run. Raises ``fonts.MissingFonts``."""
    fonts.require((*fonts.TRAINED, *fonts.SET_ASIDE))
    folder.mkdir(parents=True, exist_ok=True)
    settings, checkpoint = run.settings, folder / CHECKPOINT
    if checkpoint.exists():
        run.load(checkpoint)
    else:
        _log(folder, {"step": 0, "cer": validate(run.net, settings)})
    losses: list[float] = []
    began = time.process_time()
    while run.step < settings.steps:
        batch = [lines.make(settings.seed, run.lines + place) for place in range(settings.batch)]
        losses.append(run.update(batch))
        last = run.step == settings.steps
        if run.step % settings.checkpoint_every == 0 or last:
            run.save(checkpoint)
            mean = round(sum(losses) / len(losses), 5)
            seconds = round((time.process_time() - began) / len(losses) / settings.batch, 3)
            _log(folder, {"step": run.step, "loss": mean, "rate": rate(run.step, settings), "cpu_per_line": seconds})
            losses, began = [], time.process_time()
        if run.step % settings.validate_every == 0 or last:
            _log(folder, {"step": run.step, "cer": validate(run.averaged_net(), settings)})
            began = time.process_time()
    return run


def main() -> None:
    """The command line."""
    settings = RunSettings()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=settings.steps)
    parser.add_argument("--rate", type=float, default=settings.rate)
    parser.add_argument("--seed", type=int, default=settings.seed)
    parser.add_argument(
        "--begin", type=Path, help="a model of this kind whose weights to begin with, not the stock one"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = network.base_model()
    if options.begin:
        model = network.with_weights(model, package.whole(onnx.load(str(options.begin))))
    train(Run(replace(settings, steps=options.steps, rate=options.rate, seed=options.seed), model, ctc), options.folder)


if __name__ == "__main__":
    main()
