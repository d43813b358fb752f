"""Writes files of Keras that the tests of weights read: models that were trained a few steps, saved whole (.keras.h5)
and as weights (.weights.h5), with inputs and outputs.

    KERAS_BACKEND=torch python record_keras.py                          # beside this script
    KERAS_BACKEND=torch python record_keras.py --check build/assay DIR  # into assay and back into Keras, with files in DIR

Needs keras 3, torch, h5py and numpy.
"""

import argparse
import pathlib
import subprocess

import keras
import numpy as np
from keras import layers

FILES = pathlib.Path(__file__).parent / "files"


def models():
    keras.utils.set_random_seed(3)
    yield "keras_cnn", (8, 8, 3), [
        layers.Conv2D(4, 3, padding="valid", activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.DepthwiseConv2D(2),
        layers.Flatten(),
        layers.Dense(5, activation="relu"),
        layers.Dense(3),
    ]
    yield "keras_lstm", (6, 3), [layers.LSTM(4), layers.Dense(2)]
    yield "keras_gru", (6, 3), [layers.GRU(4), layers.Dense(2)]
    yield "keras_bidirectional", (6, 3), [layers.Bidirectional(layers.LSTM(4)), layers.Dense(2)]


def built(shape, parts):
    return keras.Sequential([keras.Input(shape), *parts])


def data(shape, outputs):
    random = np.random.default_rng(1)
    return random.normal(size=(32, *shape)).astype("f4"), random.normal(size=(32, outputs)).astype("f4")


def as_channels_first(x):
    """What a model of assay sees."""
    return np.moveaxis(x, -1, 1) if x.ndim == 4 else x


def record():
    for name, shape, parts in models():
        model = built(shape, parts)
        x, y = data(shape, parts[-1].units)
        model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mse")
        model.fit(x, y, batch_size=8, epochs=3, verbose=0)
        model.save_weights(FILES / f"{name}.weights.h5")
        model.save(FILES / f"{name}.keras.h5")
        output = model.predict(x[:8], verbose=0)
        np.savez(FILES / f"{name}.npz", input=as_channels_first(x[:8]), output=output)


def convert(assay, *words):
    subprocess.run([assay, "convert", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def check(assay, folder):
    """The recorded weights through assay into a model of Keras that had others."""
    worst = 0.0
    for name, shape, parts in models():
        model = built(shape, parts)
        x, _ = data(shape, parts[-1].units)
        expected = np.load(FILES / f"{name}.npz")["output"]
        fresh, back = folder / f"{name}.fresh.weights.h5", folder / f"{name}.weights.h5"
        model.save_weights(fresh)
        before = np.abs(model.predict(x[:8], verbose=0) - expected).max()
        flatten = ["--flatten", "dense=2,2,4", "--flatten", "dense_1=5"] if name == "keras_cnn" else []
        convert(assay, FILES / f"{name}.keras.h5", folder / f"{name}.h5", "--config", FILES.parent / f"{name}.yaml",
                "--probe", FILES / f"{name}.npz", *flatten)
        convert(assay, folder / f"{name}.h5", back, "--like", fresh, *flatten)
        model.load_weights(back)
        difference = np.abs(model.predict(x[:8], verbose=0) - expected).max()
        print(f"{name}: largest difference {difference:.3g}, of the weights that were there {before:.3g}")
        worst = max(worst, difference)
    return worst <= 1e-5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", nargs=2, metavar=("ASSAY", "DIR"))
    arguments = parser.parse_args()
    if arguments.check is None:
        record()
    elif not check(arguments.check[0], pathlib.Path(arguments.check[1])):
        raise SystemExit("the weights are not those that Keras saved")


if __name__ == "__main__":
    main()
