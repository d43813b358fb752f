"""LibTorch inside Python's torch package, for scripts/setup. Imports no torch: that takes over a second.

  libtorch.py find 2.13            prints the folder of this Python's torch, if it is of that series
  libtorch.py needs_cuda WHEEL     exits with 0 if the wheel asks for NVIDIA's libraries, else with 1
  libtorch.py unpack WHEEL FOLDER  writes FOLDER/torch/{include,lib} and the wheel's licence
"""

import importlib.util
import pathlib
import re
import sys
import zipfile


def find(series):
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return
    folder = pathlib.Path(spec.origin).parent
    version = re.search(r"__version__ = '([^']*)'", (folder / "version.py").read_text())
    if version and version[1].startswith(series + ".") and (folder / "include/ATen/core/Tensor.h").is_file():
        print(folder.resolve())


def needs_cuda(wheel):
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    sys.exit(0 if re.search(r"^Requires-Dist: (nvidia|cuda)-", text, re.MULTILINE) else 1)


def unpack(wheel, folder):
    wanted = re.compile(r"torch/(include|lib)/|torch-[^/]*\.dist-info/(licenses/)?(LICENSE|NOTICE)")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if wanted.match(name)])


if __name__ == "__main__":
    {"find": find, "needs_cuda": needs_cuda, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])
