import FHIRDefinitions
package import FHIRSearch
package import JSONTape

/// Finds what resources refer to, by their content and not by search parameters: every `reference` at any depth, and
/// the addresses of attachments that are Binaries of this server.
enum LocalReferences {
    /// The texts of all references in some stored resources, each once, in the order found.
    static func texts(in versions: [StoredVersion]) -> [String] {
        var found: [String] = []
        var seen: Set<String> = []
        for version in versions {
            guard let content = version.content, let document = try? Document.parse(content) else { continue }
            collect(JSONNode(document)) { text in
                if seen.insert(text).inserted { found.append(text) }
            }
        }
        return found
    }

    /// Visits the text of every reference within a value, in document order.
    static func collect(_ node: JSONNode, _ visit: (String) -> Void) {
        let document = node.document
        // Flat over the tape: keys are strings that stand before a value, and a value may look like one too, so
        // objects are walked by their members.
        switch document.kind(node.index) {
        case .object:
            let end = document.next(node.index)
            var key = document.firstChild(node.index)
            while key < end {
                let value = key + 1
                if document.isString(key, equalTo: "reference") {
                    if let text = JSONNode(document, value).string { visit(text) }
                } else if document.isString(key, equalTo: "url") {
                    if let text = JSONNode(document, value).string, text.contains("Binary/") { visit(text) }
                } else {
                    collect(JSONNode(document, value), visit)
                }
                key = document.next(value)
            }
        case .array:
            for element in node.elements { collect(element, visit) }
        default: break
        }
    }

    /// The strings of a JSON array.
    static func items(_ json: [UInt8]) -> [String] {
        guard let document = try? Document.parse(json) else { return [] }
        return JSONNode(document).elements.compactMap(\.string)
    }

    /// Those that point at resources of this server, each once.
    static func resolve(_ texts: [String], _ indexer: SearchIndexer) -> [SearchIndexer.LocalReference] {
        var seen: Set<SearchIndexer.LocalReference> = []
        return texts.compactMap { text in
            guard let reference = indexer.localReference(text), ResourceID.isValid(reference.id),
                seen.insert(reference).inserted
            else { return nil }
            return reference
        }
    }
}

extension FHIRStore {
    /// The resources of this server that some values refer to, each once, in the order found.
    ///
    /// - Parameter base: absolute address under which the client knows this server; references below it are its own.
    package func references(in nodes: [JSONNode], base: String) -> [SearchIndexer.LocalReference] {
        var texts: [String] = []
        for node in nodes {
            LocalReferences.collect(node) { text in
                texts.append(text.hasPrefix(base + "/") ? String(text.dropFirst(base.count + 1)) : text)
            }
        }
        return LocalReferences.resolve(texts, preparer.indexer)
    }
}
