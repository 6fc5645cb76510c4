"""Target: a classifier in a `.skops` file, which is read without running code that the file brings along."""

from typing import Any, ClassVar

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.targets._files import is_file, library, opened
from miaudit.targets.base import Target
from miaudit.targets.search import target_of

TRUSTED = "trusted"  # option: types that the user knows to be harmless, separated by commas


class Skops(Target):
    """A `.skops` file, which this kind opens; the model in it becomes a target of another kind."""

    opened_from: ClassVar[str] = "model.skops"
    extra: ClassVar[str] = "skops"
    gives: ClassVar[str] = "what the classifier in it gives"
    refitted: ClassVar[str] = "its own parameters"

    @classmethod
    def accepts(cls, given: object) -> bool:
        """False: the model in a file is of another kind."""
        del given
        return False

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file `.skops`?"""
        return is_file(address, ".skops")

    @classmethod
    def open(cls, address: Address) -> Target:
        """The classifier in the file; raises UserError as `load`, or where it holds no classifier."""
        return target_of(cls.load(address))

    @classmethod
    def load(cls, address: Address) -> Any:
        """The object in the file.

        Raises:
            UserError: it holds types that skops does not know and the option `trusted` does not name.
        """
        address.check_options((TRUSTED,))
        io = library("skops.io", "skops", address)
        named = _names(address.options.get(TRUSTED, ()))
        with opened(address):
            unknown = sorted(io.get_untrusted_types(file=address.path))
        untrusted = [name for name in unknown if name not in named]
        if untrusted:
            raise UserError(
                f"{address} holds types that skops does not know to be harmless: {listed(untrusted)}. Reading them "
                "runs their code. If you trust whoever made the file, and these types are yours or of a library that "
                f"you use, name them: {address.place}?{TRUSTED}={','.join(unknown)}"
            )
        with opened(address):
            return io.load(address.path, trusted=unknown)


def _names(given: Any) -> list[str]:
    """Names in a list, or in a text with commas."""
    return [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]
