"""Reads a checkpoint with h5py alone: every array in the order in which it was saved.

    python3 read_checkpoint.py runs/digits/3f2a91c0de/a.1/ckpt/step-0000000780.h5
"""
import sys

import h5py

with h5py.File(sys.argv[1]) as checkpoint:
    about = checkpoint.attrs
    print(f"checkpoint of run {about['run']} after step {about['step']} ({about['epoch']} epochs)")
    for name in checkpoint["index"].asstr()[:]:
        array = checkpoint[name]
        print(f"  {name} {array.shape} {array.dtype}")  # array[()] is a numpy array, bfloat16 as float32
