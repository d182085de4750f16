/// A curve of a figure: rows that differ in one setting.
struct Sweep: Sendable {
    /// What tells the curve from the others of its figure.
    var name: String
    /// What changes from row to row, as the axis of the figure is called.
    var axis: String
    /// The rows, from the lowest value on the axis to the highest.
    var points: [(value: Double, variant: Variant)]
}
