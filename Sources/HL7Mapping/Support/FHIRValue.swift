internal import JSONTape

/// A piece of FHIR JSON being built. Empty things vanish on writing, because FHIR forbids them.
package enum FHIRValue: Sendable, Hashable {
    case object(FHIRObject)
    case array([FHIRValue])
    case string(String)
    /// The number's text, written exactly as it is.
    case number(String)
    case bool(Bool)

    /// Cleaned text; `nil` when nothing is left. FHIR strings hold no control characters and are never empty.
    static func text(_ text: String?) -> FHIRValue? {
        guard let text else { return nil }
        let clean = text.cleaned
        return clean.isEmpty ? nil : .string(clean)
    }

    var isEmpty: Bool {
        switch self {
        case .object(let object): object.isEmpty
        case .array(let items): items.allSatisfy(\.isEmpty)
        case .string(let text): text.isEmpty
        case .number, .bool: false
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .object(let object): object.write(to: &writer)
        case .array(let items):
            writer.beginArray()
            for item in items where !item.isEmpty { item.write(to: &writer) }
            writer.endArray()
        case .string(let text): writer.string(text)
        case .number(let text): writer.raw(text.utf8)
        case .bool(let value): writer.bool(value)
        }
    }
}

/// A JSON object in the order in which it was filled.
package struct FHIRObject: Sendable, Hashable {
    /// None of them is empty.
    private(set) var members: [Member] = []

    struct Member: Sendable, Hashable {
        let key: String
        var value: FHIRValue
    }

    init() {}

    /// From pairs; those without a value are left out.
    init(_ pairs: KeyValuePairs<String, FHIRValue?>) {
        members.reserveCapacity(pairs.count)
        for (key, value) in pairs { set(key, value) }
    }

    var isEmpty: Bool { members.isEmpty }

    subscript(_ key: String) -> FHIRValue? { members.first { $0.key == key }?.value }

    /// Puts a value, in the place of an earlier one; nothing happens with `nil` or an empty value.
    mutating func set(_ key: String, _ value: FHIRValue?) {
        guard let value, !value.isEmpty else { return }
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
        } else {
            members.append(Member(key: key, value: value))
        }
    }

    /// Adds to an array, which is made when missing.
    mutating func append(_ key: String, _ value: FHIRValue?) {
        guard let value, !value.isEmpty else { return }
        if let index = members.firstIndex(where: { $0.key == key }), case .array(var items) = members[index].value {
            // Let go of, so that it is changed and not copied.
            members[index].value = .bool(false)
            items.append(value)
            members[index].value = .array(items)
        } else {
            set(key, .array([value]))
        }
    }

    mutating func append(_ key: String, contentsOf values: [FHIRValue]) {
        for value in values { append(key, value) }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for member in members {
            writer.key(named: member.key)
            member.value.write(to: &writer)
        }
        writer.endObject()
    }

    /// The object as UTF-8 JSON.
    var json: [UInt8] {
        var writer = JSONWriter(reservingByteCount: 1024)
        write(to: &writer)
        return writer.bytes
    }
}

extension FHIRObject {
    /// The order of members means nothing: the store has one of its own.
    package static func == (left: FHIRObject, right: FHIRObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    package func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members { sum ^= member.hashValue }
        hasher.combine(sum)
    }
}

extension FHIRValue {
    static func object(_ pairs: KeyValuePairs<String, FHIRValue?>) -> FHIRValue { .object(FHIRObject(pairs)) }

    /// `{url, value[x]}`.
    static func `extension`(_ url: String, _ valueKey: String, _ value: FHIRValue?) -> FHIRValue? {
        guard let value, !value.isEmpty else { return nil }
        return .object(["url": .string(url), valueKey: value])
    }

    static func coding(_ system: String, _ code: String, display: String? = nil) -> FHIRValue {
        .object(["system": .string(system), "code": .string(code), "display": .text(display)])
    }

    static func concept(_ system: String, _ code: String, display: String? = nil) -> FHIRValue {
        .object(["coding": .array([.coding(system, code, display: display)])])
    }

    static func reference(_ reference: String, display: String? = nil) -> FHIRValue {
        .object(["reference": .string(reference), "display": .text(display)])
    }

    /// The `dataAbsentReason` concept, or the extension of the same meaning.
    static func dataAbsentReason(_ code: String) -> FHIRValue {
        .concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", code)
    }

    static func dataAbsentExtension(_ code: String) -> FHIRValue {
        let reason: FHIRValue = .object(["url": .string(ExtensionURL.dataAbsentReason), "valueCode": .string(code)])
        return .object(["extension": .array([reason])])
    }
}
