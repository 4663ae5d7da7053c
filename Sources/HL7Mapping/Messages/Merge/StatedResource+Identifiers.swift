package import JSONTape

extension StatedResource {
    /// The patient with the identifiers of this statement, and those of `prior` as old ones; nil if nothing changes.
    /// - Parameter stored: nil for a new patient.
    package func changingIdentifiers(_ stored: JSONNode?, to prior: StatedResource) -> [UInt8]? {
        let before = stored.map { FHIRObject($0) }
        var result = before ?? content
        var items: [FHIRValue] = []
        var seen: Set<FHIRIdentifier> = []
        func add(_ values: FHIRValue?, isOld: Bool = false) {
            guard case .array(let identifiers)? = values else { return }
            for case .object(var identifier) in identifiers {
                guard case .string(let value)? = identifier["value"] else {
                    items.append(.object(identifier))
                    continue
                }
                var system = ""
                if case .string(let text)? = identifier["system"] { system = text }
                let pair = FHIRIdentifier(system: system, value: value)
                guard seen.insert(pair).inserted else { continue }
                if isOld || prior.identifiers.contains(pair), !self.identifiers.contains(pair) {
                    identifier.set("use", .string("old"))
                }
                items.append(.object(identifier))
            }
        }
        add(before?["identifier"])
        add(content["identifier"])
        add(prior.content["identifier"], isOld: true)
        result.set("identifier", .array(items))
        if let before, before == result { return nil }
        var resource = FHIRObject(["resourceType": .string(type), "id": .string(id)])
        for member in result.members where !["resourceType", "id"].contains(member.key) {
            resource.set(member.key, member.value)
        }
        return resource.json
    }
}
