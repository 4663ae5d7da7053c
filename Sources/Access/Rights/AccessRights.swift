package import FHIRDefinitions
package import FHIRStore

/// What a caller may do: asked of types before anything is read, and given to the store as limits on rows.
package struct AccessRights: Sendable {
    package let principal: Principal
    private let rules: RightsRules
    /// What the store shows of itself; nil for everything.
    package let limit: AccessLimit?
    /// What the store shows to a workflow's operation that the caller may call: the operation is the grant, and it may
    /// use what the caller's role alone would not reach; but nothing of other tenants, and for patients nothing of
    /// other people's records.
    package let operationLimit: AccessLimit?

    /// Where these rights come from.
    package let book: RightsBook

    init(_ principal: Principal, _ rules: RightsRules, _ book: RightsBook, now: Int64) {
        self.principal = principal
        self.book = book
        self.rules = rules
        let values = Values(principal, roles: rules.roles, now: now)
        if rules.isUnlimited, principal.organization == nil {
            limit = nil
            operationLimit = nil
            return
        }
        let hasTenant = principal.organization != nil
        limit = values.filled(
            AccessLimit(kind: "rights \(hasTenant) " + rules.kind) { type, action in
                rules.condition(type, action).settled(hasTenant: hasTenant)
            })
        let isPatient = !rules.roles.isEmpty && rules.roles.isSubset(of: ["patient", "proxy"])
        let reach: RowCondition = isPatient ? .any([.patient, .impersonal]) : .always
        operationLimit =
            !isPatient && !hasTenant
            ? nil
            : values.filled(
                AccessLimit(kind: "operation \(hasTenant) \(isPatient)") { _, _ in
                    hasTenant ? reach.and(.tenant) : reach
                })
    }

    /// Codes of `urn:martlet:role`; `system` for programs.
    package var roles: Set<String> { rules.roles }

    /// What the roles grant in each module, by reach: what several roles grant with the same reach is one.
    package var grants: [(module: AccessModule, grants: [AccessGrant])] { rules.grants }

    /// Whether the caller is an administrator of the whole house.
    package var isUnlimited: Bool { limit == nil }

    /// Whether rows of the type may be reached in this way at all; which ones, the limits say.
    package func allows(_ action: RowAction, _ type: TypeID) -> Bool { rules.condition(type, action) != .never }

    package func name(_ type: TypeID) -> String { rules.definitions.name(of: type) }

    package func type(named name: String) -> TypeID? { rules.definitions.resourceType(named: name) }

    /// Whether the token's scopes allow this of a type, of any if nil.
    package func scopesAllow(_ permission: SMARTScope.Permissions, _ typeName: String?) -> Bool {
        rules.scopesAllow(permission, typeName)
    }

    /// The caller's own values.
    private struct Values {
        let principal: Principal
        let roles: Set<String>
        let now: Int64

        init(_ principal: Principal, roles: Set<String>, now: Int64) {
            self.principal = principal
            self.roles = roles
            self.now = now
        }

        func filled(_ limit: AccessLimit) -> AccessLimit {
            var limit = limit
            limit.tenant = principal.organization
            limit.practitioner = principal.practitioner
            limit.patients = principal.patients.sorted()
            // Without a launch, what is granted of "the patient" is of those whom the account is or stands for.
            limit.launchedRecords = principal.launchPatient.map { [$0] } ?? principal.patients.sorted()
            limit.openedRecords = principal.openedRecords.filter { $0.value > now }.keys.sorted()
            limit.actors = actors
            limit.purposes = purposes
            return limit
        }

        private var actors: [String] {
            var names = roles.sorted()
            if let id = principal.practitioner { names.append("Practitioner/\(id)") }
            if let id = principal.organization { names.append("Organization/\(id)") }
            if case .account(let person) = principal.subject { names.append("Person/\(person)") }
            names += principal.patients.map { "Patient/\($0)" }
            return names
        }

        /// By http://terminology.hl7.org/CodeSystem/v3-ActReason; of programs nobody knows what for they ask.
        private var purposes: [String] {
            var purposes: Set<String> = []
            for role in roles {
                switch role {
                case "physician", "nurse", "laboratory", "pharmacy", "registration": purposes.insert("TREAT")
                case "cashier": purposes.insert("HPAYMT")
                case "patient", "proxy": purposes.insert("PATRQT")
                case "system": break
                default: purposes.insert("HOPERAT")
                }
            }
            return purposes.sorted()
        }
    }
}

extension RowCondition {
    /// Without what is said of tenants, for callers who belong to none.
    fileprivate func settled(hasTenant: Bool) -> RowCondition {
        if hasTenant { return self }
        switch self {
        case .tenant: return .always
        case .all(let parts): return .conjunction(parts.map { $0.settled(hasTenant: false) })
        default: return self
        }
    }
}
