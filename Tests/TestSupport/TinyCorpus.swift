import Foundation
import Support

/// A few dozen posts whose entities can be learnt in seconds, as a dataset in the native format.
public enum TinyCorpus {
    private static let names = [
        "PER": ["Anna", "Bruno", "Clara", "David", "Emma", "Felix"],
        "LOC": ["Paris", "Rome", "Oslo", "Lima", "Cairo", "Quito"],
        "ORG": ["Acme", "Globex", "Initech", "Umbrella", "Hooli", "Vandelay"],
    ]
    private static let sentences = [
        "PER flew to LOC yesterday", "ORG opens a shop in LOC", "PER now works for ORG !", "we love LOC",
        "nobody is here today", "ORG and ORG are rivals",
    ]
    /// The relation of a sentence's first two entities.
    private static let relations = ["visits", "located_in", "member_of", nil, nil, "rival"]
    private static let contexts = ["a photo of a person", "a photo of a town by the sea", "a sign of a shop"]

    /// Every word that occurs.
    static var words: [String] {
        (sentences + contexts).flatMap { $0.split(separator: " ").map(String.init) } + names.values.joined()
    }

    /// Posts, one JSON object a line; three of four have a context.
    /// - Parameters:
    ///   - image: the picture of every post; nil for none.
    ///   - relations: whether the two entities of a post are related.
    public static func lines(_ count: Int, seed: UInt64, image: String? = nil, relations: Bool = false) -> [String] {
        var generator = SplitMix64(state: seed)
        return (0..<count).map { number in
            var tokens: [String] = []
            var entities: [String] = []
            for word in sentences[number % sentences.count].split(separator: " ").map(String.init) {
                guard let choices = names[word] else {
                    tokens.append(word)
                    continue
                }
                entities.append(#"{"start":\#(tokens.count),"end":\#(tokens.count + 1),"type":"\#(word)"}"#)
                tokens.append(choices[Int.random(in: choices.indices, using: &generator)])
            }
            var fields = [#""id":"\#(number)""#]
            fields.append(#""tokens":[\#(tokens.map { "\"\($0)\"" }.joined(separator: ","))]"#)
            fields.append(#""entities":[\#(entities.joined(separator: ","))]"#)
            if relations, let type = Self.relations[number % sentences.count] {
                fields.append(#""relations":[{"head":0,"tail":1,"type":"\#(type)"}]"#)
            }
            if number % 4 > 0 { fields.append(#""context":"\#(contexts[number / 3 % contexts.count])""#) }
            if let image { fields.append(#""image":"\#(image)""#) }
            return "{\(fields.joined(separator: ","))}"
        }
    }

    /// Writes `train.jsonl`, 48 posts, and `valid.jsonl` and `test.jsonl`, 18 posts each.
    public static func write(to folder: URL, image: String? = nil, relations: Bool = false) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (index, (split, count)) in [("train", 48), ("valid", 18), ("test", 18)].enumerated() {
            let lines = lines(count, seed: UInt64(index), image: image, relations: relations)
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "\(split).jsonl"))
        }
    }
}
