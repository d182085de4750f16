import Torch

extension VisionTransformerConfiguration.Family {
    private typealias Row = (pattern: String, target: KeyMap.Target)

    /// The names of `transformers`, of the network alone or of one that has it inside. Heads, the text tower and tokens
    /// that only training needs are not used.
    var keyMap: KeyMap {
        switch self {
        case .clip:
            Self.table(
                prefix: "vision_model",
                Self.towerKeys + [
                    ("embeddings.class_embedding", "classEmbedding"), ("pre_layrnorm", "firstNorm"),
                    ("embeddings.position_ids", .unused),
                ], unused: ["text_model", "text_projection", "visual_projection", "logit_scale", "classifier"])
        case .siglip:
            Self.table(
                prefix: "vision_model", Self.towerKeys + Self.attentionPoolingKeys,
                unused: ["text_model", "logit_scale", "logit_bias", "classifier"])
        case .dinov2: Self.table(prefix: "dinov2", Self.dinov2Keys, unused: ["classifier"])
        case .dinov2WithRegisters:
            Self.table(
                prefix: "dinov2_with_registers", Self.dinov2Keys + [("embeddings.register_tokens", "registers")],
                unused: ["classifier"])
        case .vit: Self.table(prefix: "vit", Self.vitKeys, unused: ["classifier", "decoder"])
        }
    }

    /// The rows with and without the prefix of a larger model, and what stands beside the network there.
    private static func table(prefix: String, _ rows: [Row], unused: [String]) -> KeyMap {
        KeyMap(
            rows + rows.map { ("\(prefix).\($0.pattern)", $0.target) } + unused.map { ($0, .unused) })
    }

    /// What the image towers of CLIP and SigLIP have in common.
    private static let towerKeys: [Row] = [
        ("embeddings.patch_embedding", "patchEmbedding"),
        ("embeddings.position_embedding", "positionEmbedding"),
        ("encoder.layers.*.layer_norm1", "layers.*.attentionNorm"),
        ("encoder.layers.*.self_attn.q_proj", "layers.*.query"),
        ("encoder.layers.*.self_attn.k_proj", "layers.*.key"),
        ("encoder.layers.*.self_attn.v_proj", "layers.*.value"),
        ("encoder.layers.*.self_attn.out_proj", "layers.*.output"),
        ("encoder.layers.*.layer_norm2", "layers.*.innerNorm"),
        ("encoder.layers.*.mlp.fc1", "layers.*.widening"),
        ("encoder.layers.*.mlp.fc2", "layers.*.narrowing"),
        ("post_layernorm", "lastNorm"),
    ]

    private static let attentionPoolingKeys: [Row] = [
        ("head.probe", "pooling.probe"),
        ("head.attention.in_proj_weight", "pooling.input.weight"),
        ("head.attention.in_proj_bias", "pooling.input.bias"),
        ("head.attention.out_proj", "pooling.output"),
        ("head.layernorm", "pooling.norm"),
        ("head.mlp.fc1", "pooling.widening"),
        ("head.mlp.fc2", "pooling.narrowing"),
        ("embeddings.position_ids", .unused),
    ]

    /// What ViT and DINOv2 have in common.
    private static let aloneKeys: [Row] = [
        ("embeddings.cls_token", "classEmbedding"),
        ("embeddings.patch_embeddings.projection", "patchEmbedding"),
        ("embeddings.position_embeddings", "positionEmbedding.weight"),
        ("embeddings.mask_token", .unused),
        ("encoder.layer.*.attention.attention.query", "layers.*.query"),
        ("encoder.layer.*.attention.attention.key", "layers.*.key"),
        ("encoder.layer.*.attention.attention.value", "layers.*.value"),
        ("encoder.layer.*.attention.output.dense", "layers.*.output"),
        ("layernorm", "lastNorm"),
    ]

    private static let vitKeys: [Row] =
        aloneKeys + [
            ("encoder.layer.*.layernorm_before", "layers.*.attentionNorm"),
            ("encoder.layer.*.layernorm_after", "layers.*.innerNorm"),
            ("encoder.layer.*.intermediate.dense", "layers.*.widening"),
            ("encoder.layer.*.output.dense", "layers.*.narrowing"),
            ("pooler", .unused),
        ]

    private static let dinov2Keys: [Row] =
        aloneKeys + [
            ("encoder.layer.*.norm1", "layers.*.attentionNorm"),
            ("encoder.layer.*.layer_scale1.lambda1", "layers.*.attentionScale"),
            ("encoder.layer.*.norm2", "layers.*.innerNorm"),
            ("encoder.layer.*.layer_scale2.lambda1", "layers.*.innerScale"),
            ("encoder.layer.*.mlp.fc1", "layers.*.widening"),
            ("encoder.layer.*.mlp.fc2", "layers.*.narrowing"),
            ("encoder.layer.*.mlp.weights_in", "layers.*.widening"),
            ("encoder.layer.*.mlp.weights_out", "layers.*.narrowing"),
        ]
}
