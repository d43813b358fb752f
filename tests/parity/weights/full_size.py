"""The conversions of convert_command_test.cpp in real sizes: ResNet-18, a BERT-size encoder, a GPT-2-size decoder.

    python full_size.py build/assay DIR     # needs torch, numpy, safetensors; about 3 GB in DIR

Says for each the largest difference of the outputs, and whether every tensor comes back with its bytes.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).parent

HEAD = "assay: 1\noptimizer: sgd\ntrain: {until: 1 epoch}\n"
CONFIGS = {
    "resnet18": HEAD + "dataset: digits\nmodel: resnet18\n",
    "encoder": HEAD + """dataset: digits
model:
  type: sequential
  layers:
    - {type: embedding, units: 768, vocabulary: 30522}
    - learned_positions
    - {type: layer_norm, eps: 1e-12}
    - type: repeat
      times: 12
      layers:
        - {type: transformer_block, heads: 12, norm_place: after, norm: {type: layer_norm, eps: 1e-12}, activation: gelu}
    - mean
    - linear
""",
    "decoder": HEAD + "dataset: {type: text, file: none.txt}\nmodel: gpt\n",
}


def maps(model):
    """The rules of convert_command_test.cpp."""
    source = (HERE.parent.parent / "runner/convert/convert_command_test.cpp").read_text()
    begin = source.find(f"const Words {model}_map = {{")
    if begin < 0:
        return []
    words = source[begin : source.index("};", begin)].split('"')[1::2]
    return words


def convert(assay, *words):
    """What it printed, with its memory at most in MB under `peak_mb`."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen([assay, "convert", *map(str, words), "--format", "json"], stdout=out)
        peak_kb = 0
        while process.poll() is None:  # what wait4 says would begin with the memory of this program
            peak_kb = max(peak_kb, most_resident_kb(process.pid))
            time.sleep(0.002)
        if process.returncode != 0:
            raise SystemExit(f"assay convert {' '.join(map(str, words))} failed")
        out.seek(0)
        return json.load(out) | {"peak_mb": peak_kb * 1024 / 1e6}


def most_resident_kb(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) if lines and "Name:\tassay" in status else 0


def read(path):
    if path.suffix == ".pt":
        return torch.load(path, weights_only=True, mmap=True)
    return load_file(path)


def goes_back(assay, folder, model, ending):
    """Says how many tensors came back with their bytes, and in what memory; stops where one did not."""
    theirs, back = folder / (model + ending), folder / f"back{ending}"
    rules = maps(model)
    done = convert(assay, folder / f"{model}.h5", back, "--like", theirs, *rules, *(["--back"] if rules else []))
    expected, found = read(theirs), read(back)
    other = [name for name in expected if not same_bytes(expected[name], found[name])]
    if other or len(found) != len(expected):
        raise SystemExit(f"{back}: {len(other)} tensors are not as they were: {', '.join(other[:5])}")
    largest = max(tensor.nbytes for tensor in expected.values()) / 1e6
    most = 1.2 * largest + 100
    print(f"{model}{ending}, back: {len(expected)} tensors with their bytes, {done['peak_mb']:.0f} MB of memory, "
          f"at most {most:.0f} with a largest tensor of {largest:.0f} MB")
    if done["peak_mb"] > most:
        raise SystemExit("that is too much memory")


def same_bytes(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a.view(torch.uint8), b.view(torch.uint8)) \
        if a.dim() else bool(a == b)


def main():
    assay, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if not (folder / "decoder.npz").exists():
        subprocess.run([sys.executable, HERE / "record.py", "--full", folder], check=True)
    worst = 0.0
    for model, config in CONFIGS.items():
        path = folder / f"{model}.yaml"
        path.write_text(config)
        for ending in (".pt", ".safetensors"):
            done = convert(assay, folder / (model + ending), folder / f"{model}.h5", "--config", path, "--probe",
                           folder / f"{model}.npz", *maps(model))
            worst = max(worst, done["largest_difference"])
            print(f"{model}{ending}: {done['tensors']} tensors, largest difference {done['largest_difference']:.3g}")
            goes_back(assay, folder, model, ending)
    raise SystemExit(worst > 1e-5)


if __name__ == "__main__":
    main()
