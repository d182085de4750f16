import Extraction
import Testing
import Training
import TrainingTestSupport

@Suite("Pictures and contexts that are hidden from a step")
struct ModalityDropoutTests {
    private func dropout(picture: Double, context: Double, seed: Int = 1) -> ModalityDropout {
        var options = TrainingConfiguration().training
        (options.dropPicture, options.dropContext, options.seed) = (picture, context, seed)
        return ModalityDropout(options)
    }

    @Test("As many as the shares say, each apart; none for 0, and all for 1")
    func shares() {
        let hidden = (0..<200).flatMap { dropout(picture: 0.25, context: 0.6).hidden(step: $0, count: 28) }
        func share(_ isCounted: (ModalityDropout.Hidden) -> Bool) -> Double {
            Double(hidden.count(where: isCounted)) / Double(hidden.count)
        }
        // Five deviations of 5,600 draws.
        #expect(abs(share(\.picture) - 0.25) < 0.03 && abs(share(\.context) - 0.6) < 0.033)
        #expect(abs(share { $0.picture && $0.context } - 0.15) < 0.024)
        #expect(dropout(picture: 0, context: 1).hidden(step: 7, count: 50).allSatisfy { !$0.picture && $0.context })
    }

    @Test("Seed and step decide, and one share does not change what the other hides")
    func determinism() {
        let hidden = dropout(picture: 0.5, context: 0.5).hidden(step: 3, count: 28)
        #expect(hidden == dropout(picture: 0.5, context: 0.5).hidden(step: 3, count: 28))
        #expect(hidden != dropout(picture: 0.5, context: 0.5).hidden(step: 4, count: 28))
        #expect(hidden != dropout(picture: 0.5, context: 0.5, seed: 2).hidden(step: 3, count: 28))
        let other = dropout(picture: 0.5, context: 0.1).hidden(step: 3, count: 28)
        #expect(hidden.map(\.picture) == other.map(\.picture))
    }

    @Test("A context that is hidden is neither read nor aligned: other words of it change nothing")
    func contexts() throws {
        let run = try TinyRun()
        run.dataset = DistinctPosts.dataset(in: run.dataset.folder)
        run.configuration.training.epochs = 1
        func steps(_ share: Double, _ folder: String) throws -> [Metrics.Step] {
            run.configuration.training.dropContext = share
            try run.train(folder)
            return try run.steps(of: folder)
        }
        let hidden = try steps(1, "hidden")
        #expect(hidden.allSatisfy { $0.text == nil })
        let seen = try steps(0, "seen")
        #expect(seen.allSatisfy { $0.text != nil })
        let posts = run.dataset[.train].map { post in
            var post = post
            post.context = post.context?.split(separator: " ").reversed().joined(separator: " ")
            return post
        }
        run.dataset.splits[.train] = posts
        #expect(try steps(1, "other words, hidden") == hidden)
        #expect(try steps(0, "other words, seen") != seen)
    }

    @Test("A picture that is hidden is not looked at")
    func pictures() throws {
        let run = try TinyRun(pictures: true)
        run.configuration.training.epochs = 1
        for (share, isSeen) in [(0.0, true), (1.0, false)] {
            run.configuration.training.dropPicture = share
            try run.train("\(share)")
            #expect(try run.steps(of: "\(share)").allSatisfy { ($0.hiddenPicture != nil) == isSeen })
        }
    }
}
