import Foundation
import Testing

@testable import ModelGenerator

@Suite("Generator of the models")
struct ModelGeneratorTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func unknownResourcesAreRefused() {
        #expect(throws: PlanError.self) { try ModelGenerator.files(resources: ["Patiens"]) }
    }

    @Test(arguments: [
        ("Patient.contact", "Patient.Contact"), ("Task.input", "FHIRTask.Input"), ("dateTime", "FHIRDateTime"),
        ("unsignedInt", "Int"), ("Duration", "Quantity"), ("Duration", "Quantity"), ("Timing.repeat", "Timing.Repeat"),
        ("ElementDefinition.type", "ElementDefinition.TypeReference"),
    ])
    func names(name: String, swiftName: String) { #expect(SwiftNames.type(name) == swiftName) }

    @Test func propertiesThatAreKeywordsAreQuoted() {
        #expect(SwiftNames.property("class") == "`class`")
        #expect(SwiftNames.property("status") == "status")
        #expect(SwiftNames.choice("quantity", typeNames: ["Quantity"]) == "QuantityChoice")
    }

    @Test func smallPlanGivesThisText() {
        let choice = ModelChoice(
            swiftName: "Value",
            cases: [
                ModelChoice.Case(name: "string", suffix: "String", type: "String", isIndirect: false),
                ModelChoice.Case(name: "period", suffix: "Period", type: "Period", isIndirect: true),
            ])
        let structure = ModelStructure(
            name: "Thing.part", swiftName: "Thing.Part",
            elements: [
                ModelElement(name: "id", kind: .one, type: "String", note: "0..1 string"),
                ModelElement(name: "repeat", kind: .boxed, type: "Period", note: "0..1 Period"),
                ModelElement(name: "value", kind: .choice, type: "Value", note: "1..1"),
            ], choices: [choice])
        let file = ModelFile(structure: ModelStructure(name: "Thing", swiftName: "Thing"), nested: [structure])
        let text = ModelText(plan: ModelPlan(files: [file])).files[0].text
        #expect(text.hasSuffix(Self.golden), "\(text)")
        #expect(text.hasPrefix(ModelText.header))
    }

    @Test func regeneratingChangesNothing() throws {
        let generated = Self.root.appendingPathComponent("Sources/FHIRModel/Generated")
        let files = try ModelGenerator.files(resources: ModelledResources.names)
        for file in files {
            let kept = try String(contentsOf: generated.appendingPathComponent(file.name), encoding: .utf8)
            #expect(file.text == kept, "make generate changes \(file.name)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: generated.path)
        #expect(Set(names) == Set(files.map(\.name)))
    }

    private static let golden = """
        extension Thing {
            /// Thing.part. https://hl7.org/fhir/R4/thing.html#Thing.part
            package struct Part: FHIRElement {
                package static let definition = ModelDefinition("Thing.part")
                /// 0..1 string
                package var id: String?
                /// 0..1 Period
                @Indirect package var `repeat`: Period?
                /// 1..1
                package var value: Value?
                /// `id` and extensions of the primitives.
                package var companions = Companions()

                package init() {}

                package mutating func read(_ reader: inout PropertyReader) {
                    switch reader.element {
                    case 0: reader.one(&self.id)
                    case 1: reader.boxed(&_repeat)
                    case 2: reader.choice(&self.value)
                    default: reader.refuse()
                    }
                }

                package func writeElements(to writer: inout JSONWriter) {
                    writer.one("id", self.id, companions)
                    writer.boxed("repeat", _repeat)
                    writer.choice("value", self.value, companions)
                }

                /// The types that the element may have.
                package enum Value: FHIRChoice {
                    case string(String)
                    indirect case period(Period)

                    package init(_ reader: inout PropertyReader) throws(FHIRModelError) {
                        switch reader.choice {
                        case 0: self = .string(try reader.value())
                        case 1: self = .period(try reader.value())
                        default: throw reader.unknown
                        }
                    }

                    package func write(
                        _ name: StaticString, _ companions: Companions, to writer: inout JSONWriter
                    ) {
                        switch self {
                        case .string(let value): writer.typed(name, "String", value, companions)
                        case .period(let value): writer.typed(name, "Period", value, companions)
                        }
                    }
                }
            }
        }

        """
}
