package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /MedicationDispense/[id]/$return`: takes back what was handed over, into quarantine.
///
/// Nothing that was out of the house is sold again, and the prescription counts as filled as before.
package struct ReturnMedicine: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "return", typeName: "MedicationDispense", level: .instance, affectsState: true,
            documentation: "Takes back a medicine into quarantine.",
            roles: [.superadmin, .pharmacy], events: ["rx.returned"],
            parameters: [
                .init(.input, "quantity", 1, 1, nil, "How much comes back (Quantity)."),
                .init(.input, "reason", 1, 1, "CodeableConcept", "Why; a string stands for its text."),
                .init(
                    .input, "location", 0, 1, "Reference", "Where it comes back to; by default where it came from."),
                .init(.output, "return", 1, 1, "SupplyDelivery", "What came back."),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let dispense = try work.instance
        let amount = try MedicineAmount(work.parameters, "quantity")
        let reason = ReasonText(work.parameters.concept("reason") ?? []).text
        guard !reason.isEmpty else {
            throw OperationParameters.invalid("the parameter reason says why", at: work.parameters.place(of: "reason"))
        }
        guard dispense.status == "completed" else {
            throw StoreError(
                .businessRule, "only what was handed over comes back", expression: "MedicationDispense.status",
                details: "illegal-transition")
        }
        let named = try await StockPlace("location", of: work.parameters, in: work)
        let place = named?.reference ?? dispense.reference("location")
        guard let place, place.typeName == "Location" else {
            throw OperationParameters.invalid("the parameter location is missing: the dispense names none")
        }
        let keys = try await StockItem.keys(ofMedicationIn: dispense.node, in: work)
        guard let item = keys.first else {
            throw StoreError(
                .businessRule, "the dispense does not say what was handed over",
                expression: "MedicationDispense.medication", details: "unknown-reference")
        }
        var changes = ChangeSet(work)
        let reference = changes.create(
            json: document(dispense.node, amount, place, reason, dispense.reference).json(at: work.now.text),
            type: "SupplyDelivery")
        var parameters = SQLParameters()
        parameters.append(text: dispense.reference.text)
        parameters.append(text: amount.value.text)
        parameters.append(utf8: dispense.node["quantity"]?.source ?? Array("{}".utf8))
        parameters.append(text: amount.unitJSON)
        parameters.append(text: item)
        parameters.append(text: place.text)
        parameters.append(text: reference.text)
        parameters.append(text: reason)
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        _ = try await work.transaction.session.query(Self.takeBack, parameters)
        changes.record("rx.returned", dispense.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private func document(
        _ dispense: JSONNode, _ amount: MedicineAmount, _ place: LocalReference, _ reason: String,
        _ reference: LocalReference
    ) -> SupplyDocument {
        var document = SupplyDocument(status: "completed", type: "return", to: place, reason: reason)
        for type in ["Reference", "CodeableConcept"] {
            guard let item = dispense[named: "medication" + type] else { continue }
            // What is contained in the dispense is not there in the delivery.
            if item["reference"]?.string?.hasPrefix("#") == true { continue }
            document.suppliedItem = SupplyDocument.suppliedItem(type, item.source, amount)
        }
        if LocalReference(dispense["subject"])?.typeName == "Patient" { document.patient = dispense["subject"]?.source }
        document.origins = [reference]
        return document
    }

    private static let takeBack = SQLStatement(
        """
        SELECT stock_take_back($1::text, $2::text::numeric, $3::text::jsonb, $4::text::jsonb, $5::text, $6::text,
          $7::text, $8::text, $9::text, $10::timestamptz)
        """)
}
