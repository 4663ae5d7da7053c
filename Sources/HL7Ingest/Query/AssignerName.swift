import HL7Mapping
import HL7Syntax

/// An assigning authority in a query, by the same rules as in messages that state identifiers.
struct AssignerName {
    private let namespace: String
    private let universalID: String
    private let type: String

    init(namespace: String?, universalID: String?, type: String?) {
        self.namespace = namespace ?? ""
        self.universalID = universalID ?? ""
        self.type = type ?? ""
    }

    /// CX.4.
    init(_ component: Component) {
        self.init(
            namespace: component[subcomponent: 1].value, universalID: component[subcomponent: 2].value,
            type: component[subcomponent: 3].value)
    }

    /// The system; nil where nothing is named.
    func system(_ profile: SourceProfile) -> String? {
        profile.identifierSystem(namespace: namespace, universalID: universalID, type: type)
    }
}
