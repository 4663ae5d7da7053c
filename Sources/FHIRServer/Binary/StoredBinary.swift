import FHIRFormats
import FHIRStore
import FoundationEssentials
import JSONTape

/// A stored version of a Binary, read as far as serving its content needs.
///
/// Large content lies in parts beside the row, which then has, in the place of `data`, an extension with its size and
/// digest: anyone who looks at the row in SQL or in a bundle sees that there is content, and an update with other
/// content is no update with the same.
struct StoredBinary {
    static let marker = "urn:martlet:raw-content"

    let version: StoredVersion
    let document: Document

    /// Throws `StoreError` where the row cannot be read, which it always can.
    init(_ version: StoredVersion) throws {
        self.version = version
        let limits = JSONLimits(maximumByteCount: 1 << 28)
        guard let content = version.content, let document = try? Document.parse(content, limits: limits) else {
            throw StoreError(.fault, "a stored Binary cannot be read")
        }
        self.document = document
    }

    private var root: JSONNode { JSONNode(document) }

    /// A media type that may stand in a header.
    var contentType: String {
        let text = root["contentType"]?.string ?? ""
        let isPlain = text.contains("/") && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isPlain ? text : "application/octet-stream"
    }

    /// For the header `X-Security-Context`; nil where there is none or it cannot stand in a header.
    var securityContext: String? {
        guard let text = root["securityContext"]?["reference"]?.string,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }

    /// Names the content in parts; nil where the content is not in parts.
    var digest: String? {
        guard root["data"] == nil, let extensions = root["_data"]?["extension"] else { return nil }
        let marker = extensions.items.first { $0["url"]?.string == Self.marker }
        return marker?["extension"]?.items.first { $0["url"]?.string == "sha256" }?["valueString"]?.string
    }

    /// The content that lies in the row; nil if it is no base64.
    var inlineContent: [UInt8]? {
        guard let text = root["data"]?.string else { return [] }
        return Data(base64Encoded: text, options: .ignoreUnknownCharacters).map { Array($0) }
    }

    /// The resource with `data` in the place of the marker.
    func json(data: String) -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: 512)
        writer.beginObject()
        for (key, value) in root.members where key != "_data" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.member("data", data)
        writer.endObject()
        return writer.bytes
    }

    /// The resource as it is, tagged as not shown whole (R4 search.html#summary).
    var subsettedJSON: [UInt8] {
        var writer = JSONWriter(reservingByteCount: 1024)
        writer.beginObject()
        for (key, value) in root.members where key != "meta" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.key("meta")
        writer.beginObject()
        if let meta = root["meta"] {
            for (key, value) in meta.members where key != "tag" {
                writer.key(named: key)
                writer.copy(value)
            }
        }
        writer.key("tag")
        writer.beginArray()
        for tag in root["meta"]?["tag"]?.items ?? [] { writer.copy(tag) }
        SubsettedTag.write(to: &writer)
        writer.endArray()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
