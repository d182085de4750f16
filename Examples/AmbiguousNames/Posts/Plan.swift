import Corpus

/// What a split is made of.
struct Plan {
    var split: Split
    var picturesPerSubject: Int
    /// Posts whose words leave open what is named, under a picture that tells.
    var pictureDecides: Int
    /// Posts whose words tell what is named, under a picture of anything.
    var wordsDecide = 0
    /// Posts that name nothing.
    var nameless = 0
    /// Whether the id of a post ends in what decides.
    var isDeciderInID = false

    /// The splits of the demonstration: the picture decides everywhere.
    static let demonstration = [
        Plan(split: .train, picturesPerSubject: 30, pictureDecides: 552, nameless: 48),
        Plan(split: .valid, picturesPerSubject: 8, pictureDecides: 136, nameless: 14),
        Plan(split: .test, picturesPerSubject: 12, pictureDecides: 184, nameless: 16),
    ]

    /// Splits of a size each in which the words decide in a share of the posts. Three posts share a picture on average.
    static func draw(sizes: [Split: Int], unrelated: Double) -> [Plan] {
        Split.allCases.compactMap { split in
            sizes[split].map { size in
                let wordsDecide = Int((Double(size) * unrelated).rounded())
                return Plan(
                    split: split, picturesPerSubject: size / (3 * Subject.allCases.count) + 1,
                    pictureDecides: size - wordsDecide, wordsDecide: wordsDecide, isDeciderInID: true)
            }
        }
    }
}
