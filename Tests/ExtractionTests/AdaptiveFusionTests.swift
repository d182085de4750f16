import Extraction
import Testing
import Torch

@Suite struct AdaptiveFusionTests {
    /// Every mix of picture and context, with and without words.
    private static let items = [
        FusionMasks.Item(words: 5, pieces: 4, pictures: [true]),
        FusionMasks.Item(words: 2, pieces: 7, pictures: [true]),
        FusionMasks.Item(words: 6, pieces: 0, pictures: [true]),
        FusionMasks.Item(words: 3, pieces: 3, pictures: []),
        FusionMasks.Item(words: 1, pieces: 6, pictures: []),
        FusionMasks.Item(words: 4, pieces: 0, pictures: []),
        FusionMasks.Item(words: 0, pieces: 2, pictures: [true]),
        FusionMasks.Item(words: 0, pieces: 0, pictures: []),
    ]

    private static let textWidth = 24
    private static let imageWidth = 20
    private static let regions = 9

    private static func fusion(_ attention: FusionOptions.Attention, _ gate: FusionOptions.Gate) -> AdaptiveFusion {
        Random.seed(5)
        var options = FusionOptions()
        options.attention = attention
        options.gate = gate
        options.width = 16
        options.heads = 4
        return AdaptiveFusion(textWidth: textWidth, imageWidth: imageWidth, options: options)
    }

    /// What the encoders might give: noise everywhere, also where there is nothing.
    private struct Input {
        let words = Tensor.randn([items.count, 6, textWidth])
        let pieces = Tensor.randn([items.count, 7, textWidth])
        let regions = Tensor.randn([items.count, AdaptiveFusionTests.regions, imageWidth])
    }

    @Test(arguments: FusionOptions.Attention.allCases, FusionOptions.Gate.allCases)
    func neitherNeighboursNorPaddingMatter(attention: FusionOptions.Attention, gate: FusionOptions.Gate) {
        let fusion = Self.fusion(attention, gate)
        let input = Input()
        let together = fusion(
            words: input.words, contextPieces: input.pieces, regions: input.regions, masks: FusionMasks(Self.items))
        for (index, item) in Self.items.enumerated() where item.words > 0 {
            func only(_ x: Tensor, _ rows: Int) -> Tensor {
                x.narrow(0, start: index, length: 1).narrow(1, start: 0, length: rows)
            }
            let alone = fusion(
                words: only(input.words, item.words),
                contextPieces: item.pieces > 0 ? only(input.pieces, item.pieces) : nil,
                regions: item.hasPicture ? only(input.regions, Self.regions) : nil, masks: FusionMasks([item]))
            #expect((alone - only(together, item.words)).abs().max().item() < 1e-5, "item \(index)")
        }
        #expect(together.isFinite().bools().allSatisfy { $0 })
    }

    @Test(arguments: FusionOptions.Attention.allCases)
    func wordsAloneAreNormalizedAndNothingElse(attention: FusionOptions.Attention) {
        let fusion = Self.fusion(attention, .context)
        let words = Tensor.randn([2, 3, Self.textWidth])
        let masks = FusionMasks((0..<2).map { _ in FusionMasks.Item(words: 3, pieces: 0, pictures: []) })
        let fused = fusion(words: words, contextPieces: nil, regions: nil, masks: masks)
        let expected = fusion.normalization(fusion.value(words))
        #expect((fused - expected).abs().max().item() < 1e-6)
    }

    /// With `return`, what a single word brings back is that word, whatever it looks at.
    @Test(arguments: FusionOptions.Attention.allCases)
    func picturesAndContextsChangeWhatIsFused(attention: FusionOptions.Attention) {
        let fusion = Self.fusion(attention, .context)
        let input = Input()
        func fused(pieces: Tensor, regions: Tensor) -> Tensor {
            fusion(words: input.words, contextPieces: pieces, regions: regions, masks: FusionMasks(Self.items))
        }
        let before = fused(pieces: input.pieces, regions: input.regions)
        let otherPieces = (before - fused(pieces: input.pieces * 2, regions: input.regions)).abs()
        let otherRegions = (before - fused(pieces: input.pieces, regions: input.regions * 2)).abs()
        let attends = attention != .none
        for (index, item) in Self.items.enumerated() where item.words > (attention == .return ? 1 : 0) {
            #expect((otherPieces.select(0, index).max().item() > 1e-3) == (attends && item.pieces > 0), "item \(index)")
            #expect(
                (otherRegions.select(0, index).max().item() > 1e-3) == (attends && item.hasPicture), "item \(index)")
        }
    }

    /// The paper's formula, word for word: the mean of the rows of CᵀC / √D.
    @Test func theBridgingTermIsTheMeanOfTheRowsOfItsMatrix() {
        let width = 16
        let context = Tensor.randn([3, 5, width])
        let matrix = context.transposed().matmul(context) / Double(width).squareRoot()
        #expect((BridgingTerm(context: context).vector - matrix.mean(1)).abs().max().item() < 1e-5)
    }

    /// Eq. 9 and 10 with the two halves of the gate's input side by side.
    @Test func gatesMixKeysWithTheBridgingTerm() throws {
        let fusion = Self.fusion(.return, .context)
        let query = try #require(fusion.query)
        let keyGate = try #require(fusion.keyGate)
        let queryGate = try #require(fusion.queryGate)
        let context = Tensor.randn([1, 4, Self.textWidth])
        let words = Tensor.randn([1, 3, Self.textWidth])
        let regions = Tensor.randn([1, Self.regions, Self.imageWidth])
        let bridge = BridgingTerm(context: fusion.context!(context)).vector.unsqueezed(1)
        func mixed(_ x: Tensor, _ gate: BridgingGate) -> Tensor {
            let wide = bridge.expanded([1, x.size(1), -1])
            let share = Tensor.concatenated([x, wide], -1).linear(gate.weight, gate.bias).tanh()
            return share * x + (1 - share) * wide
        }
        func heads(_ x: Tensor) -> Tensor { x.reshaped([1, -1, 4, 4]).transposed(1, 2) }
        let keys = mixed(fusion.key!(words), keyGate)
        let queries = mixed(query(regions), queryGate)
        func attend(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
            let weights = (heads(q).matmul(heads(k).transposed()) / 2).softmax(-1)
            return weights.matmul(heads(v)).transposed(1, 2).reshaped([1, -1, 16])
        }
        let values = fusion.value(words)
        let returned = attend(keys, queries, attend(queries, keys, values))
        let masks = FusionMasks([FusionMasks.Item(words: 3, pieces: 4, pictures: [true])])
        let fused = fusion(words: words, contextPieces: context, regions: regions, masks: masks)
        #expect((fused - fusion.normalization(values + returned)).abs().max().item() < 1e-5)
    }

    @Test(arguments: FusionOptions.Attention.allCases, FusionOptions.Gate.allCases)
    func everyParameterGetsAGradient(attention: FusionOptions.Attention, gate: FusionOptions.Gate) {
        let fusion = Self.fusion(attention, gate)
        let input = Input()
        let fused = fusion(
            words: input.words, contextPieces: input.pieces, regions: input.regions, masks: FusionMasks(Self.items))
        (fused * Tensor.randn(fused.shape)).sum().backward()
        for (path, parameter) in fusion.parameters() {
            let gradient = parameter.gradient?.floats() ?? []
            #expect(gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite), "\(path)")
        }
    }
}

extension AdaptiveFusionTests {
    /// The attention of a word is a distribution over what its post has, and nothing else.
    @Test(arguments: [FusionOptions.Attention.return, .direct])
    func regionAttentionIsADistributionOverWhatIsThere(attention: FusionOptions.Attention) throws {
        let fusion = Self.fusion(attention, .context)
        let input = Input()
        let masks = FusionMasks(Self.items)
        let weights = try #require(
            fusion.regionAttention(
                words: input.words, contextPieces: input.pieces, regions: input.regions, masks: masks))
        #expect((weights.sum(-1) - 1).abs().max().item() < 1e-5)
        for (index, item) in Self.items.enumerated() where item.hasPicture {
            let seen = weights.select(0, index).narrow(-1, start: 0, length: Self.regions).sum(-1)
            #expect((seen - 1).abs().max().item() < 1e-5, "item \(index)")
        }
    }
}
