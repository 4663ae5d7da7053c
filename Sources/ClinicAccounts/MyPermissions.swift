import Access
import Clinic
import FHIRDefinitions
import FHIRStore

/// `Person/$my-permissions`: what the caller may do: roles and scopes.
struct MyPermissions: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "my-permissions", typeName: "Person", level: .type, affectsState: false,
            documentation: "Tells the caller's roles, permissions for each module, and scopes.",
            roles: Set(ClinicRole.allCases),
            parameters: [
                .init(.output, "person", 0, 1, "Reference", "The caller's Person."),
                .init(.output, "practitioner", 0, 1, "Reference", "The Practitioner they are."),
                .init(.output, "patient", 0, nil, "Reference", "Patients whose records are theirs to see."),
                .init(.output, "organization", 0, 1, "Reference", "The Organization to which the account belongs."),
                .init(.output, "role", 0, nil, "code", "Codes of urn:martlet:role."),
                .init(
                    .output, "permission", 0, nil, nil, "What the roles grant in a module of the clinic's work.",
                    parts: [
                        .init(.output, "module", 1, 1, "code", "The module."),
                        .init(
                            .output, "action", 1, nil, "code", "view, create, edit, delete, approve, export or admin."),
                        .init(
                            .output, "reach", 1, 1, "code",
                            "Which resources: all, own, team (of patients in one's care), or those of one kind."),
                    ]),
                .init(.output, "scope", 0, nil, "string", "Scopes of the token, where one narrows the roles."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        var answer = ParametersWriter()
        guard let principal = work.call.principal else {
            answer.add("role", code: "superadmin")
            return ClinicAnswer(answer)
        }
        if case .account(let person) = principal.subject {
            answer.add("person", reference: LocalReference("Person", person))
        }
        if let practitioner = principal.practitioner {
            answer.add("practitioner", reference: LocalReference("Practitioner", practitioner))
        }
        for patient in principal.patients.sorted() {
            answer.add("patient", reference: LocalReference("Patient", patient))
        }
        if let organization = principal.organization {
            answer.add("organization", reference: LocalReference("Organization", organization))
        }
        for role in principal.roles.sorted() { answer.add("role", code: role) }
        for (module, grants) in work.call.rights?.grants ?? [] {
            for grant in grants {
                var permission = ParametersWriter()
                permission.add("module", code: module.rawValue)
                for action in grant.permissions.codes { permission.add("action", code: action) }
                permission.add("reach", code: grant.reach.rawValue)
                answer.add("permission", parts: permission)
            }
        }
        for scope in principal.scopes ?? [] { answer.add("scope", string: scope.text) }
        return ClinicAnswer(answer)
    }
}
