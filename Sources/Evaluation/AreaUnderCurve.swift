/// The area under the curve of receiver operating characteristics: how often an item of one kind has a larger value than
/// one of the other kind, equal values counting half (Hanley and McNeil, "The Meaning and Use of the Area under a
/// Receiver Operating Characteristic (ROC) Curve", Radiology, 1982).
/// - Parameters:
///   - positives: the values of the items that should have the larger ones.
///   - negatives: those of the others.
/// - Returns: from 0 to 1, where 0.5 is chance; nil where there are no items of one kind.
public func areaUnderCurve(positives: [Double], negatives: [Double]) -> Double? {
    guard !positives.isEmpty, !negatives.isEmpty else { return nil }
    let sorted = negatives.sorted()
    /// The number of negatives for which `isBefore` holds; they come first.
    func count(where isBefore: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
    let wins = positives.reduce(0.0) { sum, value in
        sum + 0.5 * Double(count { $0 < value } + count { $0 <= value })
    }
    return wins / Double(positives.count * negatives.count)
}
