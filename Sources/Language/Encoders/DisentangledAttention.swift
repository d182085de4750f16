import Torch

/// Self-attention over `[batch, length, d]` whose scores are the sum of up to three products (He et al., 2021, equation 4):
/// of two contents, of a content with a relative position, and of a relative position with a content.
final class DisentangledAttention: LayerAttention {
    /// What the tokens of a batch see of each other.
    struct Scope {
        /// True where a token may be seen, `[batch, 1, 1, length]`; nil where all may.
        let mask: Tensor?
        /// The vectors of relative positions, `[rows, d]`.
        let distances: Tensor
        /// The row for token i that looks at token j, `[length, length]`.
        let rows: Tensor
    }

    let query: Linear
    let key: Linear
    let value: Linear
    let positionKey: Linear?
    let positionQuery: Linear?
    let output: Linear
    let positionDropout: Dropout
    private let structure: DebertaV2Configuration

    init(_ configuration: DebertaV2Configuration) {
        let width = configuration.bert.hiddenSize
        func own(_ term: DebertaV2Configuration.PositionTerm) -> Linear? {
            let isOwn = configuration.positionTerms.contains(term) && !configuration.sharesProjections
            return isOwn ? Linear(width, width) : nil
        }
        query = Linear(width, width)
        key = Linear(width, width)
        value = Linear(width, width)
        positionKey = own(.contentToPosition)
        positionQuery = own(.positionToContent)
        output = Linear(width, width)
        positionDropout = Dropout(configuration.bert.hiddenDropout)
        structure = configuration
    }

    func callAsFunction(_ x: Tensor, _ scope: Scope) -> Tensor {
        let headCount = structure.bert.headCount
        // The sum of n products is divided by the square root of n times a head's width.
        let scale = 1 / Double(1 + structure.positionTerms.count).squareRoot()
        let heads = (
            query: query(x).splitIntoHeads(headCount) * scale, key: key(x).splitIntoHeads(headCount),
            value: value(x).splitIntoHeads(headCount)
        )
        let attended = Tensor.attention(
            query: heads.query, key: heads.key, value: heads.value, mask: scope.mask,
            bias: bias(query: heads.query, key: heads.key, scale: scale, scope),
            dropout: isTraining ? structure.bert.attentionDropout : 0)
        return output(attended.joinedHeads())
    }

    /// The terms that know positions, `[batch, heads, length, length]`.
    private func bias(query scaledQuery: Tensor, key contentKey: Tensor, scale: Double, _ scope: Scope) -> Tensor? {
        let (batch, headCount) = (scaledQuery.size(0), scaledQuery.size(1))
        let distances = positionDropout(scope.distances).unsqueezed(0)
        let rows = scope.rows.expanded([batch, headCount, scope.rows.size(0), scope.rows.size(1)])
        let perHead = 1 / Double(scaledQuery.size(3)).squareRoot()
        var terms: [Tensor] = []
        if structure.positionTerms.contains(.contentToPosition) {
            let keys = (positionKey ?? key)(distances).splitIntoHeads(headCount)
            terms.append(scaledQuery.matmul(keys.transposed()).gather(3, rows) * perHead)
        }
        if structure.positionTerms.contains(.positionToContent) {
            let queries = (positionQuery ?? query)(distances).splitIntoHeads(headCount) * scale
            // A key's products with all positions; of them, those that tokens have when they look at it.
            let products = contentKey.matmul(queries.transposed()).gather(3, rows.transposed())
            terms.append(products.transposed() * perHead)
        }
        return terms.isEmpty ? nil : terms.dropFirst().reduce(terms[0], +)
    }
}
