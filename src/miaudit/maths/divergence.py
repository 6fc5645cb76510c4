"""The Kullback-Leibler divergence between the densities of two samples."""

import numpy as np

from miaudit.arrays import Floats
from miaudit.maths.density import Density

NODES = 8  # of the integral, to a width of the first density
REACH = 8  # widths from the nearest value; beyond, the density is below 1e-14 of its peak


def kl_divergence(first: Floats, second: Floats, width: float | None = None) -> float:
    """Compute KL(first || second) of the kernel densities of two samples, in nats, 0 or more.

    The integral is a trapezoid rule on a lattice that is finer than the kernels of the first density and lies around
    its values only, so that a narrow density beside a wide one is not missed. The divergence is not symmetric: with
    the members' losses first, it is what an attacker gains per member.

    Args:
        first: (m,) the sample whose density weighs the log ratio.
        second: (k,) the sample that it is compared with.
        width: bandwidth of all kernels; None for Scott's rule for each sample, but at least a thousandth of the spread
            of both samples together, so that samples without spread have a finite divergence.

    >>> kl_divergence(np.array([0.0]), np.array([1.0]), width=1.0)  # two normal laws: half the square of the shift
    0.5
    """
    least = 1e-3 * (float(np.std(np.concatenate((first, second)))) or 1.0)
    p, q = (Density.estimate(sample, width, least if width is None else 0.0) for sample in (first, second))
    step = p.bandwidth / NODES
    x = _lattice(p.sample, step) * step
    log_p = p.log(x)
    return max(0.0, float(np.sum(np.exp(log_p) * (log_p - q.log(x))) * step))


def _lattice(sample: Floats, step: float) -> Floats:
    """Return the lattice points, as whole numbers of steps, within REACH widths of a value of the sample."""
    centres = np.unique(np.round(sample / step))
    reach = np.arange(-REACH * NODES, REACH * NODES + 1, dtype=np.float64)
    blocks = np.unique(np.round(centres / len(reach)))  # a value's reach lies in its own block and the two beside it
    starts = np.unique((blocks[:, None] + np.array([-1.0, 0.0, 1.0])).ravel()) * len(reach)
    nodes: Floats = (starts[:, None] + reach).ravel()
    return nodes
