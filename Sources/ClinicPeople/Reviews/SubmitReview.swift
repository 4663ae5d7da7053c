import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /Communication/$submit-review`: what a patient says of a visit that has ended, once.
///
/// The answers are a QuestionnaireResponse of the patient; what may become public is a Communication that names no
/// patient, and waits for `$moderate`.
struct SubmitReview: ClinicOperation {
    static let questionnaire = "urn:martlet:questionnaire:visit-review"
    static let ratingExtension = "urn:martlet:review-rating"
    static let category = #"{"coding":[{"system":"urn:martlet:communication-category","code":"review"}]}"#

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "submit-review", typeName: "Communication", level: .type, affectsState: true,
            documentation: "Takes a patient's review of a visit that has ended; it is public when it was moderated.",
            roles: [.patient, .proxy, .satisfaction, .registration], events: ["review.submitted"],
            parameters: [
                .init(.input, "encounter", 1, 1, "Reference", "The visit."),
                .init(.input, "rating", 1, 1, "integer", "From 1 to 5."),
                .init(.input, "text", 0, 1, "string", "In words, without anything that tells who the patient is."),
                .init(.output, "return", 1, 1, "Communication", "The review, which waits for moderation."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let given = work.parameters
        guard let reference = try given.reference("encounter", "Encounter") else {
            throw OperationParameters.invalid("encounter is missing")
        }
        guard let rating = given.integer("rating"), (1...5).contains(rating) else {
            throw OperationParameters.invalid("a rating is from 1 to 5", at: given.place(of: "rating"))
        }
        let text = given.text("text")
        guard (text?.utf8.count ?? 0) <= 10_000 else {
            throw OperationParameters.invalid("the text is too long", at: given.place(of: "text"))
        }
        let encounter = try await work.lock(reference, element: given.place(of: "encounter"))
        guard encounter.status == "finished", let patient = encounter.reference("subject") else {
            throw StoreError(
                .businessRule, "a visit is reviewed when it has ended", expression: "Encounter.status",
                details: "illegal-transition")
        }
        if let text, PersonalTraces(of: try await work.find(patient)?.node).are(in: text) {
            throw StoreError(
                .businessRule, "the text tells who the patient is", expression: given.place(of: "text"),
                details: "personal-data")
        }
        var changes = ChangeSet(work)
        let answers = changes.create(
            json: Self.answers(encounter, patient, rating, text, work.now.text), type: "QuestionnaireResponse")
        let review = changes.create(
            json: Self.review(encounter, rating, text, work.now.text), type: "Communication")
        try await enter(reference, answers, review, work)
        changes.record("review.submitted", review)
        let saved = try await changes.apply()
        return ClinicAnswer(saved[1])
    }

    /// One for each visit: of several at once the first counts.
    private func enter(
        _ encounter: LocalReference, _ answers: LocalReference, _ review: LocalReference, _ work: ClinicWork
    ) async throws {
        var parameters = SQLParameters()
        parameters.append(text: encounter.id)
        parameters.append(text: answers.id)
        parameters.append(text: review.id)
        guard try await work.transaction.session.query(Self.add, parameters).rowCount > 0 else {
            throw StoreError(
                .conflict, "the visit was reviewed already", expression: work.parameters.place(of: "encounter"),
                details: "duplicate")
        }
    }

    private static func answers(
        _ encounter: StoredResource, _ patient: LocalReference, _ rating: Int, _ text: String?, _ now: String
    ) -> [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "QuestionnaireResponse")
            writer.member("questionnaire", questionnaire)
            writer.member("status", "completed")
            writer.key("subject")
            writer.raw(patient.json)
            writer.key("encounter")
            writer.raw(encounter.reference.json)
            writer.member("authored", now)
            writer.key("item")
            writer.beginArray()
            item("rating", "valueInteger", to: &writer) { $0.number(rating) }
            if let text, !text.isEmpty { item("text", "valueString", to: &writer) { $0.string(text) } }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func item(
        _ link: String, _ type: String, to writer: inout JSONWriter, _ value: (inout JSONWriter) -> Void
    ) {
        writer.beginObject()
        writer.member("linkId", link)
        writer.key("answer")
        writer.beginArray()
        writer.beginObject()
        writer.key(named: type)
        value(&writer)
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    private static func review(
        _ encounter: StoredResource, _ rating: Int, _ text: String?, _ now: String
    ) -> [UInt8] {
        let people = (encounter.node["participant"]?.items ?? []).compactMap { LocalReference($0["individual"]) }
            .filter { ["Practitioner", "PractitionerRole"].contains($0.typeName) }
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Communication")
            writer.key("extension")
            writer.beginArray()
            writer.beginObject()
            writer.member("url", ratingExtension)
            writer.key("valueInteger")
            writer.number(rating)
            writer.endObject()
            writer.endArray()
            writer.member("status", "preparation")
            writer.key("category")
            writer.beginArray()
            writer.raw(Array(category.utf8))
            writer.endArray()
            writer.member("sent", now)
            if !people.isEmpty {
                writer.key("recipient")
                writer.beginArray()
                for person in Set(people).sorted() { writer.raw(person.json) }
                writer.endArray()
            }
            if let text, !text.isEmpty {
                writer.key("payload")
                writer.beginArray()
                writer.beginObject()
                writer.member("contentString", text)
                writer.endObject()
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private static let add = SQLStatement(
        """
        INSERT INTO people_review (encounter, answers, review) VALUES ($1::text, $2::text, $3::text)
        ON CONFLICT DO NOTHING RETURNING 1
        """)
}
