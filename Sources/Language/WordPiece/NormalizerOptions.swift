/// How a tokenizer cleans the text before it looks for pieces.
public struct NormalizerOptions: Hashable, Sendable {
    /// Removes control characters.
    public var cleansText: Bool
    /// Takes every ideograph for a word of its own.
    public var isolatesIdeographs: Bool
    /// Decomposes letters and drops their nonspacing marks.
    public var stripsAccents: Bool
    /// Makes letters small.
    public var lowercases: Bool

    /// Options; accents are stripped where letters are made small, unless said otherwise.
    public init(
        lowercases: Bool, stripsAccents: Bool? = nil, isolatesIdeographs: Bool = true, cleansText: Bool = true
    ) {
        self.cleansText = cleansText
        self.isolatesIdeographs = isolatesIdeographs
        self.stripsAccents = stripsAccents ?? lowercases
        self.lowercases = lowercases
    }

    /// Those of the models called uncased.
    public static let uncased = NormalizerOptions(lowercases: true)
    /// Those of the models called cased.
    public static let cased = NormalizerOptions(lowercases: false)
}
