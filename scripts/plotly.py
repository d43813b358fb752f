"""plotly.js inside Python's plotly package, for scripts/setup.

  plotly.py WHEEL FOLDER  writes FOLDER/plotly.min.js.gz, as pages hold it, and its licence
"""

import gzip
import pathlib
import sys
import zipfile


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        licence = next(name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE.txt"))
        packed = gzip.compress(archive.read("plotly/package_data/plotly.min.js"), mtime=0)
        (folder / "plotly.min.js.gz").write_bytes(packed)
        (folder / "plotly-LICENSE.txt").write_bytes(archive.read(licence))


if __name__ == "__main__":
    unpack(sys.argv[1], pathlib.Path(sys.argv[2]))
