import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// Searchset Bundles (R4 bundle.html#searchset): those that operations answer, and the entries of every other.
struct SearchsetWriter {
    let store: FHIRStore
    /// Absolute address of the FHIR API.
    let base: String
    /// How much the Bundle may hold.
    let room: AnswerRoom

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

    /// Throws `RequestError` where it would be larger than there is room for.
    func json(_ content: Content) throws -> [UInt8] {
        var writer = JSONWriter(reservingByteCount: byteCount(content.matches, content.included))
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
        try writeEntries(content.matches, content.included, content.issues, to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// About how many bytes a Bundle of these takes, as far as there is room.
    func byteCount(_ matches: [StoredVersion], _ included: [StoredVersion]) -> Int {
        var size = 1024
        for version in matches { size += (version.content?.count ?? 0) + 320 }
        for version in included { size += (version.content?.count ?? 0) + 320 }
        return min(size, room.greatest)
    }

    /// The member `entry`, unless it would be empty. Throws `RequestError` where there is no room for it.
    ///
    /// - Parameter scores: of the matches, as texts of JSON numbers; empty where none are asked for.
    func writeEntries(
        _ matches: [StoredVersion], _ included: [StoredVersion], _ issues: [OutcomeIssue],
        scores: [String] = [], shape: ResourceShape? = nil, to writer: inout JSONWriter
    ) throws {
        guard !matches.isEmpty || !included.isEmpty || !issues.isEmpty else { return }
        writer.key("entry")
        writer.beginArray()
        for (number, version) in matches.enumerated() {
            write(version, mode: "match", score: number < scores.count ? scores[number] : nil, shape, to: &writer)
            try room.require(writer.bytes.count)
        }
        for version in included {
            write(version, mode: "include", shape, to: &writer)
            try room.require(writer.bytes.count)
        }
        if !issues.isEmpty { write(issues, to: &writer) }
        writer.endArray()
    }

    private func write(
        _ version: StoredVersion, mode: String, score: String? = nil, _ shape: ResourceShape?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("fullUrl", fullURL(version))
        writer.key("resource")
        // Contained resources have neither version nor time (R4 domainresource.html#invs, dom-4).
        let stamp = version.container == nil ? version.stamp : nil
        version.content?.withUnsafeBufferPointer {
            store.renderer.render(content: $0, stamp: stamp, shape: shape, isInclude: mode == "include", to: &writer)
        }
        write(mode: mode, score: score, to: &writer)
        writer.endObject()
    }

    /// R4 search.html#contained: a contained resource is known by the address of its container and its id in that.
    private func fullURL(_ version: StoredVersion) -> String {
        let definitions = store.definitions
        guard let container = version.container else {
            return "\(base)/\(definitions.name(of: version.type))/\(version.stamp.id)"
        }
        return "\(base)/\(definitions.name(of: container.type))/\(container.id)#\(version.stamp.id)"
    }

    /// R4 search.html#errors
    private func write(_ issues: [OutcomeIssue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("resource")
        OperationOutcome.write(issues, to: &writer)
        write(mode: "outcome", to: &writer)
        writer.endObject()
    }

    private func write(mode: String, score: String? = nil, to writer: inout JSONWriter) {
        writer.key("search")
        writer.beginObject()
        writer.member("mode", mode)
        if let score {
            writer.key("score")
            writer.raw(score.utf8)
        }
        writer.endObject()
    }
}
