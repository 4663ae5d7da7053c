import FHIRDefinitions
import JSONTape

/// A SearchParameter against its own bases and against the one that it derives from (R4 searchparameter.html).
extension StructureWalk {
    mutating func checkSearchParameter(_ resource: Document.Index) {
        let node = JSONNode(document, resource)
        let bases = (node["base"]?.items ?? []).compactMap(\.string)
        checkExpression(node, bases)
        guard let canonical = node["derivedFrom"]?.string, let origin = origin(canonical) else { return }
        if !origin.bases.contains("Resource") {
            for item in node["base"]?.items ?? [] {
                guard let name = item.string, !origin.bases.contains(name),
                    !(origin.bases.contains("DomainResource") && isDomainResource(name))
                else { continue }
                report(.value, at: item.index, "the search parameter that this derives from is not for this type")
            }
        }
        if let type = node["type"], let name = type.string, name != origin.type {
            report(.value, at: type.index, "the search parameter that this derives from has the type \(origin.type)")
        }
    }

    private mutating func origin(_ canonical: String) -> (bases: [String], type: String)? {
        let url = String(canonical.prefix { $0 != "|" })
        if let known = definitions.searchParameters.first(where: { $0.url == url }) {
            return (known.bases.map { definitions.name(of: $0) }, known.type.rawValue)
        }
        guard let node = artifact(canonical, "SearchParameter"), let type = node["type"]?.string else { return nil }
        return ((node["base"]?.items ?? []).compactMap(\.string), type)
    }

    private func isDomainResource(_ name: String) -> Bool {
        guard let type = definitions.resourceType(named: name), let base = definitions.type(named: "DomainResource")
        else { return false }
        return definitions.isKind(type, of: base)
    }

    /// Each branch of the expression starts at one of the bases.
    private mutating func checkExpression(_ node: JSONNode, _ bases: [String]) {
        guard let expression = node["expression"], let text = expression.string, !bases.isEmpty,
            !bases.contains("Resource"), !bases.contains("DomainResource")
        else { return }
        for branch in text.split(separator: "|") {
            let name = branch.drop { $0 == " " || $0 == "(" }.prefix { $0.isLetter }
            guard let type = definitions.resourceType(named: String(name)), !definitions[type].isAbstract,
                !bases.contains(String(name))
            else { continue }
            report(.value, at: expression.index, "the expression starts at \(name), which is none of the bases")
            return
        }
    }
}
