import Clinic
import ClinicTesting
import ClinicWorkflows
import FHIRDefinitions
import FHIRServerTesting
import Foundation
import JSONTape
import Testing

/// What holds for all operations of the clinic alike.
@Suite struct EveryOperationTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func declarationsAreSound() {
        let definitions = FHIRDefinitions.r4
        func check(_ parameters: [OperationParameterDeclaration], _ path: String) {
            for use in [OperationParameterDeclaration.Use.input, .output] {
                let names = parameters.filter { $0.use == use }.map(\.name)
                #expect(Set(names).count == names.count, "\(path) names a parameter twice")
            }
            for parameter in parameters {
                let isKnown = parameter.type.map { definitions.type(named: $0) != nil } ?? true
                #expect(isKnown, "\(path): \(parameter.name)")
                check(parameter.parts, path)
            }
        }
        for declaration in ClinicWorkflows.operations.map(\.declaration) {
            if declaration.level != .system {
                #expect(definitions.resourceType(named: declaration.typeName) != nil, "\(declaration.path)")
            }
            #expect(!declaration.documentation.isEmpty, "\(declaration.path)")
            check(declaration.parameters, declaration.path)
            guard let transition = declaration.transition else { continue }
            let states = StateMachine.of(declaration.typeName)?.states ?? []
            #expect(transition.from.isSubset(of: states), "\(declaration.path)")
        }
        let paths = ClinicWorkflows.operations.map(\.declaration.path)
        #expect(Set(paths).count == paths.count)
    }

    @Test func eachIsCalledByATest() throws {
        let tests = Self.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var text = ""
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift", file.lastPathComponent != "EveryOperationTests.swift" else { continue }
            text += try String(contentsOf: file, encoding: .utf8)
        }
        for declaration in ClinicWorkflows.operations.map(\.declaration) {
            // Names end at the quote, a blank or whatever else is no part of them.
            let call = "$" + declaration.name
            let isCalled = text.ranges(of: call).contains { range in
                guard range.upperBound < text.endIndex else { return true }
                let next = text[range.upperBound]
                return !next.isLetter && next != "-"
            }
            #expect(isCalled, "no test calls \(declaration.path)")
        }
    }

    @Test func thePageSaysWhatIsDeclared() throws {
        let page = try String(contentsOf: Self.root.appending(path: "docs/clinic-operations.md"), encoding: .utf8)
        let isEqual =
            page.trimmingCharacters(in: .newlines)
            == OperationPage.markdown.trimmingCharacters(in: .newlines)
        #expect(isEqual, "run make operations")
    }

    @Test func definitionsAreServedAndValid() async throws {
        try await ClinicServer.with { server in
            for declaration in ClinicWorkflows.operations.map(\.declaration) where declaration.definition == nil {
                let type = declaration.typeName.isEmpty ? "Resource" : declaration.typeName
                let id = "\(type)-\(declaration.name)"
                let definition = try await server.client.get("OperationDefinition/\(id)")
                #expect(definition.status == 200, "\(id)")
                let verdict = try await server.client.post("OperationDefinition/$validate", definition.text)
                #expect(!verdict.text.contains(#""severity":"error""#), "\(id): \(verdict.text)")
            }
        }
    }

    @Test func namesThatAreNotDeclaredAreRefusedByAll() async throws {
        try await ClinicServer.with { server in
            for declaration in ClinicWorkflows.operations.map(\.declaration) {
                let path = declaration.path.replacing("[id]", with: "nobody")
                let answer = try await server.client.call(path, [#"{"name":"no-such-parameter","valueString":"x"}"#])
                #expect(answer.status == 400, "\(path): \(answer.status)")
                #expect(answer.issueCodes == ["unknown-parameter"], "\(path): \(answer.text)")
            }
        }
    }
}
