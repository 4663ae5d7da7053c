import Foundation
import JSONTape

/// What must hold for any input: no crash, the tape consistent, a stable round trip, and the same verdict and values
/// as Foundation's `JSONSerialization` wherever both define the answer.
enum JSONTapeCheck {
    /// Nil if all holds, else what does not.
    static func failure(of bytes: [UInt8]) -> String? {
        let document: Document
        do {
            document = try Document.parse(bytes, limits: JSONLimits())
        } catch {
            guard (0...bytes.count).contains(error.byteOffset) else { return "offset \(error.byteOffset)" }
            return foundationAccepts(bytes, despite: error) ? "refused (\(error)), Foundation accepts" : nil
        }
        if let fault = roundTripFault(document) { return fault }
        guard comparable(bytes) else { return nil }
        guard let reference = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]) else {
            return hasNumberBeyondDouble(JSONNode(document)) ? nil : "accepted, Foundation refuses"
        }
        return areEqual(JSONNode(document), reference) ? nil : "values differ"
    }

    /// Foundation guesses UTF-16 and UTF-32 from zero bytes and from the marks of those encodings, and it drops
    /// U+FEFF where a string goes on after an escape sequence.
    private static func comparable(_ bytes: [UInt8]) -> Bool {
        !bytes.contains(0) && !bytes.starts(with: [0xFF, 0xFE]) && !bytes.starts(with: [0xFE, 0xFF])
            && !zip(bytes, zip(bytes.dropFirst(), bytes.dropFirst(2))).contains { $0 == 0xEF && $1 == (0xBB, 0xBF) }
    }

    /// Foundation has doubles where FHIR has decimals, and refuses what they cannot hold.
    private static func hasNumberBeyondDouble(_ node: JSONNode) -> Bool {
        if let text = node.numberText {
            guard let value = Double(text) else { return true }
            return !value.isFinite || abs(value) < 1e-300 || abs(value) > 1e300
        }
        return node.elements.contains(where: hasNumberBeyondDouble)
            || node.members.contains { hasNumberBeyondDouble($0.value) }
    }

    private static func foundationAccepts(_ bytes: [UInt8], despite error: JSONSyntaxError) -> Bool {
        switch error.code {
        // Our own rules, on which Foundation has another opinion or none.
        case .duplicateKey, .nulCharacter, .tooDeep, .tooLarge, .numberTooLong, .exponentTooLarge: return false
        case .emptyString, .emptyArray, .emptyObject, .misplacedNull: return false
        default: break
        }
        guard comparable(bytes), !isTrailingComma(bytes, error.byteOffset) else { return false }
        return (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
    }

    /// Foundation lets `[1,]` and `{"a":1,}` pass, which RFC 8259 does not.
    private static func isTrailingComma(_ bytes: [UInt8], _ offset: Int) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "]") || bytes[offset] == UInt8(ascii: "}") else {
            return false
        }
        return bytes[..<offset].last { $0 > 0x20 } == UInt8(ascii: ",")
    }

    private static func roundTripFault(_ document: Document) -> String? {
        var first = JSONWriter()
        first.copy(document, Document.root)
        guard let again = try? Document.parse(first.bytes, limits: JSONLimits()) else { return "copy does not parse" }
        guard again.entryCount == document.entryCount else { return "copy has other entries" }
        var second = JSONWriter()
        second.copy(again, Document.root)
        guard first.bytes == second.bytes else { return "copy of the copy differs" }
        var rebuilt = JSONWriter()
        rebuild(JSONNode(document), into: &rebuilt)
        guard let third = try? Document.parse(rebuilt.bytes, limits: JSONLimits()) else { return "rebuilt is invalid" }
        return areEqual(JSONNode(document), JSONNode(third)) ? nil : "rebuilt differs"
    }

    private static func rebuild(_ node: JSONNode, into writer: inout JSONWriter) {
        switch node.kind {
        case .object:
            writer.beginObject()
            for member in node.members {
                writer.key(named: member.key)
                rebuild(member.value, into: &writer)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            for element in node.elements { rebuild(element, into: &writer) }
            writer.endArray()
        case .string, .escapedString: writer.string(node.string ?? "")
        default: writer.raw(node.source)
        }
    }

    private static func areEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        guard left.isString == right.isString, left.isString || left.kind == right.kind, left.count == right.count
        else { return false }
        switch left.kind {
        case .object:
            return zip(left.members, right.members).allSatisfy { member, other in
                Array(member.key.utf8) == Array(other.key.utf8) && areEqual(member.value, other.value)
                    && left[named: member.key] != nil
            }
        case .array: return zip(left.elements, right.elements).allSatisfy { areEqual($0, $1) }
        case .string, .escapedString: return left.string.map { Array($0.utf8) } == right.string.map { Array($0.utf8) }
        default: return left.source == right.source
        }
    }

    private static func areEqual(_ node: JSONNode, _ reference: Any) -> Bool {
        switch node.kind {
        case .object:
            guard let members = reference as? [String: Any] else { return false }
            // Canonically equivalent names are one key to Swift's dictionary and two to JSON.
            let names = Set(node.members.map(\.key))
            return names.count == members.count
                && (names.count != node.count
                    || node.members.allSatisfy { key, value in members[key].map { areEqual(value, $0) } ?? false })
        case .array:
            guard let elements = reference as? [Any], elements.count == node.count else { return false }
            return zip(node.elements, elements).allSatisfy { areEqual($0, $1) }
        case .string, .escapedString: return (reference as? String).map { Array($0.utf8) } == Array(node.string!.utf8)
        case .number:
            guard let number = reference as? NSNumber, let text = node.numberText, let value = Double(text) else {
                return false
            }
            return abs(number.doubleValue - value) <= abs(value) * 1e-9
        case .true, .false: return (reference as? Bool) == node.bool
        case .null: return reference is NSNull
        }
    }
}
