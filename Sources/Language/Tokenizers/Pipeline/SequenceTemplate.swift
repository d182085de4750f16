/// What stands around a text and around a pair of texts: `[CLS] A [SEP] B [SEP]`, or `<s> A </s></s> B </s>`.
struct SequenceTemplate: Sendable, Equatable {
    /// A part of a sequence.
    enum Part: Sendable, Equatable {
        case special([Int])
        case text
        case pair
    }

    /// A part and the segment that it belongs to.
    struct Piece: Sendable, Equatable {
        var part: Part
        var segment: Int
    }

    /// The parts around a text alone.
    let single: [Piece]
    /// The parts around two texts.
    let pair: [Piece]

    /// The template of a classification token and separators.
    /// - Parameter separators: the number of separators between two texts.
    init(classification: Int, separator: Int, separators: Int, pairSegment: Int) {
        let first = [Piece(part: .special([classification]), segment: 0), Piece(part: .text, segment: 0)]
        single = first + [Piece(part: .special([separator]), segment: 0)]
        pair =
            first + [Piece(part: .special(Array(repeating: separator, count: separators)), segment: 0)]
            + [Piece(part: .pair, segment: pairSegment), Piece(part: .special([separator]), segment: pairSegment)]
    }

    /// A template, or nil where one is not: the text stands once in each, the second text once, behind it, in the pair
    /// alone; segment 1 follows segment 0.
    init?(single: [Piece], pair: [Piece]) {
        func texts(_ pieces: [Piece]) -> [Part] { pieces.map(\.part).filter { $0 == .text || $0 == .pair } }
        guard texts(single) == [.text], texts(pair) == [.text, .pair],
            [single, pair].allSatisfy({ pieces in
                let segments = pieces.map(\.segment)
                return segments == segments.sorted() && segments.allSatisfy { (0...1).contains($0) }
            })
        else { return nil }
        (self.single, self.pair) = (single, pair)
    }

    /// The special tokens in the order of a text alone.
    var singleSpecials: (before: [Int], after: [Int]) {
        let index = single.firstIndex { $0.part == .text } ?? 0
        func ids(_ pieces: ArraySlice<Piece>) -> [Int] {
            pieces.flatMap { piece in if case .special(let ids) = piece.part { ids } else { [] as [Int] } }
        }
        return (ids(single[..<index]), ids(single[(index + 1)...]))
    }

    /// Frames a text, or a pair of texts.
    /// - Parameter segmentCount: the number of segments that the encoder tells apart; with one all belong to segment 0.
    func frame(_ text: [Int], _ second: [Int]?, segmentCount: Int) -> TokenSequence {
        var ids: [Int] = []
        ids.reserveCapacity(text.count + (second?.count ?? 0) + length(pair: second != nil))
        var (textRange, pairRange, secondSegment) = (0..<0, nil as Range<Int>?, nil as Int?)
        for piece in second == nil ? single : pair {
            let start = ids.count
            if piece.segment == 1 && segmentCount > 1 && secondSegment == nil { secondSegment = start }
            switch piece.part {
            case .special(let tokens): ids += tokens
            case .text:
                ids += text
                textRange = start..<ids.count
            case .pair:
                ids += second ?? []
                pairRange = start..<ids.count
            }
        }
        return TokenSequence(
            ids: ids, text: textRange, pair: pairRange ?? ids.count..<ids.count,
            secondSegment: secondSegment ?? ids.count)
    }

    /// The number of tokens around a text, or around a pair.
    func length(pair isPair: Bool) -> Int {
        (isPair ? pair : single).reduce(0) { count, piece in
            if case .special(let ids) = piece.part { count + ids.count } else { count }
        }
    }
}
