import JSONTape

/// `Codable` for every model type, by way of its JSON.
///
/// A decoder hands over numbers as its own types, so exact decimals are kept only by `init(from:)` on a `JSONNode`
/// and `write(to:)`; through `JSONDecoder` a decimal passes as `Double` and `1.00` becomes `1`.
extension FHIRModelType where Self: FHIRCodableByJSON {
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package init(from decoder: any Decoder) throws {
        var writer = JSONWriter()
        try CodableJSON(from: decoder).write(to: &writer)
        try self.init(json: writer.bytes)
    }

    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func encode(to encoder: any Encoder) throws {
        let document = try Document.parse(json)
        try CodableJSON(JSONNode(document)).encode(to: encoder)
    }
}

/// Types that pass through their JSON to conform to `Codable`; `Bool`, `Int` and `String` have their own way.
package protocol FHIRCodableByJSON: Codable {}

/// A JSON value as decoders and encoders know it.
private enum CodableJSON: Codable {
    case null, bool(Bool), integer(Int), number(Double), string(String)
    case array([CodableJSON])
    case object([(key: String, value: CodableJSON)])

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(_ node: JSONNode) {
        if node.isObject {
            self = .object(node.members.map { ($0.key, CodableJSON($0.value)) })
        } else if node.isArray {
            self = .array(node.elements.map(CodableJSON.init))
        } else if let string = node.string {
            self = .string(string)
        } else if let bool = node.bool {
            self = .bool(bool)
        } else if let integer = node.integer {
            self = .integer(integer)
        } else if let number = node.numberText.flatMap(Double.init) {
            self = .number(number)
        } else {
            self = .null
        }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            self = .object(try object.allKeys.map { ($0.stringValue, try object.decode(CodableJSON.self, forKey: $0)) })
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [CodableJSON] = []
            while !array.isAtEnd { elements.append(try array.decode(CodableJSON.self)) }
            self = .array(elements)
        } else {
            try self.init(scalar: decoder.singleValueContainer())
        }
    }

    private init(scalar: any SingleValueDecodingContainer) throws {
        if scalar.decodeNil() {
            self = .null
        } else if let bool = try? scalar.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? scalar.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? scalar.decode(Double.self) {
            self = .number(number)
        } else {
            self = .string(try scalar.decode(String.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for member in members { try container.encode(member.value, forKey: Key(member.key)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            var container = encoder.singleValueContainer()
            try encodeScalar(to: &container)
        }
    }

    private func encodeScalar(to container: inout any SingleValueEncodingContainer) throws {
        switch self {
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .null, .array, .object: try container.encodeNil()
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.number(value)
        case .number(let value): writer.raw(Array("\(value)".utf8))
        case .string(let value): writer.string(value)
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.write(to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(named: member.key)
                member.value.write(to: &writer)
            }
            writer.endObject()
        }
    }
}
