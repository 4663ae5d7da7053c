import Archives

/// A small FHIR NPM package for tests.
package struct TestPackage {
    package var name = "clinic.example.forms"
    package var version = "1.0.0"
    /// Further members of `package.json`, as JSON text.
    package var manifest = #""fhirVersions": ["4.0.1"]"#
    /// Files below `package/` and their contents.
    package var files: [(name: String, content: String)] = []

    package init() {}

    /// Adds a resource under its usual file name.
    package mutating func add(_ type: String, id: String, _ members: String) {
        files.append(
            ("\(type)-\(id).json", #"{"resourceType": "\#(type)", "id": "\#(id)", "status": "active", \#(members)}"#))
    }

    /// The archive, compressed.
    package var archive: [UInt8] {
        var tar = TarWriter()
        tar.file("package/package.json", #"{"name": "\#(name)", "version": "\#(version)", \#(manifest)}"#.utf8)
        for file in files { tar.file("package/\(file.name)", file.content.utf8) }
        return GzipWriter.compress(tar.bytes) ?? []
    }
}
