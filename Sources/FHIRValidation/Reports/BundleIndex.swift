import FHIRDefinitions
import JSONTape

/// The entries of a bundle, and which of them a reference in one of them means (R4 bundle.html#references).
struct BundleIndex {
    struct Entry {
        let node: JSONNode
        let resource: JSONNode?
        /// Name of the resource's type.
        let type: String?
        let id: String?
        let version: String?
        let fullURL: String?
        /// Base of a RESTful full URL, with the slash at its end; of a URN what stands before the id.
        let base: String?
        /// Whether the full URL ends with a type and an id.
        let isRESTful: Bool
    }

    /// What a reference means.
    enum Target {
        /// It is no matter of the bundle: a fragment, a query, a text that is no reference.
        case none
        /// These entries; none if nothing in the bundle fits.
        case entries([Int])
    }

    let entries: [Entry]
    private var byURL: [String: [Int]] = [:]
    /// By type and id, for entries whose full URL does not tell where relative references lead to.
    private var byTypeAndID: [String: [Int]] = [:]

    init(_ bundle: JSONNode, _ definitions: FHIRDefinitions) {
        entries = (bundle["entry"]?.items ?? []).map { Self.entry($0, definitions) }
        for (number, entry) in entries.enumerated() {
            if let url = entry.fullURL { byURL[url, default: []].append(number) }
            if let type = entry.type, let id = entry.id { byTypeAndID["\(type)/\(id)", default: []].append(number) }
        }
    }

    private static func entry(_ node: JSONNode, _ definitions: FHIRDefinitions) -> Entry {
        let resource = node["resource"]
        let fullURL = node["fullUrl"]?.string
        var base: String?
        var isRESTful = false
        if var url = fullURL {
            for prefix in ["urn:uuid:", "urn:oid:"] where url.hasPrefix(prefix) { base = prefix }
            let address = url.withUTF8 { text in RESTAddress(text, definitions).map { ($0.type, $0.id.lowerBound) } }
            if let (type, start) = address {
                isRESTful = true
                let length = start - definitions.name(of: type).utf8.count - 1
                base = String(decoding: url.utf8.prefix(length), as: UTF8.self)
            }
        }
        return Entry(
            node: node, resource: resource, type: resource?["resourceType"]?.string, id: resource?["id"]?.string,
            version: resource?["meta"]?["versionId"]?.string, fullURL: fullURL, base: base, isRESTful: isRESTful)
    }

    /// What a reference in the resource of an entry means: an absolute one by its full URL, a relative one behind the
    /// base of the entry's own full URL, or with the URN that the entry's own is one of. A version has to be that of
    /// the resource.
    func target(of reference: String, from source: Entry) -> Target {
        var text = reference.prefix { $0 != "#" }
        guard !text.isEmpty, !text.contains("?") else { return .none }
        var version: String?
        if let range = text.firstRange(of: "/_history/") {
            version = String(text[range.upperBound...])
            text = text[..<range.lowerBound]
        }
        let found: [Int]
        if text.contains(":") {
            found = byURL[String(text)] ?? []
        } else {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return .none }
            if source.isRESTful, let base = source.base {
                found = byURL[base + text] ?? []
            } else if let base = source.base {
                found = byURL[base + parts[1]] ?? []
            } else {
                found = byTypeAndID[String(text)] ?? []
            }
        }
        guard let version else { return .entries(found) }
        return .entries(found.filter { entries[$0].version == version })
    }
}
