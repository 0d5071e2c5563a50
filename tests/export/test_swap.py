"""Several files replaced at one moment: whatever ends the work, and wherever, no reader meets half of them new."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iki.export.swap import replaced_together, settle

pytestmark = pytest.mark.slow

STEPS = ("replace", "link", "symlink", "unlink", "mkdir", "rmdir", "fsync")
OLD = {"a.csv": "old", "b.csv": "old", "sama.csv": "same"}
NEW = {"a.csv": "new", "b.csv": "new", "c.csv": "new", "sama.csv": "same"}


def put(folder: Path, texts: dict[str, str]) -> None:
    with replaced_together(folder) as new:
        for name, text in texts.items():
            (new / name).write_text(text)


def read(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if not path.name.startswith(".") and path.exists()}


def after(steps: int, end: Callable[[], object]) -> Callable[[], None]:
    """Patch the system calls that change a folder, so that ``end`` is called instead of the one after ``steps``."""
    left = [steps]

    def patched(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                end()
            return call(*args, **options)

        return counted

    def patch() -> None:
        for name in STEPS:
            setattr(os, name, patched(getattr(os, name)))

    return patch


def killed(folder: Path, steps: int) -> bool:
    """Put ``NEW`` into ``folder`` in a process that is killed after so many steps; whether it was."""
    child = os.fork()
    if child == 0:
        after(steps, lambda: os.kill(os.getpid(), signal.SIGKILL))()
        put(folder, NEW)
        os._exit(0)
    return os.waitpid(child, 0)[1] != 0


def test_killed_at_every_step_the_set_is_whole(tmp_path: Path) -> None:
    seen = []
    for steps in range(200):
        folder = tmp_path / str(steps)
        folder.mkdir()
        put(folder, OLD)
        was_killed = killed(folder, steps)
        seen.append(read(folder))
        assert seen[-1] in (OLD, NEW)
        settle(folder)
        assert read(folder) == seen[-1] and {path.name for path in folder.iterdir()} == set(seen[-1])
        assert not any(path.is_symlink() for path in folder.iterdir())
        if not was_killed:
            break
    assert seen[0] == OLD and seen[-1] == NEW and len(seen) > 30


@pytest.mark.parametrize("call", ["replace", "link", "symlink", "mkdir", "fsync"])
def test_a_call_that_fails_leaves_a_whole_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A full disk or a refusal at any of the calls; hard links that are not to be had are made up for by copies."""
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        put(folder, OLD)
        made, real = [0], getattr(os, call)

        def fails(*args: Any, made: list[int] = made, real: Any = real, number: int = number, **options: Any) -> Any:
            made[0] += 1
            if made[0] == number + 1:
                raise OSError(28, "No space left on device")
            return real(*args, **options)

        with monkeypatch.context() as patched:
            patched.setattr(os, call, fails)
            try:
                put(folder, NEW)
            except OSError:
                assert call != "link"
        assert read(folder) in (OLD, NEW)
        settle(folder)
        assert read(folder) in (OLD, NEW) and not any(path.name.startswith(".") for path in folder.iterdir())
        if made[0] <= number:
            return
    raise AssertionError


def test_what_did_not_change_is_not_touched(tmp_path: Path) -> None:
    put(tmp_path, OLD)
    before = {path.name: path.stat() for path in tmp_path.iterdir()}
    put(tmp_path, OLD)
    assert {path.name: path.stat() for path in tmp_path.iterdir()} == before
