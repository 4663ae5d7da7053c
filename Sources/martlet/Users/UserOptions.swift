import Access
import ArgumentParser
import FHIRModel
import FHIRServer
import FHIRStore
import JSONTape
import Logging
import PostgreSQL

/// Who a new account is of.
struct NewUserOptions: ParsableArguments {
    @Option(help: "How they sign in, and where mail goes.")
    var email: String

    @Option(help: "What they are called, the family name last.")
    var name: String

    @Option(help: "A code of urn:martlet:role, such as physician or patient; repeat for several.")
    var role: [String]

    @Option(help: "Id of the Organization to which the account belongs. Without, it belongs to none and sees all.")
    var organization: String?

    @Option(help: "Id of the Patient they are, or for whom a proxy acts. A patient gets a new one where none is given.")
    var patient: String?

    /// The account without its password; a proxy's RelatedPerson is made when it is stored.
    func account(_ state: Access.Account.State) throws -> NewAccount {
        guard let address = EmailAddress(email) else { throw ValidationError("--email is no address of mail") }
        var new = NewAccount(address, state: state)
        new.name = HumanName(words: name)
        for id in [organization, patient] {
            if let id, !ResourceID.isValid(id) { throw ValidationError("\(id) is no id of a resource") }
        }
        new.organization = organization
        for typed in role {
            guard let code = RoleCatalog.code(typed) else {
                let known = RoleCatalog.staff.map(\.code) + RoleCatalog.ofPatients.sorted()
                throw ValidationError("--role is one of \(known.joined(separator: ", "))")
            }
            switch code {
            case "patient":
                new.patient = patient
                new.isPatient = patient == nil
            case "proxy":
                if patient == nil { throw ValidationError("--role proxy needs --patient") }
            default: new.roles.append(.init(code))
            }
        }
        return new
    }

    var isProxy: Bool { role.contains { RoleCatalog.code($0) == "proxy" } }

    /// Makes the account in a transaction.
    func store(_ new: NewAccount, in transaction: StoreTransaction) async throws -> CreatedAccount {
        var new = new
        let work = AccountWork(transaction)
        if isProxy, let patient { new.related = [try await work.makeProxy(of: patient)] }
        return try await work.create(new)
    }
}

/// The database opened for commands about accounts, and what they print.
enum UserDatabase {
    /// - Parameters:
    ///   - command: as it goes on record: `user disable`.
    ///   - body: returns the Person whom it was about; nil if it changed nothing.
    static func with(
        _ options: DatabaseOptions, _ command: String, _ body: (OpenStore) async throws -> String?
    ) async throws {
        let reader = try await options.reader()
        let settings = try options.settings(reader)
        let logger = Logger(label: "martlet") { JSONLogHandler(label: $0, level: settings.logLevel) }
        let isKept = RecordedCommand.isKept(reader)
        try await OpenStore.with(settings, isAudited: isKept, logger: logger) { open in
            try await open.migrate()
            do {
                try await RecordedCommand(command).run(open) {
                    try await body(open).map { RecordedCommand.Subject.person($0) }
                }
            } catch let error as AccountError {
                throw ValidationError(error.message)
            } catch let error as StoreError {
                throw ValidationError(error.message)
            } catch let error as PostgreSQLError {
                throw ValidationError(StoreError(error).message)
            }
        }
    }

    /// The account of an e-mail; throws where there is none.
    static func account(_ email: String, _ accounts: Accounts) async throws -> Access.Account {
        guard let address = EmailAddress(email), let account = try await accounts.account(email: address) else {
            throw ValidationError("there is no account with this e-mail")
        }
        return account
    }

    /// An object of texts, on one line.
    static func line(_ members: [(String, String?)]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in members {
            guard let value else { continue }
            writer.key(named: name)
            writer.string(value)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    static func line(_ created: CreatedAccount) -> String {
        line([
            ("person", created.person), ("practitioner", created.practitioner),
            ("practitionerRole", created.practitionerRoles.first), ("patient", created.patient),
        ])
    }
}

extension OpenStore {
    /// Accounts for commands, which seal nothing.
    var accounts: Accounts { Accounts(store: store, secrets: .temporary(), search: search) }
}
