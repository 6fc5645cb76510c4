"""The command `explain`: why a record is exposed, or the exposure of all records as a table."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from miaudit.cli.console import PlainConsole
from miaudit.errors import UserError

Audit = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a finished audit.")]
RecordId = Annotated[str | None, typer.Option("--record", help="Id of the record, as scores.parquet has it.")]
AllRecords = Annotated[bool, typer.Option("--all", help="Write a row for every record to the file of --out.")]
Precision = Annotated[
    float,
    typer.Option(
        help="Say whether the record lies above the best cut at this precision, which is read off with the truth."
    ),
]
Table = Annotated[Path | None, typer.Option(help="With --all: the .csv or .parquet file to write.")]
KeyFile = Annotated[
    str | None,
    typer.Option(
        metavar="KEYFILE",
        help="With --all: replace ids by their HMAC-SHA256 under the secret in this file, or in the environment "
        "variable of env:NAME. Also leaves out the records' positions in the data, and further columns of the input.",
    ),
]


def explain(
    folder: Audit,
    record: RecordId = None,
    everyone: AllRecords = False,
    alpha: Precision = 0.98,
    out: Table = None,
    hash_ids: KeyFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of sentences.")] = False,
) -> None:
    """Explain why a record is exposed, or is not.

    With --all, write the exposure of all records to a file.
    """
    if everyone == (record is not None):
        raise UserError("expected either --record ID, for one record, or --all --out FILE, for a table of all")
    if everyone:
        _export(folder, alpha, out, hash_ids)
    elif out is not None or hash_ids is not None:
        raise UserError("--out and --hash-ids are for a table of all records: use them with --all")
    else:
        _explain(folder, record or "", alpha, as_json)


def _explain(folder: Path, record: str, alpha: float, as_json: bool) -> None:
    from miaudit.cli.explained import attack_table
    from miaudit.decisions.explain import explain as explain_record
    from miaudit.decisions.saved import open_audit, open_panel
    from miaudit.messages import printable_json

    found = explain_record(open_audit(folder), record, open_panel(folder), alpha)
    if as_json:
        sys.stdout.write(printable_json(found.model_dump_json(indent=1)) + "\n")
        return
    console = PlainConsole()
    console.print(attack_table(found))
    for sentence in found.sentences:
        console.print(sentence)


def _export(folder: Path, alpha: float, out: Path | None, hash_ids: str | None) -> None:
    from miaudit.cli.scores_file import write_scores
    from miaudit.decisions.export import export, read_key
    from miaudit.decisions.saved import open_audit, open_panel

    if out is None or out.suffix.lower() not in (".csv", ".parquet"):
        raise UserError(f"--all writes a table: expected --out FILE with the suffix .csv or .parquet, got {out}")
    key = None if hash_ids is None else read_key(hash_ids)
    table = export(open_audit(folder), open_panel(folder), alpha, key)
    write_scores(out, table)
    PlainConsole().print(f"{table.num_rows:,} records: {out.resolve()}", soft_wrap=True)
