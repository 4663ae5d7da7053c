import FHIRDefinitions
import FHIRSearch

/// Which tenant what is new belongs to, as SQL for the column `tenant`.
///
/// What callers of a tenant make is their tenant's. What others make (messages, jobs, people of the whole house) is the
/// tenant's of the patient that it is about: otherwise a result about one tenant's patient would be nobody's, and so
/// there for all tenants.
enum TenantSource {
    /// That of the caller.
    case caller
    /// That of the patient in `subj`.
    case subject
    /// That of a patient among the keys, each of which is the patient's hash XOR this constant.
    case keys(Int64)
    /// None.
    case nobody

    /// For callers without a tenant.
    ///
    /// - Parameter hasPatients: whether there is a table of them.
    init(_ table: ResourceTable, _ indexer: SearchIndexer, hasPatients: Bool) {
        guard hasPatients, table.typeName != "Patient" else {
            self = .nobody
            return
        }
        if table.hasSubject {
            self = .subject
            return
        }
        // Of types that name patients among others only bookings: most of the rest is the house's own business.
        guard table.typeName == "Appointment" || table.typeName == "AppointmentResponse" else {
            self = .nobody
            return
        }
        for case .keys(let constant) in RowConditionWriter.patientLinks(table.type, indexer) {
            self = .keys(constant)
            return
        }
        self = .nobody
    }

    /// The value; nil where the column is left empty.
    ///
    /// - Parameters:
    ///   - subject: the column `subj` of what is written, as SQL.
    ///   - keys: its column `keys`.
    func value(subject: String, keys: String) -> String? {
        // An index holds the patients of tenants only, so that this costs houses without tenants next to nothing.
        let patients = "SELECT p.tenant FROM patient p WHERE p.tenant IS NOT NULL AND"
        return switch self {
        case .caller: AccessLimit.Value.tenant.sql
        case .subject: "(\(patients) p.self = \(subject) LIMIT 1)"
        case .keys(let constant):
            "(\(patients) p.self = ANY (ARRAY(SELECT k # (\(constant)) FROM unnest(\(keys)) k)) ORDER BY p.id LIMIT 1)"
        case .nobody: nil
        }
    }
}
