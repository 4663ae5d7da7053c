internal import JSONTape

extension FHIRObject {
    /// The object of a stored resource, numbers with their digits as stored.
    init(_ node: JSONNode) {
        self.init()
        for (key, value) in node.members { set(key, FHIRValue(value)) }
    }

    /// The object of a resource's JSON; nil for what is none.
    init?(json: [UInt8]) {
        guard let document = try? Document.parse(json) else { return nil }
        self.init(JSONNode(document))
    }

    /// System and value of the items of `identifier` that have both.
    var identifiers: [FHIRIdentifier] {
        guard case .array(let items)? = self["identifier"] else { return [] }
        return items.compactMap { item in
            guard case .object(let object) = item, case .string(let system)? = object["system"],
                case .string(let value)? = object["value"]
            else { return nil }
            return FHIRIdentifier(system: system, value: value)
        }
    }

    /// The same without these elements and their companions.
    func dropping(_ names: Set<String>) -> FHIRObject {
        var result = FHIRObject()
        for member in members {
            let name = member.key.hasPrefix("_") ? String(member.key.dropFirst()) : member.key
            if !names.contains(name) { result.set(member.key, member.value) }
        }
        return result
    }

    /// Text of an element; nil for one that is not there or no text.
    func text(_ key: String) -> String? {
        if case .string(let text)? = self[key] { text } else { nil }
    }

    /// The same with references to resources of the message turned into references to those of the store.
    func replacing(references: [String: String]) -> FHIRObject {
        guard !references.isEmpty else { return self }
        var result = FHIRObject()
        for member in members { result.set(member.key, member.value.replacing(references, key: member.key)) }
        return result
    }
}

extension FHIRValue {
    init(_ node: JSONNode) {
        switch node.kind {
        case .object: self = .object(FHIRObject(node))
        case .array: self = .array(node.elements.map { FHIRValue($0) })
        case .number: self = .number(node.numberText ?? "0")
        case .true, .false: self = .bool(node.bool ?? false)
        default: self = .string(node.string ?? "")
        }
    }

    fileprivate func replacing(_ references: [String: String], key: String) -> FHIRValue {
        switch self {
        case .object(let object): .object(object.replacing(references: references))
        case .array(let items): .array(items.map { $0.replacing(references, key: key) })
        case .string(let text): key == "reference" ? .string(references[text] ?? text) : self
        case .number, .bool: self
        }
    }
}
