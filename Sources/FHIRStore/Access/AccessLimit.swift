package import FHIRDefinitions
import FHIRSearch
import PostgreSQL

/// What a caller may reach: conditions on rows, and the values that they speak of.
///
/// The conditions depend on the kind of caller (roles, scopes), of which there are few; statements are made once for
/// each kind. The values are those of this caller, and stand behind every statement that is sent (`StandingValues`).
package struct AccessLimit: Sendable {
    /// The condition on the rows of a type.
    package typealias Conditions = @Sendable (TypeID, RowAction) -> RowCondition

    /// The same for all callers with the same conditions, and for no others.
    package let kind: String
    let conditions: Conditions
    /// Id of the Organization whose tenant the caller belongs to; nil for one who belongs to none.
    package var tenant: String?
    /// Id of the Practitioner that the caller is.
    package var practitioner: String?
    /// Ids of the Patients in whose compartments the caller is.
    package var patients: [String] = []
    /// Ids of the Patients that the launch chose.
    package var launchedRecords: [String] = []
    /// Ids of the Patients whose records the caller has opened.
    package var openedRecords: [String] = []
    /// What a Consent may name the caller by: `Practitioner/1`, `Organization/2`, codes of roles.
    package var actors: [String] = []
    /// Purposes for which the caller works, by http://terminology.hl7.org/CodeSystem/v3-ActReason; empty if unknown.
    package var purposes: [String] = []

    package init(kind: String, conditions: @escaping Conditions) {
        self.kind = kind
        self.conditions = conditions
    }

    /// Numbers of the standing values; those of the kind's own follow.
    enum Value: Int, CaseIterable {
        case tenant, practitioner, practitionerSelf, patients, launchedRecords, openedRecords, actors, purposes

        /// As it stands in SQL.
        var sql: String {
            let type =
                switch self {
                case .tenant, .practitioner: "text"
                case .practitionerSelf: "bigint"
                case .patients, .launchedRecords, .openedRecords: "bigint[]"
                case .actors, .purposes: "text[]"
                }
            return "\(StandingValues.placeholder(rawValue))::\(type)"
        }
    }

    func standingValues(_ ofKind: [SQLParameters]) -> StandingValues {
        var values = StandingValues()
        for value in Value.allCases {
            values.append { parameters in
                switch value {
                case .tenant: parameters.append(text: tenant)
                case .practitioner: parameters.append(text: practitioner)
                case .practitionerSelf:
                    parameters.append(int64: practitioner.map { Self.hash("Practitioner", $0) })
                case .patients: parameters.append(int64Array: patients.map { Self.hash("Patient", $0) })
                case .launchedRecords:
                    parameters.append(int64Array: launchedRecords.map { Self.hash("Patient", $0) })
                case .openedRecords: parameters.append(int64Array: openedRecords.map { Self.hash("Patient", $0) })
                case .actors: parameters.append(textArray: actors)
                case .purposes: parameters.append(textArray: purposes)
                }
            }
        }
        for value in ofKind { values.append(value) }
        values.tenant = tenant
        return values
    }

    private static func hash(_ typeName: String, _ id: String) -> Int64 {
        Int64(bitPattern: SearchIndexer.selfKey(typeName: typeName, id: id))
    }
}
