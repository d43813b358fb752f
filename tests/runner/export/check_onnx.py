"""Runs every NAME.onnx of a folder with onnxruntime on the inputs of NAME.npz and compares with its output.

    python check_onnx.py DIR     # needs onnxruntime and numpy; checks the files with onnx as well where it is there
"""

import pathlib
import sys

import numpy as np
import onnxruntime

try:
    import onnx
except ImportError:
    onnx = None

TOLERANCE = 1e-5  # of values up to 1, else relative: kernels add up in other orders


def difference(path):
    if onnx is not None:
        onnx.checker.check_model(str(path), full_check=True)
    arrays = dict(np.load(path.with_suffix(".npz")))
    expected = arrays.pop("output")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (found,) = session.run(["scores"], arrays)
    assert found.shape == expected.shape, f"{found.shape}, not {expected.shape}"
    # One row alone: the batch is of any size.
    (alone,) = session.run(["scores"], {name: values[:1] for name, values in arrays.items()})
    assert alone.shape[0] == 1, alone.shape
    return float(np.abs(found - expected).max() / max(1.0, np.abs(expected).max()))


def main():
    bad = 0
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    for path in paths:
        try:
            worst = difference(path)
        except Exception as error:
            print(f"{path.stem}: {error}")
            bad += 1
            continue
        if worst > TOLERANCE:
            bad += 1
        print(f"{path.stem}: {worst:.3g}{' is too much' if worst > TOLERANCE else ''}")
    print(f"{len(paths)} models, {bad} wrong, onnxruntime {onnxruntime.__version__}")
    raise SystemExit(bad > 0 or not paths)


if __name__ == "__main__":
    main()
