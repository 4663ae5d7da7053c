import Archives
import CFHIRProfiles
import JSONTape

/// The package of the clinic's own profiles, which is part of the program (docs/profiles.md).
package enum ClinicPackage {
    /// Its name and version.
    package static var manifest: PackageManifest {
        get throws(PackageError) {
            guard let text = files.first(where: { $0.name == PackageManifest.file })?.content,
                let document = try? Document.parse(Array(text))
            else { throw PackageError(.invalidManifest, "the program's own package has no manifest") }
            return try PackageManifest(JSONNode(document))
        }
    }

    /// As it is loaded: a tar archive.
    package static var archive: [UInt8] {
        var tar = TarWriter()
        for file in files { tar.file(file.name, file.content) }
        return tar.bytes
    }

    /// Names within the package, and JSON.
    package static var files: [(name: String, content: ArraySlice<UInt8>)] {
        let table = cfhir_clinic_package()
        let bytes = Array(UnsafeBufferPointer(start: table.bytes, count: table.count))
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.first != UInt8(ascii: "#"), let tab = line.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
            return (String(decoding: line[..<tab], as: UTF8.self), line[(tab + 1)...])
        }
    }
}
