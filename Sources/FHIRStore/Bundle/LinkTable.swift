import FHIRDefinitions

/// New addresses of the resources that a transaction creates, by the `fullUrl` that its entries use for them.
///
/// Replaced where R4 http#trules says: `Reference.reference`, elements of type uri, url, oid and uuid, and links in
/// the narrative; never canonicals, never plain strings such as identifier values.
struct LinkTable: Sendable {
    /// Where a string stands, as far as links go.
    enum Place: Sendable { case none, link, narrative }

    /// `Type/id` by fullUrl.
    private var targets: [String: String] = [:]
    private let referenceType: TypeID?
    private let narrativeTypes: Set<TypeID>
    private let linkTypes: Set<TypeID>

    init(definitions: FHIRDefinitions) {
        referenceType = definitions.type(named: "Reference")
        narrativeTypes = Set([definitions.type(named: "xhtml")].compactMap(\.self))
        linkTypes = Set(["uri", "url", "oid", "uuid"].compactMap { definitions.type(named: $0) })
    }

    var isEmpty: Bool { targets.isEmpty }

    subscript(fullURL: String) -> String? {
        get { targets[fullURL] }
        set { targets[fullURL] = newValue }
    }

    func isLink(_ property: Property, named name: UnsafeBufferPointer<UInt8>, in type: TypeID) -> Place {
        if property.isCompanion { return .none }
        if type == referenceType { return name.elementsEqual("reference".utf8) ? .link : .none }
        if narrativeTypes.contains(property.type) { return .narrative }
        return linkTypes.contains(property.type) ? .link : .none
    }

    /// What `text` becomes at such a place; nil if it stays.
    func replacement(for text: String, at place: Place) -> String? {
        switch place {
        case .none: return nil
        case .link:
            if let target = targets[text] { return target }
            // A fragment or version suffix stays behind the new address.
            guard let mark = text.firstIndex(where: { $0 == "#" }), let target = targets[String(text[..<mark])] else {
                return nil
            }
            return target + text[mark...]
        case .narrative:
            guard text.contains("urn:") else { return nil }
            var result = text
            for (fullURL, target) in targets where result.contains(fullURL) {
                for attribute in ["href", "src"] {
                    result = result.replacing("\(attribute)=\"\(fullURL)\"", with: "\(attribute)=\"\(target)\"")
                }
            }
            return result == text ? nil : result
        }
    }
}
