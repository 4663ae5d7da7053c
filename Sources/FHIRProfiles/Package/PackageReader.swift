package import Archives
import FHIRDefinitions
package import JSONTape

/// Reads FHIR NPM packages: a gzipped tar archive with `package/package.json` and a JSON file for each resource.
///
/// Goes through the archive once, a file at a time, so that a package may be larger than what fits into memory.
package struct PackageReader {
    /// One resource of a package.
    package struct Resource: Sendable {
        /// As the archive names it.
        package var file: String
        /// Whether it shows how something is used, and defines nothing.
        package var isExample: Bool
        package var typeName: String
        package var id: String
        package var node: JSONNode

        /// Canonical URL and business version, where it is a definition.
        package var url: String? { node["url"]?.string }
        package var version: String? { node["version"]?.string }
    }

    /// What is kept of packages: definitions that the server works with.
    package static let types: Set<String> = [
        "StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter", "NamingSystem",
    ]

    private var archive: ArchiveReader
    private let includesExamples: Bool
    /// Set when its file was passed, wherever in the archive that is.
    package private(set) var manifest: PackageManifest?
    /// Files that hold neither a kept definition nor an example: other resources.
    package private(set) var skippedCount = 0

    private static let limits = JSONLimits(maximumByteCount: 64 << 20, refusesEmptyValues: true)
    private static let exampleFolders = ["package/example/", "package/examples/"]

    /// - Parameter bytes: the archive.
    package init(
        _ bytes: [UInt8], includesExamples: Bool = false, limits: ArchiveLimits = ArchiveLimits()
    ) throws(PackageError) {
        self.includesExamples = includesExamples
        do {
            archive = try ArchiveReader(bytes, limits: limits)
        } catch {
            throw PackageError(error)
        }
    }

    /// The next resource that is to be kept; nil at the end.
    package mutating func next() throws(PackageError) -> Resource? {
        do {
            return try nextResource()
        } catch let error as ArchiveError {
            throw PackageError(error)
        } catch let error as PackageError {
            throw error
        } catch {
            throw PackageError(.invalidResource, "the file cannot be read")
        }
    }

    private mutating func nextResource() throws -> Resource? {
        while let entry = try archive.next() {
            let name = entry.name.hasPrefix("./") ? String(entry.name.dropFirst(2)) : entry.name
            if name == "package/package.json" {
                guard manifest == nil else {
                    throw PackageError(.invalidManifest, "the manifest is there twice", file: name)
                }
                manifest = try PackageManifest(try Self.parse(try archive.content(), name, refusesEmptyValues: false))
                continue
            }
            let folder = name.lastIndex(of: "/").map { name[...$0] } ?? ""
            let isExample = Self.exampleFolders.contains { folder == $0 }
            // Hidden files and other folders hold indexes, pages and formats that say the same again.
            guard name.hasSuffix(".json"), folder == "package/" || isExample && includesExamples,
                !name.dropFirst(folder.count).hasPrefix(".")
            else { continue }
            if let resource = try resource(try archive.content(), name, isExample: isExample) { return resource }
            skippedCount += 1
        }
        return nil
    }

    private func resource(_ bytes: [UInt8], _ name: String, isExample: Bool) throws(PackageError) -> Resource? {
        let node = try Self.parse(bytes, name, refusesEmptyValues: true)
        // Tools leave other JSON beside the resources, such as their settings.
        guard node.isObject, let typeName = node["resourceType"]?.string else { return nil }
        guard isExample || includesExamples || Self.types.contains(typeName) else { return nil }
        guard FHIRDefinitions.r4.resourceType(named: typeName) != nil else {
            throw PackageError(.invalidResource, "resourceType names no resource type of FHIR R4", file: name)
        }
        guard let id = node["id"]?.string else {
            throw PackageError(.invalidResource, "the resource has no id", file: name)
        }
        let isDefinition = Self.types.contains(typeName) && !isExample
        if isDefinition, typeName != "NamingSystem", node["url"]?.string == nil {
            throw PackageError(.invalidResource, "the \(typeName) has no url", file: name)
        }
        return Resource(file: name, isExample: !isDefinition, typeName: typeName, id: id, node: node)
    }

    private static func parse(
        _ bytes: [UInt8], _ name: String, refusesEmptyValues: Bool
    ) throws(PackageError) -> JSONNode {
        var limits = limits
        limits.refusesEmptyValues = refusesEmptyValues
        do throws(JSONSyntaxError) {
            return JSONNode(try Document.parse(bytes, limits: limits))
        } catch {
            let place = error.lineAndColumn(in: bytes)
            throw PackageError(
                .invalidResource, "\(error.message), line \(place.line), column \(place.column)", file: name)
        }
    }
}

extension PackageError {
    fileprivate init(_ error: ArchiveError) {
        switch error.code {
        case .malformed, .endsEarly: self.init(.notAnArchive, error.message)
        case .tooLarge: self.init(.tooLarge, error.message)
        case .unsafeEntry: self.init(.unsafeEntry, error.message)
        }
    }
}
