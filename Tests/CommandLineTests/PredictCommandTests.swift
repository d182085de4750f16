import Foundation
import TestSupport
import Testing

@Suite("shapca predict")
struct PredictCommandTests {
    private struct Prediction: Decodable {
        struct Found: Decodable {
            let start, end: Int
            let text, type: String
            let score: Double
        }

        let id: String
        let entities: [Found]
        let imageStatus: String
        let truncated: Bool
    }

    private struct Failure: Decodable {
        let line: Int
        let error: String
    }

    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func predict(_ arguments: String..., input: Data = Data()) throws -> Program.Outcome {
        try predict(arguments, input: input)
    }

    private func predict(_ arguments: [String], input: Data = Data()) throws -> Program.Outcome {
        try Program.run(["predict", "--model", Workshop.model().path] + arguments, input: input)
    }

    private func predictions(_ lines: [String]) throws -> [Prediction] {
        try lines.map { try JSONDecoder().decode(Prediction.self, from: Data($0.utf8)) }
    }

    private func predictions(in file: URL) throws -> [Prediction] {
        try predictions(String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    /// What is found in raw texts, one a post.
    private func found(in texts: [String]) throws -> [Prediction] {
        let lines = try texts.map { String(decoding: try JSONEncoder().encode(["text": $0]), as: UTF8.self) }
        let outcome = try predict("--input", "-", input: Data(lines.joined(separator: "\n").utf8))
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try predictions(outcome.lines)
    }

    @Test("One post from the command line: its entities, where they stand and how sure the model is")
    func onePost() throws {
        let outcome = try predict("--text", "Anna flew to Paris yesterday", "--context", "a photo of a town by the sea")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        let prediction: Prediction = try outcome.json()
        #expect(prediction.entities.map(\.text) == ["Anna", "Paris"])
        #expect(prediction.entities.map(\.type) == ["PER", "LOC"])
        #expect(prediction.entities.map(\.start) == [0, 13] && prediction.entities.map(\.end) == [4, 18])
        #expect(prediction.entities.allSatisfy { 0 < $0.score && $0.score <= 1 })
        #expect(prediction.imageStatus == "none" && !prediction.truncated)
    }

    @Test("Offsets count Unicode scalars, whatever is written: emoji, right-to-left text, combining marks, nothing")
    func unicode() throws {
        let texts = [
            "👩‍👩‍👧 Anna flew to Paris 🇫🇷 yesterday", "אנה טסה Anna flew to Paris אתמול",
            "e\u{301}te\u{301} Anna now works for Acme !",
            "", "   ", "\u{0}\u{1}\u{200B}\u{FEFF}", "#Anna @Paris http://acme.com :-)", "𝔸𝕟𝕟𝕒",
            "مرحبا Anna يعيش في Paris", "\u{202E}Anna\u{202C}",
        ]
        let predictions = try found(in: texts)
        #expect(predictions.count == texts.count)
        #expect(Set(predictions[0].entities.map(\.text)).isSuperset(of: ["Anna", "Paris"]))
        #expect(predictions[3].entities.isEmpty && predictions[4].entities.isEmpty)
        for (text, prediction) in zip(texts, predictions) {
            let scalars = Array(text.unicodeScalars)
            for entity in prediction.entities {
                try #require(0 <= entity.start && entity.start < entity.end && entity.end <= scalars.count)
                var spanned = String.UnicodeScalarView()
                spanned.append(contentsOf: scalars[entity.start..<entity.end])
                #expect(String(spanned) == entity.text)
            }
        }
    }

    @Test("A post of 10,000 words is read to its end, and one word without end does no harm")
    func longPosts() throws {
        let words = String(repeating: "Anna flew to Paris yesterday ", count: 2_000)
        let word = String(repeating: "Anna", count: 50_000)
        let predictions = try found(in: [words, word, "Anna flew to Paris yesterday", word + " Anna"])
        #expect(predictions.allSatisfy { !$0.truncated })
        #expect(predictions[2].entities.count == 2)
        #expect(predictions[0].entities.count > 3_900 && predictions[0].entities.last?.text == "Paris")
    }

    @Test("Lines that are no posts give errors in their places; the rest is the same as without them")
    func badLines() throws {
        let good = TinyCorpus.lines(40, seed: 9)
        let alone = try predict("--input", scratch.write(good.joined(separator: "\n"), to: "good.jsonl").path)
        #expect(alone.status == 0 && alone.lines.count == 40)
        let bad: [[UInt8]] = [
            Array("{".utf8), Array("[]".utf8), Array("7".utf8), Array("{}".utf8), [0xFF, 0xFE, 0x00],
            Array(#"{"tokens": "a"}"#.utf8), Array(#"{"tokens": [1]}"#.utf8),
            Array(#"{"tokens": ["a"], "entities": [{"start": 5, "end": 9, "type": "X"}]}"#.utf8),
            [UInt8](repeating: 0x5B, count: 100_000),
        ]
        var lines = good.map { Array($0.utf8) }
        var places: [Int] = []
        for (index, line) in bad.enumerated() {
            let place = 3 + 4 * index
            lines.insert(line, at: place)
            places.append(place + 1)
        }
        let file = try scratch.write(Data(lines.joined(separator: [0x0A])), to: "mixed.jsonl")
        let output = scratch["found.jsonl"]
        let outcome = try predict("--input", file.path, "--output", output.path)
        #expect(outcome.status == 1 && !outcome.hasCrashed && outcome.output.isEmpty)
        #expect(outcome.errors.contains("9 of 49 lines could not be read"))
        let found = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(found.count == 49)
        var sound: [String] = []
        for (number, line) in found.enumerated() {
            guard let failure = try? JSONDecoder().decode(Failure.self, from: Data(line.utf8)) else {
                sound.append(line)
                continue
            }
            #expect(failure.line == number + 1 && places.contains(number + 1) && !failure.error.isEmpty)
        }
        #expect(sound == alone.lines)
    }

    @Test("Standard input gives what a file gives; batches of any size give the same")
    func streams() throws {
        let lines = TinyCorpus.lines(50, seed: 4).joined(separator: "\n")
        let file = try scratch.write(lines, to: "posts.jsonl")
        let pinned = ["--precision", "fp32", "--kernels", "onednn"]
        let fromFile = try predict(["--input", file.path] + pinned)
        #expect(fromFile.lines.count == 50)
        #expect(try predict(["--input", "-"] + pinned, input: Data(lines.utf8)).output == fromFile.output)
        let single = try predictions(predict(["--input", file.path, "--batch-size", "1"] + pinned).lines)
        for (one, other) in zip(single, try predictions(fromFile.lines)) {
            #expect(one.entities.map(\.text) == other.entities.map(\.text))
            #expect(zip(one.entities, other.entities).allSatisfy { abs($0.score - $1.score) < 1e-4 })
        }
        #expect(try predict("--input", "-").output.isEmpty)
    }

    @Test("An output file appears whole; a link or a device keeps being one")
    func outputs() throws {
        let file = try scratch.write(TinyCorpus.lines(5, seed: 4).joined(separator: "\n"), to: "posts.jsonl")
        let target = try scratch.write("", to: "target.jsonl")
        let link = scratch["link.jsonl"]
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        #expect(try predict("--input", file.path, "--output", link.path).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
        #expect(try String(contentsOf: target, encoding: .utf8).split(separator: "\n").count == 5)
        let nowhere = try predict("--input", file.path, "--output", scratch["no/such/folder"].path)
        #expect(nowhere.failed(saying: "no/such/folder", "cannot be written"), "\(nowhere.errors)")
        let full = try predict("--input", file.path, "--output", "/dev/full")
        #expect(full.failed(saying: "/dev/full", "no space left on device"), "\(full.errors)")
    }

    @Test("Pictures are not looked at by a model without eyes, and a missing file is no picture")
    func pictures() throws {
        let prediction: Prediction = try predict("--text", "we love Oslo", "--image", "absent.jpg").json()
        #expect(["none", "missing"].contains(prediction.imageStatus))
    }

    @Test("A post of several pictures, in options and in a file, and one of one picture in both spellings")
    func severalPictures() throws {
        let text = "Anna flew to Paris yesterday"
        func line(_ pictures: String) -> Data { Data(#"{"id": "1", "text": "\#(text)", \#(pictures)}"#.utf8) }
        let options = try predict(
            "--text", text, "--image", "a.jpg", "--context", "a town", "--image", "b.jpg", "--context", "the sea",
            "--precision", "fp32")
        #expect(options.status == 0 && options.errors.isEmpty, "\(options.errors)")
        let file = try predict(
            "--input", "-", "--precision", "fp32",
            input: line(
                #""images": [{"image": "a.jpg", "context": "a town"}, {"image": "b.jpg", "context": "the sea"}]"#))
        let (one, other) = (try PictureAnswer(options), try PictureAnswer(file))
        #expect(one.withoutScores == other.withoutScores)
        #expect((one.withoutScores["images"] as? [[String: String]])?.map { $0["image"] } == ["a.jpg", "b.jpg"])
        // A post alone may be computed by another engine.
        #expect(one.scores.count == other.scores.count)
        #expect(zip(one.scores, other.scores).allSatisfy { abs($0 - $1) < 1e-5 })

        let single = try predict("--input", "-", input: line(#""image": "a.jpg", "context": "a town""#))
        let listed = try predict("--input", "-", input: line(#""images": [{"image": "a.jpg", "context": "a town"}]"#))
        #expect(single.status == 0 && single.output == listed.output && !single.output.contains("images"))

        let uneven = try predict("--text", text, "--image", "a.jpg", "--image", "b.jpg", "--context", "a town")
        #expect(uneven.status == 64 && uneven.errors.contains("give --context once for each --image"))
    }

    /// The line of a post, its scores apart.
    private struct PictureAnswer {
        let withoutScores: NSDictionary
        let scores: [Double]

        init(_ outcome: Program.Outcome) throws {
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            var fields = try #require(object as? [String: Any])
            let entities = try #require(fields["entities"] as? [[String: Any]])
            scores = try entities.map { try #require($0["score"] as? Double) }
            fields["entities"] = entities.map { $0.filter { $0.key != "score" } }
            withoutScores = fields as NSDictionary
        }
    }

    /// The most memory that was resident while posts were predicted.
    private func peakMemory(_ posts: [String]) throws -> Int {
        let file = try scratch.write(posts.joined(separator: "\n"), to: "posts.jsonl")
        let output = scratch["found.jsonl"]
        let outcome = try predict("--input", file.path, "--output", output.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try predictions(in: output).map(\.id) == posts.indices.map(String.init))
        return outcome.peakMemory
    }

    @Test("20,000 posts take no more memory than 2,000")
    func constantMemory() throws {
        let few = try peakMemory(TinyCorpus.lines(2_000, seed: 1))
        let many = try peakMemory(TinyCorpus.lines(20_000, seed: 1))
        #expect(many < few + 48 << 20, "\(few >> 20) MiB, then \(many >> 20) MiB")
    }

    @Test("400 posts with contexts of 256 KiB take no more memory than 10")
    func constantMemoryOfContexts() throws {
        let context = String(repeating: "a photo ", count: 1 << 15)
        func posts(_ count: Int) -> [String] {
            (0..<count).map { #"{"id": "\#($0)", "text": "Anna", "context": "\#(context)"}"# }
        }
        let (few, many) = (try peakMemory(posts(10)), try peakMemory(posts(400)))
        #expect(many < few + 32 << 20, "\(few >> 20) MiB, then \(many >> 20) MiB")
    }

    /// Whether a program has a file open in a folder, which need not have a name yet.
    private func writes(_ process: pid_t, into folder: URL) -> Bool {
        let descriptors = "/proc/\(process)/fd"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: descriptors)) ?? []
        return numbers.contains { number in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(number)")
            return path?.hasPrefix(folder.path) == true
        }
    }

    @Test("Ctrl-C keeps what was found", arguments: [SIGINT, SIGTERM])
    func interrupted(_ signal: Int32) throws {
        let file = try scratch.write(TinyCorpus.lines(20_000, seed: 1).joined(separator: "\n"), to: "posts.jsonl")
        let folder = scratch["found"]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "found.jsonl")
        var isSent = false
        let arguments = ["--input", file.path, "--output", output.path]
        let outcome = try Program.run(["predict", "--model", Workshop.model().path] + arguments) { process in
            if !isSent, writes(process, into: folder) { isSent = kill(process, signal) == 0 }
        }
        #expect(outcome.status == 130 && !outcome.hasCrashed)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["found.jsonl.part"])
        let found = try predictions(in: output.appendingPathExtension("part"))
        #expect(0 < found.count && found.count < 20_000)
        #expect(outcome.errors.contains("stopped after \(found.count) posts; their results are in \(output.path).part"))
        #expect(found.map(\.id) == (0..<found.count).map(String.init))
    }

    /// Writes to a pipe.
    private func send(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    }

    @Test("Ctrl-C keeps what was found while the rest of a post is waited for", arguments: [SIGINT, SIGTERM])
    func interruptedWhileWaiting(_ signal: Int32) throws {
        let (pipe, folder) = (scratch["pipe"], scratch["found"])
        #expect(mkfifo(pipe.path, 0o600) == 0)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "found.jsonl")
        let model = try Workshop.model().path
        var texts = ["{\"text\": \"Anna\"}\n{\"text\": \"Oslo\"}\n", "{\"text\": "][...]
        var descriptor: Int32 = -1
        var isSent = false
        let deadline = ContinuousClock.now + .seconds(120)
        let outcome = try Program.run(
            "predict", "--model", model, "--input", pipe.path, "--output", output.path
        ) { process in
            if ContinuousClock.now > deadline { kill(process, SIGKILL) }
            if descriptor < 0 { descriptor = open(pipe.path, O_WRONLY | O_NONBLOCK) }
            var unread: Int32 = 0
            guard !isSent, descriptor >= 0, ioctl(descriptor, UInt(FIONREAD), &unread) == 0, unread == 0 else { return }
            if let text = texts.popFirst() {
                send(text, to: descriptor)
            } else {
                isSent = kill(process, signal) == 0
            }
        }
        close(descriptor)
        #expect(outcome.status == 130 && !outcome.hasCrashed, "\(outcome.errors)")
        #expect(outcome.errors.contains("stopped after 2 posts; their results are in \(output.path).part"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["found.jsonl.part"])
        #expect(try predictions(in: output.appendingPathExtension("part")).map(\.id) == ["1", "2"])
    }

    @Test("A disk that fills up keeps what was found before, in whole lines")
    func fullDisk() throws {
        let file = try scratch.write(TinyCorpus.lines(5_000, seed: 1).joined(separator: "\n"), to: "posts.jsonl")
        let folder = scratch["found"]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "found.jsonl")
        let outcome = try Program.run(
            "predict", "--model", Workshop.model().path, "--input", file.path, "--output", output.path,
            largestFile: 400)
        #expect(outcome.status == 1 && outcome.errors.contains("cannot be written"), "\(outcome.errors)")
        #expect(outcome.errors.contains("the results so far are in \(output.path).part"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["found.jsonl.part"])
        let found = try predictions(in: output.appendingPathExtension("part"))
        #expect(0 < found.count && found.map(\.id) == (0..<found.count).map(String.init))
    }

    @Test("A post that comes alone is answered before the next one comes")
    func answersAtOnce() throws {
        let (pipe, output) = (scratch["pipe"], scratch["answers"])
        #expect(mkfifo(pipe.path, 0o600) == 0)
        try scratch.write("", to: "answers")
        let model = try Workshop.model().path
        var descriptor: Int32 = -1
        var isClosed = false
        var answersBeforeSecond = 0
        let deadline = ContinuousClock.now + .seconds(120)
        let outcome = try Program.run("predict", "--model", model, "--input", pipe.path, output: output) { _ in
            guard !isClosed else { return }
            if descriptor < 0 {
                descriptor = open(pipe.path, O_WRONLY | O_NONBLOCK)
                if descriptor >= 0 { send("{\"text\": \"Anna\"}\n", to: descriptor) }
                return
            }
            answersBeforeSecond = ((try? Data(contentsOf: output)) ?? Data()).count { $0 == 0x0A }
            guard answersBeforeSecond > 0 || ContinuousClock.now > deadline else { return }
            send("{\"text\": \"Oslo\"}\n", to: descriptor)
            close(descriptor)
            isClosed = true
        }
        #expect(outcome.status == 0 && answersBeforeSecond == 1, "\(outcome.errors)")
        #expect(try String(contentsOf: output, encoding: .utf8).split(separator: "\n").count == 2)
    }

    @Test("A field that no post has is reported")
    func unknownFields() throws {
        let outcome = try predict("--input", "-", input: Data(#"{"text": "Anna", "img": "a.jpg"}"#.utf8))
        #expect(outcome.status == 0 && outcome.lines.count == 1)
        #expect(outcome.errors.contains("1 unknown fields") && outcome.errors.contains("\"img\""), "\(outcome.errors)")
    }
}
