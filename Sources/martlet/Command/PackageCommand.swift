import ArgumentParser

/// `martlet package`: FHIR NPM packages.
struct PackageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Load FHIR NPM packages, and list those that are loaded.",
        subcommands: [PackageLoadCommand.self, PackageListCommand.self])
}
