extension SVGHeatMap {
    /// Where the parts of a heat map are.
    struct Layout {
        /// The size of digits in cells.
        static let valueSize = 11.0

        /// Labels as far as there is room for them.
        let rows: [String]
        let columns: [String]
        /// Whether the columns' labels are too wide to stand upright.
        let isSlanted: Bool
        let cellWidth: Double
        let cellHeight: Double
        let left: Double
        let top: Double
        let bottom: Double
        let width: Double

        init(_ map: SVGHeatMap) {
            let fontSize = SVGCanvas.fontSize
            func widest(_ labels: [String]) -> Double {
                labels.map { $0.estimatedWidth(fontSize: fontSize) }.max() ?? 0
            }
            rows = map.rows.map { $0.shortened(toWidth: 190, fontSize: fontSize) }
            columns = map.columns.map { $0.shortened(toWidth: 190, fontSize: fontSize) }
            left = widest(rows) + 10
            let count = Double(max(columns.count, 1))
            let roomy = min(max((SVGCanvas.usualWidth - left) / count, 20), 64)
            isSlanted = widest(columns) > roomy - 4
            // Slanted labels reach beyond the last column.
            let overhangs = columns.reversed().enumerated().map { 0.71 * widest([$1]) - 20 * Double($0) }
            let overhang = isSlanted ? max(overhangs.max() ?? 0, 0) : 0
            cellWidth =
                isSlanted ? min(max((SVGCanvas.usualWidth - left - overhang) / count, 20), 64) : roomy
            cellHeight = min(max(cellWidth, 22), 34)
            top = isSlanted ? 0.71 * widest(columns) + 18 : 24
            bottom = top + cellHeight * Double(max(map.rows.count, 1))
            width = max(left + cellWidth * count + overhang, SVGCanvas.usualWidth)
        }

        func x(_ column: Int) -> Double { left + cellWidth * Double(column) }
        func y(_ row: Int) -> Double { top + cellHeight * Double(row) }
    }
}
