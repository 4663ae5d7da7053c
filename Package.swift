// swift-tools-version:6.2
import PackageDescription

// The manifest is the architecture diagram: every layer may import the layers below it, never those above.
// See docs/ARCHITECTURE.md for what each target holds.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: [],
        swiftSettings: settings)
}

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

// Bytes and syntax: no meaning, no waiting.
let low: [Target] = [
    module("JSONTape"),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .target(name: "CFHIRDefinitions", exclude: ["Tables"]),
]

// Meaning: pure functions over values.
let middle: [Target] = [
    module("FHIRDefinitions", ["JSONTape", "CFHIRDefinitions"]),
    module("FHIRFormats", ["JSONTape", "FHIRDefinitions"]),
    module("FHIRSearch", ["JSONTape", "FHIRDefinitions"]),
]

// The only place where a transaction exists.
let upper: [Target] = [
    module("PostgreSQL", ["CLibPQ", logging, subprocess, system]),
    module("FHIRStore", ["PostgreSQL", "FHIRSearch", "FHIRFormats", "FHIRDefinitions", "JSONTape", logging]),
]

// What the tests of several targets share.
let testing: [Target] = [
    module("PostgreSQLTesting", ["PostgreSQL", logging]),
    module("FHIRStoreTesting", ["FHIRStore", "PostgreSQLTesting", "FHIRSearch", "FHIRFormats", "FHIRDefinitions", "JSONTape"]),
]

// Tools of the build, none of which the server needs.
let tools: [Target] = [
    program("DefinitionsGenerator", ["JSONTape"]),
    program("FuzzJSONTape", ["JSONTape"]),
]

let testTargets: [Target] = [
    tests("JSONTape"),
    tests("FHIRFormats"),
    tests("FHIRStore", ["FHIRStoreTesting", "FHIRFormats", "FHIRDefinitions", "PostgreSQL", "JSONTape"]),
]

let package = Package(
    name: "martlet",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: low + middle + upper + testing + tools + testTargets,
    swiftLanguageModes: [.v6]
)
