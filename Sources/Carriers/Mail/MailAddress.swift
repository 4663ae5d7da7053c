/// A mailbox (RFC 5322 §3.4), of ASCII only: other ones need servers that know SMTPUTF8, and hardly any message of a
/// clinic goes there.
package struct MailAddress: Sendable, Hashable {
    /// Shown instead of the address; any text without control characters.
    package let name: String?
    /// Local part, `@` and domain.
    package let address: String

    /// Throws `CarrierError.Code.invalid` for what is no address, or could be taken for more than one.
    package init(_ address: String, name: String? = nil) throws(CarrierError) {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]), address.utf8.count <= 254 else {
            throw CarrierError(.invalid, "a mail address is not one that can be sent to")
        }
        if let name, name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw CarrierError(.invalid, "the name of a mail address has control characters")
        }
        self.address = address
        self.name = name
    }

    /// Behind the `@`.
    var domain: String { String(address.split(separator: "@")[1]) }

    /// RFC 5322 §3.2.3, dot-atom; quoted local parts are left out.
    private static func isLocalPart(_ text: Substring) -> Bool {
        text.utf8.count <= 64
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.utf8.allSatisfy(isAtomByte)
            }
    }

    static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    /// Labels of letters, digits and inner hyphens (RFC 5321 §4.1.2), or an address in brackets.
    private static func isDomain(_ text: Substring) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return text.utf8.count > 2
                && text.dropFirst().dropLast().utf8.allSatisfy { byte in
                    isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
                }
        }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            1...63 ~= label.utf8.count && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
