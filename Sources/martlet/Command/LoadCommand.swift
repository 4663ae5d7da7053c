import ArgumentParser

/// `martlet load`: fills the database.
///
/// It has no arguments of its own: files there would swallow the names of the subcommands.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Load resources, or the code systems of a publisher.",
        subcommands: [LoadResourcesCommand.self, LoadTerminologyCommand.self],
        defaultSubcommand: LoadResourcesCommand.self)
}
