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
    package var dummyIdentifiers: Set<String> = [
        "0", "1", "123456", "UNKNOWN", "UNK", "TEST", "NONE", "NULL", "N/A", "NA",
    ]
    /// `3,5` is three and a half.
    package var usesDecimalComma = false
    /// ISO 4217 code of amounts that name no currency; nil leaves them without.
    package var currency: String?
    /// OBR-24 empty means the laboratory.
    package var isLaboratory = true
    /// Results also write the order they answer, unless it is there already.
    package var createsServiceRequests = true
    /// Meanings of codes that an administrator adds; nil if there are none.
    package var codeMaps: (any CodeMaps)?
    /// Limits beyond which a result is critical without a flag; nil if there are none.
    package var criticalLimits: (any CriticalLimits)?

    /// What becomes of a patient that is not known, in messages that do not speak for registration (§1.7).
    package var unknownPatients = UnknownPatientPolicy.create
    /// Systems of patient identifiers that this sender may state; nil trusts all (F-39).
    package var trustedAssigners: Set<String>?
    /// A merged patient's identifier is refused with AE 204 rather than filed with the survivor (§1.7, F-34).
    package var refusesMergedPatients = false
    /// `""` deletes; otherwise it counts as an empty field (F-28).
    package var trustsNulls = true

    /// What becomes of a patient that is not known.
    package enum UnknownPatientPolicy: String, Sendable, Hashable, CaseIterable {
        case create
        /// The message is accepted and waits for a person.
        case hold
        /// AE, 204.
        case reject
    }
    /// A later preliminary result may take the place of a final one.
    package var allowsUnfinalising = false
    /// A cancellation (X) of a final result takes it back: it was wrong (F-25).
    package var cancellationMeansWrong = false
    /// Segments of the sender's own that hold a document in Base64, with the field, such as Quest's ZEF-2 (F-31).
    package var documentFields: [String: Int] = ["ZEF": 2]

    package init(id: String) { self.id = id }

    /// The local system for `name` of the given kind.
    func localSystem(_ kind: String, _ name: String) -> String {
        "urn:martlet:\(kind):\(id.percentEncoded):\(name.percentEncoded)"
    }

    func isDummy(_ value: String) -> Bool {
        if dummyIdentifiers.contains(value.uppercased()) { return true }
        // All digits the same; two are still a plausible number.
        let first = value.utf8.first
        guard value.utf8.allSatisfy({ $0 == first }) else { return false }
        return value.utf8.count > 2 && value.isDigits || first == nil || first == UInt8(ascii: "0")
    }
}

extension String {
    /// Safe inside a URN: everything but unreserved characters is encoded.
    var percentEncoded: String {
        if utf8.allSatisfy(Self.isUnreserved) { return self }
        var output = ""
        for byte in utf8 {
            switch byte {
            case _ where Self.isUnreserved(byte):
                output.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                output += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return output
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
