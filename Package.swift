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

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
        exclude: [], swiftSettings: settings)
}

let low: [Target] = [
    module("JSONTape")
]

let package = Package(
    name: "martlet",
    targets: low,
    swiftLanguageModes: [.v6]
)
