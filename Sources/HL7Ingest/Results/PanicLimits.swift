import Clinic
import FHIRStore
import HL7Mapping
import JSONTape
import PostgreSQL

/// The clinic's panic values, for results that arrive without a flag.
extension PanicValueTable: CriticalLimits {
    /// What is in force; the standard values where the store keeps no settings.
    static func current(_ store: FHIRStore) async throws -> PanicValueTable {
        var parameters = SQLParameters()
        parameters.append(text: setting.name)
        let rows = try await store.database.read(read, parameters)
        let stored = rows.bytes(0, 0)
        return PanicValueTable(JSONNode(try Document.parse(stored ?? Array(setting.standard.utf8))))
    }

    private static let read = SQLStatement("SELECT hl7_clinic_setting($1::text)")
}
