import Support

/// The contrastive loss of Shap-CA between texts and contexts, or contexts and images (Eq. 5 and 6), and its gradient.
///
/// Game `j` is played for text `j` by all contexts of the batch; its *own* player is the context that belongs to it. The
/// loss is the mean over the games of a term that rewards the value of the own player and punishes those of the others:
/// `AlignmentLoss.Negatives` has the forms of that term, Eq. 5 among them.
public struct AlignmentLoss: Hashable, Sendable {
    /// The loss of a batch and its gradient.
    public struct Evaluation: Hashable, Sendable {
        /// `L`; 0 where no game has more than one player.
        public let loss: Double
        /// `∂L/∂s`, `[games, players]`, as the similarities.
        public let gradient: GameMatrix
    }

    /// The estimator of the values.
    public let estimator: ShapleyEstimator
    /// The temperature `τ` of the games.
    public let temperature: Double
    /// How the values of the others are set against the own player's.
    public let negatives: Negatives
    /// The number of threads that share the games; nil is one a core.
    public let threads: Int?

    /// A loss of the given temperature.
    ///
    /// Throws `ShapleyError.temperature` and `ShapleyError.sampleCount`.
    public init(
        estimator: ShapleyEstimator = .exact, temperature: Double = 0.1, negatives: Negatives = .mean,
        threads: Int? = nil
    ) throws(ShapleyError) {
        try estimator.check(for: .shapley)
        try CoalitionGame.check(temperature: temperature)
        self.estimator = estimator
        self.temperature = temperature
        self.negatives = negatives
        self.threads = threads
    }

    /// The loss of a matrix of similarities, `[games, players]`, and its gradient.
    ///
    /// `owners` names the own player of each game, which several games may share; nil is player `j` for game `j`. A
    /// process that holds some of the games of a larger batch names the places of its own items in it. Throws
    /// `ShapleyError.shape`, `ShapleyError.owner` and `ShapleyError.similarity`.
    public func evaluate(
        _ similarities: GameMatrix, owners: [Int]? = nil, seed: UInt64 = 0
    ) throws(ShapleyError) -> Evaluation {
        let owners = try check(owners ?? Array(0..<similarities.games), of: similarities)
        guard similarities.games > 0, similarities.players > 1 else { return .zero(of: similarities) }
        let scale = 1 / Double(similarities.games)
        let terms = concurrentMap(count: similarities.games, threads: threads) { run in
            run(GameSolver(estimator, playerCount: similarities.players, seed: seed))
        } _: { solver, index in
            let game = CoalitionGame(unchecked: similarities.row(index), temperature: temperature)
            let owned = OwnedGame(game: game, own: owners[index], solver: solver)
            return owned.term(negatives, scale: scale)
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
