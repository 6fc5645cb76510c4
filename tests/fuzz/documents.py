"""Documents: configurations and experiments in YAML, results in JSON, published numbers and findings."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from numpy.random import Generator

from fuzz.cases import Case
from fuzz.mutate import damaged_bytes, damaged_structure

CONFIG: dict[str, Any] = {
    "title": "digits",
    "dataset": {"name": "digits"},
    "split": {"name": "pool", "models": 4, "shadows": 2, "members": 0.1, "nonmembers": 0.1},
    "recipe": {"model": {"name": "mlp", "hidden": [4]}, "learning_rate": 0.01, "batch_size": 16, "epochs": 1},
    "attacks": ["loss", {"attack": "lira", "mode": "online"}],
    "threshold": {"name": "precision", "alpha": 0.9},
    "defence": {"name": "label_smoothing", "amount": 0.1},
    "seed": 0,
}
EXPERIMENT: dict[str, Any] = {
    "title": "A table",
    "source": "A paper",
    "measures": ["auc"],
    "attacks": ["loss"],
    "rows": [{"name": "one", "setting": "base", "change": {"recipe": {"epochs": 1}}, "title": "One"}],
}
EXPECTED = "experiment,row,attack,measure,value,source\ntable1,one,loss,auc,0.5,Table 1\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 8)}]\n" for i in range(12)
)
MERGES = "a: &a {x: 1}\n" + "".join(f"b{i}: &b{i} {{<<: [{', '.join(['*a'] * 50)}]}}\n" for i in range(1000))
YAMLS = (  # content, and a word of the message
    ("", "nothing"),
    ("- 1\n- 2\n", "list"),
    ("just words", "text"),
    ("a: [1", "not yaml"),
    ("a: 1\na: 2\n", "twice"),
    ("split: {models: 4, models: 6}\n", "twice"),
    ("? [a, b]\n: 1\n", "key"),
    ("1: 2\n", "key"),
    ("null: 2\n", "key"),
    (BOMB, "aliases"),
    (MERGES, "aliases"),
    ("a: &a [*a]\n", "contains itself"),
    ("a: " + "[" * 5000 + "]" * 5000, "deep"),
    ("a: " + "{b: " * 5000 + "1" + "}" * 5000, "deep"),
    ("\n".join(" " * i + "a:" for i in range(400)), "deep"),
    ("a: " + "x" * 2**20, "bytes"),
    ("seed: " + "9" * 5000, "digits"),
    ("seed: 0x" + "f" * 5000, "digits"),
    ("seed: " + "9" * 299, "seed"),
    ("title: 2020-99-99\n", "value"),
    ("seed: 1_0:99\n", ""),
    ("!!python/object/apply:os.system ['true']", "not yaml"),
    ("!!binary '%%%'", "one value"),
    ("a: !!int x\n", "value"),
    ("a: !!timestamp x\n", "value"),
    ("a: \x07\n", "not yaml"),
    ("%YAML 9.9\n---\na: 1\n", "not yaml"),
    ("a: 1\n---\nb: 2\n", "not yaml"),
    ("\t- a\n", "not yaml"),
    ('title: "\\e[31m"\n', "control characters"),
    ('evidence: "\\0"\n', "control characters"),
    ("evidence: none.csv\nattacks: [lirra]\n", ""),
    ("atacks: [loss]\n", "did you mean 'attacks'"),
)
NUMBERS: tuple[dict[str, Any], ...] = (  # numbers that would make terabytes
    {"split": {"name": "pool", "models": 10**9}},
    {"split": {"name": "pool", "shadows": 10**9}},
    {"split": {"name": "six_way", "target_in": 9, "target_out": 9, "shadow_in": 9, "shadow_out": 9, "reference": 9,
               "references": 10**12}},
    {"recipe": {"model": {"name": "mlp", "hidden": [10**9]}}},
    {"recipe": {"model": {"name": "mlp", "hidden": [65_536] * 90}}},
    {"recipe": {"model": {"name": "mlp", "hidden": [4] * 10**4}}},
    {"recipe": {"model": "mlp", "batch_size": 10**18}},
    {"recipe": {"model": "mlp", "epochs": 10**18}},
    {"recipe": {"model": {"name": "densenet", "layers": [10**9]}}},
    {"recipe": {"model": {"name": "wide_resnet", "depth": 10**9 + 6}}},
    {"recipe": {"model": {"name": "small_cnn", "channels": [10**9]}}},
    {"recipe": {"model": "mlp", "crop_padding": 10**9}},
    {"attacks": [{"attack": "ensemble", "trees": 10**12}]},
    {"attacks": [{"attack": "quantile", "trees": 10**12}]},
    {"defence": {"name": "selena", "models": 10**12}},
    {"seed": 10**40},
)  # fmt: skip
EXPLAIN = ("store", "explain", "config.yaml", "--store", "store")


def documents(rng: Generator) -> Iterator[Case]:
    """All cases on documents."""
    yield from _configs(rng)
    yield from _experiments(rng)
    yield from _results(rng)


def _configuration(title: str, content: bytes, says: str = "", words: tuple[str, ...] = EXPLAIN) -> Case:
    def write(folder: Path) -> None:
        (folder / "config.yaml").write_bytes(content)
        (folder / "store").mkdir()

    return Case(f"configuration: {title}", words, write, "config.yaml", says)


def _configs(rng: Generator) -> Iterator[Case]:
    plain = yaml.safe_dump(CONFIG).encode()
    yield _configuration("valid", plain)
    for i, (content, says) in enumerate(YAMLS):
        yield _configuration(f"document {i}", content.encode(), says)
        yield _configuration(f"document {i}, planned", content.encode(), says, ("audit", "config.yaml", "--plan-only"))
    for i, change in enumerate(NUMBERS):
        config = {**CONFIG, **change}
        config.pop("defence" if "defence" not in change else "title")
        yield _configuration(f"number {i}", yaml.safe_dump(config).encode())
    for i in range(80):
        changed = yaml.safe_dump(damaged_structure(CONFIG, rng))
        yield _configuration(f"structure {i}", changed.encode("utf-8", "surrogatepass"))
    for i in range(40):
        yield _configuration(f"bytes {i}", damaged_bytes(plain, rng))


def _experiments(rng: Generator) -> Iterator[Case]:
    for i, (content, _) in enumerate(YAMLS):
        yield _experiment(f"experiment {i}", "table1.yaml", content.encode(), rng)
        yield _experiment(f"settings {i}", "settings.yaml", content.encode(), rng)
    for i in range(30):
        changed = yaml.safe_dump(damaged_structure(EXPERIMENT, rng))
        yield _experiment(f"structure {i}", "table1.yaml", changed.encode("utf-8", "surrogatepass"), rng)
        yield _experiment(f"expected {i}", "expected.csv", damaged_bytes(EXPECTED.encode(), rng), rng)
    for name in ("expected.csv", "findings.md", "results/table1.json"):
        yield _experiment("binary", name, b"\xff\xfe\0\x1b[31m" * 9, rng)
        yield _experiment("deep", name, b"[" * 100_000, rng)


def _experiment(title: str, name: str, content: bytes, rng: Generator) -> Case:
    def write(folder: Path) -> None:
        paper = folder / "experiments" / "paper"
        (paper / "results").mkdir(parents=True)
        (paper / "table1.yaml").write_text(yaml.safe_dump(EXPERIMENT))
        (paper / "settings.yaml").write_text(yaml.safe_dump({"base": {**CONFIG, "attacks": "all"}}))
        (paper / "expected.csv").write_text(EXPECTED)
        (paper / name).write_bytes(content)

    words = [("--list",), ("--pages", "pages"), ("paper/table1", "--rows", "none"), ("paper", "--rows", "none")]
    return Case(f"experiment: {title}, {name}", ("reproduce", *words[rng.integers(4)]), write)


@cache
def example() -> tuple[dict[str, Any], bytes]:
    """A result and its scores, as an audit saves them."""
    import io

    import pyarrow.parquet as pq

    from miaudit.auditing.files import to_json
    from report_example import Example

    example = Example(members=40, nonmembers=40)
    out = io.BytesIO()
    pq.write_table(example.table(), out)
    return json.loads(to_json(example.result())), out.getvalue()


def _results(rng: Generator) -> Iterator[Case]:
    result, scores = example()
    text = json.dumps(result).encode()
    hostile = (b"", b"{", b"[]", b"null", b"1" * 5000, b"[" * 100_000, b'"\\ud800"', b"\xff", b"NaN", b'{"a": 1e999}')
    for name in ("result.json", "defences.json"):
        for i, content in enumerate(hostile):
            yield _report(f"{name} {i}", {name: content, "scores.parquet": scores}, name)
    for i in range(40):
        changed = json.dumps(damaged_structure(result, rng)).encode()
        yield _report(f"structure {i}", {"result.json": changed, "scores.parquet": scores})
    for i in range(30):
        yield _report(f"bytes {i}", {"result.json": damaged_bytes(text, rng), "scores.parquet": scores})
        yield _report(f"scores {i}", {"result.json": text, "scores.parquet": damaged_bytes(scores, rng)})
    yield _report("no scores", {"result.json": text}, "scores.parquet")
    yield _report("no result", {"scores.parquet": scores}, "result.json")


def _report(title: str, files: dict[str, bytes], names: str = "") -> Case:
    def write(folder: Path) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content)

    return Case(f"report: {title}", ("report", "."), write, names)
