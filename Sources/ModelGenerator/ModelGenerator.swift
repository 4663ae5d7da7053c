import FHIRDefinitions
import Foundation

/// Makes the Swift types of `Sources/FHIRModel/Generated` from the embedded R4 tables.
///
///     ModelGenerator [--output DIRECTORY]
@main
struct ModelGenerator {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        guard arguments.isEmpty || (arguments.count == 2 && arguments[0] == "--output") else {
            throw PlanError(message: "usage: ModelGenerator [--output DIRECTORY]")
        }
        let directory = URL(fileURLWithPath: arguments.last ?? "Sources/FHIRModel/Generated")
        let files = try files(resources: ModelledResources.names)
        let names = Set(files.map(\.name))
        for old in try FileManager.default.contentsOfDirectory(atPath: directory.path)
        where old.hasSuffix(".swift") && !names.contains(old) {
            try FileManager.default.removeItem(at: directory.appendingPathComponent(old))
        }
        for file in files { try Data(file.text.utf8).write(to: directory.appendingPathComponent(file.name)) }
    }

    /// Both stages: the tables to the texts of all files.
    static func files(resources: [String]) throws -> [(name: String, text: String)] {
        var planner = ModelPlanner(.r4, resources: resources)
        return ModelText(plan: try planner.plan()).files
    }
}
