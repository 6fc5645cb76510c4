"""Where a module comes from: the standard library, miaudit, an installed release, or the user."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Literal, NamedTuple

BUILT_IN = {"built-in", "frozen"}  # in place of a file
TOP = re.compile(r"^([^\W\d]\w*)(?:/|\.py\b|\.[\w.-]*(?:so|pyd)\b)", re.MULTILINE)  # of the paths in a RECORD


class ModuleOrigin(NamedTuple):
    """Where the code of a module comes from."""

    kind: Literal["standard", "miaudit", "release", "own"]
    release: str = ""  # name and version
    file: Path | None = None  # of the user's own; None where there is none, as in a notebook


def origin_of(name: str) -> ModuleOrigin | None:
    """The origin of a module, found without importing it; None where there is no such module."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names and top != "__main__":
        return ModuleOrigin("standard")
    if top == "miaudit":
        return ModuleOrigin("miaudit")
    if top == "__main__":  # a script or a notebook: the rest of it does other things, so it is not taken as a whole
        return ModuleOrigin("own")
    spec = find_spec(name)
    if spec is None:
        return _made_at_run_time(name) if name in sys.modules else None
    if spec.origin in BUILT_IN:
        return ModuleOrigin("standard")
    file = None if spec.origin is None else Path(spec.origin)
    if file is None:  # a folder without an __init__.py runs no code
        return ModuleOrigin("own")
    release = release_of(top, file)
    return ModuleOrigin("own", file=file) if release is None else ModuleOrigin("release", release)


def _made_at_run_time(name: str) -> ModuleOrigin:
    """The origin of a module without a file, such as one within a compiled module: that of the module around it."""
    above = name.rpartition(".")[0]
    origin = origin_of(above) if above else None
    return ModuleOrigin("own") if origin is None or origin.kind == "own" else origin


def find_spec(name: str) -> ModuleSpec | None:
    """Where a module would be imported from. Unlike importlib's function, this imports no package above it."""
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    if loaded is not None:
        return loaded
    above = name.rpartition(".")[0]
    package = find_spec(above) if above else None
    if above and (package is None or package.submodule_search_locations is None):
        return None
    return _found(name, None if package is None else list(package.submodule_search_locations or ()))


def _found(name: str, folders: list[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        look = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = None if look is None else look(name, folders)
        if spec is not None:
            return spec
    return None


def release_of(top: str, file: Path) -> str | None:
    """Name and version of the release that a file was installed from; None where its code may change under a version.

    That is so of editable installs, of those from a local folder, and of whatever is imported from a folder.
    """
    installed = [found for found in _distributions(top, tuple(sys.path)) if _is_within(file, found)]
    if not installed or any(_is_local(found) for found in installed):
        return None
    return ", ".join([f"{top} {_version(found)}" for found in installed])


@cache
def _distributions(top: str, path: tuple[str, ...]) -> tuple[Distribution, ...]:
    named: dict[str, Distribution] = {}
    for found in _by_top(path).get(top, ()):
        named.setdefault(found.name, found)  # the first on the path is the one that is imported
    return tuple(named.values())


@cache
def _by_top(path: tuple[str, ...]) -> Mapping[str, Sequence[Distribution]]:
    del path  # only the cache's key: what can be imported follows from it
    by_top: dict[str, list[Distribution]] = defaultdict(list)
    for found in distributions():
        for top in _tops(found):
            by_top[top].append(found)
    return by_top


def _tops(found: Distribution) -> set[str]:
    """Top-level modules of a distribution; importlib's own function makes an object for each of its files, slowly."""
    declared = (found.read_text("top_level.txt") or "").split()
    if declared:
        return set(declared)
    record = found.read_text("RECORD")
    if record is None:
        return {file.parts[0].removesuffix(".py") for file in found.files or ()}
    return set(TOP.findall(record))


def _is_within(file: Path, found: Distribution) -> bool:
    """Does the file lie where the distribution was installed to, by an installer?"""
    root = str(found.locate_file(""))
    if found.read_text("RECORD") is None and Path(root).name not in ("site-packages", "dist-packages"):
        return False  # metadata that a build left beside the source
    # As it was found, and without links: folders of releases may be linked, and so may the files in them.
    return file.absolute().is_relative_to(Path(root).absolute()) or file.resolve().is_relative_to(Path(root).resolve())


def _is_local(found: Distribution) -> bool:
    if (found.read_text("INSTALLER") or "").strip() == "conda":  # which notes the folder that its release was built in
        return False
    return "dir_info" in _direct_url(found)


def _version(found: Distribution) -> str:
    """The version, with the commit or the hash of an archive where it did not come from an index."""
    url = _direct_url(found)
    exact = (url.get("vcs_info") or {}).get("commit_id") or (url.get("archive_info") or {}).get("hash")
    return f"{found.version} {exact}" if exact else found.version


def _direct_url(found: Distribution) -> dict[str, dict[str, str]]:
    text = found.read_text("direct_url.json")
    return json.loads(text) if text else {}


def releases_here(releases: Iterable[str]) -> list[str]:
    """The same packages with the versions that this machine has, in order; those that it lacks are left out."""
    origins = [origin_of(release.split()[0]) for release in releases]
    return [origin.release for origin in origins if origin is not None and origin.kind == "release"]
