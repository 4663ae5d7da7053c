import JSONTape

/// Back to text.
extension EditableJSON {
    /// The value as JSON. Objects and arrays that a patch has emptied are left out: FHIR has no empty ones
    /// (R4 json.html), so taking away the last name takes away `name`.
    var bytes: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer, keepsPlaces: false)
        return writer.bytes
    }

    /// The value as JSON, with every object and array that has been emptied: each value is where it is here.
    var wholeBytes: [UInt8] {
        var writer = JSONWriter()
        writeWhole(to: &writer)
        return writer.bytes
    }

    private func writeWhole(to writer: inout JSONWriter) {
        switch self {
        case .source(let document, let index): writer.copy(document, index)
        case .null: writer.null()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.key(named: member.name)
                member.value.writeWhole(to: &writer)
            }
            writer.endObject()
        case .array(let elements):
            writer.beginArray()
            for element in elements { element.writeWhole(to: &writer) }
            writer.endArray()
        }
    }

    /// - Parameter keepsPlaces: within an array that is aligned with another, where `null` keeps the place.
    private func write(to writer: inout JSONWriter, keepsPlaces: Bool) {
        switch self {
        case .source(let document, let index): writer.copy(document, index)
        case .null: writer.null()
        case .object(let members):
            writer.beginObject()
            for member in members where !member.value.isEmptied {
                writer.key(named: member.name)
                member.value.write(to: &writer, keepsPlaces: member.name.utf8.first == UInt8(ascii: "_"))
            }
            writer.endObject()
        case .array(let elements):
            writer.beginArray()
            for element in elements {
                if !element.isEmptied {
                    element.write(to: &writer, keepsPlaces: false)
                } else if keepsPlaces {
                    writer.null()
                }
            }
            writer.endArray()
        }
    }

    /// Whether this is a container that a patch left without content. One that came empty with the patch is not: the
    /// outcome is refused then.
    private var isEmptied: Bool {
        switch self {
        case .object(let members): members.allSatisfy(\.value.isEmptied)
        case .array(let elements): elements.allSatisfy(\.isEmptied)
        case .source, .null: false
        }
    }
}

/// What a patch may still add: `copy` could double a value with each operation.
struct PatchBudget {
    private var byteCount: Int
    private let depth: Int

    init(_ limits: PatchLimits) {
        byteCount = limits.addedByteCount
        depth = limits.depth
    }

    /// Takes the size of `value`, which goes below `level` others; throws `.tooCostly`.
    mutating func spend(on value: EditableJSON, level: Int) throws(PatchError) {
        guard level <= depth else { throw PatchError(.tooCostly, "the resource would be nested too deeply") }
        switch value {
        case .null: byteCount -= 4
        // Its own depth was limited when it was parsed; that of the sum is checked in the end.
        case .source(let document, let index): byteCount -= document.byteRange(index).count
        case .object(let members):
            for member in members {
                byteCount -= member.name.utf8.count + 4
                try spend(on: member.value, level: level + 1)
            }
        case .array(let elements):
            for element in elements { try spend(on: element, level: level + 1) }
        }
        guard byteCount >= 0 else { throw PatchError(.tooCostly, "the patch adds too much content") }
    }
}
