/// One finite number for each game and player of a batch, `[games, players]`: similarities, values or gradients.
///
/// Row `j` is game `j`. Numbers are kept in double precision, in which all sums are taken; `floats` gives them back
/// in single precision.
public struct GameMatrix: Hashable, Sendable {
    /// The number of rows.
    public let games: Int
    /// The number of columns.
    public let players: Int
    /// All numbers, one game after another.
    public let elements: [Double]

    /// Checks and wraps numbers given one game after another.
    ///
    /// Throws `ShapleyError.elementCount` and `ShapleyError.nonFiniteNumber`.
    public init(_ elements: [Double], games: Int, players: Int) throws(ShapleyError) {
        let (count, isTooLarge) = games.multipliedReportingOverflow(by: players)
        guard games >= 0, players >= 0, !isTooLarge, elements.count == count else {
            throw .elementCount(count: elements.count, games: games, players: players)
        }
        if let index = elements.firstIndex(where: { !$0.isFinite }) {
            throw .nonFiniteNumber(value: elements[index], row: index / players, column: index % players)
        }
        self.init(unchecked: elements, games: games, players: players)
    }

    /// Checks and wraps single-precision numbers given one game after another, as a tensor holds them.
    ///
    /// Throws `ShapleyError.elementCount` and `ShapleyError.nonFiniteNumber`.
    public init(_ elements: [Float], games: Int, players: Int) throws(ShapleyError) {
        try self.init(elements.map(Double.init), games: games, players: players)
    }

    /// Checks and wraps one array a game; no rows at all make the empty batch.
    ///
    /// Throws `ShapleyError.raggedRow` and `ShapleyError.nonFiniteNumber`.
    public init(rows: [[Double]]) throws(ShapleyError) {
        let players = rows.first?.count ?? 0
        if let row = rows.firstIndex(where: { $0.count != players }) {
            throw .raggedRow(row: row, count: rows[row].count, expected: players)
        }
        try self.init(Array(rows.joined()), games: rows.count, players: players)
    }

    /// Wraps numbers that are known to be finite and complete.
    init(unchecked elements: [Double], games: Int, players: Int) {
        self.elements = elements
        self.games = games
        self.players = players
    }

    /// Puts rows of known length one after another.
    init(joining rows: [[Double]], players: Int) {
        self.init(unchecked: Array(rows.joined()), games: rows.count, players: players)
    }

    /// The number of one game and player.
    public subscript(game: Int, player: Int) -> Double { elements[game * players + player] }

    /// The numbers of one game, `[players]`.
    public func row(_ game: Int) -> [Double] { Array(elements[game * players..<(game + 1) * players]) }

    /// One array a game.
    public var rows: [[Double]] { (0..<games).map(row) }

    /// All numbers in single precision, one game after another.
    public var floats: [Float] { elements.map(Float.init) }

    /// Players become games and games players: the other direction of the same similarities.
    public var transposed: GameMatrix {
        let transposed = (0..<players).flatMap { player in (0..<games).map { self[$0, player] } }
        return GameMatrix(unchecked: transposed, games: players, players: games)
    }
}
