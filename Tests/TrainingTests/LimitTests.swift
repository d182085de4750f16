import Corpus
import Extraction
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Learning from a part of the posts")
struct LimitTests {
    /// The types of a post by its number: in 200 posts, 100, 60, 20 and 20 of them.
    private static func types(_ number: Int) -> [String] {
        switch number % 10 {
        case 0, 2, 4, 6, 8: ["PER"]
        case 1, 3, 5: ["LOC"]
        case 7: ["LOC", "PER"]
        default: []
        }
    }

    /// The posts that a task would learn from. None of their pictures can be decoded, and a session names each that it
    /// looks at.
    private func sample(_ limit: Int, seed: Int = 1) throws -> [Int] {
        let run = try TinyRun(pictures: true)
        let posts = try (0..<200).map { number in
            let file = try run.scratch.write("no picture", to: "broken/\(number).png")
            let entities = Self.types(number).enumerated().map { place, type in
                Entity(start: place, end: place + 1, type: type)
            }
            return Post(
                id: "\(number)", content: .tokens(["Anna", "visits", "Oslo"]), image: file.path, entities: entities)
        }
        let valid = [Post(id: "valid", content: .tokens(["Anna"]), entities: [Entity(start: 0, end: 1, type: "PER")])]
        let dataset = Dataset(name: "broken", folder: run.scratch.url, splits: [.train: posts, .valid: valid])
        (run.configuration.training.limit, run.configuration.training.seed) = (limit, seed)
        let notes = try run.session("run", on: dataset).notes
        let isLimited = limit > 0 && limit < 200
        #expect(notes.contains("the task learns from \(limit) of 200 posts") == isLimited)
        return notes.compactMap { note in
            guard let end = note.range(of: ".png: ") else { return nil }
            return Int(note[..<end.lowerBound].split(separator: "/").last ?? "")
        }
    }

    @Test("As many posts as the limit says, in their order, with their annotations in the proportions of all")
    func proportions() throws {
        for limit in [20, 50, 101] {
            let sample = try sample(limit)
            #expect(sample.count == limit && Set(sample).count == limit && sample == sample.sorted())
            let groups: [(types: [String], size: Int)] = [
                (["PER"], 100), (["LOC"], 60), (["LOC", "PER"], 20), ([], 20),
            ]
            for (group, size) in groups {
                let count = sample.count { Self.types($0) == group }
                let share = Double(limit * size) / 200
                #expect(abs(Double(count) - share) <= 1, "\(group) in \(limit)")
            }
        }
    }

    @Test("The seed decides the sample, and a smaller one is a part of a larger one")
    func nested() throws {
        let (small, large) = (try sample(50), try sample(100))
        #expect(try small == sample(50))
        #expect(Set(small).isSubset(of: large))
        let other = try sample(50, seed: 2)
        #expect(other.count == 50 && Set(other) != Set(small))
    }

    @Test("No limit, and one that is beyond the posts, is all of them", arguments: [0, 200, 1000])
    func all(_ limit: Int) throws {
        #expect(try sample(limit) == Array(0..<200))
    }

    @Test("Games are played by the posts of the task, or by all, those beyond the limit among them")
    func players() throws {
        let run = try TinyRun()
        let annotated = (0..<44).map { number in
            Post(
                id: "\(number)", content: .tokens(["Anna", "is", "\(number)"]),
                entities: [Entity(start: 0, end: 1, type: "PER")])
        }
        // Too few to be among five, the longest, and the only ones with contexts.
        let bare = (0..<4).map { number in
            Post(id: "bare \(number)", content: .tokens(["a", "town", "\(number)"]), context: "a photo of \(number)")
        }
        let dataset = Dataset(
            name: "few contexts", folder: run.scratch.url,
            splits: [.train: annotated + bare, .valid: Array(annotated.prefix(8))])
        run.configuration.training.limit = 5
        run.configuration.training.epochs = 6
        func steps(_ players: Extraction.AlignmentOptions.PlayerSource) throws -> [Metrics.Step] {
            run.configuration.alignment.players = players
            try run.train(run.session(players.rawValue, on: dataset))
            return try run.steps(of: players.rawValue)
        }
        let labelled = try steps(.labelled)
        #expect(labelled.count == 6 && labelled.allSatisfy { $0.text == nil })
        // Six steps see all 48 players once.
        let all = try steps(.all)
        #expect(all.count == 6 && all.count { $0.text != nil } == 1)
    }
}
