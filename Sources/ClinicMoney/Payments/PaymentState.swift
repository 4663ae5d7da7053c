import Clinic
import JSONTape

/// `PaymentNotice.paymentStatus`: where a payment is in its course. `status` stays that of the record.
enum PaymentState: String, Sendable {
    case pendingVerification = "pending-verification"
    case paid
    case cleared
    case refunded
    case rejected

    static let system = "urn:martlet:payment-status"
    private static let standardSystem = "http://terminology.hl7.org/CodeSystem/paymentstatus"

    private var display: String {
        switch self {
        case .pendingVerification: "Pending verification"
        case .paid: "Paid"
        case .cleared: "Cleared"
        case .refunded: "Refunded"
        case .rejected: "Rejected"
        }
    }

    /// HL7 has codes for two of them.
    private var hasStandardCode: Bool { self == .paid || self == .cleared }

    /// The CodeableConcept.
    var json: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.key("coding")
            writer.beginArray()
            for system in hasStandardCode ? [Self.system, Self.standardSystem] : [Self.system] {
                writer.beginObject()
                writer.member("system", system)
                writer.member("code", rawValue)
                writer.member("display", display)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }
}
