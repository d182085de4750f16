import Foundation

extension PictureSource {
    /// The file's bytes, if there are no more than the limit; a larger file is not read.
    package func read(limits: PictureLimits) throws(PictureError) -> Data {
        switch self {
        case .bytes(let data, let name):
            guard data.count <= limits.byteCount else {
                throw .tooManyBytes(name, count: data.count, limit: limits.byteCount)
            }
            return data
        case .file(let url):
            let size = try FileStamp(of: url).byteCount
            guard size <= limits.byteCount else {
                throw .tooManyBytes(url.path, count: size, limit: limits.byteCount)
            }
            do {
                return try Data(contentsOf: url)
            } catch {
                throw .notReadable(url.path, reason: error.localizedDescription)
            }
        }
    }
}
