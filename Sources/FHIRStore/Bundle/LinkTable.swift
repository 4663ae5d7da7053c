import FHIRDefinitions

/// New addresses of the resources that a transaction writes, by the `fullUrl` that its entries use for them.
///
/// Replaced where R4 http.html#trules says: `Reference.reference`, elements of type uri, url, oid and uuid, and links
/// in the narrative; never canonicals, never plain strings such as identifier values.
struct LinkTable: Sendable {
    /// Where a string stands, as far as links go.
    enum Place: Sendable { case none, reference, link, narrative }

    /// `Type/id` by fullUrl.
    private var targets: [String: String] = [:]
    /// `Type/id` by `Type?criteria`.
    private var conditionalTargets: [String: String] = [:]
    /// Addresses of other servers under which entries have their `fullUrl`, with `Type/id` there to `Type/id` here.
    private var relativeTargets: [Substring: [String: String]] = [:]
    /// Those of the entry at hand.
    private var relatives: [String: String] = [:]
    private let definitions: FHIRDefinitions
    private let bundleType: TypeID?
    private let referenceType: TypeID?
    private let narrativeTypes: Set<TypeID>
    private let linkTypes: Set<TypeID>

    init(definitions: FHIRDefinitions) {
        self.definitions = definitions
        bundleType = definitions.type(named: "Bundle")
        referenceType = definitions.type(named: "Reference")
        narrativeTypes = Set([definitions.type(named: "xhtml")].compactMap(\.self))
        linkTypes = Set(["uri", "url", "oid", "uuid"].compactMap { definitions.type(named: $0) })
    }

    /// Whether nothing is to be replaced anywhere.
    var isEmpty: Bool { targets.isEmpty && conditionalTargets.isEmpty }

    /// Has links to `fullURL` lead to `target`, a `Type/id`.
    mutating func add(_ fullURL: String, _ target: String) {
        targets[fullURL] = target
        guard let address = RESTAddress(fullURL, definitions: definitions), address.path != target else { return }
        relativeTargets[address.base, default: [:]][String(address.path)] = target
    }

    /// Has conditional references of this text lead to `target`, a `Type/id` (R4 http.html#trules).
    mutating func add(conditional text: String, _ target: String) {
        conditionalTargets[text] = target
    }

    /// The table as it is for an entry with this `fullUrl`: relative references are relative to it
    /// (R4 bundle.html#references).
    func forEntry(_ fullURL: String?) -> LinkTable {
        guard !relativeTargets.isEmpty, let fullURL, let address = RESTAddress(fullURL, definitions: definitions),
            let relatives = relativeTargets[address.base]
        else { return self }
        var table = self
        table.relatives = relatives
        return table
    }

    /// Whether resources of the type stay as they are: links of a Bundle are about its own entries.
    func keepsAsSent(_ type: TypeID) -> Bool { type == bundleType }

    func place(of property: Property, named name: UnsafeBufferPointer<UInt8>, in type: TypeID) -> Place {
        if property.isCompanion { return .none }
        if type == referenceType { return name.elementsEqual("reference".utf8) ? .reference : .none }
        if narrativeTypes.contains(property.type) { return .narrative }
        return linkTypes.contains(property.type) ? .link : .none
    }

    /// What `text` becomes at such a place; nil if it stays.
    func replacement(for text: String, at place: Place) -> String? {
        switch place {
        case .none: nil
        case .reference: target(of: text) ?? conditionalTargets[text] ?? relatives[text]
        case .link: target(of: text)
        case .narrative: NarrativeLinks.replacing(in: text) { target(of: $0) ?? relatives[$0] }
        }
    }

    /// A fragment stays behind the new address.
    private func target(of text: String) -> String? {
        if let target = targets[text] { return target }
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "#")), let target = targets[String(text[..<mark])] else {
            return nil
        }
        return target + text[mark...]
    }
}
