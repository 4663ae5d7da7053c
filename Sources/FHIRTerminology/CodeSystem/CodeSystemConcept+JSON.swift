package import JSONTape

extension CodeSystemConcept {
    /// - Parameter content: an object with `designation` and `property` as concepts of a CodeSystem have them.
    package init(code: String, display: String?, content: JSONNode, isInactive: Bool) {
        let properties = ConceptReader.properties(content)
        self.init(
            code: code, display: display, designations: ConceptReader.designations(content), properties: properties,
            isInactive: isInactive, isAbstract: ConceptReader.isAbstract(properties))
    }
}
