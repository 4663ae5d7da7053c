import FHIRDefinitions
import FHIRSearch
import FHIRStore
import Synchronization

/// What one kind of caller may do: the same roles under the same table, with the same scopes. Made once for a kind.
///
/// Rights are what the roles grant, of that what the scopes leave, without what labels and consents take away; and
/// nothing of another tenant.
final class RightsRules: Sendable {
    /// The same for equal rules only.
    let kind: String
    let roles: Set<String>
    private let scopes: [SMARTScope]?
    private let table: RightsTable
    private let modules: ModuleTable
    private let indexer: SearchIndexer
    private let known = Mutex<[TypeID: [RowCondition]]>([:])

    init(
        roles: Set<String>, scopes: [SMARTScope]?, table: RightsTable, modules: ModuleTable, indexer: SearchIndexer
    ) {
        kind = Self.kind(roles, scopes, table)
        self.roles = roles
        self.scopes = scopes
        self.table = table
        self.modules = modules
        self.indexer = indexer
    }

    static func kind(_ roles: Set<String>, _ scopes: [SMARTScope]?, _ table: RightsTable) -> String {
        let scopes = scopes.map { $0.map(\.text).sorted().joined(separator: " ") } ?? "-"
        return "\(table.version) \(roles.sorted().joined(separator: ",")) \(scopes)"
    }

    var definitions: FHIRDefinitions { indexer.definitions }

    /// Whether nothing is kept from such callers, but for other tenants.
    var isUnlimited: Bool { roles.contains("superadmin") && scopes == nil }

    /// What has to hold of a resource.
    func condition(_ type: TypeID, _ action: RowAction) -> RowCondition {
        if let conditions = known.withLock({ $0[type] }) { return conditions[action.rawValue] }
        let conditions = RowAction.allCases.map { make(type, $0) }
        known.withLock { $0[type] = conditions }
        return conditions[action.rawValue]
    }

    /// Whether scopes allow this of resources of a type, of any if nil.
    func scopesAllow(_ permission: SMARTScope.Permissions, _ typeName: String?) -> Bool {
        guard let scopes else { return true }
        return scopes.contains { scope in
            scope.permissions.contains(permission) && (scope.type == nil || typeName == nil || scope.type == typeName)
        }
    }

    /// What the roles grant in each module that they have rights in.
    var grants: [(module: AccessModule, grants: [AccessGrant])] {
        AccessModule.allCases.compactMap { module in
            var byReach: [AccessGrant.Reach: AccessPermissions] = [:]
            for role in roles {
                guard let grant = table.grant(role, module), !grant.permissions.isEmpty else { continue }
                byReach[grant.reach, default: []].formUnion(grant.permissions)
            }
            guard !byReach.isEmpty else { return nil }
            let reaches = AccessGrant.Reach.allCases.filter { byReach[$0] != nil }
            return (module, reaches.map { AccessGrant(byReach[$0] ?? [], $0) })
        }
    }

    // MARK: - Conditions

    private func make(_ type: TypeID, _ action: RowAction) -> RowCondition {
        let reached = RowCondition.disjunction(roles.sorted().map { granted($0, type, action) })
        let condition = reached.and(scoped(type, action))
        guard condition != .never else { return .never }
        return .conjunction([condition, tenant, labelled(type), consented(type)])
    }

    /// All rows of a tenant stand together; whoever belongs to none sees all.
    private var tenant: RowCondition { .tenant }

    private func granted(_ role: String, _ type: TypeID, _ action: RowAction) -> RowCondition {
        let name = indexer.definitions.name(of: type)
        if action == .read, Self.readableByAll.contains(name), table.grants[role] != nil { return .always }
        let memberships = modules.memberships(of: type)
        let rights: [RowCondition] = memberships.map { membership in
            table.grant(role, membership.module).map { self.reach($0, role, membership.module, type, name, action) }
                ?? .never
        }
        // Where all of a type's modules are alike, nothing has to be asked of a row.
        if let first = rights.first, rights.allSatisfy({ $0 == first }) { return first }
        return .disjunction(zip(memberships, rights).map { $0.condition.and($1) })
    }

    /// Whom one can turn to, and what one is asked.
    private static let readableByAll: Set<String> = [
        "Organization", "OrganizationAffiliation", "Practitioner", "PractitionerRole", "Questionnaire",
    ]
    /// Modules whose impersonal resources patients need to find their way: times, services, forms.
    private static let openToPatients: Set<AccessModule> = [.scheduling, .satisfaction, .directory, .definitions]

    private func reach(
        _ grant: AccessGrant, _ role: String, _ module: AccessModule, _ type: TypeID, _ name: String,
        _ action: RowAction
    ) -> RowCondition {
        guard grant.permissions.contains(action.permission) else { return .never }
        if let types = grant.reachedTypes { return types.contains(name) ? .always : .never }
        let isPersonal = RowCondition.isPersonal(type, indexer: indexer)
        switch grant.reach {
        case .own where role == "patient" || role == "proxy":
            // C82: what the house noted of its own work is nobody's record.
            if name == "AuditEvent" || name == "Provenance" { return .never }
            if isPersonal { return .patient }
            return action == .read && Self.openToPatients.contains(module) ? .always : .never
        case .own: return .own
        case .team:
            if action == .read, table.physiciansReadAll { return .always }
            // A new patient is in nobody's care yet.
            if action == .create, name == "Patient" || !isPersonal { return .always }
            return .any([.team, .own, .opened, .impersonal])
        default: return .always
        }
    }

    private func scoped(_ type: TypeID, _ action: RowAction) -> RowCondition {
        guard let scopes else { return .always }
        let name = indexer.definitions.name(of: type)
        let isPersonal = RowCondition.isPersonal(type, indexer: indexer)
        let wanted = action.scopePermissions
        let ways = scopes.filter { ($0.type ?? name) == name && !$0.permissions.isDisjoint(with: wanted) }
            .map { scope -> RowCondition in
                var condition = RowCondition.always
                if scope.context == .patient, isPersonal { condition = .launched }
                if scope.context == .patient, !isPersonal, action != .read { condition = .never }
                for restriction in scope.conditions { condition = condition.and(search(restriction, type)) }
                return condition
            }
        return .disjunction(ways)
    }

    /// A condition that cannot be asked lets nothing through.
    private func search(_ restriction: SMARTScope.Condition, _ type: TypeID) -> RowCondition {
        let request = try? SearchRequest.parse(
            type: type, pairs: [(restriction.name, restriction.value)], handling: .strict, indexer: indexer)
        guard let request, request.criteria.count == 1, !request.criteria[0].needsLookup else { return .never }
        return RowCondition(request, indexer: indexer)
    }

    /// What is labelled as restricted takes a role that is cleared for it.
    private func labelled(_ type: TypeID) -> RowCondition {
        let cleared = roles.compactMap { table.clearances[$0] }
        let barred = cleared.contains("V") ? [] : cleared.contains("R") ? ["V"] : ["R", "V"]
        if barred.isEmpty { return .always }
        let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
        let value = barred.map { "\(system)|\($0)" }.joined(separator: ",")
        let request = try? SearchRequest.parse(
            type: type, pairs: [("_security", value)], handling: .strict, indexer: indexer)
        guard let request else { return .never }
        return .disjunction([.not(RowCondition(request, indexer: indexer)), .opened])
    }

    /// Consents bind who works here and programs, not the patients themselves.
    private func consented(_ type: TypeID) -> RowCondition {
        let isPatient = !roles.isEmpty && roles.isSubset(of: ["patient", "proxy"])
        if isPatient || roles.contains("superadmin") { return .always }
        guard RowCondition.isPersonal(type, indexer: indexer) else { return .always }
        return .disjunction([.consented, .opened])
    }
}

extension RowAction {
    /// The letter of the table of rights.
    var permission: AccessPermissions {
        switch self {
        case .read: .view
        case .create: .create
        case .update: .edit
        case .delete: .delete
        }
    }

    /// The letters of scopes.
    var scopePermissions: SMARTScope.Permissions {
        switch self {
        case .read: [.read, .search]
        case .create: .create
        case .update: .update
        case .delete: .delete
        }
    }
}
