import Foundation
import Testing
import Torch
import Vision

/// Files as the hub of Hugging Face has them, in the words of many versions of `transformers`.
@Suite("Published image encoders")
struct PublishedImageEncoderTests {
    /// A published model: its files, and what it is by `transformers`, without the parameters that only heads and training use.
    struct Model: CustomTestStringConvertible, Sendable {
        let name: String
        let config: String
        let preprocessor: String
        let parameterCount: Int
        let regionCount: Int
        let width: Int

        var testDescription: String { name }
    }

    private static let clipPreprocessor = """
        {"crop_size": 224, "do_center_crop": true, "do_normalize": true, "do_resize": true, "feature_extractor_type":
        "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258,
        0.27577711], "resample": 3, "size": 224}
        """
    private static let dinov2Preprocessor = """
        {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true,
        "do_rescale": true, "do_resize": true, "image_mean": [0.485, 0.456, 0.406], "image_processor_type":
        "BitImageProcessor", "image_std": [0.229, 0.224, 0.225], "resample": 3, "rescale_factor": 0.00392156862745098,
        "size": {"shortest_edge": 256}}
        """

    static let models = [
        Model(
            name: "clip-vit-large-patch14",
            config: """
                {"architectures": ["CLIPModel"], "initializer_factor": 1.0, "logit_scale_init_value": 2.6592,
                "model_type": "clip", "projection_dim": 768, "text_config": {"hidden_size": 768, "vocab_size": 49408},
                "torch_dtype": "float32", "transformers_version": null, "vision_config": {"_name_or_path": "",
                "add_cross_attention": false, "attention_dropout": 0.0, "dropout": 0.0, "hidden_act": "quick_gelu",
                "hidden_size": 1024, "image_size": 224, "intermediate_size": 4096, "layer_norm_eps": 1e-05,
                "model_type": "clip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14,
                "projection_dim": 768}}
                """,
            preprocessor: clipPreprocessor, parameterCount: 303_179_776, regionCount: 256, width: 1024),
        Model(
            name: "siglip-so400m-patch14-384",
            config: """
                {"architectures": ["SiglipModel"], "initializer_factor": 1.0, "model_type": "siglip", "text_config":
                {"hidden_size": 1152, "intermediate_size": 4304, "model_type": "siglip_text_model"}, "torch_dtype":
                "float32", "vision_config": {"hidden_size": 1152, "image_size": 384, "intermediate_size": 4304,
                "model_type": "siglip_vision_model", "num_attention_heads": 16, "num_hidden_layers": 27,
                "patch_size": 14}}
                """,
            preprocessor: """
                {"do_convert_rgb": null, "do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean":
                [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.5, 0.5],
                "processor_class": "SiglipProcessor", "resample": 3, "rescale_factor": 0.00392156862745098, "size":
                {"height": 384, "width": 384}}
                """, parameterCount: 428_225_600, regionCount: 729, width: 1152),
        Model(
            name: "siglip2-base-patch16-224",
            config: """
                {"architectures": ["SiglipModel"], "model_type": "siglip", "text_config": {"vocab_size": 256000},
                "vision_config": {"model_type": "siglip_vision_model"}}
                """,
            preprocessor: """
                {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_processor_type":
                "SiglipImageProcessor", "resample": 2, "size": {"height": 224, "width": 224}}
                """, parameterCount: 92_884_224, regionCount: 196, width: 768),
        Model(
            name: "dinov2-giant",
            config: """
                {"apply_layernorm": true, "architectures": ["Dinov2Model"], "attention_probs_dropout_prob": 0.0,
                "drop_path_rate": 0.0, "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "hidden_size": 1536,
                "image_size": 518, "layer_norm_eps": 1e-06, "layerscale_value": 1.0, "mlp_ratio": 4, "model_type": "dinov2",
                "num_attention_heads": 24, "num_channels": 3, "num_hidden_layers": 40, "out_features": ["stage40"],
                "patch_size": 14, "qkv_bias": true, "reshape_hidden_states": true, "use_swiglu_ffn": true}
                """,
            preprocessor: dinov2Preprocessor, parameterCount: 1_136_479_232, regionCount: 256, width: 1536),
        Model(
            name: "dinov2-with-registers-base",
            config: """
                {"architectures": ["Dinov2WithRegistersModel"], "hidden_size": 768, "image_size": 518, "mlp_ratio": 4,
                "model_type": "dinov2_with_registers", "num_register_tokens": 4, "patch_size": 14, "use_swiglu_ffn": false}
                """,
            preprocessor: dinov2Preprocessor, parameterCount: 86_582_784, regionCount: 256, width: 768),
        Model(
            name: "vit-base-patch16-224",
            config: """
                {"architectures": ["ViTForImageClassification"], "attention_probs_dropout_prob": 0.0, "hidden_act": "gelu",
                "hidden_dropout_prob": 0.0, "hidden_size": 768, "id2label": {"0": "tench, Tinca tinca"}, "image_size": 224,
                "intermediate_size": 3072, "layer_norm_eps": 1e-12, "model_type": "vit", "num_attention_heads": 12,
                "num_channels": 3, "num_hidden_layers": 12, "patch_size": 16, "qkv_bias": true}
                """,
            preprocessor: """
                {"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5],
                "size": 224}
                """, parameterCount: 85_798_656, regionCount: 196, width: 768),
        Model(
            name: "convnext-tiny-224",
            config: """
                {"architectures": ["ConvNextForImageClassification"], "depths": [3, 3, 9, 3], "drop_path_rate": 0.0,
                "hidden_act": "gelu", "hidden_sizes": [96, 192, 384, 768], "image_size": 224, "layer_norm_eps": 1e-12,
                "layer_scale_init_value": 1e-06, "model_type": "convnext", "num_channels": 3, "num_stages": 4,
                "patch_size": 4}
                """,
            preprocessor: """
                {"crop_pct": 0.875, "do_normalize": true, "do_resize": true, "feature_extractor_type":
                "ConvNextFeatureExtractor", "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
                "resample": 3, "size": 224}
                """, parameterCount: 27_820_128, regionCount: 49, width: 768),
        Model(
            name: "convnextv2-tiny-1k-224",
            config: """
                {"architectures": ["ConvNextV2ForImageClassification"], "depths": [3, 3, 9, 3], "hidden_sizes":
                [96, 192, 384, 768], "model_type": "convnextv2", "num_stages": 4}
                """,
            preprocessor: """
                {"crop_pct": 0.875, "do_normalize": true, "do_rescale": true, "do_resize": true, "image_processor_type":
                "ConvNextImageProcessor", "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225],
                "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 224}}
                """, parameterCount: 27_866_496, regionCount: 49, width: 768),
    ]

    @Test("A published model is as large as transformers makes it", arguments: models)
    func sizes(_ model: Model) throws {
        try withTemporaryFolder { folder in
            try Data(model.config.utf8).write(to: folder.appending(path: "config.json"))
            try Data(model.preprocessor.utf8).write(to: folder.appending(path: "preprocessor_config.json"))
            let configuration = ImageEncoderConfiguration.published(try PublishedImageEncoder(folder: folder))
            let encoder = try Initialization.deferred { configuration.makeEncoder() }
            #expect(encoder.parameterCount() == model.parameterCount)
            #expect(encoder.regionCount == model.regionCount && encoder.width == model.width)
        }
    }
}
