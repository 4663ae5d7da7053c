import Clinic
import JSONTape

/// The clinic as a party of invoices and payments.
enum ClinicParty {
    /// A Reference to the organisation that the settings name; nil where none is.
    static func organization(_ work: ClinicWork) async throws -> [UInt8]? {
        let text = try await MoneySettings.organization.value(in: work.transaction).string ?? ""
        return LocalReference(text)?.json
    }

    /// The same for elements that R4 demands.
    static func orUnnamed(_ organization: [UInt8]?) -> [UInt8] {
        organization ?? Array(#"{"display":"the clinic"}"#.utf8)
    }
}
