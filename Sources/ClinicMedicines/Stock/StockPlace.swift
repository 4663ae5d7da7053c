import Clinic
import FHIRStore

/// A Location that keeps stock.
struct StockPlace: Sendable {
    let reference: LocalReference
    /// The time zone that it states; nil for the server's.
    let zone: String?

    /// The Location that a parameter names; throws `StoreError` (422 unknown-reference) where there is none.
    init?(_ name: String, of parameters: OperationParameters, in work: ClinicWork) async throws {
        guard let reference = try parameters.reference(name, "Location") else { return nil }
        let stored = try await work.read(reference, element: parameters.place(of: name))
        self.reference = reference
        zone = ZoneOfResource.zone(of: stored.node)
    }
}
