import FHIRDefinitions
import JSONTape

/// Constraints that snapshots repeat at every element: those of all elements, and of extensions.
///
/// Constraints of other types hold where the type is used; snapshots leave them to the type's own definition.
enum TypeConstraints {
    /// Those that an element begins with which a type defines; nil if there are none.
    static func of(_ element: ElementMembers) -> JSONNode? {
        let codes = element.typeCodes
        if element.contentReference == nil {
            // Neither the text of primitives nor whole resources are elements.
            guard let code = codes.first, !code.contains(":"), !isResource(code) else { return nil }
        }
        let types = codes == ["Extension"] ? ["Element", "Extension"] : ["Element"]
        return JSONNode.array(of: types.flatMap(constraints))
    }

    private static func isResource(_ code: String) -> Bool {
        let definitions = FHIRDefinitions.r4
        return definitions.type(named: code).map { definitions[$0].kind == .resource } ?? false
    }

    /// The constraints that a type's own definition states of its root, with their source.
    private static func constraints(of type: String) -> [JSONNode] {
        let url = StandardStructures.url(ofType: type)
        let root = StandardStructures.r4.structureDefinition(CanonicalURL(url: url))?["differential"]?["element"]?
            .items.first
        var merger = ElementMerger(
            element: ElementMembers(), url: url, id: type, isConstraint: false, isNewSlice: false)
        if let root { merger.merge(ElementMembers(root)) }
        return merger.element["constraint"]?.items ?? []
    }
}
