"""Writes the headers of well-known chat models as GGUF files without weights: tests/data/models.

The shapes are the published configurations; the tensor types are what llama.cpp's Q4_K_M gives
such a shape (src/llama-quant.cpp of the pinned source: which layers get Q6_K, what eight experts
change). A test lengthens a copy to the size that the header promises; such a file is all hole.
Run it again to check: it writes the same bytes.
"""

from __future__ import annotations

import argparse
import struct
from dataclasses import dataclass
from pathlib import Path

ALIGNMENT = 32
F32, Q8_0, Q4_K, Q5_K, Q6_K = 0, 8, 12, 13, 14
# Numbers and bytes of a block.
BLOCKS = {F32: (1, 4), Q8_0: (32, 34), Q4_K: (256, 144), Q5_K: (256, 176), Q6_K: (256, 210)}
FILE_TYPE_Q4_K_M = 15


@dataclass(frozen=True)
class Shape:
    """A network of the llama family."""

    file: str
    name: str
    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    vocabulary: int
    context: int
    experts: int = 0
    experts_used: int = 0
    rope_factors: int = 0


SHAPES = (
    Shape("mixtral-8x7b-q4_k_m", "Mixtral 8x7B Instruct v0.1", 32, 4096, 14336, 32, 8, 32000,
          32768, experts=8, experts_used=2),
    Shape("llama-3.1-8b-q4_k_m", "Llama 3.1 8B Instruct", 32, 4096, 14336, 32, 8, 128256, 131072,
          rope_factors=64),
    Shape("deepseek-coder-6.7b-q4_k_m", "DeepSeek Coder 6.7B Instruct", 32, 4096, 11008, 32, 32,
          32256, 16384),
)


def more_bits(layer: int, layers: int) -> bool:
    """The layers that llama.cpp gives more bits: the first and last eighth, and every third."""
    eighth = layers // 8
    return layer < eighth or layer >= 7 * layers // 8 or (layer - eighth) % 3 == 2


def tensors_of(shape: Shape) -> list[tuple[str, tuple[int, ...], int]]:
    """Name, dimensions and type of every tensor."""
    width, ffn, experts = shape.width, shape.feed_forward, shape.experts
    kv_width = width // shape.heads * shape.kv_heads
    found: list[tuple[str, tuple[int, ...], int]] = [
        ("token_embd.weight", (width, shape.vocabulary), Q4_K),
        ("output_norm.weight", (width,), F32),
        ("output.weight", (width, shape.vocabulary), Q6_K),
    ]
    if shape.rope_factors:
        found.append(("rope_freqs.weight", (shape.rope_factors,), F32))
    for layer in range(shape.layers):
        better = Q6_K if more_bits(layer, shape.layers) else Q4_K
        at = f"blk.{layer}."
        found += [
            (at + "attn_norm.weight", (width,), F32),
            (at + "attn_q.weight", (width, width), Q4_K),
            (at + "attn_k.weight", (width, kv_width), Q8_0 if experts == 8 else Q4_K),
            (at + "attn_v.weight", (width, kv_width), Q8_0 if experts == 8 else better),
            (at + "attn_output.weight", (width, width), Q5_K if experts == 8 else Q4_K),
            (at + "ffn_norm.weight", (width,), F32),
        ]
        if experts:
            found += [
                (at + "ffn_gate_inp.weight", (width, experts), F32),
                (at + "ffn_gate_exps.weight", (width, ffn, experts), Q4_K),
                (at + "ffn_down_exps.weight", (ffn, width, experts), better),
                (at + "ffn_up_exps.weight", (width, ffn, experts), Q4_K),
            ]
        else:
            found += [
                (at + "ffn_gate.weight", (width, ffn), Q4_K),
                (at + "ffn_down.weight", (ffn, width), better),
                (at + "ffn_up.weight", (width, ffn), Q4_K),
            ]
    return found


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def text_value(key: str, value: str) -> bytes:
    return text(key) + struct.pack("<I", 8) + text(value)


def number_value(key: str, value: int) -> bytes:
    return text(key) + struct.pack("<II", 4, value)


def float_value(key: str, value: float) -> bytes:
    return text(key) + struct.pack("<If", 6, value)


def values_of(shape: Shape) -> list[bytes]:
    values = [
        text_value("general.architecture", "llama"),
        text_value("general.name", shape.name),
        number_value("general.file_type", FILE_TYPE_Q4_K_M),
        number_value("llama.block_count", shape.layers),
        number_value("llama.context_length", shape.context),
        number_value("llama.embedding_length", shape.width),
        number_value("llama.feed_forward_length", shape.feed_forward),
        number_value("llama.attention.head_count", shape.heads),
        number_value("llama.attention.head_count_kv", shape.kv_heads),
        float_value("llama.attention.layer_norm_rms_epsilon", 1e-5),
        number_value("llama.vocab_size", shape.vocabulary),
        number_value("llama.rope.dimension_count", shape.width // shape.heads),
        text_value("tokenizer.ggml.model", "no_vocab"),
    ]
    if shape.experts:
        values += [number_value("llama.expert_count", shape.experts),
                   number_value("llama.expert_used_count", shape.experts_used)]
    return values


def header(shape: Shape) -> bytes:
    """The file up to the tensor data."""
    values, tensors = values_of(shape), tensors_of(shape)
    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values)
    offset = 0
    for name, dims, kind in tensors:
        out += text(name) + struct.pack("<I", len(dims)) + struct.pack(f"<{len(dims)}Q", *dims)
        out += struct.pack("<IQ", kind, offset)
        numbers, size = BLOCKS[kind]
        count = 1
        for dim in dims:
            count *= dim
        offset += (count // numbers * size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT
    return out + b"\0" * (-len(out) % ALIGNMENT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for shape in SHAPES:
        (folder / f"{shape.file}.gguf").write_bytes(header(shape))


if __name__ == "__main__":
    main()
