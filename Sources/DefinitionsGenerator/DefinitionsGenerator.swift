import Foundation

/// Makes the tables of `Sources/CFHIRDefinitions/Tables` from the official R4 package.
///
///     DefinitionsGenerator [--package ARCHIVE] [--output DIRECTORY]
@main
struct DefinitionsGenerator {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        var archive = "../shared/data/fhir-r4/hl7.fhir.r4.core-4.0.1.tgz"
        var output = "Sources/CFHIRDefinitions/Tables"
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch (option, rest.popFirst()) {
            case ("--package", let value?): archive = value
            case ("--output", let value?): output = value
            default: throw GeneratorError(message: "usage: DefinitionsGenerator [--package FILE] [--output DIRECTORY]")
            }
        }
        guard FileManager.default.fileExists(atPath: archive) else {
            throw GeneratorError(message: "no package at \(archive); name it with --package")
        }
        for file in try files(archive: archive) {
            try Data(file.text.utf8).write(to: URL(fileURLWithPath: output).appendingPathComponent(file.name))
        }
    }

    /// Both stages: the package's archive to the tables' texts.
    static func files(archive: String) throws -> [(name: String, text: String)] {
        let package = try CorePackage(archive: archive)
        return TableText(tables: try DefinitionTables(package), title: package.title).files
    }
}
