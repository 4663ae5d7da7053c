import FHIRDefinitions
import FHIRFormats
import Foundation
import JSONTape
import Testing

@testable import FHIRPath

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The official FHIRPath tests for R4, where the reference data is present.
@Suite struct OfficialSuiteTests {
    /// Cases that do not pass, with the reason.
    static let deviations: [String: String] = [:]

    @Test func asTheSuiteDemands() throws {
        let folder = ReferenceData.path("fhir-r4/fhirpath")
        guard let data = FileManager.default.contents(atPath: "\(folder)/tests-fhir-r4.xml") else {
            print("skipped: the official FHIRPath tests are not at \(folder)")
            return
        }
        let cases = SuiteReader.read(data)
        let runner = SuiteRunner(folder: "\(folder)/input")
        var passed = 0
        var failures: [String] = []
        for suiteCase in cases {
            if let failure = runner.failure(of: suiteCase) {
                failures.append("\(suiteCase.name): \(suiteCase.expression): \(failure)")
                #expect(Self.deviations[suiteCase.name] != nil, "\(failures[failures.count - 1])")
            } else {
                passed += 1
            }
        }
        for failure in failures { print(failure) }
        print("official FHIRPath tests: \(passed) of \(cases.count) passed")
    }

    /// Paths that the suite expects results of are no errors in strict mode.
    @Test func strictModeRefusesNoneThatHasAResult() throws {
        let folder = ReferenceData.path("fhir-r4/fhirpath")
        guard let data = FileManager.default.contents(atPath: "\(folder)/tests-fhir-r4.xml") else { return }
        let runner = SuiteRunner(folder: "\(folder)/input")
        for suiteCase in SuiteReader.read(data) where !suiteCase.isInvalid && suiteCase.input != nil {
            var suiteCase = suiteCase
            suiteCase.isStrict = true
            let failure = runner.failure(of: suiteCase)
            #expect(failure == nil, "\(suiteCase.name): \(suiteCase.expression): \(failure ?? "")")
        }
    }
}

struct SuiteCase {
    var name = ""
    var input: String?
    var expression = ""
    var isInvalid = false
    var isStrict = false
    var isPredicate = false
    var isOrdered = true
    var outputs: [(type: String?, text: String)] = []
}

private final class SuiteReader: NSObject, XMLParserDelegate {
    private var cases: [SuiteCase] = []
    private var current = SuiteCase()
    private var text = ""
    private var type: String?

    static func read(_ data: Data) -> [SuiteCase] {
        let reader = SuiteReader()
        let parser = XMLParser(data: data)
        parser.delegate = reader
        parser.parse()
        return reader.cases
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        text = ""
        switch element {
        case "test":
            current = SuiteCase(name: attributes["name"] ?? "", input: attributes["inputfile"])
            current.isStrict = attributes["mode"] == "strict" || attributes["checkOrderedFunctions"] == "true"
            current.isPredicate = attributes["predicate"] == "true"
            current.isOrdered = attributes["ordered"] != "false"
        case "expression": current.isInvalid = attributes["invalid"] != nil
        case "output": type = attributes["type"]
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) {
        switch element {
        case "expression": current.expression = text
        case "output": current.outputs.append((type, text))
        case "test": cases.append(current)
        default: break
        }
    }
}

private struct SuiteRunner {
    private let engine = FHIRPathEngine()
    private let folder: String

    init(folder: String) { self.folder = folder }

    /// Nil if the case passes.
    func failure(of suiteCase: SuiteCase) -> String? {
        let evaluation: Evaluation
        do {
            let document = try document(suiteCase.input)
            var environment = Environment()
            environment.now = Temporal(millisecondsSince1970: 1_780_000_000_000, offsetMinutes: 60)
            evaluation = Evaluation(document, engine: engine, environment: environment)
        } catch {
            return "input: \(error)"
        }
        do {
            let expression = try engine.expression(
                suiteCase.expression, strictlyOn: suiteCase.isStrict ? evaluation.rootResource.type : nil)
            var result = try evaluation.evaluate(expression)
            if suiteCase.isInvalid { return "is accepted" }
            if suiteCase.isPredicate { result = .one(.boolean(!result.isEmpty)) }
            return difference(result, suiteCase, evaluation)
        } catch {
            return suiteCase.isInvalid ? nil : "\(error)"
        }
    }

    private func document(_ input: String?) throws -> Document {
        guard let input else { return try Document.parse(#"{"resourceType":"Basic"}"#) }
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(input)")))
        return input.hasSuffix(".json")
            ? try Document.parse(bytes) : try XMLResourceReader(definitions: .r4).document(bytes)
    }

    private func difference(_ result: Items, _ suiteCase: SuiteCase, _ evaluation: Evaluation) -> String? {
        var found = result.map { item in (type: typeName(item, evaluation), text: evaluation.text(item) ?? "?") }
        var expected = suiteCase.outputs.map { output in
            (
                type: output.type,
                text: output.text.hasPrefix("@T")
                    ? String(output.text.dropFirst(2))
                    : output.text.hasPrefix("@") ? String(output.text.dropFirst()) : output.text
            )
        }
        if !suiteCase.isOrdered {
            found.sort { $0.text < $1.text }
            expected.sort { $0.text < $1.text }
        }
        let isEqual =
            found.count == expected.count
            && zip(found, expected).allSatisfy { $0.text == $1.text && ($1.type == nil || $0.type == $1.type) }
        return isEqual ? nil : "gives \(found), not \(expected)"
    }

    /// System types by the names that the suite has for them.
    private func typeName(_ item: Item, _ evaluation: Evaluation) -> String {
        let name = evaluation.typeName(item).name
        guard let system = item.systemType, system != .quantity else { return name }
        return name.prefix(1).lowercased() + name.dropFirst()
    }
}

/// Where the reference data is.
enum ReferenceData {
    static func path(_ relative: String) -> String {
        "\(ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data")/\(relative)"
    }
}
