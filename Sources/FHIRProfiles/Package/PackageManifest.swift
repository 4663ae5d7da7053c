package import JSONTape

/// What `package.json` says (the FHIR NPM package specification, hl7.org/fhir/packages.html).
package struct PackageManifest: Sendable, Hashable {
    /// `hl7.fhir.us.core`
    package var name: String
    package var version: String
    package var title: String?
    package var canonical: String?
    /// Versions of FHIR; empty where none are stated.
    package var fhirVersions: [String]
    /// Name and version of packages that this one builds on, sorted by name.
    package var dependencies: [Dependency]

    package struct Dependency: Sendable, Hashable {
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// Name and version as they are usually written: `hl7.fhir.us.core#6.1.0`.
    package var identifier: String { "\(name)#\(version)" }

    static let file = "package/package.json"

    package init(_ node: JSONNode) throws(PackageError) {
        func invalid(_ message: String) -> PackageError { PackageError(.invalidManifest, message, file: Self.file) }
        guard let name = node["name"]?.string, Self.isName(name) else {
            throw invalid("the name must be letters, digits, dots, hyphens and underscores, at most 200")
        }
        guard let version = node["version"]?.string, Self.isVersion(version) else {
            throw invalid("the version must be letters, digits, dots, hyphens, plus and underscores, at most 100")
        }
        self.name = name
        self.version = version
        title = node["title"]?.string
        canonical = node["canonical"]?.string
        // The second name is that of the first packages.
        fhirVersions = (node["fhirVersions"] ?? node["fhir-version-list"])?.items.compactMap(\.string) ?? []
        dependencies =
            (node["dependencies"]?.members).map { members in
                members.compactMap { key, value in value.string.map { Dependency(name: key, version: $0) } }
            }?.sorted { $0.name < $1.name } ?? []
        try requireR4()
    }

    /// Throws where the package is not for R4. One that does not say is judged by what it builds on.
    private func requireR4() throws(PackageError) {
        let versions = fhirVersions.isEmpty ? dependencies.compactMap(Self.fhirVersion) : fhirVersions
        guard !versions.isEmpty, !versions.contains(where: Self.isR4) else { return }
        throw PackageError(
            .otherVersion, "\(identifier) is for FHIR \(versions.joined(separator: ", ")); this server has R4 (4.0.1)",
            file: Self.file)
    }

    private static func isR4(_ version: String) -> Bool { version == "4.0" || version.hasPrefix("4.0.") }

    /// The version of FHIR that a core package stands for.
    private static func fhirVersion(_ dependency: Dependency) -> String? {
        let cores = [
            "hl7.fhir.r2.core": "1.0", "hl7.fhir.r3.core": "3.0", "hl7.fhir.r4.core": "4.0",
            "hl7.fhir.r4b.core": "4.3", "hl7.fhir.r5.core": "5.0", "hl7.fhir.core": dependency.version,
        ]
        return cores[dependency.name]
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 200 && text.utf8.allSatisfy { isPlain($0) || "@/".utf8.contains($0) }
    }

    private static func isVersion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && text.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "+") }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) && byte > 0x40
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || ".-_".utf8.contains(byte)
    }
}
