import Access
import ArgumentParser
import FHIRStore

/// `martlet user disable`: switches an account off; sessions and tokens end.
struct UserDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "disable", abstract: "Switch an account off.")

    @Option(help: "How they sign in.")
    var email: String

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        try await UserDatabase.with(databaseOptions, "user disable") { open in
            let account = try await UserDatabase.account(email, open.accounts)
            try await open.store.transaction { transaction in
                try await AccountWork(transaction).setState(
                    .deactivated, of: account.person, from: [.active, .invited, .pendingVerification])
            }
            Console.data(UserDatabase.line([("person", account.person), ("state", "deactivated")]))
            return account.person
        }
    }
}

/// `martlet user enable`: puts an account in force again, and forgets failed sign-ins.
struct UserEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Put an account in force again, and forget failed sign-ins.")

    @Option(help: "How they sign in.")
    var email: String

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        try await UserDatabase.with(databaseOptions, "user enable") { open in
            let account = try await UserDatabase.account(email, open.accounts)
            let state: Account.State = account.hasPassword ? .active : .invited
            try await open.store.transaction { transaction in
                let work = AccountWork(transaction)
                if !account.isInForce {
                    try await work.setState(state, of: account.person, from: [.deactivated, .active])
                }
                try await work.unlock(person: account.person)
            }
            Console.data(UserDatabase.line([("person", account.person), ("state", state.rawValue)]))
            return account.person
        }
    }
}

/// `martlet user list`: all accounts, one line of JSON each.
struct UserListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the accounts, one line of JSON each.")

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        try await UserDatabase.with(databaseOptions, "user list") { open in
            for account in try await open.accounts.all() {
                Console.data(
                    UserDatabase.line([
                        ("person", account.person), ("email", account.email.text),
                        (
                            "state",
                            account.isInForce || account.state != .active ? account.state.rawValue : "deactivated"
                        ),
                        ("organization", account.organization), ("practitioner", account.practitioner),
                        ("patient", account.patient),
                    ]))
            }
            return nil
        }
    }
}
