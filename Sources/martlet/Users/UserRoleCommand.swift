import Access
import ArgumentParser
import FHIRStore

/// `martlet user role`: gives and takes roles of staff.
struct UserRoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give roles of staff to an account, or take them away; print those it has.")

    @Option(help: "How they sign in.")
    var email: String

    @Option(help: "A role to give; repeat for several.")
    var add: [String] = []

    @Option(help: "A role to take away; repeat for several.")
    var remove: [String] = []

    @Option(help: "Id of the Organization where the roles hold. Default: that of the account.")
    var organization: String?

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let given = try add.map(Self.code)
        let taken = try remove.map(Self.code)
        try await UserDatabase.with(databaseOptions, "user role") { open in
            let account = try await UserDatabase.account(email, open.accounts)
            let place = organization ?? account.organization
            try await open.store.transaction { transaction in
                let work = AccountWork(transaction)
                guard var account = try await work.account(person: account.person) else { return }
                for role in given {
                    _ = try await work.assign(.init(role), organization: place, to: account)
                    account = try await work.account(person: account.person) ?? account
                }
                for role in taken { _ = try await work.revoke(role, organization: place, from: account.person) }
            }
            for role in try await open.accounts.roles(person: account.person) {
                Console.data(
                    UserDatabase.line([
                        ("role", role.role), ("organization", role.organization),
                        ("practitionerRole", role.practitionerRole),
                    ]))
            }
            return given.isEmpty && taken.isEmpty ? nil : account.person
        }
    }

    private static func code(_ typed: String) throws -> String {
        guard let code = RoleCatalog.code(typed), RoleCatalog.isStaff(code) else {
            throw ValidationError("\(typed) is no role of staff")
        }
        return code
    }
}
