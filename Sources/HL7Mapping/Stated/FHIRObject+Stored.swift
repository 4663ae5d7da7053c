internal import JSONTape

extension FHIRObject {
    /// The object of a stored resource, numbers with their digits as stored.
    init(_ node: JSONNode) {
        self.init()
        for (key, value) in node.members { set(key, FHIRValue(value)) }
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
