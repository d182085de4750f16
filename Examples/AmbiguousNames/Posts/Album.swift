import Corpus
import Foundation
import Support

/// The pictures of one split, with what is known of each.
struct Album {
    /// A picture that posts show.
    struct Picture {
        var path: String
        var subject: Subject
        /// A description; nil for some pictures, as no captioner is always at hand.
        var context: String?
    }

    /// Pixels a side.
    static let pictureSize = 224

    private(set) var pictures: [Subject: [Picture]] = [:]

    /// Draws pictures of every subject and writes them under `folder`, in `images/`.
    ///
    /// One in eight is not written, as if it had been deleted since: its context is all that is left of it. One in five
    /// of the others has no context.
    init(split: Split, picturesPerSubject: Int, folder: URL, using generator: inout SplitMix64) throws {
        var numbers = Array(0..<picturesPerSubject * Subject.allCases.count).shuffled(using: &generator)
        for subject in Subject.allCases {
            for index in 0..<picturesPerSubject {
                let path = "images/\(split)-\(numbers.removeLast()).png"
                let (picture, description) = Self.draw(subject, using: &generator)
                let isLost = index % 8 == 7
                if !isLost { try PNG.encode(picture).write(to: folder.appendingPathComponent(path)) }
                let context = isLost || index % 5 != 3 ? description : nil
                pictures[subject, default: []].append(Picture(path: path, subject: subject, context: context))
            }
        }
    }

    /// A picture of a subject.
    func picture(of subject: Subject, using generator: inout SplitMix64) -> Picture {
        generator.pick(pictures[subject] ?? [])
    }

    /// Draws a subject and says what was drawn.
    static func draw(_ subject: Subject, using generator: inout SplitMix64) -> (Canvas, String) {
        var canvas = Canvas(size: pictureSize)
        let description = subject.draw(on: &canvas, using: &generator)
        canvas.addGrain(strength: generator.number(0.005, 0.025), using: &generator)
        return (canvas, description)
    }
}
