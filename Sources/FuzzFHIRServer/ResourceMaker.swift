import FHIRDefinitions
import JSONTape

/// Resources made of the definitions: most pass the server's checks, some by a little do not.
struct ResourceMaker {
    private static let greatestDepth = 5

    let definitions: FHIRDefinitions
    var random: Randomness

    /// A resource as JSON.
    mutating func resource(_ type: TypeID, id: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", definitions.name(of: type))
        if let id { writer.member("id", id) }
        members(of: type, depth: 0, percent: 8 + random.below(25), to: &writer)
        writer.endObject()
        return writer.bytes
    }

    private static let skipped: Set<String> = ["id", "contained", "extension", "modifierExtension"]

    private mutating func members(of type: TypeID, depth: Int, percent: Int, to writer: inout JSONWriter) {
        for element in definitions.elements(of: type) {
            let isWanted = element.min > 0 ? !random.chance(1) : random.chance(percent)
            guard isWanted, depth < Self.greatestDepth || element.min > 0, !element.types.isEmpty else { continue }
            if Self.skipped.contains(element.name), !random.chance(4) { continue }
            let value = random.pick(element.types)
            let typeName = definitions.name(of: value.type)
            let key =
                element.isChoice ? element.name + typeName.prefix(1).uppercased() + typeName.dropFirst() : element.name
            writer.key(named: key)
            let isArray = element.isRepeating != random.chance(1)
            if isArray { writer.beginArray() }
            for _ in 0..<(isArray ? 1 + random.below(3) : 1) {
                write(value, element, depth: depth + 1, percent: percent, to: &writer)
            }
            if isArray { writer.endArray() }
        }
    }

    private mutating func write(
        _ value: ElementType, _ element: ElementDefinition, depth: Int, percent: Int, to writer: inout JSONWriter
    ) {
        let definition = definitions[value.type]
        if definition.kind == .primitive {
            primitive(definition.name, element, to: &writer)
            return
        }
        writer.beginObject()
        switch definition.name {
        case "Reference": reference(value, to: &writer)
        case "Extension":
            writer.member("url", "http://example.org/extension")
            writer.member("valueString", random.pick(Self.texts))
        case _ where definition.kind == .resource || definition.name == "Resource":
            writer.member("resourceType", "Basic")
            writer.member("id", "c\(random.below(4))")
        default: members(of: value.type, depth: depth, percent: percent / 2, to: &writer)
        }
        writer.endObject()
    }

    private mutating func reference(_ value: ElementType, to writer: inout JSONWriter) {
        let target = random.pick(value.targets.isEmpty ? definitions.resourceTypes : value.targets)
        let name = definitions.name(of: target)
        switch random.below(8) {
        case 0: writer.member("display", random.pick(Self.texts))
        case 1: writer.member("reference", "#c\(random.below(4))")
        case 2: writer.member("reference", "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-11111111111\(random.below(8))")
        case 3: writer.member("reference", "http://elsewhere.example/fhir/\(name)/f\(random.below(12))/_history/2")
        case 4: writer.member("reference", "\(name)?identifier=a|\(random.below(4))")
        default: writer.member("reference", "\(name)/f\(random.below(12))")
        }
    }

    // MARK: - Primitives

    private static let texts = [
        "a", "Smith", "Çelik", "x y", "O'Hara", "a%b_c", "\\", "\u{1F600}", "e\u{301}", "ﬁ", "İ", "a|b", "a$b", "a,b",
        "'; DROP TABLE patient; --", String(repeating: "long ", count: 600), "\u{FFFF}", "<b>&amp;</b>", "\t", "\u{85}",
    ]

    private mutating func primitive(_ name: String, _ element: ElementDefinition, to writer: inout JSONWriter) {
        if random.chance(1) {
            writer.raw(Array(random.pick(["null", "\"\"", "1e999", "-1", "[]", "{}", "true", "\"%\"", "[[1]]"]).utf8))
            return
        }
        switch name {
        case "boolean": writer.bool(random.chance(50))
        case "integer", "unsignedInt", "positiveInt":
            writer.raw(Array(random.pick(["1", "2", "2147483647", "100", "7"]).utf8))
        case "decimal":
            let values = ["0", "1.50", "-3.7", "1e10", "1E-300", "12345678901234567890.123456789", "1e400", "0.000"]
            writer.raw(Array(random.pick(values).utf8))
        default: writer.string(text(name, element))
        }
    }

    private mutating func text(_ name: String, _ element: ElementDefinition) -> String {
        switch name {
        case "code": code(element) ?? random.pick(["a", "text/plain", "en", "mg"])
        case "uri", "url", "canonical": random.pick(["http://example.org/a", "urn:oid:1.2.3", "http://a/b|1", "x"])
        case "oid": "urn:oid:1.2.\(random.below(9))"
        case "uuid": "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-111111111111"
        case "id": "f\(random.below(12))"
        case "date": random.pick(["2020", "2020-02", "2020-02-29", "0001-01-01", "9999-12-31", "2021-02-29"])
        case "dateTime":
            random.pick(["2020", "2020-02", "2020-02-29T10:00:00Z", "9999-12-31T23:59:60+14:00", "0001", "2020-02-30"])
        case "instant":
            random.pick(["2020-02-29T10:00:00Z", "0001-01-01T00:00:00Z", "2020-02-29T10:00:00.123456789123-14:00"])
        case "time": random.pick(["10:00:00", "23:59:60.5", "24:00:00"])
        case "base64Binary": random.pick(["YQ==", "YWJj", "=", "YQ"])
        case "xhtml": random.pick(["<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>", "<div>a</div>", "<script/>"])
        default: random.pick(Self.texts)
        }
    }

    private mutating func code(_ element: ElementDefinition) -> String? {
        guard let binding = element.binding, let codes = definitions.codes(ofValueSet: binding.valueSet)?.codes,
            !codes.isEmpty
        else { return nil }
        return random.pick(codes)
    }
}
