import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// The searchset Bundles that operations answer (R4 bundle.html#searchset).
struct SearchsetWriter {
    let store: FHIRStore
    /// Absolute address of the FHIR API.
    let base: String

    /// What stands in the Bundle.
    struct Content {
        var matches: [StoredVersion] = []
        var included: [StoredVersion] = []
        /// Told in an entry of its own; none may be an error.
        var issues: [OutcomeIssue] = []
        var total: Int?
        /// Address and encoded query of the `self` and `next` links.
        var address: String
        var selfQuery = ""
        var nextQuery: String?
    }

    func json(_ content: Content) -> [UInt8] {
        var size = 1024
        for version in content.matches { size += (version.content?.count ?? 0) + 320 }
        for version in content.included { size += (version.content?.count ?? 0) + 320 }
        var writer = JSONWriter(reservingByteCount: size)
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("id", store.makeID())
        writer.key("meta")
        writer.beginObject()
        writer.member("lastUpdated", store.clock().text)
        writer.endObject()
        writer.member("type", "searchset")
        if let total = content.total {
            writer.key("total")
            writer.number(total)
        }
        writer.key("link")
        writer.beginArray()
        BundleWriter.link("self", content.address, query: content.selfQuery, to: &writer)
        if let next = content.nextQuery { BundleWriter.link("next", content.address, query: next, to: &writer) }
        writer.endArray()
        if !content.matches.isEmpty || !content.included.isEmpty || !content.issues.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for version in content.matches { write(version, mode: "match", to: &writer) }
            for version in content.included { write(version, mode: "include", to: &writer) }
            if !content.issues.isEmpty { write(content.issues, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ version: StoredVersion, mode: String, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fullUrl", "\(base)/\(store.definitions.name(of: version.type))/\(version.stamp.id)")
        writer.key("resource")
        version.content?.withUnsafeBufferPointer {
            store.renderer.render(content: $0, stamp: version.stamp, to: &writer)
        }
        write(mode: mode, to: &writer)
        writer.endObject()
    }

    /// R4 search.html#errors
    private func write(_ issues: [OutcomeIssue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("resource")
        OperationOutcome.write(issues, to: &writer)
        write(mode: "outcome", to: &writer)
        writer.endObject()
    }

    private func write(mode: String, to writer: inout JSONWriter) {
        writer.key("search")
        writer.beginObject()
        writer.member("mode", mode)
        writer.endObject()
    }
}
