import Access
import Clinic
import FHIRDefinitions
import FHIRModel
import FHIRStore

/// `PractitionerRole/$assign`: gives somebody a role of staff. Effective as the answer is sent. Human resources propose
/// one: it is shown, not active, until an administrator assigns it.
struct AssignRole: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "assign", typeName: "PractitionerRole", level: .type, affectsState: true,
            documentation: "Gives somebody with an account a role that is below one's own.",
            roles: [.superadmin, .humanResources], events: ["role.assigned", "role.proposed"],
            parameters: RoleParameters.inputs + [
                .init(.input, "location", 0, nil, "Reference", "Locations where it holds."),
                .init(.input, "period", 0, 1, "Period", "From when to when."),
                .init(.output, "return", 1, 1, "PractitionerRole", "The role; not active where it was proposed."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let given = try await RoleParameters(work)
        var isProposed = try given.administrator.requireGift(of: given.role)
        // Only administrators give roles in force; others who may do so by an invitation may not here (§4.1 AC10).
        if !given.administrator.isSuperadmin { isProposed = true }
        guard given.administrator.isSuperadmin || given.account.person != given.administrator.person else {
            throw StoreError(.forbidden, "nobody gives themselves a role", details: "not-allowed")
        }
        if let own = given.account.organization, own != given.organization, given.organization != nil {
            throw StoreError(
                .businessRule, "the account belongs to another organization",
                expression: "PractitionerRole.organization",
                details: "not-allowed")
        }
        var role = NewAccount.Role(given.role, isProposed: isProposed)
        role.period = try work.parameters.element("period", Period.self)
        if let period = role.period {
            let start = period.start.map { String($0.text.prefix(10)) }
            let end = period.end.map { String($0.text.prefix(10)) }
            if let start, let end, end < start.prefix(end.utf8.count) {
                throw StoreError(
                    .businessRule, "the period ends before it begins", expression: work.parameters.place(of: "period"),
                    details: "period-order")
            }
        }
        for location in try work.parameters.references("location", "Location") {
            _ = try await work.read(location, element: work.parameters.place(of: "location"))
            role.locations.append(location.id)
        }
        let id = try await work.refusing { [role] in
            try await AccountWork(work.transaction).assign(role, organization: given.organization, to: given.account)
        }
        let reference = LocalReference("PractitionerRole", id)
        var changes = ChangeSet(work)
        changes.record(isProposed ? "role.proposed" : "role.assigned", reference)
        try await changes.apply()
        return ClinicAnswer(try await work.saved(reference))
    }
}
