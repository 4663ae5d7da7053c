import ArgumentParser
import ClinicWorkflows

/// `martlet operations`: the page of the clinic's operations.
struct OperationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations", abstract: "Print what the clinic's operations take and do, as Markdown.")

    func run() { Console.data(OperationPage.markdown) }
}
