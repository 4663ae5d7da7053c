import Access
import Clinic
import FHIRDefinitions
import FHIRStore

/// Whose role, which, and where.
struct RoleParameters {
    static let inputs: [ClinicOperationDeclaration.Parameter] = [
        .init(.input, "person", 1, 1, "Reference", "The Person; has an account."),
        .init(.input, "role", 1, 1, "code", "A role of staff, of urn:martlet:role."),
        .init(.input, "organization", 0, 1, "Reference", "The Organization; that of the account where not given."),
    ]

    let administrator: Administrator
    let account: Account
    let role: String
    let organization: String?

    init(_ work: ClinicWork) async throws {
        administrator = Administrator(work)
        guard let person = try work.parameters.reference("person", "Person"),
            let role = try work.roleCodes("role").first
        else { throw OperationParameters.invalid("the parameters person and role are missing") }
        guard RoleCatalog.isStaff(role) else {
            throw StoreError(
                .businessRule, "\(role) is no role of staff: accounts of patients are linked to their records",
                expression: work.parameters.place(of: "role"), details: "not-allowed")
        }
        self.role = role
        _ = try await work.read(person, element: work.parameters.place(of: "person"))
        account = try await work.account(person)
        try await administrator.requireAuthority(over: account, isHiring: true, work)
        let named = try work.parameters.reference("organization", "Organization")
        if let named { _ = try await work.read(named, element: work.parameters.place(of: "organization")) }
        organization = try administrator.organization(named) ?? account.organization
    }
}
