import Crypto
import FHIRProfiles
import JSONTape

/// Under which id a package's definition is stored, and what says where it came from.
struct PackageIdentity {
    let manifest: PackageManifest

    /// `meta.source` of its definitions: `urn:martlet:package:hl7.fhir.us.core#6.1.0`.
    var source: String { "urn:martlet:package:\(manifest.identifier)" }

    /// The id in the package, then twelve digits made of the package, its version, the type and the id: the same
    /// wherever it is loaded, another one for every version of the package.
    func id(of resource: PackageReader.Resource) -> String {
        if resource.isExample { return resource.id }
        let name = "\(manifest.identifier)/\(resource.typeName)/\(resource.id)"
        let digits = Self.hexadecimal(SHA256.hash(data: Array(name.utf8))).prefix(12)
        let stem = resource.id.utf8.prefix(50).map { ResourceID.isValid(String(UnicodeScalar($0))) ? $0 : 0x2D }
        return "\(String(decoding: stem, as: UTF8.self))-\(digits)"
    }

    /// The definition with its source in `meta`, unless it names one itself.
    func stamped(_ resource: PackageReader.Resource) throws -> Document {
        var writer = JSONWriter(reservingByteCount: resource.node.document.byteCount + 128)
        let meta = resource.node["meta"]
        writer.beginObject()
        for (key, value) in resource.node.members where key != "meta" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.key("meta")
        writer.beginObject()
        for (key, value) in meta?.members.map({ $0 }) ?? [] {
            writer.key(named: key)
            writer.copy(value)
        }
        if meta?["source"] == nil { writer.member("source", source) }
        writer.endObject()
        writer.endObject()
        return try Document.parse(writer.bytes, limits: JSONLimits(maximumByteCount: 128 << 20))
    }

    static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined() }.joined()
    }
}

/// What a package's definitions are, in one number: the same however they were packed.
struct PackageDigest {
    private var files: [String: String] = [:]

    mutating func add(_ resource: PackageReader.Resource) {
        let document = resource.node.document
        let digest = withExtendedLifetime(document) { SHA256.hash(data: UnsafeRawBufferPointer(document.text)) }
        files[resource.file] = PackageIdentity.hexadecimal(digest)
    }

    var text: String {
        var hash = SHA256()
        for (file, digest) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("\(file) \(digest)\n".utf8))
        }
        return PackageIdentity.hexadecimal(hash.finalize())
    }
}
