package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /MedicationDispense/$dispense`: hands over a medicine on a prescription.
///
/// 1. The prescription is locked, so that a stop either comes before or waits.
/// 2. It has to be active and valid, enough of it has to be left, and its interval to have passed, where it states one.
/// 3. The stock of the place is taken, first what expires first and nothing that has expired.
/// 4. The completed MedicationDispense is stored; the database's guard counts it. All in one transaction.
package struct DispenseMedicine: ClinicOperation {
    /// Number of a batch that was handed over, as an extension of the dispense.
    static let batchExtension = "urn:martlet:dispensed-batch"

    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "dispense", typeName: "MedicationDispense", level: .type, affectsState: true,
            documentation: "Hands over a medicine on a prescription, from the stock of a place.",
            roles: [.superadmin, .pharmacy], events: ["rx.dispensed"],
            parameters: [
                .init(.input, "prescription", 1, 1, "Reference", "The MedicationRequest."),
                .init(.input, "quantity", 1, 1, nil, "How much is handed over (Quantity)."),
                .init(.input, "batch", 0, 1, "string", "From which batch; by default what expires first."),
                .init(.input, "location", 1, 1, "Reference", "The Location whose stock it is taken from."),
                .init(
                    .input, "substitution", 0, 1, "code",
                    "How it differs from what was prescribed (v3-substanceAdminSubstitution); N for not at all."),
                .init(.input, "note", 0, 1, "string", "What the patient was told."),
                .init(.output, "return", 1, 1, "MedicationDispense", "The dispense, completed."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let amount = try MedicineAmount(parameters, "quantity")
        guard let reference = try parameters.reference("prescription", "MedicationRequest"),
            let place = try await StockPlace("location", of: parameters, in: work)
        else { throw OperationParameters.invalid("the parameters prescription and location are needed") }
        let prescription = Prescription(
            stored: try await work.lock(reference, element: parameters.place(of: "prescription")))
        try prescription.requireActive()
        let substitution = parameters.text("substitution")
        if let substitution, substitution != "N", prescription.forbidsSubstitution {
            throw StoreError(
                .businessRule, "the prescriber does not allow another medicine in its place",
                expression: parameters.place(of: "substitution"), details: "not-allowed")
        }
        let items = try await StockItem.keys(ofMedicationIn: prescription.node, in: work)
        let zone: String
        if let own = place.zone {
            zone = own
        } else {
            zone = try await MedicineSettings.zone.text(in: work.transaction)
        }

        let dispense = LocalReference("MedicationDispense", work.store.makeID())
        let parts = try await StockLedger(work).take(
            items, batch: parameters.text("batch"), from: place.reference.text, amount, zone: zone,
            StockLedger.Cause(kind: .dispense, document: dispense, origin: reference),
            before: [(Self.check, checkParameters(prescription, dispense, amount, work))])
        var changes = ChangeSet(work)
        let json = json(work, prescription, amount, place, parts, substitution)
        changes.create(json: json, type: "MedicationDispense", id: dispense.id)
        changes.record("rx.dispensed", dispense)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func checkParameters(
        _ prescription: Prescription, _ dispense: LocalReference, _ amount: MedicineAmount, _ work: ClinicWork
    ) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(text: prescription.stored.reference.id)
        parameters.append(text: dispense.id)
        parameters.append(utf8: amount.json)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        parameters.append(text: prescription.interval)
        return parameters
    }

    private func json(
        _ work: ClinicWork, _ prescription: Prescription, _ amount: MedicineAmount, _ place: StockPlace,
        _ parts: [StockLedger.Part], _ substitution: String?
    ) -> [UInt8] {
        let request = prescription.node
        let now = work.now.text
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "MedicationDispense")
            let batches = parts.map(\.batch).filter { !$0.isEmpty }
            if !batches.isEmpty {
                writer.key("extension")
                writer.beginArray()
                for batch in batches {
                    writer.beginObject()
                    writer.member("url", Self.batchExtension)
                    writer.member("valueString", batch)
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.member("status", "completed")
            if let medication = prescription.medication {
                writer.key(named: medication.name)
                writer.raw(medication.json)
            }
            if let subject = request["subject"] {
                writer.key("subject")
                writer.copy(subject)
            }
            if let encounter = request["encounter"] {
                writer.key("context")
                writer.copy(encounter)
            }
            writer.key("location")
            writer.raw(place.reference.json)
            writer.key("authorizingPrescription")
            writer.beginArray()
            writer.raw(prescription.stored.reference.json)
            writer.endArray()
            writer.key("quantity")
            writer.raw(amount.json)
            writer.member("whenPrepared", now)
            writer.member("whenHandedOver", now)
            if let note = work.parameters.text("note") {
                writer.key("note")
                writer.beginArray()
                writer.beginObject()
                writer.member("text", note)
                writer.endObject()
                writer.endArray()
            }
            if let dosage = request["dosageInstruction"] {
                writer.key("dosageInstruction")
                writer.copy(dosage)
            }
            if let substitution { Self.write(substitution, to: &writer) }
            writer.endObject()
        }
    }

    /// R4 medicationdispense-definitions.html#MedicationDispense.substitution
    private static func write(_ substitution: String, to writer: inout JSONWriter) {
        writer.key("substitution")
        writer.beginObject()
        writer.key("wasSubstituted")
        writer.bool(substitution != "N")
        writer.key("type")
        writer.beginObject()
        writer.key("coding")
        writer.beginArray()
        writer.beginObject()
        writer.member("system", "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution")
        writer.member("code", substitution)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endObject()
    }

    private static let check = SQLStatement(
        """
        SELECT medicine_require_dispense($1::text, $2::text, $3::text::jsonb, $4::timestamptz, $5::text::interval)
        """)
}
