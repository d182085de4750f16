#!/usr/bin/env python3
"""Makes a LLaVA of random weights that fits a mail: a GGUF pair of language model and CLIP projector.

    make_llava.py FOLDER        writes FOLDER/llava.gguf and FOLDER/mmproj.gguf

It speaks the protocol of the real one and nonsense. Answers are a dozen words on average: the first element of every
hidden state is nearly constant, so that its column of the output matrix is a bias against bytes and for the end.
Needs the packages gguf and numpy.
"""

import sys
from pathlib import Path

import gguf
import numpy

WIDTH, HEADS, LAYERS, INNER, CONTEXT = 64, 4, 2, 128, 4096
SIDE, PATCH, VISION_WIDTH, VISION_LAYERS = 28, 14, 32, 2
WORDS = """a an the man woman dog cat child people crowd street stage sea city snow field car sign poster screen flag
player team concert match wedding dinner holds wears stands sits runs plays looks at in on with near behind before red
blue green white black large small old young two three smiling walking standing singing reading""".split()
TEMPLATE = "{% for m in messages %}{% if m.role == 'user' %}USER: {{ m.content }} ASSISTANT:{% endif %}{% endfor %}"

random = numpy.random.default_rng(0)


def normal(*shape: int, scale: float = 0.1) -> numpy.ndarray:
    return (scale * random.standard_normal(shape)).astype(numpy.float32)


def ones(count: int) -> numpy.ndarray:
    return numpy.ones(count, numpy.float32)


def vocabulary() -> tuple[list[str], list[float], list[int]]:
    kinds = gguf.TokenType
    special = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    tokens = special + [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    tokens += [(f"▁{word}", kinds.NORMAL) for word in WORDS]
    names, types = zip(*tokens)
    return list(names), [0.0] * len(tokens), [int(kind) for kind in types]


def write_language_model(path: Path) -> None:
    names, scores, types = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny random LLaVA")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(names))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(names)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TEMPLATE)
    embedding = normal(len(names), WIDTH, scale=0.5)
    embedding[:, 0] = 4
    output = normal(len(names), WIDTH)
    output[:, 0] = 0
    output[:259, 0] = -3
    output[2, 0] = 0.3
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", ones(WIDTH))
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        writer.add_tensor(f"{block}.attn_norm.weight", ones(WIDTH))
        writer.add_tensor(f"{block}.ffn_norm.weight", ones(WIDTH))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{block}.{name}.weight", normal(WIDTH, WIDTH))
        writer.add_tensor(f"{block}.ffn_gate.weight", normal(INNER, WIDTH))
        writer.add_tensor(f"{block}.ffn_up.weight", normal(INNER, WIDTH))
        writer.add_tensor(f"{block}.ffn_down.weight", normal(WIDTH, INNER))
    finish(writer)


def write_projector(path: Path) -> None:
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_name("tiny random CLIP")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("mlp")
    writer.add_vision_image_size(SIDE)
    writer.add_vision_patch_size(PATCH)
    writer.add_vision_embedding_length(VISION_WIDTH)
    writer.add_vision_feed_forward_length(2 * VISION_WIDTH)
    writer.add_vision_projection_dim(WIDTH)
    writer.add_vision_block_count(VISION_LAYERS)
    writer.add_vision_head_count(HEADS)
    writer.add_vision_attention_layernorm_eps(1e-5)
    writer.add_vision_image_mean([0.48145466, 0.4578275, 0.40821073])
    writer.add_vision_image_std([0.26862954, 0.26130258, 0.27577711])
    writer.add_vision_use_gelu(False)
    patches = (SIDE // PATCH) ** 2
    writer.add_tensor("v.class_embd", normal(VISION_WIDTH))
    writer.add_tensor("v.patch_embd.weight", normal(VISION_WIDTH, 3, PATCH, PATCH))
    writer.add_tensor("v.position_embd.weight", normal(patches + 1, VISION_WIDTH))
    for name in ("v.pre_ln", "v.post_ln"):
        write_norm(writer, name)
    for layer in range(VISION_LAYERS):
        block = f"v.blk.{layer}"
        write_norm(writer, f"{block}.ln1")
        write_norm(writer, f"{block}.ln2")
        for name in ("attn_q", "attn_k", "attn_v", "attn_out"):
            write_linear(writer, f"{block}.{name}", VISION_WIDTH, VISION_WIDTH)
        write_linear(writer, f"{block}.ffn_up", VISION_WIDTH, 2 * VISION_WIDTH)
        write_linear(writer, f"{block}.ffn_down", 2 * VISION_WIDTH, VISION_WIDTH)
    write_linear(writer, "mm.0", VISION_WIDTH, WIDTH)
    bias = normal(WIDTH)
    bias[0] = 4
    writer.add_tensor("mm.2.weight", normal(WIDTH, WIDTH))
    writer.add_tensor("mm.2.bias", bias)
    finish(writer)


def write_norm(writer: gguf.GGUFWriter, name: str) -> None:
    writer.add_tensor(f"{name}.weight", ones(VISION_WIDTH))
    writer.add_tensor(f"{name}.bias", numpy.zeros(VISION_WIDTH, numpy.float32))


def write_linear(writer: gguf.GGUFWriter, name: str, inputs: int, outputs: int) -> None:
    writer.add_tensor(f"{name}.weight", normal(outputs, inputs))
    writer.add_tensor(f"{name}.bias", normal(outputs))


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_language_model(folder / "llava.gguf")
    write_projector(folder / "mmproj.gguf")
