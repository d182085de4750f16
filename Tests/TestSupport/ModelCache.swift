import Foundation

/// The models that `make setup` fetched: `${XDG_CACHE_HOME:-$HOME/.cache}/shapca/models`.
public enum ModelCache {
    /// The cache's root folder.
    public static let url: URL =
        if let path = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"], !path.isEmpty {
            URL(filePath: path, directoryHint: .isDirectory).appending(path: "shapca")
        } else {
            FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/shapca")
        }

    /// MiniLM: `config.json`, `model.safetensors`, `vocab.txt` and the tokenizer's files.
    public static let miniLM = url.appending(path: "models/minilm-l6-v2-0.1.0")
    /// EfficientNet-Lite0: `efficientnet-lite0.pth` and `imagenet-classes.json`.
    public static let efficientNetLite0 = url.appending(path: "models/efficientnet-lite0-0.1.0")
    /// The part-of-speech tagger: `tagger.safetensors` and `tagger.json`.
    public static let tagger = url.appending(path: "models/en-core-web-sm-3.8.0")
}
