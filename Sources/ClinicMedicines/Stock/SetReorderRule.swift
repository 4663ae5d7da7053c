import Clinic
import FHIRDefinitions
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$reorder-rule-set`: says when an item is to be ordered again at a place, and up to how much.
struct SetReorderRule: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reorder-rule-set", level: .system, affectsState: true,
            documentation: "Sets the level below which an item is to be ordered again at a place.",
            roles: [.superadmin, .pharmacy, .facilityHead],
            parameters: [
                .init(.input, "item", 1, 1, nil, "Medication, Substance or Device (Reference), or a CodeableConcept."),
                .init(.input, "location", 1, 1, "Reference", "The Location."),
                .init(.input, "minimum", 0, 1, nil, "Below this it is ordered (Quantity); none takes the rule away."),
                .init(.input, "target", 0, 1, nil, "Up to this (Quantity)."),
                .init(.output, "item", 1, 1, nil, "The item."),
                .init(.output, "location", 1, 1, "Reference", "The place."),
                .init(.output, "minimum", 0, 1, "Quantity", "Below this it is ordered."),
                .init(.output, "target", 0, 1, "Quantity", "Up to this."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let given = work.parameters
        let item = try await StockItem(given.value("item"), place: given.place(of: "item"), in: work)
        guard let place = try await StockPlace("location", of: given, in: work) else {
            throw OperationParameters.invalid("the parameter location is missing")
        }
        var answer = ParametersWriter()
        answer.add("item", item.typeName, json: item.json)
        answer.add("location", reference: place.reference)
        var parameters = SQLParameters()
        parameters.append(text: item.key)
        parameters.append(text: place.reference.text)
        guard given.has("minimum") || given.has("target") else {
            _ = try await work.transaction.session.query(Self.forget, parameters)
            return ClinicAnswer(answer)
        }
        let minimum = try MedicineAmount(given, "minimum")
        let target = try MedicineAmount(given, "target")
        guard minimum.value < target.value else {
            throw OperationParameters.invalid("the target is above the minimum", at: given.place(of: "target"))
        }
        guard Set(minimum.unit.map(\.text)) == Set(target.unit.map(\.text)) else {
            throw OperationParameters.invalid("minimum and target are of one unit", at: given.place(of: "target"))
        }
        parameters.append(text: minimum.value.text)
        parameters.append(text: target.value.text)
        parameters.append(text: minimum.unitJSON)
        parameters.append(utf8: item.json)
        parameters.append(text: work.call.caller)
        _ = try await work.transaction.session.query(Self.write, parameters)
        answer.add("minimum", "Quantity", json: minimum.json)
        answer.add("target", "Quantity", json: target.json)
        return ClinicAnswer(answer)
    }

    private static let forget = SQLStatement("DELETE FROM stock_rule WHERE item = $1::text AND place = $2::text")
    private static let write = SQLStatement(
        """
        INSERT INTO stock_rule (item, place, minimum, target, unit, content, actor)
        VALUES ($1::text, $2::text, $3::text::numeric, $4::text::numeric, $5::text::jsonb, $6::text::jsonb, $7::text)
        ON CONFLICT (place, item) DO UPDATE SET minimum = excluded.minimum, target = excluded.target,
          unit = excluded.unit, content = excluded.content, actor = excluded.actor, updated = now()
        """)
}
