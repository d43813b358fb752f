"""Reads a checkpoint with h5py alone: every array in the order in which it was saved.

    python3 read_checkpoint.py runs/digits/3f2a91c0de/a.1/ckpt/step-0000000780.h5 [DIGEST]

With the digest that run.h5 has of it, damage is seen before HDF5 reads the file.
"""
import hashlib
import sys

import h5py


def block_digest(path):
    with open(path, "rb") as file:
        blocks = iter(lambda: file.read(4 << 20), b"")
        return hashlib.sha256(b"".join(hashlib.sha256(block).digest() for block in blocks)).hexdigest()


path = sys.argv[1]
if len(sys.argv) > 2 and block_digest(path) != sys.argv[2]:
    sys.exit(f"{path} is damaged")
with h5py.File(path) as checkpoint:
    about = checkpoint.attrs
    print(f"checkpoint of run {about['run']} after step {about['step']} ({about['epoch']} epochs)")
    for name in checkpoint["index"].asstr()[:]:
        array = checkpoint[name]
        print(f"  {name} {array.shape} {array.dtype}")  # array[()] is a numpy array, bfloat16 as float32
