import FHIRDefinitions
import Foundation
import JSONTape
import Testing

@testable import FHIRProfiles

/// The clinic's own profiles, as they are part of the program.
@Suite("Clinic package")
struct ClinicPackageTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "profiles")

    private static func definitions() throws -> [JSONNode] {
        var reader = try PackageReader(ClinicPackage.archive)
        var nodes: [JSONNode] = []
        while let resource = try reader.next() { nodes.append(resource.node) }
        return nodes
    }

    private struct Source: StructureDefinitionSource {
        var byURL: [String: JSONNode] = [:]

        init(_ nodes: [JSONNode]) {
            for node in nodes { byURL[node["url"]?.string ?? ""] = node }
        }

        func structureDefinition(_ canonical: CanonicalURL) -> JSONNode? { byURL[canonical.url] }
    }

    @Test func theProgramHasWhatTheFolderHas() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".json") }.sorted()
        let files = ClinicPackage.files
        #expect(files.map(\.name) == names.map { "package/\($0)" }, "run make profiles")
        for (name, file) in zip(names, files) {
            let text = try Data(contentsOf: Self.folder.appending(path: name))
            var writer = JSONWriter()
            writer.copy(JSONNode(try Document.parse(Array(text))))
            #expect(writer.bytes == Array(file.content), "\(name) differs: run make profiles")
        }
    }

    @Test func allOfOneVersionAndAnExampleForEachProfile() throws {
        let manifest = try ClinicPackage.manifest
        #expect(manifest.name == "martlet.clinic")
        let definitions = try Self.definitions()
        for definition in definitions {
            #expect(definition["version"]?.string == manifest.version, "\(definition["url"]?.string ?? "")")
            #expect(definition["url"]?.string?.hasPrefix("urn:martlet:") == true)
        }
        let examples = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path + "/examples")
        let shown = try Set(
            examples.flatMap { name in
                let text = try Data(contentsOf: Self.folder.appending(path: "examples/\(name)"))
                return JSONNode(try Document.parse(Array(text)))["meta"]?["profile"]?.items.compactMap(\.string) ?? []
            })
        let profiles = definitions.filter { $0["kind"]?.string == "resource" }.compactMap { $0["url"]?.string }
        #expect(shown == Set(profiles))
    }

    @Test func everySnapshotIsWithoutIssues() throws {
        let definitions = try Self.definitions().filter { $0["resourceType"]?.string == "StructureDefinition" }
        #expect(definitions.count >= 6)
        let generator = SnapshotGenerator(source: Source(definitions))
        for definition in definitions {
            let result = try generator.generate(definition)
            #expect(result.issues.isEmpty, "\(definition["url"]?.string ?? ""): \(result.issues)")
            // What the differential says is in the snapshot, under the same ids.
            let ids = Set((result.definition["snapshot"]?["element"]?.items ?? []).compactMap { $0["id"]?.string })
            for element in definition["differential"]?["element"]?.items ?? [] {
                #expect(ids.contains(element["id"]?.string ?? ""), "\(element["id"]?.string ?? "")")
            }
        }
    }

    /// What a definition names is part of the package or of the standard.
    @Test func everythingNamedIsThere() throws {
        let definitions = try Self.definitions()
        let own = Set(definitions.compactMap { $0["url"]?.string })
        func require(_ url: String?, _ place: String) {
            guard let url else { return }
            let isStandard =
                StandardStructures.r4.contains(CanonicalURL(url))
                || ["ValueSet", "CodeSystem"].contains { StandardTerminology.r4.resource($0, url: url) != nil }
            #expect(own.contains(url) || isStandard, "\(place) names \(url)")
        }
        for definition in definitions {
            let place = definition["url"]?.string ?? ""
            require(definition["baseDefinition"]?.string, place)
            require(definition["valueSet"]?.string, place)
            for include in definition["compose"]?["include"]?.items ?? [] { require(include["system"]?.string, place) }
            for element in definition["differential"]?["element"]?.items ?? [] {
                require(element["binding"]?["valueSet"]?.string, place)
                for type in element["type"]?.items ?? [] {
                    for name in ["profile", "targetProfile"] {
                        for canonical in type[named: name]?.items ?? [] { require(canonical.string, place) }
                    }
                }
            }
        }
    }
}
