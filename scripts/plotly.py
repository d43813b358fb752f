"""plotly.js inside Python's plotly package, for scripts/setup.

  plotly.py WHEEL FOLDER  writes FOLDER/plotly.min.js.gz, as pages hold it, and its licence
  plotly.py MIN_JS FOLDER  the same of plotly.min.js alone, as npm's plotly.js-dist-min has it

What pages hold is the same library that starts in a tenth of the time. It begins with its core and scatter; of the
fifty other kinds of charts it knows heatmaps alone, as starting each of them is what takes long. And its outermost function
stands in parentheses, which tells browsers to parse it once, not twice. Where a version of plotly.js is not written as
expected, that part of it stays as it is: pages are as right, and slower.
"""

import gzip
import pathlib
import re
import sys
import zipfile

KEPT = "heatmap"
BEGIN = '(typeof self !== "undefined" ? self : this, () => {'
END = "}));"


def module_of(script, name):
    """The beginning of the module that a bundled name stands for: NAME=W((...)=>{...})."""
    found = re.search(rf"(?<![\w$]){re.escape(name)}=W\(\(.*?\)=>\{{", script)
    return script[found.end() : found.end() + 4000] if found else ""


def is_kept(script, name):
    inner = re.match(r'"use strict";\w+\.exports=(\w+)\(\)', module_of(script, name))
    return inner is not None and f'name:"{KEPT}"' in module_of(script, inner[1])


def with_few_kinds(script):
    lists = list(re.finditer(r"\.register\(\[((?:\w+\(\),?){20,})\]\)", script))
    if len(lists) != 1:
        return script
    kept = [call for call in lists[0][1].split(",") if is_kept(script, call.removesuffix("()"))]
    if len(kept) != 1:
        return script
    return f"{script[: lists[0].start()]}.register([{kept[0]}]){script[lists[0].end() :]}"


def parsed_once(script):
    begin, end = script.find(BEGIN), script.rfind(END)
    if begin < 0 or end < 0:
        return script
    opened = BEGIN.removesuffix("() => {") + "(() => {"
    return script[:begin] + opened + script[begin + len(BEGIN) : end] + "})));" + script[end + len(END) :]


def pack(script, folder):
    started = parsed_once(with_few_kinds(script.decode()))
    (folder / "plotly.min.js.gz").write_bytes(gzip.compress(started.encode(), mtime=0))


def unpack(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        licence = next(name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE.txt"))
        pack(archive.read("plotly/package_data/plotly.min.js"), folder)
        (folder / "plotly-LICENSE.txt").write_bytes(archive.read(licence))


if __name__ == "__main__":
    given, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    if given.suffix == ".js":
        pack(given.read_bytes(), target)
    else:
        unpack(given, target)
