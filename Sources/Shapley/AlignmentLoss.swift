import Support

/// The contrastive loss of Shap-CA between texts and contexts, or contexts and images (Eq. 5 and 6), and its gradient.
///
/// Game `j` is played for text `j` by all contexts of the batch; its *own* player is the context that belongs to it. The
/// loss rewards the value of the own player and punishes those of the others, each with a weight `c`,
///
///     L = -(1/k) Σ_j [φ_j(u_j) - c Σ_{i≠j} φ_i(u_j)] = (1/k) Σ_j [c u_j(K) - (1 + c) φ_j(u_j)].
///
/// The second form holds for every estimator, in value and gradient, because the values of a game sum to `u_j(K)`; it
/// needs one player's value a game.
public struct AlignmentLoss: Hashable, Sendable {
    /// The loss of a batch and its gradient.
    public struct Evaluation: Hashable, Sendable {
        /// `L`; 0 where no game has more than one player.
        public let loss: Double
        /// `∂L/∂s`, `[games, players]`, as the similarities.
        public let gradient: GameMatrix
    }

    /// The combination of the values of the players that are not the own one.
    public enum Negatives: String, Hashable, Sendable, Codable, CaseIterable {
        /// Their sum, `c = 1`: the paper's Eq. 5. Where all similarities are `s` the loss is `s (1 - 2/k)`, so that it
        /// rewards a batch whose pairs are all alike and far apart, own ones among them.
        case sum
        /// Their mean, `c = 1/(k - 1)`: the loss is 0 where all similarities are equal.
        case mean

        func weight(playerCount: Int) -> Double {
            switch self {
            case .sum: 1
            case .mean: 1 / Double(playerCount - 1)
            }
        }
    }

    /// The estimator of the own players' values.
    public let estimator: ShapleyEstimator
    /// The temperature `τ` of the games.
    public let temperature: Double
    /// The weight of the others' values.
    public let negatives: Negatives
    /// The number of threads that share the games; nil is one a core.
    public let threads: Int?

    /// A loss of the given temperature.
    ///
    /// Throws `ShapleyError.temperature` and `ShapleyError.sampleCount`.
    public init(
        estimator: ShapleyEstimator = .exact, temperature: Double = 0.1, negatives: Negatives = .sum,
        threads: Int? = nil
    ) throws(ShapleyError) {
        try estimator.check()
        try CoalitionGame.check(temperature: temperature)
        self.estimator = estimator
        self.temperature = temperature
        self.negatives = negatives
        self.threads = threads
    }

    /// The loss of a matrix of similarities, `[games, players]`, and its gradient.
    ///
    /// `owners` names the own player of each game; nil is player `j` for game `j`. A process that holds some of the games
    /// of a larger batch names the places of its own items in it. Throws `ShapleyError.shape`,
    /// `ShapleyError.owner` and `ShapleyError.similarity`.
    public func evaluate(
        _ similarities: GameMatrix, owners: [Int]? = nil, seed: UInt64 = 0
    ) throws(ShapleyError) -> Evaluation {
        let owners = try check(owners ?? Array(0..<similarities.games), of: similarities)
        guard similarities.games > 0, similarities.players > 1 else { return .zero(of: similarities) }
        let scale = 1 / Double(similarities.games)
        let others = scale * negatives.weight(playerCount: similarities.players)
        let terms = concurrentMap(count: similarities.games, threads: threads) { run in
            run(GameSolver(estimator, playerCount: similarities.players, seed: seed))
        } _: { solver, index in
            let game = CoalitionGame(unchecked: similarities.row(index), temperature: temperature)
            var weights = Array(repeating: 0.0, count: similarities.players)
            weights[owners[index]] = -(scale + others)
            let own = solver.weightedSum(of: game, index: index, weights: weights)
            let gradient = zip(own.gradient, game.grandUtilityGradient).map { $0 + others * $1 }
            return (loss: own.sum + others * game.grandUtility, gradient: gradient)
        }
        return Evaluation(
            loss: terms.reduce(0) { $0 + $1.loss },
            gradient: GameMatrix(joining: terms.map(\.gradient), players: similarities.players))
    }

    private func check(_ owners: [Int], of similarities: GameMatrix) throws(ShapleyError) -> [Int] {
        guard owners.count == similarities.games else {
            throw .shape(
                what: "owners of the games", found: "\(owners.count)", expected: "one for each of \(similarities.games)"
            )
        }
        if let game = owners.firstIndex(where: { !(0..<similarities.players).contains($0) }) {
            throw .owner(game: game, player: owners[game], players: similarities.players)
        }
        try CoalitionGame.check(similarities, temperature: temperature)
        return owners
    }
}

extension AlignmentLoss.Evaluation {
    /// The loss of a batch in which there is nothing to compare.
    static func zero(of similarities: GameMatrix) -> Self {
        Self(
            loss: 0,
            gradient: GameMatrix(
                unchecked: Array(repeating: 0, count: similarities.elements.count), games: similarities.games,
                players: similarities.players))
    }
}
