// swift-tools-version: 6.1
import Foundation
import PackageDescription

// libtorch lives in the cache that `make setup` fills; LIBTORCH names another copy.
let environment = Context.environment
let cache = "\(environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache")/shapca"
let libtorch = environment["LIBTORCH"] ?? "\(cache)/libtorch-\(environment["TORCH_VERSION"] ?? "2.13.0")"

let torchCompilerFlags = [
    "-I\(libtorch)/include",
    "-I\(libtorch)/include/torch/csrc/api/include",
    "-Wno-deprecated-declarations",
]
let torchLinkerFlags = ["-L\(libtorch)/lib", "-Xlinker", "--as-needed", "-Xlinker", "-rpath=\(libtorch)/lib"]

let package = Package(
    name: "ShapCA",
    products: [
        .executable(name: "shapca", targets: ["shapca"]),
        .library(name: "Shapley", targets: ["Shapley"]),
        .library(name: "Corpus", targets: ["Corpus"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .library(name: "Extraction", targets: ["Extraction"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .target(
            name: "CTorch",
            cxxSettings: [.unsafeFlags(torchCompilerFlags)],
            linkerSettings: [
                .unsafeFlags(torchLinkerFlags),
                .linkedLibrary("torch_cpu"),
                .linkedLibrary("c10"),
                .linkedLibrary("stdc++"),
                .unsafeFlags(["-Xlinker", "-l:libgomp.so.1"]),
            ]
        ),
        .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
        .target(name: "Torch", dependencies: ["CTorch"]),
        .target(name: "Shapley"),
        .target(name: "Corpus"),
        .target(name: "Evaluation", dependencies: ["Corpus"]),
        .target(name: "Language", dependencies: ["Torch"]),
        .target(name: "Vision", dependencies: ["Torch", "CVips"]),
        .target(
            name: "Contexts",
            dependencies: [
                "Vision", "Corpus",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.embedInCode("Resources/prompt.txt")]
        ),
        .target(
            name: "Extraction",
            dependencies: ["Language", "Vision", "Shapley", "Torch", "Corpus"]
        ),
        .target(
            name: "Training",
            dependencies: ["Extraction", "Evaluation", "Corpus", "Shapley", "Yams"]
        ),
        .executableTarget(
            name: "shapca",
            dependencies: [
                "Training", "Extraction", "Evaluation", "Contexts", "Corpus", "Shapley", "Language", "Vision", "Torch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(
            name: "shapca-bench",
            dependencies: [
                "Training", "Extraction", "Language", "Shapley", "Corpus", "Torch",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/ShapCABenchmark"),
        .executableTarget(name: "AmbiguousNames", dependencies: ["Corpus"], path: "Examples/AmbiguousNames"),
        .target(
            name: "TestSupport", dependencies: ["Torch"], path: "Tests/TestSupport",
            exclude: ["deterministic_weights.py"]),
        .target(
            name: "TestServer",
            dependencies: [
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], path: "Tests/TestServer"),
        .testTarget(name: "TorchTests", dependencies: ["Torch", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(name: "ShapleyTests", dependencies: ["Shapley"]),
        .testTarget(name: "CorpusTests", dependencies: ["Corpus", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(name: "LanguageTests", dependencies: ["Language", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(name: "VisionTests", dependencies: ["Vision", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "ContextsTests", dependencies: ["Contexts", "Corpus", "Vision", "TestServer", "TestSupport"]),
        .testTarget(
            name: "ExtractionTests", dependencies: ["Extraction", "TestSupport"], resources: [.copy("Fixtures")]),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "Extraction", "Evaluation", "Corpus", "Torch", "TestSupport"]),
        .testTarget(
            name: "CommandLineTests", dependencies: ["shapca", "Contexts", "TestServer", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
