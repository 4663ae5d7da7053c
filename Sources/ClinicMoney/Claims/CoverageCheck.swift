import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// Whether a coverage is in force.
enum CoverageCheck {
    /// A coverage that is kept elsewhere counts as in force: its payer knows.
    static func isInForce(
        _ reference: LocalReference?, patient: LocalReference?, _ work: ClinicWork
    ) async throws -> Bool {
        guard let reference, reference.typeName == "Coverage", let coverage = try await work.find(reference) else {
            return true
        }
        let now = work.now
        let start = coverage.node["period"]?["start"]?.string.flatMap { Instant(startOf: $0) }
        let end = coverage.node["period"]?["end"]?.string.flatMap { Self.end(of: $0) }
        let beneficiary = coverage.reference("beneficiary")
        return coverage.status == "active" && (start.map { $0 <= now } ?? true) && (end.map { now < $0 } ?? true)
            && (patient == nil || beneficiary == nil || patient == beneficiary)
    }

    private static func end(of text: String) -> Instant? {
        guard let start = Instant(startOf: text) else { return nil }
        let days: Int64 = text.utf8.count == 4 ? 366 : text.utf8.count == 7 ? 31 : text.utf8.count == 10 ? 1 : 0
        return Instant(microsecondsSince1970: start.microsecondsSince1970 + days * 86_400_000_000)
    }
}
