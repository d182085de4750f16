import Torch

/// The vectors of places: of the class token, if there is one, then of patches, by the rows of a square.
///
/// A square of another size than the table's takes its vectors from the table by bicubic interpolation.
final class PositionTable: Module {
    /// `[places, width]`, or `[1, places, width]`.
    let weight: Tensor
    private let width: Int
    /// The number of places before those of patches.
    private let firstCount: Int
    /// The side of the table's square.
    private let side: Int
    /// The side of the square that is wanted.
    private let wantedSide: Int
    private let resampling: BicubicResampling?

    /// - Parameter pictureSide: the side of the pictures that the network looks at.
    init(_ structure: VisionTransformerConfiguration, pictureSide: Int) {
        let family = structure.family
        width = structure.width
        firstCount = family.hasClassToken ? 1 : 0
        side = structure.pictureSide / structure.patchSide
        wantedSide = pictureSide / structure.patchSide
        resampling =
            side == wantedSide
            ? nil : BicubicResampling(count: side, wanted: wantedSide, isSmoothed: family == .dinov2WithRegisters)
        let shape = [firstCount + side * side, width]
        weight = Initialization.normal(family.hasBatchDimension ? [1] + shape : shape, deviation: 0.02)
    }

    /// `[places, width]`
    func callAsFunction() -> Tensor {
        let table = weight.reshaped([-1, width])
        guard let resampling else { return table }
        let matrix = resampling.matrix(on: table.device)
        let patches = table.narrow(0, start: firstCount, length: side * side)
        let rows = matrix.matmul(patches.reshaped([side, side * width]))
        let all = matrix.matmul(rows.reshaped([wantedSide, side, width])).reshaped([wantedSide * wantedSide, width])
        return .concatenated([table.narrow(0, start: 0, length: firstCount), all], 0)
    }
}
