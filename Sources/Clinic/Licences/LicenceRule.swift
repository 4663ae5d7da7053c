import FHIRFormats
import FHIRStore
import JSONTape

/// Whether practitioners need a verified licence to be booked and to sign.
package enum LicenceRule {
    /// Off by default: practitioners whose licences nobody recorded may work.
    package static let requiresVerification = ClinicSetting(
        "require-verified-licence",
        "Whether practitioners without a verified licence that is in force can neither be booked nor sign.",
        standard: "false")

    /// Refuses a practitioner without a verified licence, where the clinic wants one (422 licence-unverified).
    package static func require(_ practitioner: LocalReference, _ work: ClinicWork, element: String? = nil) async throws
    {
        guard practitioner.typeName == "Practitioner", try await requiresVerification.bool(in: work.transaction) else {
            return
        }
        let today = String(work.now.text.prefix(10))
        let results = try await work.search(
            "VerificationResult", [("target", practitioner.text), ("_sort", "-_lastUpdated")], limit: 20)
        // The newest says what holds.
        let newest = results.first { $0.status != "entered-in-error" }
        let expires = newest?.node["nextScheduled"]
        let isValid = newest?.status == "validated" && (expires?.string.map { $0 >= today } ?? true)
        if !isValid {
            throw StoreError(
                .businessRule, "\(practitioner.text) has no verified licence that is in force", expression: element,
                details: "licence-unverified")
        }
    }
}
