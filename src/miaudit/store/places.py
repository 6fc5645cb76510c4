"""Opens the store that a folder or a URL names."""

from pathlib import Path

from miaudit.errors import UserError
from miaudit.store.base import Store
from miaudit.store.local import LocalStore
from miaudit.store.remote import RemoteStore
from miaudit.store_root import store_root


def open_store(location: str | Path | None = None) -> Store:
    """The store in a folder or behind a URL such as `s3://bucket/folder`.

    None is for the folder that `MIAUDIT_STORE` names, else one in the user's cache.

    Raises:
        UserError: nothing that speaks to this kind of URL is installed.
    """
    if location is None:
        return LocalStore(store_root())
    scheme, separator, rest = str(location).partition("://")
    if not separator:
        return LocalStore(Path(location))
    if scheme in ("file", "local"):
        return LocalStore(Path(rest))
    if scheme == "memory":
        raise UserError(f"{location} is one process's memory: expected a folder, or a URL that all processes reach")
    store = RemoteStore(store_root(), str(location))
    store.connect()
    return store
