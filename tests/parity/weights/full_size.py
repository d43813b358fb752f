"""The conversions of convert_command_test.cpp in real sizes: ResNet-18, a BERT-size encoder, a GPT-2-size decoder.

    python full_size.py build/assay DIR     # needs torch, numpy, safetensors; about 3 GB in DIR

Says for each the largest difference of the outputs, and whether every tensor comes back with its bytes.
"""

import json
import pathlib
import subprocess
import sys

import torch

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
    done = subprocess.run([assay, "convert", *map(str, words), "--format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


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
        if model == "resnet18":
            convert(assay, folder / f"{model}.h5", folder / "back.pt", "--like", folder / f"{model}.pt")
            theirs = torch.load(folder / f"{model}.pt", weights_only=True)
            ours = torch.load(folder / "back.pt", weights_only=True, mmap=True)
            print("back:", all(torch.equal(ours[name], theirs[name]) for name in theirs))
    raise SystemExit(worst > 1e-5)


if __name__ == "__main__":
    main()
