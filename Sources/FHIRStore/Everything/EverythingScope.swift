import FHIRDefinitions
import FHIRSearch

/// The compartment that `$everything` returns, as conditions on tables (R4 compartmentdefinition.html).
struct EverythingScope {
    /// How rows of one type belong to a compartment: by any of these.
    struct Membership {
        var ids: [String] = []
        /// Hashes of the rows themselves.
        var selves: [Int64] = []
        /// Hashes that `subj` may have.
        var subjects: [Int64] = []
        /// Hashes of references that `keys` may hold.
        var keys: [Int64] = []
        /// With every patient in scope: all rows that are about one.
        var coversAll = false
        /// Whether the type has the column `subj`.
        var hasSubject = false

        var isEmpty: Bool { ids.isEmpty && selves.isEmpty && subjects.isEmpty && keys.isEmpty && !coversAll }
    }

    /// The rows of one type in the compartment.
    struct Branch {
        let table: ResourceTable
        let membership: Membership
        /// Whether the type's main date is one of care, which birth dates are not.
        let hasCareDate: Bool
    }

    /// The focus's type first, the others by name.
    let branches: [Branch]
    /// The rows that are about patients in scope, by type of the Patient compartment.
    private let patientMembership: [TypeID: Membership]
    /// Hashes of the patients in scope; nil for all patients.
    private let patients: [Int64]?
    private let indexer: SearchIndexer

    init(_ focus: EverythingRequest.Focus, indexer: SearchIndexer, tables: TableCatalog) {
        let builder = CompartmentBuilder(indexer: indexer)
        let known = Set(tables.types)
        self.indexer = indexer
        let members: [TypeID: Membership]
        let focusType: String
        switch focus {
        case .patients(let ids):
            focusType = "Patient"
            members = builder.members(of: "Patient", ids: ids)
            patientMembership = members
            patients = builder.hashes(of: "Patient", ids: ids)
        case .allPatients:
            focusType = "Patient"
            members = builder.allMembers(of: "Patient")
            patientMembership = members
            patients = nil
        case .encounter(let id, let patient):
            focusType = "Encounter"
            members = builder.members(of: "Encounter", ids: [id])
            patients = patient.map { [$0] } ?? []
            patientMembership = builder.members(of: "Patient", selves: patients ?? [])
        }
        branches = members.filter { known.contains($0.key) && !$0.value.isEmpty }
            .map { type, membership in
                let plan = indexer.index(of: type).plan
                return Branch(
                    table: tables.table(type), membership: membership,
                    hasCareDate: plan.dateParameter.map { $0 != "birthdate" } ?? false)
            }
            .sorted { left, right in
                let isFirst = (left.table.typeName == focusType, right.table.typeName == focusType)
                return isFirst.0 != isFirst.1 ? isFirst.0 : left.table.typeName < right.table.typeName
            }
    }

    /// What resources of a type must be to support patients in scope, besides being about no patient; nil for types
    /// that never are about one.
    func patientMembership(of type: TypeID) -> Membership? {
        if let membership = patientMembership[type] { return membership }
        // A few types name a patient without being in the compartment: devices.
        guard indexer.index(of: type).plan.hasSubject else { return nil }
        return Membership(subjects: patients ?? [], coversAll: patients == nil, hasSubject: true)
    }

    /// Whether resources of the type are part of charts, so that what they lead to is too.
    func isInCharts(_ type: TypeID) -> Bool { patientMembership[type] != nil }

    func branch(of type: TypeID) -> Branch? { branches.first { $0.table.type == type } }

    /// Whether a resource of this type may be found outside of the compartment and still belong to nobody else.
    func maySupport(_ type: TypeID) -> Bool {
        guard let branch = branch(of: type) else { return true }
        return branch.membership.hasSubject || !branch.membership.coversAll
    }
}

/// Reads the compartment definitions into memberships.
private struct CompartmentBuilder {
    let indexer: SearchIndexer

    func members(of code: String, ids: [String]) -> [TypeID: EverythingScope.Membership] {
        var members = members(of: code, hashes: hashes(of: code, ids: ids))
        if let focus = indexer.definitions.resourceType(named: code) { members[focus, default: .init()].ids = ids }
        return members
    }

    func hashes(of code: String, ids: [String]) -> [Int64] {
        ids.map { Int64(bitPattern: SearchIndexer.selfKey(typeName: code, id: $0)) }
    }

    func members(of code: String, selves: [Int64]) -> [TypeID: EverythingScope.Membership] {
        var members = members(of: code, hashes: selves)
        guard let focus = indexer.definitions.resourceType(named: code) else { return members }
        members[focus, default: .init()].selves = selves
        return members
    }

    private func members(of code: String, hashes: [Int64]) -> [TypeID: EverythingScope.Membership] {
        collect(code) { link, membership in
            switch link {
            case .subject: membership.subjects = hashes
            case .keys(let constant): membership.keys += hashes.map { $0 ^ constant }
            }
        }
    }

    func allMembers(of code: String) -> [TypeID: EverythingScope.Membership] {
        var members = collect(code) { _, membership in membership.coversAll = true }
        if let focus = indexer.definitions.resourceType(named: code) {
            members[focus, default: .init()].coversAll = true
        }
        return members
    }

    private func collect(
        _ code: String, _ add: (SearchPredicate.Link, inout EverythingScope.Membership) -> Void
    ) -> [TypeID: EverythingScope.Membership] {
        let definitions = indexer.definitions
        guard let focus = definitions.resourceType(named: code),
            let compartment = definitions.compartments.first(where: { $0.code == code })
        else { return [:] }
        let builder = PredicateBuilder(indexer: indexer, now: 0)
        var members: [TypeID: EverythingScope.Membership] = [:]
        for member in compartment.members {
            let index = indexer.index(of: member.resource)
            var membership = EverythingScope.Membership()
            membership.hasSubject = index.plan.hasSubject
            var seen: Set<SearchPredicate.Link> = []
            for parameter in member.parameters.compactMap({ index.parameters[$0] }) {
                for link in builder.links(of: parameter, in: index, to: focus) where seen.insert(link).inserted {
                    add(link, &membership)
                }
            }
            members[member.resource] = membership
        }
        return members
    }
}
