import CTorch

/// A product of a linear layer, as far as the choice of its engine goes: layers of about as many rows share one.
public struct LinearProduct: Hashable, Sendable, Codable {
    /// Which of the three products of a layer y = x Wᵀ + b.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// x Wᵀ
        case output
        /// The gradient of x: that of y times W.
        case inputGradient
        /// The gradient of W: that of y, transposed, times x.
        case weightGradient

        var product: CTProduct {
            switch self {
            case .output: CT_OUTPUT
            case .inputGradient: CT_INPUT_GRADIENT
            case .weightGradient: CT_WEIGHT_GRADIENT
            }
        }
    }

    public var kind: Kind
    /// The class of the number of rows: below 16, 128, 1,024, or more.
    public var rowClass: Int
    public var inputs: Int
    public var outputs: Int

    /// A product of a layer of that shape.
    public init(_ kind: Kind, rows: Int, inputs: Int, outputs: Int) {
        self.kind = kind
        rowClass = ct_row_class(rows)
        self.inputs = inputs
        self.outputs = outputs
    }

    /// The rows with which products of the class are measured.
    var measuredRows: Int { [8, 48, 384, 512][min(max(rowClass, 0), 3)] }

    /// The numbers of rows of the class, in words.
    var rowsTitle: String { ["below 16", "16-127", "128-1023", "from 1024"][min(max(rowClass, 0), 3)] }

    /// The floating-point operations of one measured product.
    public var operations: Double { 2 * Double(measuredRows) * Double(inputs) * Double(outputs) }
}

/// The size of a linear layer.
public struct LinearShape: Hashable, Sendable {
    public var inputs: Int
    public var outputs: Int

    /// A layer from `[…, inputs]` to `[…, outputs]`.
    public init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
    }
}

extension Module {
    /// The sizes of all linear layers, with how many have each; those of 8-bit or packed weights are left out.
    public func linearShapes() -> [LinearShape: Int] {
        var shapes: [LinearShape: Int] = [:]
        for layer in linearLayers() where layer.isTrainable { shapes[layer.shape, default: 0] += 1 }
        return shapes
    }
}
