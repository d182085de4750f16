import Corpus
import Extraction
import Foundation
import TestSupport
import Testing

/// Answers that also say how well the sides of posts agree.
@Suite struct ComparedAnswersTests {
    private static let texts: [(words: String, context: String?)] = [
        ("Rocky barks at the gate", "a dog in a garden"), ("Anna visits Oslo", "a town under snow"),
        ("nobody is here today", "an empty street"), ("Tim Cook speaks", "a man on a stage"),
        ("Paris in spring , we love it", "a tower behind trees"), ("Acme opens a shop", "a sign of a shop"),
        ("Emma plays the cello", "a woman with an instrument"), ("lunch at the sea", "a plate of fish"),
        ("Lima by night", "lights of a city"), ("Felix won", "a running man"), ("Bruno is late again", nil),
        ("good morning Quito", nil),
    ]

    private let folder: TemporaryFolder
    /// Twelve posts, no two alike; the first seven have a picture, the last two no context.
    private let posts: [Post]

    init() throws {
        let folder = try TemporaryFolder()
        var posts: [Post] = []
        for (index, text) in Self.texts.enumerated() {
            let words = text.words.split(separator: " ").map(String.init)
            let picture = try folder.write(SamplePicture.tiff(37 * index + 9), to: "\(index).tiff")
            posts.append(
                Post(
                    id: "\(index)", content: .tokens(words), image: index < 7 ? picture.path : nil,
                    context: text.context))
        }
        (self.folder, self.posts) = (folder, posts)
    }

    private func answers(
        _ posts: [Post], _ extractor: Extractor, batchSize: Int, comparing: Bool = true
    ) throws -> [Extractor.Answer] {
        try extractor.answers(
            to: extractor.prepare(posts, isAligned: true), batchSize: batchSize,
            comparing: comparing ? Extractor.Comparison() : nil)
    }

    @Test func comparingChangesNoAnswer() throws {
        let extractor = try SampleModel.extractor()
        let compared = try answers(posts, extractor, batchSize: 4)
        let plain = try answers(posts, extractor, batchSize: 4, comparing: false)
        #expect(compared.map(\.annotation.annotation) == plain.map(\.annotation.annotation))
        #expect(compared.contains { !$0.annotation.entities.isEmpty })
        for (found, expected) in zip(compared, plain) {
            for (one, other) in zip(found.annotation.entities, expected.annotation.entities) {
                #expect(abs(one.score - other.score) < 1e-5)
            }
            #expect(found.pictures == expected.pictures)
            #expect(expected.agreement.text == nil && expected.agreement.picture == nil)
        }
        #expect(
            compared.map { $0.pictures.map(\.status) }
                == posts.map { post in
                    post.pictures.map { $0.image == nil ? PictureStatus.none : .used }
                })
    }

    @Test func everyPostThatHasBothSidesIsComparedWithTheOthersOfItsBatch() throws {
        let extractor = try SampleModel.extractor()
        // One batch, so that all meet.
        let compared = try answers(posts, extractor, batchSize: 12)
        for (post, answer) in zip(posts, compared) {
            let agreement = answer.agreement
            #expect((agreement.text != nil) == (post.context != nil), "\(post.id)")
            #expect((agreement.picture != nil) == (post.context != nil && post.image != nil), "\(post.id)")
            for pair in [agreement.text, agreement.picture].compactMap({ $0 }) {
                #expect(abs(pair.own) <= 1 + 1e-5 && abs(pair.others) <= 1 + 1e-5)
            }
            #expect((agreement.text?.swapped != nil) == (post.context != nil), "\(post.id)")
            #expect(agreement.picture?.swapped == nil)
        }
        #expect(compared.contains { $0.agreement.text?.top1 == 1 })
    }

    @Test func aDiagnosisIsTheMeanOverThePostsThatWereCompared() throws {
        let extractor = try SampleModel.extractor()
        let agreements = try answers(posts, extractor, batchSize: 2).map(\.agreement)
        let diagnosis = AlignmentDiagnosis(agreements)
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        for (side, pairs) in [
            (diagnosis.text, agreements.compactMap(\.text)), (diagnosis.picture, agreements.compactMap(\.picture)),
        ] {
            let found = try #require(side)
            #expect(abs(found.own - mean(pairs.map(\.own))) < 1e-12)
            #expect(abs(found.others - mean(pairs.map(\.others))) < 1e-12)
            #expect(abs(found.top1 - mean(pairs.map(\.top1))) < 1e-12)
            #expect(found.separation == found.own - found.others)
        }
        // Foreign contexts are read in four batches of the six, since each costs a pass of its own.
        let swapped = agreements.compactMap { $0.text?.swapped }
        #expect(!swapped.isEmpty && swapped.count < agreements.compactMap(\.text).count)
        #expect(abs((diagnosis.text?.swapped ?? .infinity) - mean(swapped)) < 1e-12)
        #expect(diagnosis.picture?.swapped == nil)
        #expect(AlignmentDiagnosis([]) == AlignmentDiagnosis())
    }

    /// Texts are read together with their contexts: with a foreign one, a text is another post's own text.
    @Test func aSwappedContextIsReadAsIfItWereThePostsOwn() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        var pair = Array(posts[0..<2])
        let compared = try answers(pair, extractor, batchSize: 2)
        (pair[0].context, pair[1].context) = (pair[1].context, pair[0].context)
        let exchanged = try answers(pair, extractor, batchSize: 2)
        for (found, expected) in zip(compared.map(\.agreement.text), exchanged.map(\.agreement.text)) {
            let (one, other) = (try #require(found), try #require(expected))
            let (swapped, back) = (try #require(one.swapped), try #require(other.swapped))
            #expect(abs(swapped - other.own) < 1e-4 && abs(back - one.own) < 1e-4)
            #expect(abs(swapped - one.own) > 1e-3)
        }
    }

    /// Apart from each other, a text cannot copy what it reads; here each text says what its context says.
    @Test func textsThatAreReadApartAgreeWithTheirOwnContextsAlone() throws {
        let extractor = try SampleModel.extractor(pictures: false) { $0.alignment.encoding = .separate }
        let echoes = posts[0..<8].map { post in
            var post = post
            post.content = .tokens((post.context ?? "").split(separator: " ").map(String.init))
            return post
        }
        let agreements = try answers(echoes, extractor, batchSize: 2).map(\.agreement)
        for agreement in agreements {
            let text = try #require(agreement.text)
            #expect(abs(text.own - 1) < 1e-4 && text.others < 0.99 && text.top1 == 1)
            // Of two posts, the foreign context is the other one's.
            if let swapped = text.swapped { #expect(swapped == text.others) }
        }
        #expect(agreements.contains { $0.text?.swapped != nil })
        let side = try #require(AlignmentDiagnosis(agreements).text)
        #expect(side.top1 == 1 && side.separation > 0.01)
    }

    @Test func termsWithoutAWeightAreAbsent() throws {
        for (alpha, beta) in [(0.0, 0.4), (0.2, 0.0)] {
            let extractor = try SampleModel.extractor { ($0.alignment.alpha, $0.alignment.beta) = (alpha, beta) }
            let agreements = try answers(posts, extractor, batchSize: 6).map(\.agreement)
            #expect(agreements.contains { $0.text != nil } == (alpha > 0))
            #expect(agreements.contains { $0.picture != nil } == (beta > 0))
        }
        let none = try SampleModel.extractor { $0.alignment.method = .none }
        #expect(try answers(posts, none, batchSize: 6).allSatisfy { $0.agreement.text == nil })
    }

    @Test func picturesThatAreAlignedDirectlyMeetTexts() throws {
        let extractor = try SampleModel.extractor { $0.alignment.via = .direct }
        var posts = posts
        posts[0].context = nil
        for (post, answer) in zip(posts, try answers(posts, extractor, batchSize: 12)) {
            #expect(answer.agreement.text == nil)
            #expect((answer.agreement.picture != nil) == (post.image != nil), "\(post.id)")
        }
    }

    /// JSON has no word for what is not a number, and a table should not have one either.
    @Test func aModelThatHasDivergedHasNoDiagnosis() throws {
        let extractor = try SampleModel.extractor()
        for (_, tensor) in extractor.model.textEncoder.parameters() { tensor.fill(.nan) }
        let agreements = try answers(posts, extractor, batchSize: 6).map(\.agreement)
        let diagnosis = AlignmentDiagnosis(agreements)
        #expect(diagnosis == AlignmentDiagnosis())
        #expect(throws: Never.self) { try JSONEncoder().encode(diagnosis) }
    }

    /// Copies are one player, which no copy has to differ from.
    @Test func copiesAreComparedWithTheOtherPostsAlone() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let once = try answers(Array(posts[0..<3]), extractor, batchSize: 6)
        let twice = try answers(Array(posts[0..<3]) + posts[0..<3], extractor, batchSize: 6)
        for (index, answer) in twice.enumerated() {
            let (found, expected) = (
                try #require(answer.agreement.text), try #require(once[index % 3].agreement.text)
            )
            #expect(abs(found.own - expected.own) < 1e-4 && abs(found.others - expected.others) < 1e-4)
        }
        let alike = try answers([posts[0], posts[0]], extractor, batchSize: 6)
        #expect(alike.allSatisfy { $0.agreement.text == nil })
    }
}
