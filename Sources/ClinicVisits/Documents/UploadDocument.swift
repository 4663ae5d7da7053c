import Clinic
import Crypto
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import FoundationEssentials
import JSONTape
import PostgreSQL

/// `DocumentReference/$upload`: takes a file in as Binary with a DocumentReference.
///
/// The content is what decides: it must begin as its `contentType` says, be no program, and be within the size. The
/// same file of the same patient is taken in once.
struct UploadDocument: ClinicOperation {
    static let maximumByteCount = ClinicSetting(
        "documents.max-bytes", "Greatest size of an uploaded document, in bytes.", standard: "20971520")
    /// Identifies a file by its content.
    static let digestSystem = "urn:martlet:sha256"

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "upload", typeName: "DocumentReference", level: .type, affectsState: true,
            documentation: "Takes a document in, after a look at its content.",
            roles: [.patient, .proxy, .physician, .nurse, .registration], events: ["document.uploaded"],
            parameters: [
                .init(.input, "content", 1, 1, "Attachment", "The file: contentType and data."),
                .init(.input, "type", 1, 1, "CodeableConcept", "What kind of document it is."),
                .init(.input, "patient", 1, 1, "Reference", "Whom it is about."),
                .init(.input, "encounter", 0, 1, "Reference", "The visit that it belongs to."),
                .init(.input, "appointment", 0, 1, "Reference", "The appointment that it is for."),
                .init(.input, "category", 0, nil, "CodeableConcept", "Categories of the document."),
                .init(.output, "return", 1, 1, "DocumentReference", "The document."),
            ])
    }

    /// A file that has passed the checks.
    private struct File {
        var kind: FileKind
        var bytes: [UInt8]
        var digest: String
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        guard let attachment = try parameters.element("content", Attachment.self),
            let patient = try parameters.reference("patient", "Patient"), let type = parameters.concept("type")
        else { throw OperationParameters.invalid("content, type and patient are given") }
        let limit = try await Self.maximumByteCount.integer(in: work.transaction)
        let file = try Self.file(attachment, limit: limit, at: parameters.place(of: "content"))
        _ = try await work.read(patient, element: parameters.place(of: "patient"))
        let encounter = try parameters.reference("encounter", "Encounter")
        if let encounter { _ = try await work.read(encounter, element: parameters.place(of: "encounter")) }
        let appointment = try await parameters.reference("appointment", "Appointment")
            .asyncMap { try await work.lock($0, element: parameters.place(of: "appointment")) }
        if let known = try await known(file, patient, work) { return known }

        var changes = ChangeSet(work)
        let binary = changes.create(Self.binary(file, patient))
        var document = DocumentReference()
        document.identifier = [.of(Self.digestSystem, file.digest)]
        document.status = "current"
        // Until somebody of the clinic has looked at it.
        document.docStatus = "preliminary"
        document.type = try CodeableConcept(json: type)
        document.category = try parameters.concepts("category").map { try CodeableConcept(json: $0) }
        document.subject = .to(patient)
        document.date = FHIRInstant(work.now.text)
        var content = DocumentReference.Content()
        content.attachment = Self.attachment(attachment, file, binary, work)
        document.content = [content]
        if encounter != nil || appointment != nil {
            var context = DocumentReference.Context()
            context.encounter = encounter.map { [.to($0)] } ?? []
            context.related = appointment.map { [.to($0.reference)] } ?? []
            document.context = context
        }
        let reference = changes.create(document)
        if let appointment {
            var edit = appointment.edit
            edit.append("supportingInformation", json: reference.json)
            changes.update(appointment, edit)
        }
        changes.record("document.uploaded", reference)
        return ClinicAnswer(try await changes.apply()[1])
    }

    /// The document that the same file of the patient became before. Others who bring it at this moment wait.
    private func known(_ file: File, _ patient: LocalReference, _ work: ClinicWork) async throws -> ClinicAnswer? {
        var parameters = SQLParameters()
        parameters.append(text: file.digest + patient.text)
        _ = try await work.transaction.session.query(Self.lock, parameters)
        let found = try await work.search(
            "DocumentReference",
            [
                ("patient", patient.text), ("identifier", Self.digestSystem + "|" + file.digest), ("status", "current"),
            ], limit: 1)
        guard let document = found.first else { return nil }
        return ClinicAnswer(resource: document.saved(in: work.store).json, stamp: document.stamp)
    }

    private static func file(_ attachment: Attachment, limit: Int, at place: String?) throws -> File {
        let value = place.map { $0 + ".value" }
        guard let contentType = attachment.contentType, let data = attachment.data else {
            throw OperationParameters.invalid("content has contentType and data", at: value)
        }
        // Four characters of base64 hold three bytes.
        guard data.utf8.count / 4 * 3 <= limit + 3 else { throw tooLarge(limit, value) }
        guard let decoded = Data(base64Encoded: data, options: .ignoreUnknownCharacters), !decoded.isEmpty else {
            throw OperationParameters.invalid("content.data is base64", at: value)
        }
        guard decoded.count <= limit else { throw tooLarge(limit, value) }
        guard let kind = FileKind(contentType: contentType) else {
            throw StoreError(
                .unsupportedMedia, "documents of this contentType are not taken", expression: value,
                details: "unsupported-media")
        }
        let bytes = [UInt8](decoded)
        if FileKind.isHarmful(bytes) {
            throw StoreError(
                .businessRule, "the file is or holds a program", expression: value, details: "infected")
        }
        guard kind.matches(bytes) else {
            throw StoreError(
                .unsupportedMedia, "the content is not what its contentType says", expression: value,
                details: "content-mismatch")
        }
        if let size = attachment.size, size != bytes.count {
            throw StoreError(
                .businessRule, "content.size is not that of the data", expression: value, details: "size-mismatch")
        }
        let digest = SHA256.hash(data: bytes).map { hex($0) }.joined()
        return File(kind: kind, bytes: kind == .jpeg ? ImageMetadata.stripped(jpeg: bytes) : bytes, digest: digest)
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count < 2 ? "0" + text : text
    }

    private static func tooLarge(_ limit: Int, _ place: String?) -> StoreError {
        StoreError(.tooLarge, "a document has at most \(limit) bytes", expression: place, details: "too-large")
    }

    private static func binary(_ file: File, _ patient: LocalReference) -> Binary {
        var binary = Binary()
        binary.contentType = file.kind.rawValue
        binary.securityContext = .to(patient)
        binary.data = Data(file.bytes).base64EncodedString()
        return binary
    }

    private static func attachment(
        _ given: Attachment, _ file: File, _ binary: LocalReference, _ work: ClinicWork
    ) -> Attachment {
        var attachment = Attachment()
        attachment.contentType = file.kind.rawValue
        attachment.language = given.language
        attachment.url = binary.text
        attachment.size = file.bytes.count
        // R4 datatypes.html#Attachment: SHA-1.
        attachment.hash = Data(Insecure.SHA1.hash(data: file.bytes)).base64EncodedString()
        attachment.title = given.title
        attachment.creation = given.creation ?? .at(work.now)
        return attachment
    }

    private static let lock = SQLStatement("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 240))")
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
