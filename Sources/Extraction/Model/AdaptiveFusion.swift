import Torch

/// Words enriched with what the picture shows, gated by the context (Eq. 8 to 11).
///
/// Where an item has no picture, its context's rows replace the regions; where it has neither, its words pass
/// through. Items of all four kinds may share a batch.
package final class AdaptiveFusion: Module {
    /// W_q: regions to queries.
    package let query: Linear?
    /// W_k: words to keys.
    package let key: Linear?
    /// W_v: words to values.
    package let value: Linear
    /// W_c: context pieces to C.
    package let context: Linear?
    /// W_u: regions to values, for `fusion.attention = direct`.
    package let imageValue: Linear?
    package let queryGate: BridgingGate?
    package let keyGate: BridgingGate?
    package let normalization: LayerNorm
    private let heads: Int
    private let attention: FusionOptions.Attention

    /// - Parameters:
    ///   - textWidth: d.
    ///   - imageWidth: d_v; nil when no picture is ever seen.
    package init(textWidth: Int, imageWidth: Int?, options: FusionOptions) {
        let width = options.width
        let attends = options.attention != .none
        let imageWidth = attends ? imageWidth : nil
        query = imageWidth.map { Linear($0, width, bias: false) }
        key = attends ? Linear(textWidth, width, bias: false) : nil
        value = Linear(textWidth, width, bias: false)
        context = attends ? Linear(textWidth, width, bias: false) : nil
        imageValue = options.attention == .direct ? imageWidth.map { Linear($0, width, bias: false) } : nil
        let isGated = attends && options.gate == .context
        queryGate = isGated ? BridgingGate(width: width) : nil
        keyGate = isGated ? BridgingGate(width: width) : nil
        normalization = LayerNorm(width)
        heads = options.heads
        attention = options.attention
    }

    /// M^t, `[batch, words, D]`.
    /// - Parameters:
    ///   - words: H_t, `[batch, words, d]`.
    ///   - contextPieces: H_c, `[batch, pieces, d]`; nil where no item has a context.
    ///   - regions: H_v, `[batch, regions, d_v]`; nil where no item has a picture.
    ///   - masks: which of these rows are there.
    package func callAsFunction(
        words: Tensor, contextPieces: Tensor?, regions: Tensor?, masks: FusionMasks
    ) -> Tensor {
        let values = value(words)
        guard
            let looking = looking(words: words, contextPieces: contextPieces, regions: regions, masks: masks)
        else { return normalization(values.to(.float32)) }
        let dtype = values.dtype
        let (q, k) = (looking.queries.to(dtype).splitIntoHeads(heads), looking.keys.to(dtype).splitIntoHeads(heads))
        let sources = looking.sources
        let v: Tensor
        switch attention {
        case .return:
            v = Tensor.attention(query: q, key: k, value: values.splitIntoHeads(heads), mask: masks.wordsForAttention)
        case .direct, .none:
            v = sources.values.to(dtype).splitIntoHeads(heads)
        }
        let returned = Tensor.attention(query: k, key: q, value: v, mask: sources.mask).joinedHeads()
        let attended = sources.present.map { returned * $0.to(returned.dtype) } ?? returned
        return normalization(values.to(.float32) + attended.to(.float32))
    }

    /// The attention of each word to each region, the mean over heads: `[batch, words, regions]`. The rows of a context
    /// follow the regions when a picture is missing. Nil where there is nothing to look at.
    package func regionAttention(
        words: Tensor, contextPieces: Tensor?, regions: Tensor?, masks: FusionMasks
    ) -> Tensor? {
        looking(words: words, contextPieces: contextPieces, regions: regions, masks: masks).map { looking in
            let q = looking.queries.to(.float32).splitIntoHeads(heads)
            let k = looking.keys.to(.float32).splitIntoHeads(heads)
            let scores = k.matmul(q.transposed()) / Double(q.size(-1)).squareRoot()
            let seen = looking.sources.mask.map { scores.masked(.!$0, with: -.infinity) } ?? scores
            return seen.softmax(-1).mean(1)
        }
    }

    /// Words that look, as keys, at what they look at, as queries; both `[batch, n, D]`.
    private func looking(
        words: Tensor, contextPieces: Tensor?, regions: Tensor?, masks: FusionMasks
    ) -> (queries: Tensor, keys: Tensor, sources: Sources)? {
        let contextRows = context.flatMap { context in
            contextPieces.map { context($0) * masks.context.unsqueezed(-1).to(.float32) }
        }
        guard let key, let sources = sources(regions: regions, contextRows: contextRows, masks: masks) else {
            return nil
        }
        var queries = sources.queries
        var keys = key(words)
        if let contextRows, let queryGate, let keyGate {
            let bridge = BridgingTerm(context: contextRows)
            queries = queryGate(queries, bridge: bridge, hasContext: masks.hasContext)
            keys = keyGate(keys, bridge: bridge, hasContext: masks.hasContext)
        }
        return (queries, keys, sources)
    }

    /// The rows that the words may look at: the regions of the pictures, and contexts in the place of missing pictures.
    private struct Sources {
        /// `[batch, rows, D]`
        var queries: Tensor
        /// `[batch, rows, D]`
        var values: Tensor
        /// `[batch, 1, 1, rows]`; at least one row an item, so that every softmax has a sum.
        var mask: Tensor?
        /// `[batch, 1, 1]`: 1 for items that have a picture or a context; nil where all have.
        var present: Tensor?
    }

    private func sources(regions: Tensor?, contextRows: Tensor?, masks: FusionMasks) -> Sources? {
        let standIn = masks.allHavePictures ? nil : contextRows
        var queries: [Tensor] = []
        var values: [Tensor] = []
        if let regions, let query {
            queries.append(query(regions))
            values.append(imageValue?(regions) ?? queries[0])
        }
        if let standIn {
            queries.append(standIn)
            values.append(standIn)
        }
        guard let first = queries.first else { return nil }
        let rows = masks.rows(regions: regions?.size(1) ?? 0, pieces: standIn?.size(1) ?? 0)
        guard queries.count > 1 else {
            return Sources(queries: first, values: values[0], mask: rows.mask, present: rows.present)
        }
        let dtype = DType.float32
        return Sources(
            queries: Tensor.concatenated(queries.map { $0.to(dtype) }, 1),
            values: Tensor.concatenated(values.map { $0.to(dtype) }, 1), mask: rows.mask, present: rows.present)
    }
}
