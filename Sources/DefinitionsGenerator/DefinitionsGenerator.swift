import Foundation

/// Makes the tables of `Sources/CFHIRDefinitions` and `Sources/CFHIRProfiles` from the official R4 package, and that of
/// `Sources/CUCUM` from UCUM's own file; or only the table of the clinic's own package, from the folder with its files.
///
///     DefinitionsGenerator [--package ARCHIVE] [--ucum FILE] [--output DIRECTORY]
///     DefinitionsGenerator --profiles DIRECTORY [--output DIRECTORY]
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
        var essence = "../shared/data/ucum/ucum-essence.xml"
        var output = "Sources"
        var profiles: String?
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch (option, rest.popFirst()) {
            case ("--package", let value?): archive = value
            case ("--ucum", let value?): essence = value
            case ("--output", let value?): output = value
            case ("--profiles", let value?): profiles = value
            default:
                throw GeneratorError(
                    message: "usage: DefinitionsGenerator [--package FILE] [--ucum FILE] [--output DIRECTORY] "
                        + "| --profiles DIRECTORY [--output DIRECTORY]")
            }
        }
        let directory = URL(fileURLWithPath: output)
        if let profiles {
            let text = try ClinicPackageText(folder: profiles).text
            try Data(text.utf8).write(to: directory.appendingPathComponent("CFHIRProfiles/Tables/clinic-package.txt"))
            return
        }
        for (file, option) in [(archive, "--package"), (essence, "--ucum")]
        where !FileManager.default.fileExists(atPath: file) {
            throw GeneratorError(message: "nothing at \(file); name it with \(option)")
        }
        for file in try files(archive: archive) {
            try Data(file.text.utf8).write(to: directory.appendingPathComponent("CFHIRDefinitions/Tables/" + file.name))
        }
        let definitions = StructureDefinitionText(package: try CorePackage(archive: archive)).text
        try Data(definitions.utf8).write(
            to: directory.appendingPathComponent("CFHIRProfiles/Tables/structure-definitions.txt"))
        let units = try UnitTable(essence: Data(contentsOf: URL(fileURLWithPath: essence)))
        try Data(units.text.utf8).write(to: directory.appendingPathComponent("CUCUM/Tables/units.txt"))
    }

    /// Both stages: the package's archive to the tables' texts.
    static func files(archive: String) throws -> [(name: String, text: String)] {
        let package = try CorePackage(archive: archive)
        return TableText(tables: try DefinitionTables(package), title: package.title).files
    }
}
