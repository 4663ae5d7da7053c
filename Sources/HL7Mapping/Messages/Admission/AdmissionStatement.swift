package import JSONTape

/// What an ADT message states, with the sets it states as a whole.
package struct AdmissionStatement: Sendable {
    /// A group of segments that lists everything of its kind: what is stored from the same sender and not among the
    /// members goes out of use (§2.7).
    package struct WholeSet: Sendable {
        package let type: String
        /// `Patient/id` in the message.
        package let patient: String
        /// `Encounter/id` in the message, where the set belongs to a visit.
        package let visit: String?
        /// `Type/id` in the message.
        package let members: Set<String>
        /// When the sender made the statement; nil if that cannot be read.
        package let stamp: ResultStamp?
    }

    package let message: StatedMessage
    package let sets: [WholeSet]
    /// `Encounter/id` with `Patient/id`: a visit that is stored for another patient waits for a person.
    package let visits: [String: String]
}

extension AdmissionStatement.WholeSet {
    /// The resource as it is once the sender no longer lists it; nil if it is out of use already, or not this sender's.
    /// - Parameters:
    ///   - json: the stored resource.
    ///   - visit: `Encounter/id` in the store.
    ///   - source: `meta.source` of what the sender's messages make.
    package func retire(_ json: JSONNode, visit: String?, source: String) -> [UInt8]? {
        guard json["meta"]?["source"]?.string == source else { return nil }
        var resource = FHIRObject(json)
        switch type {
        case "AllergyIntolerance":
            guard code(json, "clinicalStatus") == "active" else { return nil }
            resource.set("clinicalStatus", Self.inactive("allergyintolerance-clinical"))
        case "Condition":
            guard code(json, "clinicalStatus") == "active", json["encounter"]?["reference"]?.string == visit else {
                return nil
            }
            resource.set("clinicalStatus", Self.inactive("condition-clinical"))
        case "Coverage":
            guard json["status"]?.string == "active" else { return nil }
            resource.set("status", .string("cancelled"))
        case "RelatedPerson":
            guard json["active"]?.bool != false else { return nil }
            resource.set("active", .bool(false))
        default: return nil
        }
        return resource.json
    }

    private func code(_ json: JSONNode, _ element: String) -> String? {
        json[named: element]?["coding"]?.items.first?["code"]?.string
    }

    private static func inactive(_ system: String) -> FHIRValue {
        .concept("http://terminology.hl7.org/CodeSystem/" + system, "inactive")
    }
}
