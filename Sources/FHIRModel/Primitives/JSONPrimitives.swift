package import JSONTape

/// The primitives that Swift has a type for: boolean; the integers; everything whose text is kept as a string.
extension Bool: FHIRModelType {
    package init(from node: JSONNode) throws(FHIRModelError) {
        guard let value = node.bool else { throw FHIRModelError(.wrongKind) }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.bool(self) }
    package static var isPrimitive: Bool { true }
}

extension Int: FHIRModelType {
    package init(from node: JSONNode) throws(FHIRModelError) {
        guard node.isNumber else { throw FHIRModelError(.wrongKind) }
        guard let value = node.integer else { throw FHIRModelError(.invalidValue) }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.number(self) }
    package static var isPrimitive: Bool { true }
}

extension String: FHIRModelType {
    package init(from node: JSONNode) throws(FHIRModelError) {
        guard let value = node.string else { throw FHIRModelError(.wrongKind) }
        self = value
    }

    package func write(to writer: inout JSONWriter) { writer.string(self) }
    package static var isPrimitive: Bool { true }
}
