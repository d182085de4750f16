"""Makes folder-encoders.json and image-processors.json: what `transformers` makes of Hugging Face folders.

    python make_folder_encoders.py        # needs torch, torchvision, transformers, pillow

A case of folder-encoders.json has the `config.json` and the names and shapes of all weights as `transformers` saves them
(with heads, prefixes and other towers), samples of regions and summary, the gradient with respect to pixels, and of each
parameter that keeps its shape the norm of its gradient and its largest value. The weights follow deterministic_weights.py by their
published names; the gradient is that of regions times numbers named "regions" plus summary times numbers named "pooled".

A case of image-processors.json has a `preprocessor_config.json` and, for some pictures of this folder, what Pillow's
version of the processor makes of them, as bytes: evenly spread pixels, and the means of an 8 x 8 grid.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import torch

from encoder_samples import FOLDER, deterministic_weights  # before transformers, for the sake of torchvision
import transformers
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (
    CLIPConfig, CLIPModel, CLIPVisionConfig, CLIPVisionModel, ConvNextConfig, ConvNextForImageClassification,
    ConvNextModel, ConvNextV2Config, ConvNextV2ForImageClassification, Dinov2Config, Dinov2ForImageClassification,
    Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersForImageClassification, Dinov2WithRegistersModel,
    SiglipConfig, SiglipForImageClassification, SiglipModel, SiglipVisionConfig, SiglipVisionModel, ViTConfig,
    ViTForImageClassification, ViTForMaskedImageModeling, ViTModel)

SAMPLES = 24
TOWER = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=24, patch_size=8)
ALONE = {**TOWER, "num_attention_heads": 4}
DINO = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=2, mlp_ratio=3, image_size=40, patch_size=8)
TEXT = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, vocab_size=12,
            max_position_embeddings=8)
CONV = dict(hidden_sizes=[8, 12, 16], depths=[1, 2, 1], num_stages=3, patch_size=4)

# The model, its configuration, and the side of the pictures.
CASES = {
    "clip": (CLIPVisionModel, CLIPVisionConfig(**TOWER), 24),
    "clip-whole": (
        CLIPModel,
        CLIPConfig(text_config=TEXT, vision_config=dict(TOWER, hidden_act="gelu", layer_norm_eps=1e-3), projection_dim=6),
        24),
    "siglip": (SiglipVisionModel, SiglipVisionConfig(**TOWER), 24),
    "siglip-whole": (
        SiglipModel,
        SiglipConfig(text_config=TEXT, vision_config=dict(TOWER, hidden_act="relu", layer_norm_eps=1e-3, patch_size=7)),
        24),
    "siglip-without-head": (SiglipVisionModel, SiglipVisionConfig(**TOWER, vision_use_head=False), 24),
    "siglip-classifier": (
        SiglipForImageClassification, SiglipConfig(text_config=TEXT, vision_config=dict(TOWER, vision_use_head=False)), 24),
    "dinov2": (Dinov2Model, Dinov2Config(**DINO), 40),
    "dinov2-smaller": (Dinov2Model, Dinov2Config(**DINO, qkv_bias=False, use_mask_token=False), 24),
    "dinov2-larger": (Dinov2ForImageClassification, Dinov2Config(**DINO, hidden_act="gelu_new", layer_norm_eps=1e-3), 60),
    "dinov2-gated": (Dinov2Model, Dinov2Config(**{**DINO, "hidden_size": 28, "mlp_ratio": 4}, use_swiglu_ffn=True), 40),
    "dinov2-registers": (Dinov2WithRegistersModel, Dinov2WithRegistersConfig(**DINO), 40),
    "dinov2-registers-smaller": (
        Dinov2WithRegistersForImageClassification,
        Dinov2WithRegistersConfig(**DINO, num_register_tokens=2, qkv_bias=False), 24),
    "dinov2-registers-larger": (Dinov2WithRegistersModel, Dinov2WithRegistersConfig(**DINO, use_swiglu_ffn=True), 60),
    "vit": (ViTModel, ViTConfig(**ALONE), 24),
    "vit-classifier": (
        ViTForImageClassification, ViTConfig(**ALONE, qkv_bias=False, hidden_act="silu", layer_norm_eps=1e-3), 24),
    "vit-masked": (ViTForMaskedImageModeling, ViTConfig(**{**ALONE, "patch_size": 6}, encoder_stride=6), 24),
    "convnext": (ConvNextModel, ConvNextConfig(**CONV), 40),
    "convnext-classifier": (
        ConvNextForImageClassification,
        ConvNextConfig(**CONV, layer_scale_init_value=0.0, hidden_act="relu", layer_norm_eps=1e-3), 32),
    "convnextv2": (ConvNextV2ForImageClassification, ConvNextV2Config(**CONV), 40),
}

# Preprocessors as published files have them, and variations; the processor where the file names none.
PROCESSORS = {
    "clip": ("CLIPImageProcessor", {
        "crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 224}),
    "siglip": ("SiglipImageProcessor", {
        "do_normalize": True, "do_rescale": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5],
        "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.5, 0.5], "processor_class": "SiglipProcessor",
        "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224}}),
    "dinov2": ("BitImageProcessor", {
        "crop_size": {"height": 224, "width": 224}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True,
        "do_rescale": True, "do_resize": True, "image_mean": [0.485, 0.456, 0.406],
        "image_processor_type": "BitImageProcessor", "image_std": [0.229, 0.224, 0.225], "resample": 3,
        "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 256}}),
    "vit": ("ViTImageProcessor", {
        "do_normalize": True, "do_resize": True, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
        "size": 224}),
    "convnext": ("ConvNextImageProcessor", {
        "crop_pct": 0.875, "do_normalize": True, "do_resize": True, "feature_extractor_type": "ConvNextFeatureExtractor",
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "resample": 3, "size": 224}),
    "convnext-384": ("ConvNextImageProcessor", {"resample": 2, "size": {"shortest_edge": 384}}),
    "small": ("CLIPImageProcessor", {"size": {"shortest_edge": 64}, "crop_size": 56, "resample": 2, "do_pad": False}),
    "small-lanczos": ("ViTImageProcessor", {
        "size": {"height": 64, "width": 64}, "resample": 1, "do_center_crop": True, "crop_size": {"height": 48, "width": 48}}),
    "raw": ("CLIPImageProcessor", {"do_rescale": False, "image_mean": 100.0, "image_std": [50.0, 60.0, 70.0]}),
    "unit": ("CLIPImageProcessor", {"do_normalize": False, "rescale_factor": 0.0078125}),
}


def values(name: str, shape: tuple[int, ...], scale: float = 1) -> torch.Tensor:
    flat = deterministic_weights.values(name, (int(np.prod(shape)), 1))
    return torch.from_numpy(flat * np.float32(scale)).reshape(shape)


def rounded(values) -> list[float]:
    return [float(f"{value:.7g}") for value in values]


def samples(tensor: torch.Tensor) -> dict:
    """The shape, the largest size, and evenly spread elements in row-major order."""
    flat = tensor.detach().flatten()
    indices = [i * (len(flat) - 1) // (SAMPLES - 1) for i in range(SAMPLES)]
    return {"shape": list(tensor.shape), "largest": rounded([flat.abs().max().item()])[0],
            "values": rounded(flat[indices].tolist())}


def published(model, folder: str) -> tuple[dict, dict[str, torch.Tensor]]:
    """The configuration and the weights by the names of the file that `transformers` writes, which is written anew with
    deterministic ones."""
    model.save_pretrained(folder)
    file = Path(folder) / "model.safetensors"
    weights = {name: torch.from_numpy(deterministic_weights.values(name, tuple(tensor.shape)))
               for name, tensor in load_file(file).items()}
    save_file(weights, file, metadata={"format": "pt"})
    return json.loads((Path(folder) / "config.json").read_text()), weights


def features(kind, model, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    base = getattr(model, "vision_model", model.base_model)
    output = base(pixel_values=pixels)
    hidden = output.last_hidden_state
    if "ConvNext" in kind.__name__:
        return hidden.flatten(2).transpose(1, 2), output.pooler_output
    if "Siglip" in kind.__name__:
        pooled = output.pooler_output if getattr(base, "head", None) is not None else hidden.mean(1)
        return hidden, pooled
    registers = getattr(model.config, "num_register_tokens", 0)
    pooled = hidden[:, 0] if "ViT" in kind.__name__ else output.pooler_output
    return hidden[:, 1 + registers:], pooled


def case(kind, config, side: int) -> dict:
    config._attn_implementation = "eager"
    with tempfile.TemporaryDirectory() as folder:
        written, weights = published(kind(config), folder)
        model, report = kind.from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
    assert not any(report[what] for what in ("missing_keys", "unexpected_keys", "mismatched_keys")), report
    model.eval()
    pixels = values("pixels", (2, 3, side, side), 1 / 3 ** 0.5).requires_grad_()
    regions, pooled = features(kind, model, pixels)
    ((regions * values("regions", regions.shape)).sum() + (pooled * values("pooled", pooled.shape)).sum()).backward()
    gradients = {}
    for _, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        names = [name for name, tensor in weights.items()
                 if tensor.shape == parameter.shape and torch.equal(tensor, parameter.data)]
        if len(names) == 1:
            gradient = parameter.grad.flatten()
            index = int(gradient.abs().argmax())
            norm, largest = rounded([gradient.norm().item(), gradient[index].item()])
            gradients[names[0]] = {"norm": norm, "index": index, "value": largest}
    return {
        "config": written, "weights": {name: list(tensor.shape) for name, tensor in weights.items()}, "side": side,
        "regions": samples(regions), "pooled": samples(pooled), "pixels": samples(pixels.grad), "gradients": gradients}


def looks(processor, name: str) -> dict:
    """The processor's picture in bytes, undoing its affine map."""
    picture = Image.open(FOLDER / name).convert("RGB")
    pixels = processor(images=picture, return_tensors="np")["pixel_values"][0].astype(np.float64)
    if processor.do_normalize:
        pixels = pixels * np.reshape(processor.image_std, (-1, 1, 1)) + np.reshape(processor.image_mean, (-1, 1, 1))
    if processor.do_rescale:
        pixels = pixels / processor.rescale_factor
    side = pixels.shape[1]
    assert pixels.shape == (3, side, side) and side % 8 == 0, pixels.shape
    flat = pixels.flatten()
    grid = pixels.reshape(3, 8, side // 8, 8, side // 8).mean(axis=(2, 4)).flatten()
    return {"side": side, "grid": [round(value, 2) for value in grid],
            "bytes": [round(flat[i * (len(flat) - 1) // 149]) for i in range(150)]}


def processed(kind: str, file: dict) -> dict:
    processor = getattr(transformers, f"{kind}Pil")(**{k: v for k, v in file.items() if not k.endswith(("_type", "_class"))})
    first = processor(images=Image.new("RGB", (300, 300), (255, 0, 51)), return_tensors="np")["pixel_values"][0]
    return {"processor": kind, "file": file, "colour": rounded(first[:, 0, 0].tolist()),
            "pictures": {name: looks(processor, name) for name in ("cat.jpg", "espresso.jpg", "rgb.png")}}


def write(name: str, cases: dict) -> None:
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "pillow": Image.__version__}
    (FOLDER / name).write_text(json.dumps({"versions": versions, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    write("folder-encoders.json", {name: case(*options) for name, options in CASES.items()})
    write("image-processors.json", {name: processed(*options) for name, options in PROCESSORS.items()})
