/// What a figure shows: rows that differ in one setting, on one or several curves.
struct Sweep: Sendable {
    struct Curve: Sendable {
        var name: String
        /// The rows, from the lowest value on the axis to the highest.
        var points: [(value: Double, variant: Variant)]
    }

    /// What changes from row to row, as the axis is called.
    var axis: String
    var curves: [Curve]
}
