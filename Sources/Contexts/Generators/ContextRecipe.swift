import Corpus
import Foundation
import Support

/// All that shapes a context beside its picture: two contexts of one picture by one recipe are the same to the cache.
package struct ContextRecipe: Sendable, Hashable, Codable {
    /// The kind of generator: `openai`, `labels` or `imported`.
    package var generator: String
    /// The model's name.
    package var model: String
    /// The question; nil where there is none.
    package var prompt: String?
    /// Sampling settings and the like by their names, for example `temperature`.
    package var settings: [String: String]

    package init(generator: String, model: String, prompt: String? = nil, settings: [String: String] = [:]) {
        self.generator = generator
        self.model = model
        self.prompt = prompt
        self.settings = settings
    }

    /// 64 hexadecimal digits that identify the recipe.
    package var key: String {
        let named = settings.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let parts = [generator, model, prompt.map { "+\($0)" } ?? "-"] + named
        return SHA256.digest(of: parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }).hexadecimal
    }

    /// The first digits of the key, by which people name a recipe.
    package var shortKey: String { String(key.prefix(8)) }

    /// The contents of a context file's header.
    package var provenance: [String: String] {
        var fields = settings
        fields["generator"] = generator
        fields["model"] = model
        fields["prompt"] = prompt
        return fields
    }
}
