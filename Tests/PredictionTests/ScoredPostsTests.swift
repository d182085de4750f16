import Corpus
import Evaluation
import Prediction
import Testing

@Suite("Scores of posts")
struct ScoredPostsTests {
    private func annotation(_ type: String) -> Annotation {
        Annotation(entities: [Entity(start: 0, end: 1, type: type)])
    }

    @Test("Renaming reads both sides alike, once")
    func renaming() {
        let (gold, found) = ([annotation("OTHER"), annotation("PER")], [annotation("MISC"), annotation("OTHER")])
        #expect(ScoredPosts(.entities, gold: gold, found: found).scores.main.overall.correct == 0)
        let scored = ScoredPosts(.entities, gold: gold, found: found, renaming: ["OTHER": "MISC", "MISC": "PER"])
        #expect(scored.gold.map { $0.entities[0].type } == ["MISC", "PER"])
        #expect(scored.found.map { $0.entities[0].type } == ["PER", "MISC"])
        #expect(scored.scores.main.overall == Score(gold: 2, predicted: 2, correct: 0))
    }

    @Test("The scores of each post add up to those of all")
    func ofEachPost() {
        let gold = [annotation("PER"), annotation("LOC"), Annotation()]
        let found = [annotation("PER"), annotation("ORG"), annotation("ORG")]
        let scored = ScoredPosts(.entities, gold: gold, found: found)
        let sum = scored.ofEachPost.reduce(into: Score()) { $0 += $1.main.overall }
        #expect(sum == scored.scores.main.overall && sum == Score(gold: 2, predicted: 3, correct: 1))
    }

    @Test("What is found of a type that nobody looked for is neither right nor wrong")
    func annotatedTypes() throws {
        let extractor = try TinyExtractor.make()
        var posts = try TinyExtractor.posts(12)
        let all = try extractor.evaluate(posts).scored
        #expect((all.scores.main.perType["ORG"]?.predicted ?? 0) > 0)
        for index in posts.indices {
            posts[index].entities.removeAll { $0.type == "ORG" }
            posts[index].annotatedTypes = ["LOC", "PER"]
        }
        let (extractions, scored) = try extractor.evaluate(posts)
        #expect(extractions.map(\.annotation) == all.found, "what is extracted stays")
        var expected = all.scores.main.perType
        expected["ORG"] = nil
        #expect(scored.scores.main.perType == expected)
        let renamed = try extractor.evaluate(posts, renaming: ["LOC": "PLACE"]).scored
        #expect(renamed.scores.main.perType["PLACE"] == expected["LOC"])
        #expect(renamed.scores.main.overall == scored.scores.main.overall)
        #expect(scored.confidences.count == scored.scores.main.overall.predicted)
    }

    @Test("OTHER is read as MISC where the model has only MISC and the posts only OTHER")
    func typeReading() {
        func reading(_ types: [String], _ labels: [String], _ names: [String: String] = [:]) -> TypeReading? {
            let posts = types.map {
                Post(id: "", content: .tokens(["a"]), entities: [Entity(start: 0, end: 1, type: $0)])
            }
            return LabelSet(entityTypes: labels).reading(of: posts, beside: names)
        }
        let expected = TypeReading(from: "OTHER", to: "MISC", count: 2)
        #expect(reading(["OTHER", "PER", "OTHER"], ["MISC", "PER"]) == expected)
        #expect(reading(["OTHER", "MISC"], ["MISC", "PER"]) == nil)
        #expect(reading(["PER"], ["MISC"]) == nil && reading(["OTHER"], ["MISC", "OTHER"]) == nil)
        #expect(reading(["OTHER"], ["PER"]) == nil && reading(["OTHER"], ["MISC"], ["OTHER": "OTHER"]) == nil)
    }

    @Test("A threshold leaves entities out of the scores, and none out of what tells how sure the model is")
    func threshold() throws {
        let extractor = try TinyExtractor.make()
        let posts = try TinyExtractor.posts(12)
        let (all, scored) = try extractor.evaluate(posts)
        let scores = all.flatMap(\.entities).map(\.score)
        let threshold = try #require(scores.sorted().dropFirst(scores.count / 2).first)
        let (kept, left) = try extractor.evaluate(posts, threshold: threshold)
        #expect(kept == all.map { $0.leavingOutEntities(below: threshold) })
        let count = scores.count { $0 >= threshold }
        #expect(0 < count && count < scores.count && left.scores.main.overall.predicted == count)
        #expect(left.confidences == scored.confidences && scored.confidences.map(\.score) == scores)
        let gold = posts.map { Set($0.entities) }
        let correct = zip(gold, all).flatMap { gold, all in all.annotation.entities.map(gold.contains) }
        #expect(scored.confidences.map(\.isCorrect) == correct)
        let names = Dictionary(uniqueKeysWithValues: TinyExtractor.labels.entityTypes.map { ($0, "X") })
        let renamed = try extractor.evaluate(posts, renaming: names).scored
        #expect(renamed.confidences.count(where: \.isCorrect) == renamed.scores.main.overall.correct)
    }

    @Test("An extractor's scores are those of what it extracts")
    func evaluation() throws {
        let extractor = try TinyExtractor.make()
        let posts = try TinyExtractor.posts(12)
        let (extractions, scored) = try extractor.evaluate(posts, batchSize: 5)
        #expect(scored.found == extractions.map(\.annotation) && scored.gold == posts.map(\.annotation))
        #expect(scored.scores.main == Scores(gold: posts.map(\.entities), predicted: scored.found.map(\.entities)))
    }
}
