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

/// An area of the clinic's work.
func area(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    let common: [Target.Dependency] = [
        "Clinic", "FHIRStore", "FHIRSearch", "FHIRModel", "FHIRDefinitions", "FHIRFormats", "PostgreSQL", "JSONTape",
    ]
    return module(name, common + dependencies)
}

/// The tests of such an area, against a whole server.
func areaTests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    let common = [
        "Clinic", "ClinicWorkflows", "ClinicTesting", "FHIRServerTesting", "FHIRStoreTesting", "FHIRStore",
        "FHIRModel", "FHIRDefinitions", "FHIRFormats", "PostgreSQL", "JSONTape",
    ]
    return tests(name, common.filter { $0 != name }.map { .byName(name: $0) } + dependencies)
}

func program(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: settings)
}

let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let hummingbirdHTTP2: Target.Dependency = .product(name: "HummingbirdHTTP2", package: "hummingbird")

// Bytes and syntax: no meaning, no waiting.
let low: [Target] = [
    module("JSONTape"),
    module("HL7Syntax"),
    module("GraphQLSyntax"),
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CXMLShims", dependencies: ["CLibXML2"]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Pango's own flags for pkg-config have one that SwiftPM warns about at each build: they stand below instead.
    .systemLibrary(name: "CPangoCairo", pkgConfig: "cairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(
        name: "CPrintShims", dependencies: ["CPangoCairo", "CPNG"],
        cSettings: [.unsafeFlags(["-I/usr/include/pango-1.0", "-I/usr/include/harfbuzz"])],
        linkerSettings: ["pangocairo-1.0", "pango-1.0", "gobject-2.0"].map { .linkedLibrary($0) }),
    .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
    .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
    .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "CChildProcess"),
    .target(name: "CFHIRDefinitions", exclude: ["Tables"]),
    .target(name: "CFHIRProfiles", exclude: ["Tables"]),
    .target(name: "CUCUM", exclude: ["Tables"]),
    module("Archives", ["CZlib"]),
    module("UCUM", ["CUCUM"]),
]

// Meaning: pure functions over values.
let middle: [Target] = [
    module("FHIRDefinitions", ["JSONTape", "CFHIRDefinitions"]),
    module("FHIRFormats", ["JSONTape", "FHIRDefinitions", "CXMLShims"]),
    module("FHIRModel", ["JSONTape", "FHIRDefinitions"]),
    module("FHIRPatch", ["JSONTape", "FHIRDefinitions", "FHIRPath"]),
    module("FHIRPath", ["JSONTape", "FHIRDefinitions", "UCUM"]),
    module("FHIRProfiles", ["JSONTape", "FHIRDefinitions", "Archives", "CFHIRProfiles"]),
    module("FHIRSearch", ["JSONTape", "FHIRDefinitions", "UCUM"]),
    module("FHIRValidation", ["JSONTape", "FHIRDefinitions", "FHIRPath", "FHIRProfiles", "FHIRTerminology"]),
    module("FHIRTerminology", ["JSONTape", "FHIRDefinitions", "UCUM"]),
    module("HL7Mapping", ["HL7Syntax", "JSONTape"]),
    module("Printing", ["CPrintShims", "CQREncode"]),
    module("SyntheticClinic", ["JSONTape"]),
]

// The only place where a transaction exists.
let upper: [Target] = [
    module("Carriers", ["CLibCurl", "JSONTape", crypto, logging]),
    module("PostgreSQL", ["CLibPQ", "CChildProcess", logging]),
    module(
        "FHIRStore",
        [
            "PostgreSQL", "FHIRSearch", "FHIRTerminology", "FHIRPatch", "FHIRProfiles", "FHIRFormats",
            "FHIRDefinitions", "JSONTape",
            crypto, logging,
        ]),
    // Who may do what: accounts, clients, tokens, roles, audit.
    module(
        "Access",
        [
            "CArgon2", "Carriers", "FHIRStore", "FHIRSearch", "FHIRModel", "FHIRDefinitions", "FHIRFormats",
            "PostgreSQL", "JSONTape", crypto, cryptoExtras, jwtKit, logging,
        ]),
    // What all workflows share, the areas of the clinic above it, and the list of them all.
    module(
        "Clinic",
        [
            "Access", "FHIRStore", "FHIRSearch", "FHIRModel", "FHIRDefinitions", "FHIRFormats", "PostgreSQL",
            "JSONTape", "UCUM", logging,
        ]),
    area("ClinicScheduling", ["Carriers"]),
    area("ClinicOrders", ["UCUM", "FHIRTerminology"]),
    area("ClinicMedicines"),
    area("ClinicMoney", ["Printing", crypto]),
    area("ClinicPeople"),
    area("ClinicVisits", ["UCUM", crypto]),
    area("ClinicAccounts", ["Access"]),
    module(
        "ClinicWorkflows",
        [
            "Clinic", "ClinicPeople", "ClinicScheduling", "ClinicVisits", "ClinicOrders", "ClinicMedicines",
            "ClinicMoney", "ClinicAccounts", "Carriers", "FHIRStore", "FHIRDefinitions", "JSONTape",
        ]),
    module(
        "HL7Ingest",
        [
            "Clinic", "ClinicScheduling", "FHIRStore", "FHIRSearch", "PostgreSQL", "HL7Mapping", "HL7Syntax",
            "FHIRFormats",
            "FHIRDefinitions",
            "JSONTape", crypto,
            logging,
        ]),
]

// Doors: parse, call, render; no rules of their own.
let top: [Target] = [
    // What all doors share: certificates, who may connect.
    module("TransportSecurity", [nioCore, nioTLS, nioSSL, crypto, logging]),
    module(
        "MLLPServer",
        ["TransportSecurity", "HL7Syntax", nioCore, nioPosix, nioTLS, nioSSL, crypto, logging, lifecycle]),
    module(
        "FHIRServer",
        [
            "TransportSecurity", "Archives", "GraphQLSyntax", "Access", "Clinic", "HL7Ingest", "FHIRStore",
            "FHIRSearch", "FHIRTerminology",
            "FHIRValidation",
            "FHIRPatch", "FHIRPath", "FHIRProfiles",
            "FHIRFormats", "FHIRDefinitions", "JSONTape",
            "PostgreSQL", hummingbirdCore, hummingbirdHTTP2, nioCore, nioPosix, nioHTTP2, nioHTTPTypes, logging,
            httpTypes, crypto, lifecycle,
        ]),
    // Signing in: pages, OAuth 2.0, SMART App Launch, OpenID Connect.
    module(
        "AuthServer",
        [
            "FHIRServer", "Access", "FHIRStore", "FHIRModel", "FHIRDefinitions", "FHIRFormats", "JSONTape",
            "PostgreSQL", crypto, httpTypes, logging,
        ]),
    program(
        "martlet",
        [
            "AuthServer", "Access", "FHIRServer", "MLLPServer", "TransportSecurity", "HL7Ingest", "HL7Mapping",
            "HL7Syntax",
            "ClinicWorkflows", "Clinic", "Carriers", "FHIRModel",
            "FHIRStore",
            "FHIRSearch",
            "FHIRTerminology", "FHIRProfiles", "FHIRValidation", "FHIRPath", "FHIRFormats", "FHIRDefinitions",
            "JSONTape", "PostgreSQL", "SyntheticClinic", nioCore, nioPosix, logging,
            lifecycle, system, .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Configuration", package: "swift-configuration"),
        ]),
]

// What the tests of several targets share.
let testing: [Target] = [
    // Servers that take mail and webhooks, and fail as they are told.
    module("CarriersTesting", [nioCore, nioPosix, nioSSL, .product(name: "NIOHTTP1", package: "swift-nio")]),
    module("TransportSecurityTesting"),
    module("PostgreSQLTesting", ["PostgreSQL", logging]),
    module(
        "FHIRStoreTesting",
        [
            "FHIRStore", "PostgreSQLTesting", "FHIRSearch", "FHIRValidation", "FHIRPath", "FHIRFormats",
            "FHIRDefinitions", "JSONTape", "Archives",
        ]),
    // Resources with one fault each: texts, which the validator and the server are both shown.
    module("FHIRValidationTesting"),
    module(
        "FHIRServerTesting",
        [
            "FHIRServer", "Clinic", "FHIRStoreTesting", "FHIRStore", "FHIRSearch", "FHIRValidation", "FHIRPath",
            "FHIRFormats", "FHIRDefinitions", "JSONTape", "PostgreSQL", "PostgreSQLTesting", nioCore, nioPosix, logging,
            lifecycle,
            .product(name: "NIOHTTP1", package: "swift-nio"),
        ]),
    module("ClinicTesting", ["ClinicWorkflows", "FHIRServer", "FHIRServerTesting"]),
]

// Tools of the build, none of which the server needs.
let tools: [Target] = [
    program("DefinitionsGenerator", ["JSONTape"]),
    program("ModelGenerator", ["JSONTape", "FHIRDefinitions"]),
    program("FuzzJSONTape", ["JSONTape"]),
    program("FuzzHL7", ["HL7Syntax"]),
    program("FuzzFHIRServer", ["ClinicWorkflows", "FHIRServer", "FHIRFormats", "FHIRDefinitions", "JSONTape"]),
    .executableTarget(
        name: "martlet-bench",
        dependencies: ["FHIRValidation", "FHIRPath", "FHIRDefinitions", "HL7Syntax", "JSONTape"],
        path: "Benchmarks/MartletBench", swiftSettings: settings),
]

let testTargets: [Target] = [
    tests("JSONTape"),
    tests("HL7Syntax"),
    tests("GraphQLSyntax"),
    tests("UCUM", ["DefinitionsGenerator"]),
    tests("FHIRDefinitions", ["DefinitionsGenerator", "JSONTape"], exclude: ["Fixtures"]),
    tests("FHIRFormats", ["FHIRDefinitions", "JSONTape"]),
    tests("FHIRModel", ["ModelGenerator", "JSONTape", "FHIRDefinitions"]),
    tests("Archives"),
    tests("FHIRPatch", ["FHIRPath", "FHIRDefinitions", "JSONTape"]),
    tests("FHIRPath", ["FHIRFormats", "FHIRDefinitions", "JSONTape", "UCUM"]),
    tests("FHIRProfiles", ["Archives", "FHIRDefinitions", "JSONTape"]),
    tests("FHIRSearch", ["FHIRDefinitions", "JSONTape"]),
    tests(
        "FHIRValidation",
        ["FHIRValidationTesting", "FHIRPath", "FHIRProfiles", "FHIRFormats", "FHIRDefinitions", "JSONTape"]),
    tests("FHIRTerminology", ["FHIRDefinitions", "JSONTape"]),
    tests("Printing"),
    tests("SyntheticClinic", ["JSONTape"]),
    tests("Carriers", ["CarriersTesting", "JSONTape", logging, nioSSL], exclude: ["Sinks"]),
    tests("PostgreSQL", ["PostgreSQLTesting", logging]),
    tests(
        "FHIRStore",
        [
            "FHIRStoreTesting", "FHIRSearch", "FHIRTerminology", "FHIRProfiles", "FHIRFormats", "FHIRDefinitions",
            "PostgreSQL", "JSONTape",
        ]),
    tests(
        "Access",
        [
            "AuthServer", "Carriers", "CarriersTesting", "ClinicTesting", "ClinicWorkflows", "FHIRServer",
            "TransportSecurity", "FHIRServerTesting", "FHIRStoreTesting", "FHIRStore", "FHIRModel", "FHIRDefinitions",
            "FHIRFormats",
            "PostgreSQL", "JSONTape", crypto, cryptoExtras, jwtKit, logging,
        ], exclude: ["Clients"]),
    areaTests("Clinic", ["Access", "FHIRServer", "FHIRSearch", "FHIRValidationTesting"]),
    areaTests("ClinicScheduling", ["Carriers", "SyntheticClinic"]),
    areaTests("ClinicOrders", ["HL7Ingest", "FHIRSearch", logging]),
    areaTests("ClinicMedicines", ["FHIRServer", "HL7Ingest", "FHIRSearch", logging]),
    areaTests("ClinicMoney", ["FHIRServer", crypto]),
    areaTests("ClinicPeople", ["FHIRServer", "HL7Ingest", "HL7Syntax", "FHIRSearch", logging]),
    areaTests("ClinicVisits"),
    tests(
        "FHIRServer",
        [
            "Access", "TransportSecurity", "TransportSecurityTesting", "FHIRServerTesting", "FHIRValidationTesting",
            "Clinic", "ClinicScheduling", "HL7Ingest",
            "FHIRStoreTesting",
            "FHIRStore",
            "FHIRSearch", "FHIRFormats", "FHIRDefinitions", "JSONTape", logging, "PostgreSQL", "PostgreSQLTesting",
            "Archives", nioCore, nioPosix,
        ]),
    tests("HL7Mapping", ["HL7Syntax", "JSONTape"], exclude: ["Fixtures"]),
    tests(
        "HL7Ingest",
        [
            "Clinic", "ClinicScheduling", "FHIRStoreTesting", "FHIRStore", "FHIRSearch", "FHIRFormats",
            "FHIRDefinitions", "PostgreSQL",
            "JSONTape",
            "HL7Syntax", logging,
        ]),
    tests("TransportSecurity", ["TransportSecurityTesting", nioSSL, logging]),
    tests(
        "MLLPServer",
        [
            "TransportSecurity", "TransportSecurityTesting", "HL7Syntax", nioCore, nioPosix, nioSSL, logging,
            lifecycle,
        ]),
    .testTarget(name: "MartletBenchTests", dependencies: ["martlet-bench"], swiftSettings: settings),
    .testTarget(
        // The program from the outside; the dependency has it built.
        name: "MartletTests",
        dependencies: [
            "martlet", "FuzzFHIRServer", "TransportSecurityTesting", "CarriersTesting", "FHIRServerTesting",
            "FHIRStoreTesting", "MLLPServer",
            "HL7Syntax", "PostgreSQLTesting", "JSONTape", logging,
        ],
        exclude: ["Clients"],
        swiftSettings: settings),
]

// Checks the shape of the repository itself.
let tidyTests: Target = .testTarget(name: "TidyTests", swiftSettings: settings)

let package = Package(
    name: "martlet",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: low + middle + upper + top + testing + tools + testTargets + [tidyTests],
    swiftLanguageModes: [.v6]
)
