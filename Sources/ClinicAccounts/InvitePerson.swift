import Access
import Clinic
import FHIRDefinitions
import FHIRModel
import FHIRStore
import JSONTape

/// `Person/$invite`: makes an account for somebody, who chooses a password by a link that is sent by mail.
struct InvitePerson: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "invite", typeName: "Person", level: .type, affectsState: true,
            documentation: "Makes an account for somebody, and sends an invitation by mail. Roles are below one's own.",
            roles: [.superadmin, .medicalAdmin, .registration, .humanResources], events: ["user.invited"],
            parameters: [
                .init(.input, "email", 1, 1, "string", "Where the invitation goes, and how they sign in."),
                .init(.input, "role", 1, nil, "code", "Codes of urn:martlet:role."),
                .init(.input, "organization", 0, 1, "Reference", "The Organization; one's own where not given."),
                .init(.input, "profile", 0, 1, "Practitioner", "The Practitioner to be made, for staff."),
                .init(.input, "name", 0, 1, "HumanName", "What they are called, where no profile tells."),
                .init(.input, "patient", 0, 1, "Reference", "The Patient, or for a proxy the RelatedPerson, they are."),
                .init(.output, "return", 1, 1, "Person", "The Person, not active until the invitation is accepted."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let administrator = Administrator(work)
        guard let email = work.parameters.text("email").flatMap({ EmailAddress($0) }) else {
            throw OperationParameters.invalid(
                "the parameter email is an address that mail can be sent to",
                at: work.parameters.place(of: "email").map { $0 + ".value" })
        }
        var new = NewAccount(email, state: .invited)
        let roles = try work.roleCodes("role")
        for role in Set(roles).sorted() {
            let isProposed = try administrator.requireGift(of: role)
            if RoleCatalog.isStaff(role) { new.roles.append(.init(role, isProposed: isProposed)) }
        }
        let named = try work.parameters.reference("organization", "Organization")
        if let named { _ = try await work.read(named, element: work.parameters.place(of: "organization")) }
        new.organization = try administrator.organization(named)
        let profile = work.parameters.resources("profile").first
        new.name = try work.parameters.element("name", HumanName.self)
        if new.name == nil, let name = profile?["name"]?.items.first { new.name = try? HumanName(from: name) }
        if let profile {
            var edit = ResourceEdit(profile)
            edit.remove("id")
            new.profile = edit.bytes
        }
        try await link(&new, Set(roles), work)
        let created = try await work.refusing { [new] in try await AccountWork(work.transaction).create(new) }
        let person = LocalReference("Person", created.person)
        try await Errand.put(.invitation, email: email, person: created.person, in: work.transaction.session)
        return try await work.answer("user.invited", on: person)
    }

    /// Which patient they are, or for whom they stand.
    private func link(_ new: inout NewAccount, _ roles: Set<String>, _ work: ClinicWork) async throws {
        let target = try work.parameters.reference("patient", "Patient", "RelatedPerson")
        if let target { _ = try await work.read(target, element: work.parameters.place(of: "patient")) }
        if roles.contains("patient") {
            guard target?.typeName != "RelatedPerson" else {
                throw OperationParameters.invalid(
                    "a patient is a Patient", at: work.parameters.place(of: "patient").map { $0 + ".value" })
            }
            new.patient = target?.id
            new.isPatient = target == nil
        }
        if roles.contains("proxy") {
            guard let target, target.typeName == "RelatedPerson" else {
                throw StoreError(
                    .businessRule, "a proxy is a RelatedPerson of the patient: the parameter patient names it",
                    expression: "Parameters.parameter", details: "missing")
            }
            new.related = [target.id]
        }
    }
}
