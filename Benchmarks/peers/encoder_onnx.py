#!/usr/bin/env python3
"""The text encoder alone in ONNX Runtime, exported from PyTorch: fp32, or int8 with a scale for each output of a layer.

    encoder_onnx.py --input posts.jsonl --precision fp32|int8

Posts are read as by `shapca_torch.py predict`, in the same batches; what is timed is tokenising, padding and the encoder's pass. Options
and output are those of shapca_torch.py.
"""

import argparse
import logging
import tempfile
from pathlib import Path

import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoTokenizer

from shapca_torch import MINILM, add_measuring, collate, load_encoder, measure, rates, read_posts


def export(folder: Path) -> Path:
    """MiniLM as an ONNX file for any number of posts and pieces."""
    encoder = load_encoder("minilm").eval()

    class Encoder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = encoder

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.encoder(input_ids, attention_mask, token_type_ids).last_hidden_state

    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in names)
    axes = {name: {0: "posts", 1: "pieces"} for name in [*names, "hidden"]}
    path = folder / "encoder.onnx"
    torch.onnx.export(Encoder(), example, str(path), input_names=names, output_names=["hidden"], dynamic_axes=axes, dynamo=False)
    return path


def session(precision: str, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    with tempfile.TemporaryDirectory() as folder:
        path = export(Path(folder))
        if precision == "int8":
            quantized = path.with_name("int8.onnx")
            quantize_dynamic(path, quantized, per_channel=True, weight_type=QuantType.QInt8)
            path = quantized
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--input", required=True, help="JSON lines of posts")
    parser.add_argument("--precision", choices=["fp32", "int8"], default="fp32")
    parser.add_argument("--batch", type=int, default=32, help="posts a batch")
    parser.add_argument("--order", choices=["length", "input"], default="length", help="of the posts in batches")
    parser.add_argument("--latency-posts", type=int, default=50, help="posts that are timed one by one")
    add_measuring(parser)
    arguments = parser.parse_args()
    arguments.mode = "encode"
    logging.disable(logging.WARNING)
    torch.set_num_threads(arguments.threads)
    tokenizer = AutoTokenizer.from_pretrained(MINILM)
    encoder = session(arguments.precision, arguments.threads)
    posts = read_posts(arguments.input)

    def encode(chunk: list[dict]) -> list:
        batch = collate(chunk, tokenizer)
        encoder.run(["hidden"], {
            "input_ids": batch.input_ids.numpy(), "attention_mask": batch.attention_mask.long().numpy(),
            "token_type_ids": batch.token_type_ids.numpy()})
        return []

    measure(lambda: rates(posts, arguments, encode)[0], arguments, precision=arguments.precision, posts=len(posts))


if __name__ == "__main__":
    main()
