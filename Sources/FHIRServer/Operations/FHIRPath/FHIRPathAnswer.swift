import FHIRDefinitions
import FHIRPath
import JSONTape

/// Writes what an expression gave as Parameters.
struct FHIRPathAnswer {
    private let evaluation: Evaluation
    private let definitions: FHIRDefinitions
    private var writer = JSONWriter()
    private var isEmpty = true

    init(evaluation: Evaluation, definitions: FHIRDefinitions) {
        self.evaluation = evaluation
        self.definitions = definitions
        writer.beginObject()
        writer.member("resourceType", "Parameters")
    }

    mutating func append(result: Items) {
        for item in result {
            begin()
            write("result", item)
        }
    }

    mutating func append(trace: Trace) {
        begin()
        writer.beginObject()
        writer.member("name", "trace")
        writer.key("part")
        writer.beginArray()
        write("name", .string(trace.name))
        for item in trace.items { write("item", item) }
        writer.endArray()
        writer.endObject()
    }

    /// The resource; FHIR knows no empty arrays, so one without parameters has no list of them.
    mutating func json() -> [UInt8] {
        if !isEmpty { writer.endArray() }
        writer.endObject()
        return writer.bytes
    }

    private mutating func begin() {
        guard isEmpty else { return }
        isEmpty = false
        writer.key("parameter")
        writer.beginArray()
    }

    // MARK: - Items

    private mutating func write(_ name: String, _ item: Item) {
        writer.beginObject()
        writer.member("name", name)
        switch item {
        case .node(let node): write(node)
        case .boolean(let value):
            writer.key("valueBoolean")
            writer.bool(value)
        case .integer(let value):
            writer.key("valueInteger")
            writer.number(value)
        case .decimal(let value):
            writer.key("valueDecimal")
            writer.raw(value.description.utf8)
        case .string(let text): write("valueString", text)
        case .temporal(let value):
            let key: StaticString =
                switch value.kind {
                case .date: "valueDate"
                case .dateTime: "valueDateTime"
                case .time: "valueTime"
                }
            writer.member(key, value.description)
        case .quantity(let value): write(value)
        case .type(let type):
            writer.key("part")
            writer.beginArray()
            write("namespace", .string(type.namespace))
            write("name", .string(type.name))
            writer.endArray()
        }
        writer.endObject()
    }

    /// FHIR has no empty strings (R4 datatypes.html#string): such a value has the reason why it is not there.
    private mutating func write(_ key: StaticString, _ text: String) {
        guard text.isEmpty else {
            writer.member(key, text)
            return
        }
        writer.key(named: "_\(key)")
        writer.beginObject()
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason")
        writer.member("valueCode", "unsupported")
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    private mutating func write(_ quantity: Quantity) {
        writer.key("valueQuantity")
        writer.beginObject()
        writer.key("value")
        writer.raw(quantity.value.description.utf8)
        switch quantity.unit {
        case .ucum(let code):
            writer.member("unit", code)
            writer.member("system", "http://unitsofmeasure.org")
            writer.member("code", code)
        case .calendar(let unit): writer.member("unit", unit.rawValue)
        case .other(let unit): writer.member("unit", unit)
        }
        writer.endObject()
    }

    // MARK: - Elements

    private mutating func write(_ node: Node) {
        let document = evaluation.document(of: node)
        let definition = definitions[node.type]
        if definition.kind == .resource, let index = node.value {
            writer.key("resource")
            writer.copy(document, index)
            return
        }
        let key = "value" + definition.name.prefix(1).uppercased() + definition.name.dropFirst()
        guard let owner = definitions.type(named: "Parameters.parameter"),
            definitions.property(named: key, of: owner) != nil
        else {
            writeParts(node, document)
            return
        }
        if let index = node.value {
            writer.key(named: key)
            writer.copy(document, index)
        }
        if let index = node.companion {
            writer.key(named: "_" + key)
            writer.copy(document, index)
        }
    }

    /// An element whose type Parameters do not take: its text, or its children by name.
    private mutating func writeParts(_ node: Node, _ document: Document) {
        if let text = evaluation.text(.node(node)) {
            write("valueString", text)
            return
        }
        writer.key("part")
        writer.beginArray()
        for (name, child) in evaluation.namedChildren(of: node) { write(name, .node(child)) }
        writer.endArray()
    }
}
