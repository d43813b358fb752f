"""Reads the records of assay: metrics, configs and weights, without assay itself.

    import assay
    assay.runs("runs/").frame()                     # pandas: a row a run
    run = assay.load("runs/digits/3f2a91c0de")      # or the path of its run.h5
    run.metrics["valid/accuracy"].value             # numpy
    run.weights("best")["layers.0.weight"]          # numpy; .torch() for tensors

docs/formats/ of assay's sources says what every byte of a record means; this package is a convenience over it.
"""

from ._record import Metrics, Run, Series, Weights, load
from ._runs import Runs, runs

__all__ = ["Metrics", "Run", "Runs", "Series", "Weights", "load", "runs"]
__version__ = "0.1.0"
