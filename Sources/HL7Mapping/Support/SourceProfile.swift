/// What is known of one sender beyond its messages. A value; where it comes from is the caller's matter.
package struct SourceProfile: Sendable {
    /// Short stable name of the sender; part of identity keys and of local systems, so it must never change.
    package var id: String
    /// The zone of times that name none, where MSH-7 does not tell either.
    package var zone: SourceZone = .utc
    /// Systems by assigning namespace (HD.1).
    package var namespaces: [String: String] = [:]
    /// System of ids without assigner, by MSH-4.1; without an entry such ids are local to the source (F-8).
    package var defaultAssigners: [String: String] = [:]
    /// Systems by coding system name (CWE.3), beside the well-known ones.
    package var codeSystems: [String: String] = [:]
    /// Values that stand for "no id" in patient and order numbers, upper case (F-9).
    package var dummyIdentifiers: Set<String> = ["0", "UNKNOWN", "UNK", "NONE", "NULL", "N/A", "NA"]
    /// `3,5` is three and a half.
    package var usesDecimalComma = false
    /// OBR-24 empty means the laboratory.
    package var isLaboratory = true
    /// Results also write the order they answer, unless it is there already.
    package var createsServiceRequests = true
    /// Systems of identifiers that this sender may state; the others stay with the message (F-39). Nil: all of them.
    package var trustedAssigners: Set<String>?
    /// Meanings of codes that an administrator adds; nil if there are none.
    package var codeMaps: (any CodeMaps)?

    package init(id: String) { self.id = id }

    /// The local system for `name` of the given kind.
    func localSystem(_ kind: String, _ name: String) -> String {
        "urn:martlet:\(kind):\(id.percentEncoded):\(name.percentEncoded)"
    }

    func isDummy(_ value: String) -> Bool {
        dummyIdentifiers.contains(value.uppercased()) || value.allSatisfy { $0 == "0" }
    }
}

extension String {
    /// Safe inside a URN: everything but unreserved characters is encoded.
    var percentEncoded: String {
        var output = ""
        for byte in utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                output += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return output
    }
}
