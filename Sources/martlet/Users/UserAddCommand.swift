import Access
import ArgumentParser
import FHIRStore
import Foundation

/// `martlet user add`: an account that is in force at once.
struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make an account with a password; print the ids of its resources as JSON.")

    @OptionGroup var user: NewUserOptions

    @Option(help: "A file with the password.")
    var passwordFile: String

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        var new = try user.account(.active)
        guard let data = FileManager.default.contents(atPath: passwordFile) else {
            throw ValidationError("--password-file: \(passwordFile) cannot be read")
        }
        let password = String(String(decoding: data, as: UTF8.self).prefix { !$0.isNewline })
        guard !password.isEmpty else { throw ValidationError("--password-file: the first line is empty") }
        do {
            try PasswordRules.check(password, email: new.email, known: [user.name])
        } catch {
            // Whoever may open the database may do worse; the owner can choose another.
            Console.say("the password is weak: \(error.message)")
        }
        try await UserDatabase.with(databaseOptions, "user add") { open in
            new.password = try await open.accounts.hasher.hash(password)
            let created = try await open.store.transaction { [new] in try await user.store(new, in: $0) }
            Console.data(UserDatabase.line(created))
            return created.person
        }
    }
}

/// `martlet user invite`: an account whose owner chooses the password, by a mail that the server sends.
struct UserInviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make an account and have the server send an invitation; print ids as JSON.")

    @OptionGroup var user: NewUserOptions
    @OptionGroup var databaseOptions: DatabaseOptions

    func run() async throws {
        let new = try user.account(.invited)
        try await UserDatabase.with(databaseOptions, "user invite") { open in
            let created = try await open.store.transaction { transaction in
                let created = try await user.store(new, in: transaction)
                try await Errand.put(
                    .invitation, email: new.email, person: created.person, in: transaction.session)
                return created
            }
            Console.data(UserDatabase.line(created))
            return created.person
        }
    }
}
