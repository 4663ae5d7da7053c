import Access
import Clinic
import FHIRDefinitions
import FHIRStore

/// `PractitionerRole/$revoke`: takes a role away.
struct RevokeRole: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "revoke", typeName: "PractitionerRole", level: .type, affectsState: true,
            documentation: "Takes a role away from somebody, at once.", roles: [.superadmin],
            events: ["role.revoked"],
            parameters: RoleParameters.inputs + [
                .init(.input, "location", 0, nil, "Reference", "Of no effect: the role ends everywhere."),
                .init(.input, "period", 0, 1, "Period", "Of no effect: the role ends now."),
                .init(.output, "return", 1, 1, "PractitionerRole", "The role, not active."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let given = try await RoleParameters(work)
        guard try !given.administrator.requireGift(of: given.role) else {
            throw StoreError(.forbidden, "this role is an administrator's to take", details: "role-above-own")
        }
        let id = try await work.refusing {
            try await AccountWork(work.transaction).revoke(
                given.role, organization: given.organization, from: given.account.person)
        }
        guard let id else { return ClinicAnswer(ParametersWriter()) }
        let reference = LocalReference("PractitionerRole", id)
        return try await work.answer("role.revoked", on: reference)
    }
}
