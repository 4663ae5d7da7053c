import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `Patient/$register`: takes a new patient in, with coverages and contacts, under a new medical record number.
///
/// 1. Whoever registers somebody like this one waits: locks are taken on what two records of one person have in common.
/// 2. Those who are there already are looked for; likely ones stop the registration, or are told.
/// 3. Patient, coverages and contacts are written together.
struct RegisterPatient: ClinicOperation {
    /// What becomes of a registration for which there is a likely duplicate.
    enum DuplicatePolicy: String, CaseIterable {
        /// Nothing is written (409).
        case fail
        /// The patient is registered, and the duplicates are told.
        case warn
        /// As `warn`, and the new record refers to the likeliest one (`Patient.link`, seealso).
        case link
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "register", typeName: "Patient", level: .type, affectsState: true,
            documentation: "Registers a patient under a new medical record number, unless there is one like this.",
            roles: [.registration, .nurse, .medicalAdmin, .system], events: ["patient.created"],
            parameters: [
                .init(.input, "patient", 1, 1, "Patient", "Who is to be registered."),
                .init(.input, "coverage", 0, nil, "Coverage", "Insurance; the beneficiary is filled in."),
                .init(.input, "contact", 0, nil, "RelatedPerson", "Contacts, each with a phone; patient is filled in."),
                .init(.input, "onDuplicate", 0, 1, "code", "fail (default), warn or link."),
                .init(.output, "patient", 1, 1, "Patient", "The patient as stored."),
                .init(.output, "matches", 1, 1, "Bundle", "Patients like this one, as $match answers them."),
                .init(.output, "coverage", 0, nil, "Coverage", "Coverages as stored."),
                .init(.output, "contact", 0, nil, "RelatedPerson", "Contacts as stored."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        guard let patient = work.parameters.resources("patient").first else {
            throw OperationParameters.invalid("the parameter patient is a Patient")
        }
        let policy = try work.parameters.code("onDuplicate", DuplicatePolicy.self) ?? .fail
        let features = PatientFeatures(patient)
        try lock(features, work)
        let matches = try await PatientMatcher(work).matches(features)
        let duplicates = matches.filter { $0.score.grade >= .probable || Self.sharesIdentifier($0, features) }
        if policy == .fail, !duplicates.isEmpty { throw Self.refusal(duplicates) }

        var changes = ChangeSet(work)
        let reference = changes.create(
            json: try await content(patient, duplicates: policy == .link ? duplicates : [], work), type: "Patient")
        let coverages = work.parameters.resources("coverage")
        for coverage in coverages {
            var edit = ResourceEdit(coverage)
            edit.remove("id")
            edit.set("beneficiary", json: reference.json)
            changes.create(json: edit.bytes, type: "Coverage")
        }
        for (position, contact) in work.parameters.resources("contact").enumerated() {
            try Self.requirePhone(contact, position)
            var edit = ResourceEdit(contact)
            edit.remove("id")
            edit.set("patient", json: reference.json)
            changes.create(json: edit.bytes, type: "RelatedPerson")
        }
        changes.record("patient.created", reference)
        let saved = try await changes.apply()
        var answer = ParametersWriter()
        answer.add("patient", resource: saved[0].json)
        answer.add("matches", resource: MatchBundle.json(matches, total: matches.count, work))
        for coverage in saved[1...].prefix(coverages.count) { answer.add("coverage", resource: coverage.json) }
        for contact in saved[1...].dropFirst(coverages.count) { answer.add("contact", resource: contact.json) }
        return ClinicAnswer(answer)
    }

    /// The patient with a number; one that came with one keeps it.
    private func content(
        _ patient: JSONNode, duplicates: [PatientCandidate], _ work: ClinicWork
    ) async throws -> [UInt8] {
        let system = try await MedicalRecordNumber.system.text(in: work.transaction)
        var edit = ResourceEdit(patient)
        edit.remove("id")
        if patient["active"] == nil { edit.set("active", json: Array("true".utf8)) }
        let isNumbered = (patient["identifier"]?.items ?? []).contains {
            $0["system"]?.string == system && $0["value"]?.string != nil
        }
        if !isNumbered {
            edit.append("identifier", json: try await MedicalRecordNumber.next(work, system: system).json)
        }
        if let like = duplicates.first {
            var link = Patient.Link()
            link.other = .to(like.reference)
            link.type = "seealso"
            edit.append("link", json: link.json)
        }
        return edit.bytes
    }

    /// With the first search, which sees what others wrote before they gave the locks back.
    private func lock(_ features: PatientFeatures, _ work: ClinicWork) throws {
        var parameters = SQLParameters()
        parameters.append(textArray: features.blocks.sorted())
        try work.transaction.session.append(Self.lock, parameters)
    }

    private static func sharesIdentifier(_ match: PatientCandidate, _ features: PatientFeatures) -> Bool {
        !PatientFeatures(match.node).identifiers.isDisjoint(with: features.identifiers)
    }

    private static func refusal(_ duplicates: [PatientCandidate]) -> ClinicError {
        ClinicError(
            cause: StoreError(
                .conflict, "there is a patient like this one", expression: "Patient", details: "duplicate"),
            alternatives: duplicates.prefix(20).map {
                ClinicError.Alternative($0.reference, note: "a \($0.score.grade.rawValue) match")
            })
    }

    private static func requirePhone(_ contact: JSONNode, _ position: Int) throws {
        let phones = (contact["telecom"]?.items ?? []).filter { item in
            ["phone", "sms"].contains(item["system"]?.string ?? "") && item["value"]?.string != nil
        }
        if phones.isEmpty {
            throw StoreError(
                .businessRule, "an emergency contact has a phone number", expression: "RelatedPerson.telecom",
                details: "phone-missing")
        }
    }

    /// On a few thousand buckets, because a large transaction would exhaust the lock table otherwise; in ascending
    /// order, so that nobody waits for each other.
    private static let lock = SQLStatement(
        """
        SELECT pg_advisory_xact_lock(7305140, bucket) FROM (
          SELECT DISTINCT (hashtextextended(block, 0) & 8191)::int AS bucket FROM unnest($1::text[]) block ORDER BY 1) b
        """)
}
