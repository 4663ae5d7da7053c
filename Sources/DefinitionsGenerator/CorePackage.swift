import Foundation
import JSONTape

/// The unpacked official package: its definitions, by resource type and canonical URL.
struct CorePackage {
    /// Name and version, such as `hl7.fhir.r4.core 4.0.1`.
    let title: String
    private let resources: [String: [JSONNode]]
    private let byURL: [String: [String: JSONNode]]

    /// Types whose files are of use here; the others are not parsed.
    private static let wanted: Set<String> = [
        "StructureDefinition", "SearchParameter", "CompartmentDefinition", "ValueSet", "CodeSystem", "ConceptMap",
    ]

    /// Unpacks the archive with the system's `tar` into a temporary directory and reads it.
    init(archive: String) throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("definitions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-xzf", archive, "-C", directory.path]
        try tar.run()
        tar.waitUntilExit()
        guard tar.terminationStatus == 0 else { throw GeneratorError(message: "tar could not unpack \(archive)") }
        try self.init(directory: directory.appendingPathComponent("package"))
    }

    /// Reads a directory of JSON files named `Type-id.json`, and its `package.json`.
    init(directory: URL) throws {
        var resources: [String: [JSONNode]] = [:]
        var byURL: [String: [String: JSONNode]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() {
            let type = String(name.prefix { $0 != "-" })
            guard Self.wanted.contains(type), name.hasSuffix(".json") else { continue }
            let node = try Self.read(directory.appendingPathComponent(name))
            resources[type, default: []].append(node)
            if let url = node["url"]?.string { byURL[type, default: [:]][url] = node }
        }
        let manifest = try Self.read(directory.appendingPathComponent("package.json"))
        title = "\(manifest["name"]?.string ?? "?") \(manifest["version"]?.string ?? "?")"
        self.resources = resources
        self.byURL = byURL
    }

    /// All resources of a type, in the order of their file names.
    func all(_ type: String) -> [JSONNode] { resources[type] ?? [] }

    /// The resource with a canonical URL; a version behind `|` is ignored.
    func resource(_ type: String, url: String) -> JSONNode? { byURL[type]?[url.withoutVersion] }

    private static func read(_ url: URL) throws -> JSONNode {
        JSONNode(try Document.parse([UInt8](Data(contentsOf: url))))
    }
}

/// Why no tables could be made.
struct GeneratorError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}

extension String {
    /// A canonical URL without its `|version`.
    var withoutVersion: String { String(prefix { $0 != "|" }) }

    /// What follows the last `/`.
    var lastPathComponent: String { String(split(separator: "/").last ?? "") }
}

extension JSONNode {
    /// The strings of the array `key`; empty where there is none.
    func strings(_ key: StaticString) -> [String] { self[key]?.elements.compactMap(\.string) ?? [] }

    /// The value of the first extension with this URL that is a string of any type.
    func extensionValue(_ url: String) -> String? {
        guard let extensions = self["extension"] else { return nil }
        for item in extensions.elements where item["url"]?.string == url {
            for (key, value) in item.members where key.hasPrefix("value") { return value.string }
        }
        return nil
    }
}
