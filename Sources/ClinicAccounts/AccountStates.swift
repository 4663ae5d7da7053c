import Access
import Clinic
import FHIRDefinitions
import FHIRStore

/// `Person/[id]/$activate`: an account that was switched off is in force again.
struct ActivatePerson: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "activate", typeName: "Person", level: .instance, affectsState: true,
            documentation: "Puts an account that was switched off in force again.",
            roles: [.superadmin, .humanResources, .medicalAdmin], events: ["user.activated"],
            parameters: [
                .init(.input, "reason", 1, 1, "string", "Why."),
                .init(.output, "return", 1, 1, "Person", "The Person, active."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let person = try work.instance.reference
        let account = try await work.account(person)
        try await Administrator(work).requireAuthority(over: account, work)
        // Switched off by hand on the Person, the account itself is still active.
        let from: Set<Account.State> = account.isPersonActive ? [.deactivated] : [.deactivated, .active]
        let state: Account.State = account.hasPassword ? .active : .invited
        try await work.refusing {
            try await AccountWork(work.transaction).setState(state, of: person.id, from: from)
        }
        return try await work.answer("user.activated", on: person)
    }
}

/// `Person/[id]/$unlock`: failed sign-ins are forgotten.
struct UnlockPerson: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "unlock", typeName: "Person", level: .instance, affectsState: true,
            documentation: "Lets somebody who was locked out after failed sign-ins try again.",
            roles: [.superadmin, .humanResources, .medicalAdmin], events: ["user.unlocked"],
            parameters: [
                .init(.input, "reason", 1, 1, "string", "Why."),
                .init(.output, "return", 1, 1, "Person", "The Person."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let person = try work.instance.reference
        let account = try await work.account(person)
        try await Administrator(work).requireAuthority(over: account, work)
        try await work.refusing { try await AccountWork(work.transaction).unlock(person: person.id) }
        return try await work.answer("user.unlocked", on: person)
    }
}
