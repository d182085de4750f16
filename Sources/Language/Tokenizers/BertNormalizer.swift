/// BERT's normalisation and its division into words, scalar by scalar.
struct BertNormalizer: Sendable {
    /// The normalised form of a scalar.
    enum Form {
        /// The end of the word.
        case blank
        /// A letter of the word.
        case letter(Unicode.Scalar)
        /// A word of its own.
        case mark(Unicode.Scalar)
    }

    let options: NormalizerOptions
    private let ascii: [Form?]

    init(options: NormalizerOptions) {
        self.options = options
        ascii = (0..<128).map { Self.forms(of: Unicode.Scalar($0), options: options).first }
    }

    /// Hands over the forms of a scalar of the text, one after the other.
    func withForms(of scalar: Unicode.Scalar, _ body: (Form) -> Void) {
        if scalar.isASCII {
            if let form = ascii[Int(scalar.value)] { body(form) }
        } else {
            for form in Self.forms(of: scalar, options: options) { body(form) }
        }
    }

    private static func forms(of scalar: Unicode.Scalar, options: NormalizerOptions) -> [Form] {
        if options.cleansText && scalar.isBertControl { return [] }
        if scalar.properties.isWhitespace { return [.blank] }
        var scalars = [scalar]
        if options.stripsAccents && !scalar.isASCII {
            scalars = scalar.bertDecomposition.filter { !$0.isBertNonspacingMark }
        }
        if options.lowercases {
            scalars = scalars.flatMap(\.properties.lowercaseMapping.unicodeScalars)
        }
        let forms = scalars.map { $0.isBertPunctuation ? Form.mark($0) : .letter($0) }
        return options.isolatesIdeographs && scalar.isBertIdeograph ? [.blank] + forms + [.blank] : forms
    }
}

/// The cleaning of a text before a tokenizer looks for pieces.
package struct NormalizerOptions: Hashable, Sendable {
    /// Removes control characters.
    package var cleansText: Bool
    /// Takes every ideograph for a word of its own.
    package var isolatesIdeographs: Bool
    /// Decomposes letters and drops their nonspacing marks.
    package var stripsAccents: Bool
    /// Makes letters small.
    package var lowercases: Bool

    /// Options; accents are stripped where letters are made small, unless said otherwise.
    package init(
        lowercases: Bool, stripsAccents: Bool? = nil, isolatesIdeographs: Bool = true, cleansText: Bool = true
    ) {
        self.cleansText = cleansText
        self.isolatesIdeographs = isolatesIdeographs
        self.stripsAccents = stripsAccents ?? lowercases
        self.lowercases = lowercases
    }

    /// Those of the models called uncased.
    package static let uncased = NormalizerOptions(lowercases: true)
    /// Those of the models called cased.
    package static let cased = NormalizerOptions(lowercases: false)
}
