package import HL7Syntax

/// What a message would become in a store that knows neither its patients nor its orders.
package struct MessagePreview: Sendable {
    /// One resource, as JSON.
    package struct Resource: Sendable {
        package let type: String
        package let id: String
        package let json: [UInt8]
    }

    /// Each before those that refer to it.
    package private(set) var resources: [Resource] = []
    package private(set) var warnings: [MappingIssue] = []

    /// - Throws: `MappingError` as the map of the message's type does; 200 where there is none.
    package init(_ message: RawMessage, profile: SourceProfile) throws(MappingError) {
        let header = MessageHeader(message)
        if OrderMapping.kinds[header.messageType]?.contains(header.triggerEvent) ?? false {
            let mapping = try OrderMapping(message, profile: profile)
            add(mapping.stated([], parents: []))
        } else if let map = MessageMaps.map(for: header) {
            add(try map.map(message, profile: profile))
        } else {
            for mapping in try ORUMapping.all(message, profile: profile) {
                let mapped = mapping.resources(patientID: nil)
                resources += mapped.resources.map { Resource(type: $0.type, id: $0.id, json: $0.json) }
                warnings += mapped.warnings
            }
        }
    }

    private mutating func add(_ stated: StatedMessage) {
        resources += stated.mentioned.map { Resource(type: $0.type, id: $0.id, json: $0.json) }
        for resource in stated.resources where resource.absence == .create {
            guard let json = resource.json(over: nil) else { continue }
            resources.append(Resource(type: resource.type, id: resource.id, json: json))
        }
        warnings += stated.warnings
    }
}
