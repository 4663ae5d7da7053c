import FHIRDefinitions
import FHIRSearch
import JSONTape

/// Turns references to some resources of this server into references to another one, and says where they stood.
///
/// Only the text of the references changes. A reference to a version is about that version and stays.
struct ReferenceRewrite {
    let indexer: SearchIndexer
    /// What is referred to now.
    let sources: Set<SearchIndexer.LocalReference>
    /// `Type/id`.
    let target: String
    /// Elements to look at, such as `subject`; nil for all.
    var paths: Set<String>?

    /// Nil if nothing is to be changed.
    func apply(_ content: [UInt8]) -> (content: [UInt8], paths: [String])? {
        guard let document = try? Document.parse(content, limits: .fhir) else { return nil }
        var found: [(range: Range<Int>, path: String)] = []
        walk(JSONNode(document), "", &found)
        guard !found.isEmpty else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(content.count + 64)
        var position = 0
        let text = document.text
        // The offsets count from the document's own text, without a byte order mark.
        for (range, _) in found {
            result.append(contentsOf: text[position..<range.lowerBound])
            var writer = JSONWriter()
            writer.string(target)
            result.append(contentsOf: writer.bytes)
            position = range.upperBound
        }
        result.append(contentsOf: text[position...])
        return withExtendedLifetime(document) { (result, found.map(\.path)) }
    }

    /// In document order, so the ranges ascend.
    private func walk(_ node: JSONNode, _ path: String, _ found: inout [(range: Range<Int>, path: String)]) {
        if node.isArray {
            for (index, element) in node.elements.enumerated() { walk(element, "\(path)[\(index)]", &found) }
            return
        }
        guard node.isObject else { return }
        for (key, value) in node.members {
            if key == "reference", let text = value.string {
                guard paths?.contains(path) ?? true, !text.contains("/_history/"),
                    let local = indexer.localReference(text), sources.contains(local)
                else { continue }
                found.append((value.document.byteRange(value.index), path))
            } else {
                walk(value, path.isEmpty ? key : "\(path).\(key)", &found)
            }
        }
    }
}
