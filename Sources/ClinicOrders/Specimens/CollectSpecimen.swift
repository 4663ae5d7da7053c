import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape

/// `POST /Specimen/$collect`: a specimen was taken for one or more orders, under a label that no other has.
struct CollectSpecimen: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "collect", typeName: "Specimen", level: .type, affectsState: true,
            documentation: "Records a specimen taken for orders.",
            roles: [.laboratory, .nurse, .physician, .superadmin], events: ["specimen.collected"],
            parameters: [
                .init(.input, "request", 1, nil, "Reference", "The orders, all of one patient."),
                .init(.input, "label", 1, 1, "string", "What stands on the container; no two have the same."),
                .init(.input, "type", 0, 1, "CodeableConcept", "Kind of material."),
                .init(.input, "collected", 0, 1, "dateTime", "When. Default now."),
                .init(.input, "collector", 0, 1, "Reference", "Who. Default who calls."),
                .init(.input, "note", 0, 1, "string", "Specimen.note."),
                .init(.output, "return", 1, 1, "Specimen", "The specimen."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let parameters = work.parameters
        let label = parameters.text("label") ?? ""
        guard !label.allSatisfy(\.isWhitespace) else {
            throw OperationParameters.invalid("the label is empty", at: parameters.place(of: "label"))
        }
        let requests = try parameters.references("request", "ServiceRequest")
        let orders = try await work.lock(all: requests, element: parameters.place(of: "request"))
        for order in orders.values { try work.require(order, in: ["active"], to: "in-progress") }
        guard let first = requests.first.flatMap({ orders[$0] }),
            Set(orders.values.map { $0.reference("subject") }).count == 1
        else {
            throw StoreError(
                .businessRule, "one specimen is of one patient", expression: parameters.place(of: "request"),
                details: "wrong-patient")
        }
        let collector = try parameters.reference("collector", "Practitioner", "PractitionerRole")
        if let collector { _ = try await work.read(collector, element: parameters.place(of: "collector")) }
        let identifier = Identifier(OrderSystems.label, label)
        var specimen = Specimen()
        specimen.identifier = [identifier]
        specimen.accessionIdentifier = identifier
        specimen.status = "available"
        specimen.type = try parameters.codeableConcept("type") ?? Self.wanted(first)
        specimen.subject = Reference(stored: first.node["subject"])
        specimen.request = Set(requests).sorted().map { Reference($0) }
        var collection = Specimen.Collection()
        collection.collector = collector.map { Reference($0) } ?? Acting.reference(work)
        collection.collected = FHIRDateTime(parameters.text("collected") ?? work.now.text).map { .dateTime($0) }
        specimen.collection = collection
        if let note = parameters.text("note") { specimen.note = [Annotation(note, at: work.now)] }
        var changes = ChangeSet(work)
        let reference = changes.create(specimen)
        try await OrderClosing(work).begin(Set(requests).sorted(), &changes)
        changes.record("specimen.collected", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    /// The kind of material that the order asks for.
    private static func wanted(_ order: StoredResource) -> CodeableConcept? {
        let contained = order.node["contained"]?.items ?? []
        return contained.first { $0["resourceType"]?.string == "Specimen" }.flatMap {
            CodeableConcept(stored: $0["type"])
        }
    }
}
