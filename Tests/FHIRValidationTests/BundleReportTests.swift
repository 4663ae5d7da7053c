import FHIRDefinitions
import FHIRPath
import FHIRValidation
import JSONTape
import Testing

/// What reports say of bundles as a whole (R4 bundle.html, documents.html, search.html).
@Suite struct BundleReportTests {
    private static let validator = ResourceValidator(definitions: .r4, engine: FHIRPathEngine())

    private func errors(_ text: String, _ options: ValidationOptions = ValidationOptions()) throws -> [String] {
        let node = JSONNode(try Document.parse(text, limits: .fhir))
        let type = try #require(FHIRDefinitions.r4.resourceType(named: "Bundle"))
        return Self.validator.issues(in: node, type: type, options: options)
            .filter { $0.severity == .error }.map(\.expression)
    }

    private static func bundle(_ type: String, _ entries: [String], _ more: String = "") -> String {
        #"{"resourceType":"Bundle","type":"\#(type)",\#(more)"entry":[\#(entries.joined(separator: ","))]}"#
    }

    private static func entry(_ url: String, _ resource: String, _ more: String = "") -> String {
        #"{"fullUrl":"\#(url)","resource":{\#(resource)}\#(more)}"#
    }

    private static func patient(_ id: String) -> String { #""resourceType":"Patient","id":"\#(id)""# }

    private static func observation(_ id: String, subject: String) -> String {
        #""resourceType":"Observation","id":"\#(id)","status":"final","code":{"text":"x"},"#
            + #""subject":{"reference":"\#(subject)"}"#
    }

    private static func composition(_ id: String, subject: String, entry: String) -> String {
        #""resourceType":"Composition","id":"\#(id)","status":"final","type":{"text":"x"},"date":"2024","title":"x","#
            + #""subject":{"reference":"\#(subject)"},"author":[{"display":"x"}],"#
            + #""section":[{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"#
            + #""section":[{"title":"x","entry":[{"reference":"\#(entry)"}]}]}]"#
    }

    private static let identity =
        #""identifier":{"system":"urn:x","value":"1"},"timestamp":"2024-01-01T00:00:00Z","#
    private static let base = "http://example.org/fhir/"
    private static let first = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
    private static let second = "urn:uuid:c757873d-ec9a-4326-a141-556f43239521"
    private static let third = "urn:uuid:c757873d-ec9a-4326-a141-556f43239522"

    private static func document(subject: String, entry: String, _ more: [String] = []) -> String {
        bundle(
            "document",
            [
                Self.entry(base + "Composition/c", composition("c", subject: subject, entry: entry)),
                Self.entry(base + "Patient/p", patient("p")),
                Self.entry(base + "Observation/o", observation("o", subject: "Patient/p")),
            ] + more, identity)
    }

    static let sound: [String] = [
        document(subject: "Patient/p", entry: "Observation/o"),
        document(subject: base + "Patient/p", entry: "http://example.org/fhir/Observation/o"),
        // What refers to the document's resources belongs to it too.
        document(
            subject: "Patient/p", entry: "Observation/o",
            [entry(base + "Observation/q", observation("q", subject: "Patient/p"))]),
        // Relative references beside URNs mean URNs.
        bundle(
            "document",
            [
                entry(
                    first,
                    composition(
                        "c", subject: "Patient/c757873d-ec9a-4326-a141-556f43239521", entry: third)),
                entry(second, patient("p")), entry(third, observation("o", subject: second)),
            ], identity),
        bundle("collection", [entry(base + "Observation/o", observation("o", subject: "Patient/elsewhere"))]),
        bundle("batch", [#"{"resource":{\#(patient("a"))},"request":{"method":"POST","url":"Patient"}}"#]),
        bundle(
            "searchset",
            [
                entry(base + "Patient/a", patient("a"), #","search":{"mode":"match"}"#),
                entry(base + "Observation/o", observation("o", subject: "Patient/a"), #","search":{"mode":"include"}"#),
                #"{"resource":{"resourceType":"OperationOutcome","#
                    + #""issue":[{"severity":"warning","code":"processing"}]},"search":{"mode":"outcome"}}"#,
            ], #""link":[{"relation":"self","url":"http://example.org/fhir/Patient?name=a"}],"#),
    ]

    @Test(arguments: sound) func soundBundlesHaveNoErrors(_ text: String) throws {
        #expect(try errors(text) == [])
    }

    static let faulty: [(text: String, expressions: [String])] = [
        (bundle("collection", [#"{"resource":{\#(patient("a"))}}"#]), ["Bundle.entry[0]"]),
        (bundle("collection", [entry(base + "Patient/a", #""resourceType":"Patient""#)]), ["Bundle.entry[0].resource"]),
        (
            document(subject: "Patient/q", entry: "Observation/o"),
            ["Bundle.entry[0].resource.subject.reference"]
        ),
        (
            document(subject: "Patient/p", entry: "Observation/q"),
            ["Bundle.entry[0].resource.section[0].section[0].entry[0].reference"]
        ),
        (
            document(subject: "Patient/p", entry: "http://example.org/other/Observation/o"),
            ["Bundle.entry[0].resource.section[0].section[0].entry[0].reference"]
        ),
        (
            document(subject: "Patient/p", entry: "Observation/o", [entry(base + "Patient/z", patient("z"))]),
            ["Bundle.entry[3]"]
        ),
        (
            document(subject: "Patient/p", entry: "Observation/o/_history/2"),
            ["Bundle.entry[0].resource.section[0].section[0].entry[0].reference"]
        ),
        (
            bundle(
                "collection",
                [
                    entry(base + "Observation/o", observation("o", subject: "Patient/p")),
                    entry(base + "Patient/p", patient("p") + #","meta":{"versionId":"1"}"#),
                    entry(base + "Patient/p", patient("p") + #","meta":{"versionId":"2"}"#),
                ]), ["Bundle.entry[0].resource.subject.reference"]
        ),
        (
            bundle(
                "collection",
                [
                    entry(first, observation("o", subject: "Patient/c757873d-ec9a-4326-a141-556f43239521")),
                    entry(second, #""resourceType":"Organization","name":"x""#),
                ]), ["Bundle.entry[0].resource.subject.reference"]
        ),
        (
            bundle(
                "searchset", [entry(base + "Patient/a", patient("a"), #","search":{"mode":"outcome"}"#)]),
            ["Bundle.entry[0].resource"]
        ),
        (
            bundle(
                "searchset", [entry(first, #""resourceType":"Patient""#, #","search":{"mode":"include"}"#)]),
            ["Bundle.entry[0].resource"]
        ),
        (
            bundle(
                "searchset", [entry(base + "Patient/a", patient("a"), #","search":{"mode":"match"}"#)],
                #""link":[{"relation":"self","url":"http://example.org/fhir/Observation?code=a"}],"#),
            ["Bundle.entry[0].resource"]
        ),
    ]

    @Test(arguments: faulty) func faultyBundlesAreReported(_ text: String, _ expressions: [String]) throws {
        #expect(try errors(text) == expressions)
    }

    /// Bundles are stored as they come: what is in them may be completed elsewhere.
    @Test(arguments: faulty) func storingAsksForLess(_ text: String, _: [String]) throws {
        #expect(try errors(text, .storage) == [])
    }
}
