/// Precision, recall and F1 from counts; all are fractions between 0 and 1, and 0 where there is nothing to divide by.
public struct Score: Sendable, Hashable {
    /// The number of annotated items.
    public var gold: Int
    /// The number of predicted items.
    public var predicted: Int
    /// The number of predicted items that are annotated.
    public var correct: Int

    /// Makes a score from its counts.
    public init(gold: Int = 0, predicted: Int = 0, correct: Int = 0) {
        self.gold = gold
        self.predicted = predicted
        self.correct = correct
    }

    /// The fraction of predicted items that are correct.
    public var precision: Double { predicted == 0 ? 0 : Double(correct) / Double(predicted) }

    /// The fraction of annotated items that were found.
    public var recall: Double { gold == 0 ? 0 : Double(correct) / Double(gold) }

    /// The harmonic mean of ``precision`` and ``recall``.
    public var f1: Double { gold + predicted == 0 ? 0 : 2 * Double(correct) / Double(gold + predicted) }

    /// Adds the counts of another part of the data: the micro average of both.
    public static func += (total: inout Score, part: Score) {
        total.gold += part.gold
        total.predicted += part.predicted
        total.correct += part.correct
    }
}

extension Score: Codable {
    private enum CodingKeys: CodingKey { case precision, recall, f1, gold, predicted, correct }

    /// Reads the counts; the fractions follow from them.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        gold = try fields.decode(Int.self, forKey: .gold)
        predicted = try fields.decode(Int.self, forKey: .predicted)
        correct = try fields.decode(Int.self, forKey: .correct)
    }

    /// Writes counts and fractions.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(precision, forKey: .precision)
        try fields.encode(recall, forKey: .recall)
        try fields.encode(f1, forKey: .f1)
        try fields.encode(gold, forKey: .gold)
        try fields.encode(predicted, forKey: .predicted)
        try fields.encode(correct, forKey: .correct)
    }
}
