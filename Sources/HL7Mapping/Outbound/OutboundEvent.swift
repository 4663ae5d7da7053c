package import JSONTape

/// A resource as it was and as it is now, with what it refers to: all that a message is made of.
package struct OutboundEvent: Sendable {
    /// The version before; nil if the resource is new.
    package var old: JSONNode?
    package var new: JSONNode
    /// Resources by `Type/id`.
    package var related: [String: JSONNode]
    /// The reports that hold the resource, where it is a result.
    package var reports: [JSONNode] = []
    /// When the change happened, as a FHIR instant.
    package var recorded: String

    package init(old: JSONNode?, new: JSONNode, related: [String: JSONNode] = [:], recorded: String) {
        self.old = old
        self.new = new
        self.related = related
        self.recorded = recorded
    }

    var type: String { new["resourceType"]?.string ?? "" }
    var id: String { new["id"]?.string ?? "" }

    func status(_ node: JSONNode?) -> String { node?["status"]?.string ?? "" }
    var newStatus: String { status(new) }
    var oldStatus: String { status(old) }

    /// What a Reference points at, if it is at hand.
    func resolve(_ reference: JSONNode?) -> JSONNode? {
        reference?["reference"]?.string.flatMap { related[$0.withoutVersion] }
    }

    /// Types whose resources messages tell of beside the one that changed.
    package static let relatedTypes: Set<String> = [
        "Account", "ChargeItem", "Encounter", "Location", "Observation", "Organization", "Patient", "Practitioner",
        "PractitionerRole", "ServiceRequest", "Specimen",
    ]

    /// Every local reference to one of these types, in document order.
    package static func references(of node: JSONNode) -> [String] {
        var found: [String] = []
        collect(node, &found)
        return found
    }

    private static func collect(_ node: JSONNode, _ found: inout [String]) {
        if node.isArray {
            for item in node.items { collect(item, &found) }
        } else if node.isObject {
            for (key, value) in node.members {
                guard key == "reference", let text = value.string else {
                    collect(value, &found)
                    continue
                }
                let local = text.withoutVersion
                let parts = local.split(separator: "/", omittingEmptySubsequences: false)
                if parts.count == 2, relatedTypes.contains(String(parts[0])), !found.contains(local) {
                    found.append(local)
                }
            }
        }
    }
}

extension String {
    /// `Patient/7` of `Patient/7/_history/2`.
    var withoutVersion: String {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[2] == "_history" ? "\(parts[0])/\(parts[1])" : self
    }
}
