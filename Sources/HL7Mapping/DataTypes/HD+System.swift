internal import HL7Syntax

/// HD (and the like in CX.4, EI.2–4, XON.6) to the URI of an identifier system.
struct AssigningAuthority: Sendable, Hashable {
    let namespace: String
    let universalID: String
    let universalIDType: String

    /// From the subcomponents of one component: CX.4, XCN.9, XON.6.
    init(_ component: Component) {
        namespace = component[subcomponent: 1].value?.cleaned ?? ""
        universalID = component[subcomponent: 2].value?.cleaned ?? ""
        universalIDType = component[subcomponent: 3].value?.cleaned ?? ""
    }

    /// From three components in a row: MSH-4, EI.2–4.
    init(_ repetition: Repetition, first: Int) {
        namespace = repetition[component: first].value?.cleaned ?? ""
        universalID = repetition[component: first + 1].value?.cleaned ?? ""
        universalIDType = repetition[component: first + 2].value?.cleaned ?? ""
    }

    /// From the subcomponents of one, where an EI stands inside another type (EIP.1): &namespace&id&type.
    init(nested component: Component) {
        namespace = component[subcomponent: 2].value?.cleaned ?? ""
        universalID = component[subcomponent: 3].value?.cleaned ?? ""
        universalIDType = component[subcomponent: 4].value?.cleaned ?? ""
    }

    var isEmpty: Bool { namespace.isEmpty && universalID.isEmpty }

    /// The system as the standard names it; `nil` when there is only a namespace, or nothing.
    var universalSystem: String? {
        guard !universalID.isEmpty, !universalID.contains(where: \.isWhitespace) else { return nil }
        switch universalIDType.uppercased() {
        case "ISO": return universalID.hasPrefix("urn:oid:") ? universalID : "urn:oid:" + universalID
        case "UUID", "GUID":
            let lower = universalID.lowercased()
            return lower.hasPrefix("urn:uuid:") ? lower : "urn:uuid:" + lower
        case "URI", "URL": return universalID
        default:
            // Without a type, dotted digits can only be an object identifier.
            let isOID = universalID.contains(".") && universalID.allSatisfy { $0 == "." || $0.isNumber }
            return isOID ? "urn:oid:" + universalID : nil
        }
    }

    /// The system for this source: universal, else what the profile says of the namespace, else a local one.
    func system(_ profile: SourceProfile) -> String? {
        if let known = profile.namespaces[namespace], !namespace.isEmpty { return known }
        if !namespace.isEmpty, let mapped = profile.mappedAssigner(namespace) { return mapped }
        if let universalSystem { return universalSystem }
        let name = namespace.isEmpty ? universalID : namespace
        return name.isEmpty ? nil : profile.localSystem("ns", name)
    }

    /// The text of the key part and of displays.
    var name: String { namespace.isEmpty ? universalID : namespace }
}
