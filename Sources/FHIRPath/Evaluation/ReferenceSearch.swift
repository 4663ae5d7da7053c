import FHIRDefinitions
import JSONTape

/// Finds what a reference points at within the resource: a contained resource, or an entry of the bundle
/// (R4 references.html#contained, bundle.html#references).
struct ReferenceSearch {
    private let evaluation: Evaluation

    init(_ evaluation: Evaluation) { self.evaluation = evaluation }

    private var document: Document { evaluation.document }

    func find(_ reference: String) -> Node? {
        if reference == "#" { return evaluation.rootResource }
        if reference.utf8.first == UInt8(ascii: "#") { return contained(String(reference.dropFirst())) }
        return entry(reference)
    }

    private func contained(_ id: String) -> Node? {
        for resource in [evaluation.resource, evaluation.rootResource] where resource.document == 0 {
            guard let root = resource.value, let list = document.member("contained", of: root) else { continue }
            for item in JSONNode(document, list).elements where item["id"]?.string == id {
                return node(item.index)
            }
        }
        return nil
    }

    private func entry(_ reference: String) -> Node? {
        guard let root = evaluation.rootResource.value,
            evaluation.schema.definitions.name(of: evaluation.rootResource.type) == "Bundle",
            let list = document.member("entry", of: root)
        else { return nil }
        // A version behind the id asks for that version, which a bundle need not tell.
        let suffix = "/" + reference
        let isRelative = !reference.utf8.contains(UInt8(ascii: ":"))
        for item in JSONNode(document, list).elements {
            guard let resource = item["resource"] else { continue }
            if let url = item["fullUrl"]?.string {
                if url == reference || isRelative && url.hasSuffix(suffix) { return node(resource.index) }
            } else if isRelative, let type = resource["resourceType"]?.string, let id = resource["id"]?.string,
                "\(type)/\(id)" == reference
            {
                return node(resource.index)
            }
        }
        return nil
    }

    private func node(_ index: Document.Index) -> Node {
        let schema = evaluation.schema
        return Node(type: schema.resourceType(of: index, in: document, expected: schema.resource), value: index)
    }
}
