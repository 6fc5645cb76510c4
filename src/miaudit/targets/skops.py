"""Target: a classifier in a `.skops` file, which is read without running code that the file brings along."""

from typing import Any, ClassVar

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.messages import listed
from miaudit.targets._files import is_file, library, opened
from miaudit.targets.base import Target
from miaudit.targets.search import target_of

TRUSTED = "trusted"  # option: types that the user knows to be harmless, separated by commas
# Types that skops asks about, and that hold nothing but numbers, texts and parts which skops checks as well. Trees and
# neighbours of scikit-learn are left out, as skops advises: scikit-learn follows the indices in their arrays unchecked,
# so that a forged file can crash the program.
HARMLESS = frozenset(
    {
        "numpy.dtype",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        "sklearn.gaussian_process.kernels.ConstantKernel",
        "sklearn.gaussian_process.kernels.DotProduct",
        "sklearn.gaussian_process.kernels.Matern",
        "sklearn.gaussian_process.kernels.Product",
        "sklearn.gaussian_process.kernels.RBF",
        "sklearn.gaussian_process.kernels.RationalQuadratic",
        "sklearn.gaussian_process.kernels.Sum",
        "sklearn.gaussian_process.kernels.WhiteKernel",
        "sklearn.multiclass._ConstantPredictor",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.utils._bunch.Bunch",
    }
)


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
            UserError: it holds types that are not known to be harmless, and that the option `trusted` does not name.
        """
        address.check_options((TRUSTED,))
        io = library("skops.io", "skops", address)
        named = _names(address.options.get(TRUSTED, ()))
        with opened(address):
            unknown = sorted(io.get_untrusted_types(file=address.path))
        untrusted = [name for name in unknown if name not in HARMLESS and name not in named]
        if untrusted:
            every = ",".join(name for name in unknown if name not in HARMLESS)
            raise UserError(
                f"{address} holds types that are not known to be harmless: {listed(untrusted)}. By some types, a "
                "forged file can run code; by trees and neighbours of scikit-learn, it can crash the program. If you "
                "trust whoever made the file, and these types are yours or of a library that you use, name them: "
                f"{address.place}?{TRUSTED}={every}"
            )
        with opened(address):
            return io.load(address.path, trusted=unknown)


def _names(given: Any) -> list[str]:
    """Names in a list, or in a text with commas."""
    return [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]
