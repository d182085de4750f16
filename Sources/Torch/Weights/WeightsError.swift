import Support

/// Why a file of weights cannot be read or written. Every message names the file and what to do about it.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
    /// The operating system does not give the file's bytes.
    case unreadable(file: String, reason: String)
    /// The first bytes belong to no format of weights that is known here.
    case unknownFormat(file: String, beginning: String)
    /// The file breaks the rules of its own format: it is damaged, cut short or hostile.
    case malformed(file: String, reason: String)
    /// The file is sound, but uses a part of its format that is not read here.
    case unsupported(file: String, feature: String)
    /// A pickle asks for something that is neither a tensor nor a plain value. Nothing of it was constructed.
    case refused(file: String, construct: String)
    /// The tensors cannot be stored as they are.
    case unstorable(file: String, reason: String)
    /// The operating system does not take the file's bytes. An earlier file at the path is untouched.
    case unwritable(file: String, reason: String)
    /// The disk had room for only this number of the file's bytes. An earlier file at the path is untouched.
    case diskFull(file: String, byteCount: Int)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason)."
        case .unknownFormat(let file, let beginning):
            "\(file) is neither safetensors nor a PyTorch checkpoint: it begins with \(beginning). "
                + "If that is the text of a web page or of a Git LFS pointer, download the file itself."
        case .malformed(let file, let reason):
            "\(file) is damaged or incomplete: \(reason). Download or save it again."
        case .unsupported(let file, let feature):
            "\(file) uses \(feature), which is not supported. "
                + "Save its state_dict again with a current PyTorch, or as safetensors."
        case .refused(let file, let construct):
            "\(file) asks to construct \(construct), which is refused: of a pickle only tensors, numbers, text and "
                + "plain containers are read. Save the weights alone, with torch.save(model.state_dict(), path)."
        case .unstorable(let file, let reason):
            "\(file) cannot be saved: \(reason)."
        case .unwritable(let file, let reason):
            "\(file) cannot be written: \(reason). Whatever was there before is unchanged."
        case .diskFull(let file, let byteCount):
            "\(file) cannot be written: the disk is full after \(byteCount) bytes of it. "
                + "Free some space or choose another folder; an earlier file is unchanged."
        }
    }
}

extension WeightsError {
    /// The operating system's objection to writing a file.
    package init(_ error: FileError, file: String) {
        self =
            error.isDiskFull
            ? .diskFull(file: file, byteCount: error.byteCount) : .unwritable(file: file, reason: error.reason)
    }
}
