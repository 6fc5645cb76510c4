"""How figures for papers look: one column wide, 8 pt, colours that colour-blind readers can tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from miaudit.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureFormat = Literal["pdf", "svg", "png"]
WIDTH = 3.3  # inches, a column of most venues
# Okabe and Ito (2008), the yellow left out, which is too pale for lines on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
MEMBER, NONMEMBER = COLOURS[0], COLOURS[1]
MOST_CURVES = len(COLOURS)
RESOLUTION = 300  # dots per inch of a PNG
NO_DATES: dict[FigureFormat, dict[str, Any]] = {
    "pdf": {"CreationDate": None},
    "svg": {"Date": None},
    "png": {"Software": None},
}


@contextmanager
def style() -> Iterator[None]:
    """Make what is drawn and saved within the block look so; raises UserError without matplotlib."""
    try:
        import matplotlib as mpl
        from cycler import cycler
    except ModuleNotFoundError:
        raise UserError("figures need matplotlib, which is not installed: pip install 'miaudit[figures]'") from None
    settings: dict[str, Any] = {
        "axes.linewidth": 0.6,
        "axes.prop_cycle": cycler(color=COLOURS),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "font.size": 8,
        "legend.fontsize": 6.5,
        "legend.frameon": False,
        "legend.handlelength": 1.4,
        "lines.linewidth": 1.1,
        "pdf.fonttype": 42,  # letters as TrueType, which venues ask for
        "svg.fonttype": "none",  # letters as text
        "svg.hashsalt": "miaudit",  # the same drawing gives the same file
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
    }
    with mpl.rc_context(settings):  # type: ignore[arg-type] # its keys are a list of literals
        yield


def new_figure(height: float) -> "Figure":
    """An empty figure, one column wide and so many inches high."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH, height), layout="constrained")


def file_of(figure: "Figure", form: FigureFormat) -> bytes:
    """The content of a file with the figure; equal figures give equal files."""
    buffer = BytesIO()
    figure.savefig(buffer, format=form, dpi=RESOLUTION, metadata=NO_DATES[form])
    return buffer.getvalue()
