import Contexts
import Foundation
import Synchronization
import TestServer
import TestSupport
import Testing
import Vision

@Suite("Describing many pictures")
struct RunnerTests {
    @Test("Every picture is asked about once, never more at a time than allowed; then all come from the cache")
    func concurrency() async throws {
        let bench = try Workbench()
        let load = Mutex((now: 0, most: 0))
        let server = try await ChatServer { request in
            load.withLock { load in
                load.now += 1
                load.most = max(load.most, load.now)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.09) { load.withLock { $0.now -= 1 } }
            return .says(request.pictureName, delay: 100)
        }
        let pictures = try bench.pictures(60)
        let generator = try Workbench.generator(server) { $0.concurrency = 8 }
        let first = try await bench.run(generator, pictures, concurrency: 8)
        #expect(first.tally.generated == 60 && first.tally.failed == 0 && first.stop == nil)
        #expect(server.requests.count == 60 && Set(server.requests.map(\.pictureName)).count == 60)
        #expect(load.withLock { $0.most } <= 8 && load.withLock { $0.most } > 4)
        let second = try await bench.run(Workbench.generator(server), pictures)
        #expect(second.tally.cached == 60 && server.requests.count == 60)
        #expect(first.outcomes.map { $0?.picture } == second.outcomes.map { $0?.picture })
    }

    @Test("Another model, prompt, temperature, seed, limit or size asks anew")
    func recipes() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { .says("answer \($0.number)") }
        let pictures = try bench.pictures(1)
        let changes: [@Sendable (inout OpenAIGenerator.Options) -> Void] = [
            { _ in }, { $0.model = "other" }, { $0.prompt = "?" }, { $0.temperature = 0 }, { $0.seed = 1 },
            { $0.maximumTokens = 9 }, { $0.largestSide = 99 },
        ]
        for _ in 0..<2 {
            for change in changes {
                _ = try await bench.run(Workbench.generator(server, change: change), pictures)
            }
        }
        #expect(server.requests.count == changes.count)
        #expect(Set(try bench.cache.recipes().map(\.name)).count == changes.count)
    }

    @Test("Pictures of the same bytes are asked about once")
    func repeatedPictures() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("a colour", delay: 20) }
        let copies = try (0..<9).map { number in
            PictureSource.file(try bench.scratch.write(SamplePicture.tiff(5), to: "copies/\(number).tif"))
        }
        let result = try await bench.run(Workbench.generator(server), copies)
        #expect(server.requests.count == 1 && result.tally.generated == 1 && result.tally.repeated == 8)
        #expect(Set(result.outcomes.map { $0?.picture }).count == 1)
    }

    @Test("What is no picture, too large, or not there never leaves the machine, and spoils no other")
    func badPictures() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("a colour") }
        let good = SamplePicture.tiff(1)
        let bad: [PictureSource] = [
            .bytes(Data("hello".utf8), name: "text.jpg"), .bytes(Data(), name: "empty.jpg"),
            .bytes(good.prefix(good.count / 2), name: "cut.tif"), .file(bench.scratch["absent.jpg"]),
            .bytes(Data("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), name: "drawing.svg"),
            .bytes(SamplePicture.tiff(2, width: 500, height: 2), name: "line.tif"),
        ]
        let result = try await bench.run(Workbench.generator(server), bad + [.bytes(good, name: "good.tif")])
        #expect(result.outcomes.prefix(bad.count).allSatisfy { $0?.failure?.kind == .picture })
        #expect(result.tally.failed == bad.count && result.tally.generated == 1 && server.requests.count == 1)
        #expect(result.stop == nil)
    }

    @Test("An uploaded picture is small, upright and without a word of its maker")
    func uploads() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("a wide colour") }
        let generator = try Workbench.generator(server) { $0.largestSide = 64 }
        _ = try await bench.run(generator, [.bytes(SamplePicture.tiff(77, width: 400, height: 200), name: "wide.tif")])
        let upload = try #require(server.requests.first?.picture)
        #expect(upload.range(of: Data("Exif".utf8)) == nil && upload.range(of: Data("ICC_PROFILE".utf8)) == nil)
        #expect(upload.count < 2000)
        let frame = try #require(upload.range(of: Data([0xFF, 0xC0])))
        let size = upload[frame.upperBound...].dropFirst(3).prefix(4).map { Int($0) }
        #expect(256 * size[0] + size[1] == 32 && 256 * size[2] + size[3] == 64)
    }

    @Test("Troubles that pass are retried, with the attempt's number added to the seed")
    func retries() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { request in
            switch request.number {
            case 0: .status(503, body: "busy")
            case 1: .says("", finish: "stop")
            default: .says("at last")
            }
        }
        let generator = try Workbench.generator(server) { $0.seed = 10 }
        let result = try await bench.run(generator, try bench.pictures(1))
        #expect(result.tally.generated == 1 && result.tally.retries == 2)
        let seeds = server.requests.compactMap {
            String(decoding: $0.body, as: UTF8.self).firstMatch(of: /"seed":(\d+)/)?.1
        }
        #expect(seeds == ["10", "11", "12"])
        #expect(try bench.entry(result).attempts == 3)
    }

    @Test("Retry-After is kept to by all tasks, in seconds or as a date")
    func retryAfter() async throws {
        let bench = try Workbench()
        let times = Mutex<[ContinuousClock.Instant]>([])
        let server = try await ChatServer { request in
            times.withLock { $0.append(.now) }
            return request.number == 0
                ? .status(429, headers: ["retry-after": "1"], body: "slow down") : .says("a colour")
        }
        var policy = Workbench.impatient
        policy.longestWait = 5
        let result = try await bench.run(
            Workbench.generator(server), try bench.pictures(2), concurrency: 1, policy: policy)
        #expect(result.tally.generated == 2)
        let gap = times.withLock { $0[1] - $0[0] }
        #expect(gap >= .seconds(1))
    }

    @Test("A wish for more patience than there is fails at once")
    func longRetryAfter() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .status(429, headers: ["retry-after": "86400"], body: "tomorrow") }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(1))
        #expect(result.outcomes[0]?.failure?.kind == .rateLimit && server.requests.count == 1)
        #expect(result.outcomes[0]?.failure?.description.contains("the server asks for 86400 s") == true)
    }

    @Test("A server that is not there ends the run after few pictures; what was answered stays")
    func deadServer() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("a colour") }
        let pictures = try bench.pictures(200)
        let endpoint = server.endpoint
        _ = try await bench.run(Workbench.generator(server), Array(pictures.prefix(10)))
        try await server.stop()
        let result = try await bench.run(Workbench.generator(endpoint), pictures, concurrency: 2)
        let stop = try #require(result.stop)
        #expect(stop.kind == .unreachable && stop.reason.contains("connection refused"), "\(stop)")
        #expect(result.tally.cached == 10 && result.tally.failed < 20 && result.outcomes.last == .some(nil))
    }

    @Test("A server that does not speak the protocol ends the run after few pictures")
    func otherServer() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .status(200, body: "<html>Welcome</html>") }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(50), concurrency: 1)
        #expect(result.stop?.kind == .invalidAnswer && result.tally.failed == 5)
    }

    @Test("A key that is not taken or a model that is not there ends the run at once", arguments: [401, 403, 404])
    func finalFailures(_ status: Int) async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .status(status, body: "{}") }
        let result = try await bench.run(Workbench.generator(server), try bench.pictures(50), concurrency: 2)
        #expect(result.stop != nil && server.requests.count <= 4)
    }

    @Test("One picture on which the server fails ends nothing")
    func poison() async throws {
        let bench = try Workbench()
        let pictures = try bench.pictures(30)
        let poison = Mutex<String?>(nil)
        let server = try await ChatServer { request in
            let name = poison.withLock { poison in
                poison = poison ?? request.pictureName
                return poison
            }
            return request.pictureName == name ? .status(500, body: "crash") : .says("fine")
        }
        let result = try await bench.run(Workbench.generator(server), pictures)
        #expect(result.tally.failed == 1 && result.tally.generated == 29 && result.stop == nil)
        let again = try await bench.run(Workbench.generator(server), pictures)
        #expect(again.tally.cached == 29 && again.tally.failed == 1)
    }

    @Test("A run that is asked to stop begins nothing more and says so")
    func interruption() async throws {
        let bench = try Workbench()
        let server = try await ChatServer { _ in .says("a colour", delay: 10) }
        let generator = try Workbench.generator(server)
        let runner = try ContextRunner(generator, cache: bench.cache, concurrency: 2)
        let pictures = try bench.pictures(100)
        let result = try await runner.run(pictures, shouldStop: { server.requests.count >= 10 })
        await generator.close()
        #expect(result.wasInterrupted && result.tally.generated >= 8 && server.requests.count < 20)
        #expect(try bench.cache.recipes()[0].contexts == result.tally.generated)
    }
}
