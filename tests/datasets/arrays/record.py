"""Records the files beside this one: arrays as NumPy and h5py write them.

    python3 -m pip install numpy h5py && python3 record.py

In each, element i of an array (rows first) is i modulo 251.
"""
import pathlib

import h5py
import numpy

here = pathlib.Path(__file__).parent
rows = 30


def counting(*shape, dtype="float32"):
    return (numpy.arange(numpy.prod(shape)) % 251).reshape(shape).astype(dtype)


x = counting(rows, 2, 3)
y = (numpy.arange(rows) % 3).astype("int64")
numpy.savez(here / "stored.npz", x=x, y=y, other=numpy.array(["text"], dtype=object))
numpy.savez_compressed(here / "packed.npz", x_train=x[:20], y_train=y[:20], x_test=x[20:], y_test=y[20:])

with h5py.File(here / "arrays.h5", "w", track_order=False) as file:
    file["plain"] = x
    file["y"] = y
    file["group/inner"] = counting(rows, dtype="uint8")
    file.create_dataset("chunked", data=counting(rows, 7, 5, dtype="int32"), chunks=(4, 3, 2))
    file.create_dataset("gzip", data=counting(rows, 7, dtype="float64"), chunks=(7, 7), compression="gzip")
    file.create_dataset("shuffled", data=counting(rows, 7, 5), chunks=(8, 4, 5), compression="gzip", shuffle=True)
    file.create_dataset("test", data=counting(5, 2, 3))
    file["test_y"] = numpy.array([0, 1, 2, 0, 1])
    file.create_dataset("lzf", data=x, compression="lzf")
    file["big_endian"] = x.astype(">f4")
    file.create_dataset("empty_part", shape=(rows, 2), chunks=(5, 2), dtype="f4")
    file["empty_part"][0] = 1
    file["words"] = ["a", "b"]
    file["scalar"] = 1.0
    space = h5py.h5s.create_simple((rows, 2))
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_layout(h5py.h5d.COMPACT)
    compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, properties)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, counting(rows, 2))
