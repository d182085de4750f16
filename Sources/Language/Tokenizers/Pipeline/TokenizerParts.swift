/// The parts of a tokenizer.
struct TokenizerParts: Sendable {
    /// How the places of byte-level pieces are told.
    struct Trimming: Sendable, Equatable {
        /// Whether a blank was put before the text, which belongs to no place.
        var addsBlank: Bool
    }

    var normalizer: Normalizer?
    var preTokenizer: PreTokenizer?
    var model: PieceModel
    var addedTokens: [AddedToken] = []
    var template: SequenceTemplate
    /// Where blanks at the ends of pieces are left out of their places.
    var trimming: Trimming?
    /// The token that fills rows, where the file names one.
    var padding: Int?

    /// The id of a piece or of an added token as written.
    func id(of token: String) -> Int? {
        addedTokens.first { $0.content == token }?.id ?? model.vocabulary.id(of: token)
    }

    /// The tokens that mean no text: those that files name, else those of the template and the names that families use.
    /// - Throws: `TokenizerError.missingToken`.
    func specialTokens(_ names: TokenizerNames, path: String) throws(TokenizerError) -> SpecialTokens {
        func named(_ name: String?) throws(TokenizerError) -> Int? {
            guard let name else { return nil }
            guard let id = id(of: name) else { throw .missingToken(name, path: path) }
            return id
        }
        func required(_ id: Int?, or common: [String]) throws(TokenizerError) -> Int {
            guard let id = id ?? common.lazy.compactMap(self.id).first else {
                throw .missingToken(common[0], path: path)
            }
            return id
        }
        let specials = template.singleSpecials
        let mask = try named(names.mask) ?? ["[MASK]", "<mask>"].lazy.compactMap(self.id).first
        return SpecialTokens(
            unknown: try required(try named(names.unknown) ?? model.unknown, or: ["[UNK]", "<unk>"]),
            classification: try required(
                try named(names.classification) ?? specials.before.first, or: ["[CLS]", "<s>"]),
            separator: try required(try named(names.separator) ?? specials.after.first, or: ["[SEP]", "</s>"]),
            padding: try required(try named(names.padding) ?? padding, or: ["[PAD]", "<pad>"]), mask: mask)
    }
}

/// The names of the tokens that mean no text, as far as files give them.
struct TokenizerNames: Sendable {
    var unknown: String?
    var classification: String?
    var separator: String?
    var padding: String?
    var mask: String?
}
