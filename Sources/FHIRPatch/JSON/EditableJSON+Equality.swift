import JSONTape

/// Equality as JSON Patch has it (RFC 6902 §4.6): numbers by value, strings by their characters, objects in any order.
extension EditableJSON {
    func isEqual(to other: EditableJSON) -> Bool {
        if isObject { return other.isObject && Self.areEqual(members, other.members) }
        if isArray {
            let (left, right) = (elements, other.elements)
            return other.isArray && left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
        }
        if isNull || other.isNull { return isNull && other.isNull }
        guard let left = scalar, let right = other.scalar else { return false }
        if let text = left.string { return right.string.map { text.utf8.elementsEqual($0.utf8) } ?? false }
        if let number = left.numberText {
            return right.numberText.map { NumberValue(number) == NumberValue($0) } ?? false
        }
        return left.bool != nil && left.bool == right.bool
    }

    private static func areEqual(_ left: [Member], _ right: [Member]) -> Bool {
        guard left.count == right.count else { return false }
        let byName = Dictionary(right.map { ($0.name, $0.value) }) { first, _ in first }
        return left.allSatisfy { member in byName[member.name].map { member.value.isEqual(to: $0) } ?? false }
    }
}

/// What a JSON number means, whatever its digits: `1.50` and `15e-1` are equal.
struct NumberValue: Equatable {
    private var isNegative: Bool
    /// Without zeros at either end; empty for zero.
    private var digits: [UInt8] = []
    /// Of the last digit.
    private var exponent = 0

    init(_ text: String) {
        isNegative = text.utf8.first == UInt8(ascii: "-")
        var isFraction = false
        var isExponent = false
        var exponentText = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case _ where isExponent: exponentText.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if isFraction { exponent -= 1 }
                if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
            default: break
            }
        }
        exponent += Int(exponentText) ?? 0
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            isNegative = false
            exponent = 0
        }
    }
}
