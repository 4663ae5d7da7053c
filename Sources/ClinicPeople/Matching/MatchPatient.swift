import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `Patient/$match`: finds the patients that a description may be of, graded.
/// https://hl7.org/fhir/R4/patient-operation-match.html
struct MatchPatient: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "match", typeName: "Patient", level: .type, affectsState: false,
            documentation: "Finds patients by a description, with how likely each is the one.",
            definition: "http://hl7.org/fhir/OperationDefinition/Patient-match",
            roles: [.registration, .nurse, .physician, .medicalAdmin, .system],
            parameters: [
                .init(.input, "resource", 1, 1, "Patient", "What is known of the patient; need not be complete."),
                .init(.input, "onlyCertainMatches", 0, 1, "boolean", "Answer nothing unless one match is certain."),
                .init(.input, "count", 0, 1, "integer", "Greatest number of matches."),
                .init(.output, "return", 1, 1, "Bundle", "The matches, the likeliest first, with score and grade."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = work.parameters.resources("resource").first else {
            throw OperationParameters.invalid("the parameter resource is a Patient")
        }
        let count = work.parameters.integer("count")
        if let count, count < 0 {
            throw OperationParameters.invalid("count is not negative", at: work.parameters.place(of: "count"))
        }
        var matches = try await PatientMatcher(work).matches(PatientFeatures(patient))
        if work.parameters.bool("onlyCertainMatches") {
            let certain = matches.filter { $0.score.grade == .certain }
            // Several that are certain mean that none is.
            matches = certain.count == 1 ? certain : []
        }
        return ClinicAnswer(
            resource: MatchBundle.json(Array(matches.prefix(count ?? 50)), total: matches.count, work))
    }
}

/// The searchset of `$match`: each entry has a score, and the extension match-grade.
enum MatchBundle {
    static let gradeURL = "http://hl7.org/fhir/StructureDefinition/match-grade"

    static func json(_ matches: [PatientCandidate], total: Int, _ work: ClinicWork) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.member("type", "searchset")
            writer.key("total")
            writer.number(total)
            if !matches.isEmpty {
                writer.key("entry")
                writer.beginArray()
                for match in matches { write(match, work, to: &writer) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private static func write(_ match: PatientCandidate, _ work: ClinicWork, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fullUrl", "\(work.call.base)/\(match.reference.text)")
        writer.key("resource")
        let content = match.node.source
        writer.raw(content.withUnsafeBufferPointer { work.store.renderer.render(content: $0, stamp: match.stamp) })
        writer.key("search")
        writer.beginObject()
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", gradeURL)
        writer.member("valueCode", match.score.grade.rawValue)
        writer.endObject()
        writer.endArray()
        writer.member("mode", "match")
        writer.key("score")
        writer.raw(score(match.score.probability).utf8)
        writer.endObject()
        writer.endObject()
    }

    /// Three digits behind the point.
    private static func score(_ probability: Double) -> String {
        let thousandths = min(1000, max(0, Int((probability * 1000).rounded())))
        if thousandths == 1000 { return "1" }
        let digits = String(thousandths)
        return "0." + String(repeating: "0", count: 3 - digits.count) + digits
    }
}
