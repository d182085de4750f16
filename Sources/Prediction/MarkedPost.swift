import Corpus
import Extraction
import Foundation
import Support

/// A prediction for people: the text with its entities marked in place, `[Rocky](MISC 0.97) is ready`, and its relations
/// below it.
package struct MarkedPost {
    private let prediction: Prediction
    private let types: [String]

    /// - Parameter types: the entity types of the model, whose order gives them their colours.
    package init(_ prediction: Prediction, types: [String]) {
        (self.prediction, self.types) = (prediction, types)
    }

    /// The text with its marks, then a line a relation.
    /// - Parameter isColoured: whether what stands in marks has the colour of its type, by the escape sequences of
    ///   terminals; whatever else the text has of these is taken from it.
    package func lines(isColoured: Bool) -> [String] {
        [markedText(isColoured: isColoured)] + prediction.extraction.relations.map(line)
    }

    private func markedText(isColoured: Bool) -> String {
        let (text, spans) = textAndSpans
        var line = ""
        var place = text.startIndex
        for (entity, span) in zip(prediction.extraction.entities, spans).sorted(by: { $0.0.start < $1.0.start }) {
            // What combines with the last letter stays within the mark.
            let start = max(place, text.boundary(upTo: span.lowerBound))
            let end = max(start, text.boundary(from: span.upperBound))
            let mark = "[\(text[start..<end])](\(entity.type.printable) \(entity.score.readable))"
            line += text[place..<start] + (isColoured ? colour(of: entity.type) + mark + Self.plain : mark)
            place = end
        }
        return line + text[place...]
    }

    /// The text as a terminal may show it, and the place of each entity in it.
    private var textAndSpans: (text: String, spans: [Range<String.Index>]) {
        let (units, separator) =
            switch prediction.post.content {
            case .text(let text): (text.unicodeScalars.map(String.init), "")
            case .tokens(let tokens): (tokens, " ")
            }
        let text = units.joined(separator: separator).printable
        // The scalars before each unit, and before one behind the last.
        let starts = units.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.unicodeScalars.count + separator.count) }
        let scalars = text.unicodeScalars
        let spans = prediction.extraction.entities.map { entity in
            let end = starts[entity.end] - separator.count
            return scalars.index(
                scalars.startIndex, offsetBy: starts[entity.start])..<scalars.index(scalars.startIndex, offsetBy: end)
        }
        return (text, spans)
    }

    private func line(of relation: Extractor.FoundRelation) -> String {
        let entities = prediction.extraction.entities
        let link = prediction.task.directsRelations ? "->" : "-"
        return "\(entities[relation.head].text) \(link) \(entities[relation.tail].text): ".printable
            + "\(relation.type.printable) \(relation.score.readable)"
    }

    private static let plain = "\u{1B}[0m"

    /// Blue, green, magenta, yellow, cyan or red, in bold letters.
    private func colour(of type: String) -> String {
        let colours = [34, 32, 35, 33, 36, 31]
        return "\u{1B}[1;\(colours[(types.firstIndex(of: type) ?? 0) % colours.count])m"
    }
}

extension String {
    /// The start of the letter that a place is in.
    fileprivate func boundary(upTo place: Index) -> Index {
        var place = place
        while place > startIndex, Index(place, within: self) == nil { place = unicodeScalars.index(before: place) }
        return place
    }

    /// The end of the letter that a place is in.
    fileprivate func boundary(from place: Index) -> Index {
        var place = place
        while place < endIndex, Index(place, within: self) == nil { place = unicodeScalars.index(after: place) }
        return place
    }
}

extension Double {
    fileprivate var readable: String { String(format: "%.2f", self) }
}
