import Contexts
import Corpus
import Foundation

extension FuzzTarget {
    /// The readers of captions of other programs.
    static let captionTargets = [captions, csv]

    private static let captions = FuzzTarget(
        name: "captions", about: "files of captions in their own format and in another",
        seeds: {
            [
                "{\"image\": \"1.jpg\", \"caption\": \"a man\"}\n{\"image_id\": 2, \"text\": [\"b\", \"c\"]}",
                #"{"1.jpg": "a man", "2.jpg": ["a", "b"], "3.jpg": {"caption": "x"}}"#,
                #"[{"image": "1.jpg", "caption": "a man"}, {"file_name": "a/b.jpg", "description": "c"}]"#,
                "1.jpg :a man on a stage\n2.jpg#0\ta dog\n3.jpg: x",
                "{'1.jpg': 'a man'}\n{'image': '2.jpg', 'caption': ['b']}",
            ].map { Array($0.utf8) }
        },
        dictionary: jsonWords + [
            "\"image\"", "\"caption\"", "\"captions\"", "\"header\"", "'image'", "None", " :", "\t", "#", "/",
            "image,caption\n",
        ],
        attempt: { input, folder in
            let names = ["captions.json", "captions.jsonl", "captions.txt", "captions.csv"]
            let name = names[input.count % names.count]
            let file = try folder.write(input, to: name)
            var failure: (any Error)?
            for format in [nil, CaptionFormat.allCases[input.count % CaptionFormat.allCases.count]] {
                do { try readCaptions(file, format) } catch let fault as Fault { throw fault } catch {
                    if let fault = Messages.fault(of: error) { throw Fault(fault) }
                    if format == nil { failure = error }
                }
            }
            if let failure { throw failure }
        })

    private static let csv = FuzzTarget(
        name: "csv", about: "captions as comma-separated values",
        seeds: {
            [
                "image,caption\n1.jpg,a man\n2.jpg,\"a \"\"dog\"\", two\nlines\"\r\n",
                "1.jpg, \"x\",3\n2.jpg,\n,\n\"3.jpg\",y\n",
            ].map { Array($0.utf8) }
        }, dictionary: ["\"", "\"\"", ",", "\",\"", "\n", "\r\n", "image,caption", "id,text,image", " \""],
        attempt: { input, folder in try readCaptions(folder.write(input, to: "captions.csv"), .csv) })

    private static func readCaptions(_ file: URL, _ format: CaptionFormat?) throws {
        var told: [CorpusError] = []
        let captions = try CaptionCollection(CaptionFile(file, format: format)) { told.append($0) }
        for error in told { if let fault = Messages.fault(of: error) { throw Fault(fault) } }
        for caption in captions.all {
            guard captions[caption.image] != nil else { throw Fault("a caption is not found by its own name") }
        }
    }
}
