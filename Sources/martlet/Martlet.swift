import ArgumentParser

/// The command line. Data goes to stdout, words to stderr; the exit status is 0 only on success.
@main
struct Martlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A FHIR R4 and HL7 v2 server on PostgreSQL.",
        discussion: """
            Every option can also be given as MARTLET_… in the environment (--database-url as MARTLET_DATABASE_URL) \
            or in a JSON file named with --config ({"databaseUrl": "…"}). The command line wins, then the environment.
            """,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, LoadCommand.self, HL7Command.self, UserCommand.self,
            ClientCommand.self, TokenCommand.self, CheckCommand.self, ReindexCommand.self, PackageCommand.self,
            OperationsCommand.self, AuditCommand.self,
        ])
}
