"""Paths, options and stores: words of the command line that nobody should type, and files that were left damaged."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator

from fuzz.cases import Case, nothing
from fuzz.mutate import HOSTILE_TEXT, damaged_bytes

READERS: tuple[tuple[str, ...], ...] = (  # commands with the place of a path
    ("audit", "{path}"),
    ("audit", "{path}", "--plan-only"),
    ("score", "{path}", "--attack", "loss"),
    ("evaluate", "{path}"),
    ("report", "{path}"),
    ("store", "list", "--store", "{path}"),
    ("store", "explain", "{path}", "--store", "."),
    ("store", "verify", "--store", "{path}"),
    ("store", "gc", "--store", "{path}"),
    ("reproduce", "--list", "--folder", "{path}"),
)
SUFFIXES = ("", ".csv", ".parquet", ".safetensors", ".yaml")
WRITERS: tuple[tuple[str, ...], ...] = (
    ("audit", "p.csv", "--out", "{path}"),
    ("score", "p.csv", "--attack", "loss", "--out", "{path}/s.csv"),
    ("score", "p.csv", "--attack", "loss", "--out", "s.csv", "--explain", "{path}/e.json"),
    ("demo", "--out", "{path}"),
    ("evaluate", "s.csv", "--out", "{path}/m.json"),
)
NAMES = (
    "none",
    "nul\0here",
    "x" * 300,
    "/".join(["deep"] * 2000),
    "caf\udce9",
    "loop",
    "folder",
    "pipe",
    "device",
    "[bold]markup[/wrong]",
    "[/]",
    "\x1b[31mred",
    "\x9b31m",
    "two\nlines",
    " ",
    "-",
    "~none/x",
    "a*b?",
    "http://user:secret@host/x",
)
OPTIONS: tuple[tuple[str, ...], ...] = (
    ("attacks", "{word}"),
    ("store", "list", "--store", ".", "--kind", "{word}"),
    ("store", "explain", "{word}", "--store", "."),
    ("store", "gc", "--store", ".", "--max-size", "{word}"),
    ("score", "p.csv", "--attack", "{word}", "--out", "o.csv"),
    ("score", "p.csv", "--attack", "loss", "--set", "{word}", "--out", "o.csv"),
    ("score", "p.csv", "--attack", "quantile", "--set", "trees={word}", "--out", "o.csv"),
    ("score", "p.csv", "--attack", "top_k", "--set", "k={word}", "--out", "o.csv"),
    ("score", "p.csv", "--attack", "loss", "--seed", "{word}", "--out", "o.csv"),
    ("evaluate", "s.csv", "--score", "{word}"),
    ("evaluate", "s.csv", "--cut", "{word}"),
    ("evaluate", "s.csv", "--one-run", "{word}"),
    ("evaluate", "s.csv", "--delta", "{word}"),
    ("audit", "none.yaml", "--budget", "{word}h"),
    ("audit", "none.yaml", "--jobs", "{word}"),
    ("audit", "none.yaml", "--{word}", "1"),
    ("reproduce", "{word}"),
    ("reproduce", "paper/{word}", "--rows", "{word}"),
    ("{word}",),
)


def places(rng: Generator) -> Iterator[Case]:
    """All cases on paths, options and stores."""
    for words in READERS:
        for name in NAMES:
            suffix = SUFFIXES[rng.integers(len(SUFFIXES))]
            yield _path(words, f"{name}{suffix}" if name not in ("folder", "loop") else name)
    for words in WRITERS:
        for name in ("nul\0here", "x" * 300, "loop", "pipe", "device", "p.csv", "caf\udce9"):
            yield _path(words, name)
    for words in OPTIONS:
        for word in rng.permutation(len(HOSTILE_TEXT))[:14]:
            yield _option(words, HOSTILE_TEXT[word])
    yield from _stores(rng)


def _set_up(folder: Path) -> None:
    """What paths may lead to, and two valid tables."""
    rows = [f"{i % 2},{i // 2 % 2},{0.1 + 0.05 * (i % 9):.2f},{0.9 - 0.05 * (i % 9):.2f}" for i in range(20)]
    (folder / "p.csv").write_text("label,member,p0,p1\n" + "\n".join(rows) + "\n")
    (folder / "s.csv").write_text("score,member\n" + "\n".join(f"0.{i},{i % 2}" for i in range(20)) + "\n")
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    for suffix in SUFFIXES:
        os.mkfifo(folder / f"pipe{suffix}")
        (folder / f"device{suffix}").symlink_to("/dev/zero")


def _path(words: tuple[str, ...], name: str) -> Case:
    return Case(f"path: {words}, {name[:20]!r}", tuple(w.format(path=name) for w in words), _set_up)


def _option(words: tuple[str, ...], word: str) -> Case:
    filled = tuple(w.replace("{word}", word) for w in words)
    return Case(
        f"option: {words}, {word[:20]!r}", filled, _set_up if "score" in words or "evaluate" in words else nothing
    )


def _stores(rng: Generator) -> Iterator[Case]:
    from safetensors.numpy import save

    plain = save({"x": np.arange(4)}, metadata={"description": '{"kind": "model"}'})
    for command in (("list",), ("list", "--kind", "model"), ("verify",), ("gc",), ("explain", "abcd")):
        for i in range(6):
            yield _store(f"{command} {i}", command, damaged_bytes(plain, rng))
        for description in ("", "[]", '"x"', "{", '{"kind": []}', '{"kind": "model", "recipe_fields": 3}', "[" * 5000):
            content = save({"x": np.arange(4)}, metadata={"description": description})
            yield _store(f"{command} {description[:9]}", command, content)


def _store(title: str, command: tuple[str, ...], content: bytes) -> Case:
    def write(folder: Path) -> None:
        place = folder / "store" / "ab"
        place.mkdir(parents=True)
        (place / "abcdabcdabcdabcd.safetensors").write_bytes(content)
        (place / "abcdabcdabcdabce.npy").write_bytes(content[:20])
        (place / "\x1b[31m.part").write_bytes(content)

    return Case(f"store: {title}", ("store", *command, "--store", "store"), write)
