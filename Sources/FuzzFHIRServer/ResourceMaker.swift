import FHIRDefinitions
import JSONTape

/// Resources made of the definitions; where strange ones are wanted, some by a little do not pass the server's checks.
struct ResourceMaker {
    private static let greatestDepth = 5

    let definitions: FHIRDefinitions
    var random: Randomness
    /// Out of a thousand elements, how many are to be wrong.
    var strangeness = 0

    private mutating func isStrange() -> Bool { random.below(1000) < strangeness }

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
        for element in wanted(of: type, depth: depth, percent: percent) {
            var types = element.types
            // Nothing is empty, so what is deep has to end in values.
            let primitives = types.filter { definitions[$0.type].kind == .primitive }
            if depth >= Self.greatestDepth, !primitives.isEmpty { types = primitives }
            let value = random.pick(types)
            let typeName = definitions.name(of: value.type)
            let key =
                element.isChoice ? element.name + typeName.prefix(1).uppercased() + typeName.dropFirst() : element.name
            writer.key(named: key)
            let isArray = element.isRepeating != isStrange()
            if isArray { writer.beginArray() }
            for _ in 0..<(isArray ? 1 + random.below(3) : 1) {
                write(value, element, depth: depth + 1, percent: percent, to: &writer)
            }
            if isArray { writer.endArray() }
        }
    }

    /// The elements that are to be there: those that must be, others by chance, at least one in what is no resource.
    private mutating func wanted(of type: TypeID, depth: Int, percent: Int) -> [ElementDefinition] {
        let elements = definitions.elements(of: type).filter { !$0.types.isEmpty }
        var wanted: [ElementDefinition] = []
        for element in elements {
            let isWanted = element.min > 0 ? !isStrange() : random.chance(percent)
            guard isWanted, depth < Self.greatestDepth || element.min > 0 else { continue }
            if Self.skipped.contains(element.name), depth == 0 && element.name == "id" || !random.chance(4) { continue }
            wanted.append(element)
        }
        guard wanted.isEmpty, depth > 0, !isStrange() else { return wanted }
        let candidates = elements.filter { element in
            !Self.skipped.contains(element.name)
                && element.types.contains { definitions[$0.type].kind == .primitive }
        }
        return [candidates.isEmpty ? random.pick(elements) : random.pick(candidates)]
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
        case "Identifier":
            writer.member("system", "a")
            writer.member("value", "\(random.below(4))")
        case "Reference": reference(value, to: &writer)
        case "Extension":
            writer.member("url", "http://example.org/extension")
            writer.member("valueString", random.pick(Self.texts))
        case _ where definition.kind == .resource || definition.name == "Resource":
            writer.raw(Array(#""resourceType":"Basic","id":"c\#(random.below(4))","code":{"text":"a"}"#.utf8))
        default: members(of: value.type, depth: depth, percent: percent / 2, to: &writer)
        }
        writer.endObject()
    }

    private mutating func reference(_ value: ElementType, to writer: inout JSONWriter) {
        let target = random.pick(value.targets.isEmpty ? definitions.resourceTypes : value.targets)
        let name = definitions.name(of: target)
        switch random.below(isStrange() ? 6 : 9) {
        case 0: writer.member("reference", "#c\(random.below(4))")
        case 1: writer.member("reference", "\(name)?identifier=a|\(random.below(4))")
        case 2: writer.member("reference", "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-11111111111\(random.below(8))")
        case 3: writer.member("reference", "http://elsewhere.example/fhir/\(name)/f\(random.below(12))/_history/2")
        case 4: writer.member("display", random.pick(Self.texts))
        default: writer.member("reference", "\(name)/f\(random.below(Corpus.idCount))")
        }
    }

    // MARK: - Primitives

    private static let texts = [
        "a", "Smith", "Çelik", "x y", "O'Hara", "a%b_c", "\\", "\u{1F600}", "e\u{301}", "ﬁ", "İ", "a|b", "a$b", "a,b",
        "'; DROP TABLE patient; --", String(repeating: "long ", count: 600), "<b>&amp;</b>", "line\nline",
    ]

    private mutating func primitive(_ name: String, _ element: ElementDefinition, to writer: inout JSONWriter) {
        if isStrange() {
            writer.raw(Array(random.pick(["null", "\"\"", "1e999", "-1", "[]", "{}", "true", "\"%\"", "[[1]]"]).utf8))
            return
        }
        switch name {
        case "boolean": writer.bool(random.chance(50))
        case "integer", "unsignedInt", "positiveInt":
            writer.raw(Array(random.pick(["1", "2", "2147483647", "100", "7"]).utf8))
        case "decimal":
            let values = ["0", "1.50", "-3.7", "1e10", "1E-300", "12345678901234567890.123456789", "0.000"]
            writer.raw(Array(random.pick(values).utf8))
        default: writer.string(isStrange() ? strangeText(name) : text(name, element))
        }
    }

    private mutating func text(_ name: String, _ element: ElementDefinition) -> String {
        switch name {
        case "code": code(element) ?? random.pick(["a", "text/plain", "en", "mg"])
        case "uri", "url", "canonical": random.pick(["http://example.org/a", "urn:oid:1.2.3", "http://a/b|1", "x"])
        case "oid": "urn:oid:1.2.\(random.below(9))"
        case "uuid": "urn:uuid:5e1b4a6a-53c0-4a1c-9d2a-111111111111"
        case "id": "f\(random.below(12))"
        case "date": random.pick(["2020", "2020-02", "2020-02-29", "0001-01-01", "9999-12-31"])
        case "dateTime": random.pick(["2020", "2020-02", "2020-02-29T10:00:00Z", "9999-12-31T23:59:60+14:00", "0001"])
        case "instant":
            random.pick(["2020-02-29T10:00:00Z", "0001-01-01T00:00:00Z", "2020-02-29T10:00:00.123456789123-14:00"])
        case "time": random.pick(["10:00:00", "23:59:60.5"])
        case "base64Binary": random.pick(["YQ==", "YWJj"])
        case "xhtml":
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(random.pick(["a", "Smith &amp; <b>x y</b>"]))</div>"
        default: random.pick(Self.texts)
        }
    }

    private mutating func strangeText(_ name: String) -> String {
        switch name {
        case "date", "dateTime", "instant":
            random.pick(["2021-02-29", "2020-02-30", "2020-13", "10:00", "2020-01-01T10:00", "-1", "\u{660}"])
        case "time": random.pick(["24:00:00", "1:00"])
        case "base64Binary": random.pick(["=", "YQ", "%"])
        case "xhtml": random.pick(["<div>a</div>", "<script/>", "<div xmlns=\"http://www.w3.org/1999/xhtml\">"])
        default:
            random.pick([
                "", " ", "\t", "\u{85}", "\u{FFFF}", " a", "a\u{0}", "\u{FEFF}", "a  b\n",
                String(repeating: "é", count: 3000),
            ])
        }
    }

    private mutating func code(_ element: ElementDefinition) -> String? {
        guard let binding = element.binding, let codes = definitions.codes(ofValueSet: binding.valueSet)?.codes,
            !codes.isEmpty
        else { return nil }
        return random.pick(codes)
    }
}
