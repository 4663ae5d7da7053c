/// One scope to FHIR resources of SMART App Launch 2.2: `patient/Observation.rs?category=laboratory`, or in the form of
/// version 1, `user/*.read` (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html).
package struct SMARTScope: Sendable, Hashable {
    package enum Context: String, Sendable { case patient, user, system }

    /// What may be done, in the order in which SMART writes the letters.
    package struct Permissions: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let create = Permissions(rawValue: 1)
        package static let read = Permissions(rawValue: 2)
        package static let update = Permissions(rawValue: 4)
        package static let delete = Permissions(rawValue: 8)
        package static let search = Permissions(rawValue: 16)
        package static let all: Permissions = [.create, .read, .update, .delete, .search]

        fileprivate static let letters: [(Character, Permissions)] = [
            ("c", .create), ("r", .read), ("u", .update), ("d", .delete), ("s", .search),
        ]

        /// Reads `cruds` or a part of it in this order; nil for anything else.
        init?(letters: Substring) {
            var rest = letters[...]
            var found: Permissions = []
            for (letter, permission) in Self.letters where rest.first == letter {
                found.insert(permission)
                rest.removeFirst()
            }
            guard rest.isEmpty, !found.isEmpty else { return nil }
            self = found
        }
    }

    /// A condition of a granular scope: a search parameter and its value, decoded.
    package struct Condition: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var context: Context
    /// Name of the resource type; nil for `*`.
    package var type: String?
    package var permissions: Permissions
    package var conditions: [Condition]
    /// As it was written.
    package var text: String

    /// Reads one scope; nil if it is not one to resources. Whether the type exists is not checked here.
    package init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/"), let context = Context(rawValue: String(text[..<slash])) else {
            return nil
        }
        let rest = text[text.index(after: slash)...]
        let mark = rest.firstIndex(of: "?")
        let head = rest[..<(mark ?? rest.endIndex)]
        guard let dot = head.lastIndex(of: "."), dot != head.startIndex else { return nil }
        let name = head[..<dot]
        let letters = head[head.index(after: dot)...]
        guard name == "*" || name.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
        switch letters {
        case "read": permissions = [.read, .search]
        case "write": permissions = [.create, .update, .delete]
        case "*": permissions = .all
        default:
            guard let read = Permissions(letters: letters) else { return nil }
            permissions = read
        }
        var conditions: [Condition] = []
        if let mark {
            // Scopes are written as queries are.
            for item in rest[rest.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false) {
                guard let equals = item.firstIndex(of: "="), equals != item.startIndex,
                    let value = Self.decoded(item[item.index(after: equals)...]), !value.isEmpty
                else { return nil }
                conditions.append(Condition(name: String(item[..<equals]), value: value))
            }
        }
        self.context = context
        type = name == "*" ? nil : String(name)
        self.conditions = conditions
        self.text = text
    }

    /// Percent and plus signs decoded; nil if they are malformed.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
