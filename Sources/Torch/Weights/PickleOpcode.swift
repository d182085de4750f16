/// The instructions of Python's pickle machine that are obeyed here: those by which `torch.save` writes tensors and
/// plain values in protocols 1 to 5 (CPython, Lib/pickletools.py). Protocol 0 has no way to name a storage.
enum PickleOpcode: UInt8 {
    // Frame of the program
    case proto = 0x80
    case frame = 0x95
    case stop = 0x2E
    // The stack
    case mark = 0x28
    case pop = 0x30
    case popMark = 0x31
    case dup = 0x32
    // The memo
    case binPut = 0x71
    case longBinPut = 0x72
    case memoize = 0x94
    case binGet = 0x68
    case longBinGet = 0x6A
    // Plain values
    case none = 0x4E
    case newTrue = 0x88
    case newFalse = 0x89
    case int = 0x49
    case binInt = 0x4A
    case binInt1 = 0x4B
    case binInt2 = 0x4D
    case long = 0x4C
    case long1 = 0x8A
    case long4 = 0x8B
    case binFloat = 0x47
    case shortBinUnicode = 0x8C
    case binUnicode = 0x58
    case binUnicode8 = 0x8D
    case shortBinString = 0x55
    case binString = 0x54
    case shortBinBytes = 0x43
    case binBytes = 0x42
    case binBytes8 = 0x8E
    // Containers
    case emptyTuple = 0x29
    case tuple1 = 0x85
    case tuple2 = 0x86
    case tuple3 = 0x87
    case tuple = 0x74
    case emptyList = 0x5D
    case append = 0x61
    case appends = 0x65
    case emptyDictionary = 0x7D
    case setItem = 0x73
    case setItems = 0x75
    // Objects
    case global = 0x63
    case stackGlobal = 0x93
    case instance = 0x69
    case reduce = 0x52
    case build = 0x62
    case persistentID = 0x51
}
