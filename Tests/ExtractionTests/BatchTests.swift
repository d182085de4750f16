import Corpus
import Extraction
import Language
import Testing
import Torch
import Vision

@Suite struct BatchTests {
    /// All 127 choices of the fixture's posts, which have picture and context in every mix.
    @Test(arguments: ["return", "direct", "ungated", "without-images"])
    func aPostInAnyCompanyIsThePostAlone(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        let words = try fixture.posts().map(\.wordStarts.count)
        func emissions(_ items: [Int]) throws -> [[Float]] {
            let found = try withoutGradients { try model.tagEmissions(fixture.batch(of: items)) }
            return items.enumerated().map { found.select(0, $0).narrow(0, start: 0, length: words[$1]).floats() }
        }
        let alone = try words.indices.map { try emissions([$0])[0] }
        for choice in 1..<(1 << words.count) {
            let items = words.indices.filter { choice >> $0 & 1 == 1 }.reversed()
            for (item, found) in zip(items, try emissions(Array(items))) {
                let difference = zip(found, alone[item]).map { abs($0 - $1) }.max() ?? 0
                #expect(difference < 2e-5, "post \(item) among \(Array(items))")
            }
        }
    }

    @Test(arguments: OracleFixture.variants)
    func lossesOfAnyCompanyAreNumbers(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        for items in [[4], [0], [2, 4], [3, 4], [0, 4], [2, 3], [1, 5], [3, 0, 2, 4], [4, 4]] {
            let losses = try model.losses(fixture.batch(of: items), seed: 1)
            losses.total.backward()
            #expect(losses.total.item().isFinite, "\(items)")
            for (path, parameter) in model.parameters() {
                #expect(parameter.gradient?.floats().allSatisfy(\.isFinite) != false, "\(path) for \(items)")
                parameter.gradient = nil
            }
        }
    }

    @Test func postsWithoutAPartnerSitOutTheGames() throws {
        let fixture = try OracleFixture("return")
        let model = try fixture.model()
        let one = try model.losses(fixture.batch(of: [0, 4]), seed: 1)
        #expect(one.alignment.text == nil && one.alignment.picture == nil)
        #expect(one.total.item() == one.task.item())
        let contexts = try model.losses(fixture.batch(of: [0, 3, 4]), seed: 1)
        #expect(contexts.alignment.text != nil && contexts.alignment.picture == nil)
        let both = try model.losses(fixture.batch(of: [0, 1, 2]), seed: 1)
        let fewer = try model.losses(fixture.batch(of: [0, 1]), seed: 1)
        let (picture, expected) = (try #require(both.alignment.picture), try #require(fewer.alignment.picture))
        #expect(abs(picture.loss.item() - expected.loss.item()) < 1e-5)
    }

    @Test func aPictureThatIsNotThereIsNeverSeen() throws {
        let fixture = try OracleFixture("return")
        let model = try fixture.model()
        let post = try #require(try fixture.posts().first)
        func emissions(_ features: ImageFeatures?, _ hasPicture: [Bool]) throws -> Tensor {
            let batch = Batch(
                [post, post], seen: hasPicture.map { $0 ? [0] : [] }, pictures: features.map { .features($0) },
                paddingID: 0,
                alignment: nil)
            return try model.tagEmissions(batch)
        }
        let features = ImageFeatures(regions: .randn([1, 9, 24]), pooled: .randn([1, 24]))
        let mixed = try emissions(features, [true, false])
        let without = try emissions(nil, [false, false])
        #expect((mixed.select(0, 1) - without.select(0, 1)).abs().max().item() < 1e-5)
        #expect((mixed.select(0, 0) - without.select(0, 0)).abs().max().item() > 1e-3)
    }

    /// `[CLS] [SEP]`, with and without a context and a picture.
    @Test(arguments: ["return", "direct", "ungated", "infonce", "via-direct", "cyclic", "separate", "cls", "projected"])
    func postsWithoutWordsAreNormalInput(variant: String) throws {
        let model = try OracleFixture(variant).model()
        let encoding = model.configuration.alignment.encoding
        func post(context: [Int]) -> EncodedPost {
            let ids = [2, 3] + context + (context.isEmpty ? [] : [3])
            return EncodedPost(
                sequence: TokenSequence(ids: ids, text: 1..<1, pair: 2..<(2 + context.count), secondSegment: 2),
                parts: EncodedPost.Parts(text: OracleFixture.alone([]), context: OracleFixture.alone(context)),
                wordStarts: [], partsOfSpeech: [], target: EncodedPost.Target())
        }
        for contexts in [[[], []], [[7, 8], []], [[7, 8], [9, 10, 11]]] as [[[Int]]] {
            for hasPicture in [[false, false], [true, false], [true, true]] {
                let count = hasPicture.count { $0 }
                let features = ImageFeatures(regions: .randn([count, 9, 24]), pooled: .randn([count, 24]))
                let batch = Batch(
                    contexts.map { post(context: $0) }, seen: hasPicture.map { $0 ? [0] : [] },
                    pictures: count > 0 ? .features(features) : nil, paddingID: 0, alignment: encoding)
                #expect(try model.annotations(batch) == [ScoredAnnotation(), ScoredAnnotation()])
                let losses = try model.losses(batch, seed: 3)
                losses.total.backward()
                #expect(losses.task.item() == 0)
                #expect(losses.total.item().isFinite)
                for (path, parameter) in model.parameters() {
                    #expect(parameter.gradient?.floats().allSatisfy(\.isFinite) != false, "\(path)")
                    parameter.gradient = nil
                }
            }
        }
    }

    @Test(arguments: ExtractionTask.allCases)
    func anOperatorThatFailsIsAnErrorOfTheHead(task: ExtractionTask) throws {
        let extractor = try SampleModel.extractor(task: task, pictures: false)
        let post = Post(
            id: "1", content: .tokens(["Anna", "visits", "Oslo"]),
            entities: [Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 3, type: "LOC")],
            relations: [Relation(head: 0, tail: 1, type: "visits")])
        let posts = try extractor.prepareForTraining([post]).posts
        let (batch, head) = (try extractor.batch(posts).batch, extractor.model.head)
        let tooWide = Tensor.zeros([1, 3, 4096])
        #expect(throws: TorchError.self) { try withTorchErrors { _ = head.decode([tooWide], batch) } }
        #expect(throws: TorchError.self) { try withTorchErrors { _ = head.loss(tooWide, batch) } }
    }
}
