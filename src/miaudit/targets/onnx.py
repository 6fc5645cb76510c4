"""Target: a model in ONNX, which onnxruntime runs."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from miaudit.address import Address
from miaudit.errors import UserError
from miaudit.features.base import native
from miaudit.messages import listed
from miaudit.records.labels import Classes
from miaudit.records.reading import Reading
from miaudit.targets._files import is_file, library, opened
from miaudit.targets._onnx_session import answer_of, answers, class_names, fed, is_session
from miaudit.targets.base import AnsweringTarget

OUTPUT = "output"  # option: name of the output that holds the answers


@dataclass(frozen=True, eq=False, kw_only=True)
class Onnx(AnsweringTarget):
    """An `onnxruntime.InferenceSession`, or a file `.onnx`.

    Records are converted to the type of the input, and to rows (n, features) where the input is a matrix. A model with
    an input for each column, as scikit-learn's exports of tables have them, is given the columns.
    """

    made_of: ClassVar[str] = "an onnxruntime.InferenceSession"
    opened_from: ClassVar[str] = "model.onnx"
    extra: ClassVar[str] = "onnx"
    rank: ClassVar[int] = 20

    session: Any
    output: str  # name of the output that is read

    @classmethod
    def accepts(cls, given: object) -> bool:
        """Is the object a session of onnxruntime?"""
        return is_session(given)

    @classmethod
    def of(cls, given: Any) -> Self:
        """Make a target of the session; raises UserError where several outputs could be its answers."""
        return cls(session=given, output=answer_of(given))

    @classmethod
    def opens(cls, address: Address) -> bool:
        """Is it a file `.onnx`?"""
        return is_file(address, ".onnx")

    @classmethod
    def open(cls, address: Address) -> Self:
        """The model in the file, run on the CPU.

        Raises:
            UserError: onnxruntime cannot read it, or the option `output` does not name one of its outputs.
        """
        address.check_options((OUTPUT,))
        onnxruntime = library("onnxruntime", "onnx", address)
        with opened(address):
            session = onnxruntime.InferenceSession(str(address.path), providers=["CPUExecutionProvider"])
        known = [output.name for output in session.get_outputs()]
        chosen = address.options.get(OUTPUT) or answer_of(session)
        if chosen not in known:
            raise UserError(f"{address}: it has no output {chosen!r}; its outputs are {listed(known)}")
        return cls(session=session, output=chosen)

    @property
    def description(self) -> str:
        """Which output is read, and what it gives."""
        return f"an ONNX model (output {self.output}{self.described})"

    @property
    def name(self) -> str:
        """Its name in messages."""
        return "the ONNX model"

    @property
    def reading(self) -> Reading:
        """Numbers in double precision, and the classes whose names stand in the output."""
        return replace(super().reading, known=class_names(self.session, self.output))

    def with_labels(self, labels: Classes) -> Self:
        """Itself: its columns are in the order of the classes; raises UserError where it does not know one of them."""
        names = class_names(self.session, self.output)
        unknown = [] if names is None else [label for label in labels.values.tolist() if label not in names]
        if unknown:
            raise UserError(
                f"{self.name} knows the classes {listed(map(str, names or ()))}; got the label {unknown[0]!r}"
            )
        return self

    def answers(self, x: Any) -> Any:
        """The output (n, ...) for records x, asked in batches as large as the model allows."""
        return answers(self.session, self.output, fed(self.session, native(x)))
