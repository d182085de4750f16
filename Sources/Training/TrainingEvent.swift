/// What a trainer tells those who watch.
public enum TrainingEvent: Sendable {
    /// The run goes on from a saved state.
    case resumed(TrainingState)
    /// A step was taken.
    case step(Metrics.Step, progress: Progress)
    /// An epoch was validated; `isBest` when its model was kept.
    case epoch(Metrics.Epoch, isBest: Bool)
    /// Something degraded without ending the run.
    case warning(String)

    /// How far an epoch is.
    public struct Progress: Sendable {
        public var batch: Int
        public var batches: Int
        public var epochs: Int
        /// The mean loss of the epoch so far.
        public var meanLoss: Double
        public var postsPerSecond: Double
        /// The best validation F1 so far.
        public var bestF1: Double?
        /// Seconds that the run would take from here if no early stop came.
        public var secondsLeft: Double
    }
}
