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

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let nio: [Target.Dependency] = ["NIOCore", "NIOHTTP1", "NIOPosix"].map { .product(name: $0, package: "swift-nio") }

/// The tests of a room and what they import, with the files beside them.
func tests(
    of room: String, _ dependencies: [Target.Dependency], fixtures: Bool = false, exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: dependencies, exclude: exclude,
        resources: fixtures ? [.copy("Fixtures")] : nil)
}

let tests: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["Torch", "Support"], path: "Tests/TestSupport",
        exclude: ["deterministic_weights.py"]),
    .target(
        name: "TrainingTestSupport", dependencies: ["Training", "Extraction", "Corpus", "Torch", "TestSupport"],
        path: "Tests/TrainingTestSupport"),
    .target(name: "TestServer", dependencies: ["TestSupport"] + nio, path: "Tests/TestServer"),
    tests(of: "Support", ["Support", "TestSupport"]),
    tests(of: "Torch", ["Torch", "Support", "TestSupport"], fixtures: true),
    tests(of: "Shapley", ["Shapley", "Support"]),
    tests(of: "Charts", ["Charts"]),
    tests(of: "Corpus", ["Corpus", "Support", "TestSupport"], fixtures: true),
    tests(of: "Vision", ["Vision", "Torch", "Support", "TestSupport"], fixtures: true),
    tests(of: "Language", ["Language", "Torch", "Support", "TestSupport"], fixtures: true),
    tests(of: "Evaluation", ["Evaluation", "Corpus", "Support", "TestSupport"], fixtures: true),
    tests(
        of: "Extraction",
        ["Extraction", "Language", "Vision", "Shapley", "Corpus", "Torch", "Support", "TestSupport"], fixtures: true),
    tests(of: "Contexts", ["Contexts", "Vision", "Corpus", "TestServer", "TestSupport", grdb]),
    tests(of: "Prediction", ["Prediction", "Extraction", "Evaluation", "Corpus", "Torch", "TestSupport"]),
    tests(
        of: "Training",
        [
            "Training", "Prediction", "Extraction", "Evaluation", "Language", "Vision", "Corpus", "Torch", "Support",
            "TestSupport", "TrainingTestSupport",
        ], fixtures: true),
    tests(of: "Reporting", ["Reporting", "Training", "Corpus", "TestSupport", "TrainingTestSupport"]),
    tests(of: "Reproduction", ["Reproduction", "Training", "Evaluation", "TestSupport", "TrainingTestSupport"]),
    tests(of: "Fuzz", ["shapca-fuzz", "TestSupport"], exclude: ["Found"]),
    tests(of: "CommandLine", ["shapca", "Contexts", "Corpus", "Support", "TestServer", "TestSupport"]),
]

let package = Package(
    name: "ShapCA",
    // A library comes with those whose types stand in its signatures.
    products: [.executable(name: "shapca", targets: ["shapca"])]
        + ["Shapley", "Corpus", "Evaluation", "Torch", "Language", "Vision", "Extraction", "Prediction"].map {
            .library(name: $0, targets: [$0])
        },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    // Rooms from the bottom to the top. The build fails where a room imports one that is not declared here.
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
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Support", dependencies: ["CZlib"]),
        .target(name: "Torch", dependencies: ["CTorch", "Support"]),
        .target(name: "Shapley", dependencies: ["Support"]),
        .target(name: "Charts"),
        .target(name: "Corpus", dependencies: ["Support"]),
        .target(name: "Vision", dependencies: ["Torch", "CVips", "Support"]),
        .target(name: "Language", dependencies: ["Torch", "Support"]),
        .target(name: "Evaluation", dependencies: ["Corpus", "Support"]),
        .target(
            name: "Extraction", dependencies: ["Language", "Vision", "Shapley", "Torch", "Corpus", "Support"]),
        .target(
            name: "Contexts",
            dependencies: [
                "Vision", "Corpus", "Support",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                grdb,
            ] + nio,
            resources: [.embedInCode("Resources/prompt.txt")]
        ),
        .target(name: "Prediction", dependencies: ["Extraction", "Evaluation", "Corpus", "Support"]),
        .target(
            name: "Training",
            dependencies: [
                "Prediction", "Extraction", "Evaluation", "Corpus", "Language", "Vision", "Shapley", "Torch", "Support",
                "Yams",
            ]
        ),
        .target(
            name: "Reporting",
            dependencies: [
                "Training", "Prediction", "Extraction", "Evaluation", "Charts", "Vision", "Shapley", "Corpus",
            ]
        ),
        .target(
            name: "Reproduction",
            dependencies: [
                "Reporting", "Training", "Prediction", "Extraction", "Evaluation", "Charts", "Corpus", "Torch",
                "Support",
            ]
        ),
        .executableTarget(
            name: "shapca",
            dependencies: [
                "Reproduction", "Reporting", "Training", "Prediction", "Contexts", "Extraction", "Corpus", "Shapley",
                "Torch", "Support", argumentParser,
            ]
        ),
        .executableTarget(
            name: "shapca-bench",
            dependencies: [
                "Training", "Extraction", "Charts", "Language", "Shapley", "Corpus", "Torch", "Support", argumentParser,
            ],
            path: "Benchmarks/ShapCABenchmark"),
        .executableTarget(
            name: "shapca-fuzz",
            dependencies: [
                "Training", "Contexts", "Extraction", "Language", "Vision", "Shapley", "Corpus", "Torch", "Support",
                "TestSupport", argumentParser, grdb,
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Benchmarks/ShapCAFuzz"),
        .executableTarget(
            name: "AmbiguousNames", dependencies: ["Corpus", "Support"], path: "Examples/AmbiguousNames"),
    ] + tests,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
