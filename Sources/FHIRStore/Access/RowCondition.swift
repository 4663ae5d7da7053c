package import FHIRDefinitions
package import FHIRSearch

/// What has to hold of a resource for a caller to reach it. All of it is said of columns that the resource itself has,
/// and of what stands behind every statement of the caller (`AccessLimit`), so that it can stand in any statement.
package indirect enum RowCondition: Hashable, Sendable {
    case always
    case never
    case all([RowCondition])
    case any([RowCondition])
    case not(RowCondition)
    /// At least one of these stands in `keys`.
    case keys([Int64])
    /// A search finds it, as in scopes with a condition.
    case search(SearchPredicate)
    /// It is in the compartment of one of the caller's patients (R4 compartmentdefinition-patient.html), of whom it
    /// need not be the only one.
    case patient
    /// As `patient`, of the patient that the launch of a program chose.
    case launched
    /// It is about a patient in whose care the caller takes part: see `RowAccessMigrations.careTeam`.
    case team
    /// It refers to the caller, who is its author, performer or subject; or it is the caller's own Practitioner.
    case own
    /// It is about a patient whose record the caller has broken the glass of.
    case opened
    /// It belongs to the caller's tenant, or to none.
    case tenant
    /// No Consent of the patient it is about keeps the caller out.
    case consented
    /// It is about nobody: the type has no patient, or this resource names none.
    case impersonal

    /// Whether resources of a type can be about a patient, as the conditions on patients understand it.
    package static func isPersonal(_ type: TypeID, indexer: SearchIndexer) -> Bool {
        indexer.definitions.name(of: type) == "Patient"
            || !RowConditionWriter.patientLinks(type, indexer).isEmpty
    }

    /// Both.
    package func and(_ other: RowCondition) -> RowCondition { .conjunction([self, other]) }

    /// All of them, flattened.
    package static func conjunction(_ conditions: [RowCondition]) -> RowCondition {
        var parts: [RowCondition] = []
        for condition in conditions {
            switch condition {
            case .always: continue
            case .never: return .never
            case .all(let inner): parts += inner.filter { !parts.contains($0) }
            default: if !parts.contains(condition) { parts.append(condition) }
            }
        }
        return parts.isEmpty ? .always : parts.count == 1 ? parts[0] : .all(parts)
    }

    /// Any of them, flattened.
    package static func disjunction(_ conditions: [RowCondition]) -> RowCondition {
        var parts: [RowCondition] = []
        for condition in conditions {
            switch condition {
            case .never: continue
            case .always: return .always
            case .any(let inner): parts += inner.filter { !parts.contains($0) }
            default: if !parts.contains(condition) { parts.append(condition) }
            }
        }
        return parts.isEmpty ? .never : parts.count == 1 ? parts[0] : .any(parts)
    }

    /// Whether it can be asked of the row of a deletion, which has no side rows and no content.
    var holdsOfDeletions: Bool {
        switch self {
        case .all(let parts), .any(let parts): parts.allSatisfy(\.holdsOfDeletions)
        case .not(let inner): inner.holdsOfDeletions
        case .search(let predicate): Self.isOfKeys(predicate)
        default: true
        }
    }

    private static func isOfKeys(_ predicate: SearchPredicate) -> Bool {
        switch predicate {
        case .always, .never, .keys, .subject, .subjectPresent, .ids: true
        case .all(let parts), .any(let parts): parts.allSatisfy(isOfKeys)
        case .not(let inner): isOfKeys(inner)
        default: false
        }
    }
}
