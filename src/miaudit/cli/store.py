"""Commands `store list`, `explain`, `verify` and `gc`, which look after trained models and their outputs."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from miaudit.cli.console import PlainConsole
from miaudit.cli.options import DataRoot
from miaudit.config import AuditConfig, load_config
from miaudit.errors import UserError
from miaudit.messages import shortened, without_secrets
from miaudit.reading.path import about, check_folder

if TYPE_CHECKING:
    from miaudit.running.work import Work
    from miaudit.store.base import Store
    from miaudit.store.local import LocalStore

DAMAGED = 1  # exit code where damaged files were found

app = typer.Typer(help="Look after the store of trained models.", no_args_is_help=True, rich_markup_mode=None)

StorePath = Annotated[
    str | None, typer.Option(help="Folder or URL of the store. Default: MIAUDIT_STORE, else one in the user's cache.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_(
    kind: Annotated[
        str | None,
        typer.Option(
            help="List the files of one kind: model, outputs, judged, snapshot, data, leftover or unreadable."
        ),
    ] = None,
    store: StorePath = None,
    as_json: AsJson = False,
) -> None:
    """List the stored files by kind.

    Shows their number, size and last use. With --kind, list each file.
    """
    from miaudit.cli.stored import as_dict, entries_table, kinds_table
    from miaudit.store.base import EntryKind
    from miaudit.store.upkeep import shared_with

    if kind not in (None, *get_args(EntryKind)):
        raise UserError(f"--kind: expected {', '.join(get_args(EntryKind))}, got {shortened(kind)}")
    place = _store(store)
    found = [entry for entry in place.entries() if kind in (None, entry.kind)]
    if as_json:
        listed = [as_dict(entry, place) for entry in found]
        total = sum(entry.bytes for entry in found)
        _print_json({"store": _shown(place), "bytes": total, "entries": listed})
        return
    console = PlainConsole()
    console.print(kinds_table(found) if kind is None else entries_table(found))
    console.print(f"in {_shown(place)} (--store, MIAUDIT_STORE)", soft_wrap=True)
    if (told := shared_with(place)) is not None:
        console.print(told, soft_wrap=True)


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="CONFIG|KEY", help="A YAML configuration, or the key of an entry.")],
    store: StorePath = None,
    data_root: DataRoot = None,
    as_json: AsJson = False,
) -> None:
    """Show which models of an audit are stored, or all about an entry.

    For each model that is missing, shows the fields in which it differs from the nearest stored one.
    """
    place = _store(store)
    if re.fullmatch(r"[0-9a-f]{4,32}", what) and not Path(what).exists():
        _explain_key(what, place, as_json)
    else:
        from miaudit.data_root import data_root_at
        from miaudit.store_root import store_root_at

        with data_root_at(data_root), store_root_at(place.near.root), about(Path(what)):
            _explain_config(Path(what), place, as_json)


@app.command()
def verify(
    store: StorePath = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Delete damaged files; they are computed again when needed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read every file and check its hash.

    The exit code is 1 if damaged files were found, even if they were removed.
    """
    from miaudit.cli.stored import as_dict
    from miaudit.store.upkeep import damaged

    place = _store(store)
    found = place.entries()
    broken = list(damaged(place, found))
    if remove:
        place.remove(broken)
    if as_json:
        _print_json({"files": len(found), "damaged": [as_dict(entry, place) for entry in broken], "removed": remove})
    else:
        console = PlainConsole()
        for entry in broken:
            console.print(f"damaged{', removed' if remove else ''}: {_shown(place)}/{entry.name}", soft_wrap=True)
        console.print(f"{len(found):,} files read, {len(broken):,} damaged")
    raise typer.Exit(DAMAGED if broken else 0)


@app.command()
def gc(
    max_size: Annotated[
        str | None, typer.Option(help="Largest size to keep, such as 5GB. Default: MIAUDIT_STORE_SIZE.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    store: StorePath = None,
    as_json: AsJson = False,
) -> None:
    """Remove leftovers, then the files that were unused for longest.

    Files that are in use or were used just now are never removed.
    """
    from miaudit.cli.stored import as_dict, size
    from miaudit.store.upkeep import collect, parse_size, size_limit

    limit = size_limit() if max_size is None else parse_size(max_size)
    place = _folder(store)
    found = collect(place, limit, dry_run)
    if as_json:
        removed = [as_dict(entry, place) for entry in found.removed]
        _print_json({"removed": removed, "bytes_left": found.left, "bytes_above": found.above, "dry_run": dry_run})
        return
    console = PlainConsole()
    kinds = Counter(entry.kind for entry in found.removed)
    what = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items()) or "nothing"
    freed = size(sum(entry.bytes for entry in found.removed))
    console.print(f"{'would remove' if dry_run else 'removed'} {what} ({freed}); {size(found.left)} stay")
    if found.above:
        console.print(f"{size(found.above)} more than asked for stay: in use, or used in the last 15 minutes")


def _store(location: str | None) -> "Store":
    """The store in a folder, which must be there, or behind a URL."""
    from miaudit.store.places import open_store

    store = open_store(location)
    if _is_folder(store):
        check_folder(store.near.root, "a store, the folder that --store or MIAUDIT_STORE names")
    return store


def _folder(location: str | None) -> "LocalStore":
    """The store in a folder; raises UserError for a URL, whose objects other machines may be using."""
    store = _store(location)
    if not _is_folder(store):
        raise UserError(
            f"store gc: expected a folder, got {_shown(store)}: other machines may be using its objects; "
            "use the rules of the bucket to remove old objects"
        )
    return store.near


def _is_folder(store: "Store") -> bool:
    return store.location == store.near.location


def _shown(store: "Store") -> str:
    return without_secrets(store.location)


def _print_json(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


def _explain_key(start: str, store: "Store", as_json: bool) -> None:
    from miaudit.cli.stored import as_dict, entry_table

    keyed = [entry for entry in store.entries() if entry.name.endswith(".safetensors")]
    found = [entry for entry in keyed if entry.key.startswith(start)]
    if len(found) != 1:
        several = f": {', '.join(entry.key for entry in found[:3])}" if found else ""
        raise UserError(f"expected the key of one entry, {shortened(start)} fits {len(found)}{several}")
    (entry,) = found
    if as_json:
        _print_json({**as_dict(entry, store), "sound": store.is_sound(entry)})
        return
    PlainConsole().print(entry_table(entry, store.is_sound(entry)))


def _explain_config(path: Path, store: "Store", as_json: bool) -> None:
    from miaudit.cli.stored import explained, explanations_table
    from miaudit.running.explain import explain as why
    from miaudit.running.explain import known_jobs

    config = load_config(path)
    if config.evidence is not None:
        raise UserError(f"{path} trains no models: its evidence was collected already")
    known = known_jobs(store)
    found = {name: why(work, store, known) for name, work in _works(config)}
    if as_json:
        _print_json({"models": [{"model": name, **explained(answer)} for name, answer in found.items()]})
        return
    console = PlainConsole()
    console.print(explanations_table(found))
    missing = sum(answer.state == "missing" for answer in found.values())
    console.print(f"{len(found) - missing:,} of {len(found):,} models are in the store, {missing:,} are not")


def _works(config: AuditConfig) -> "Iterator[tuple[str, Work]]":
    """The models of the configuration's audits, by name."""
    from miaudit.auditing.defences import plan_all
    from miaudit.auditing.from_config import plan_of_config

    plans = [(f"{audit.folder}: ", audit.plan) for audit in plan_all(config)] if config.defences else []
    for prefix, plan in plans or [("", plan_of_config(config))]:
        if plan.target_work is not None:
            yield f"{prefix}target", plan.target_work
        for i, work in enumerate(plan.auxiliary):
            yield f"{prefix}auxiliary {i}", work
