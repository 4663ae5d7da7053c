import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import FoundationEssentials
import JSONTape

/// `Patient/[id]/$summary`: the International Patient Summary, a document Bundle made of what is stored.
/// https://hl7.org/fhir/uv/ips/STU1.1/
struct PatientSummary: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "summary", typeName: "Patient", level: .instance, affectsState: false,
            documentation: "The International Patient Summary of the patient, as a document.",
            definition: "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
            roles: [.physician, .nurse, .patient],
            parameters: [
                .init(.input, "start", 0, 1, "date", "Results, procedures and immunisations from then on."),
                .init(.input, "end", 0, 1, "date", "Results, procedures and immunisations until then."),
                .init(.input, "_type", 0, nil, "code", "Types of the entries; all by default."),
                .init(.output, "return", 1, 1, "Bundle", "The document."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let patient = try work.instance
        let types = Set(work.parameters.texts("_type").flatMap { $0.split(separator: ",").map(String.init) })
        var sections: [Composition.Section] = []
        var entries: [StoredResource] = [patient]
        var seen: Set<LocalReference> = [patient.reference]
        for kind in SummarySection.all {
            var found: [StoredResource] = []
            for search in kind.searches where types.isEmpty || types.contains(search.type) {
                guard work.store.tables.contains(try work.store.resourceType(search.type)) else { continue }
                found += try await resources(search, patient, work)
            }
            guard !found.isEmpty || kind.isRequired else { continue }
            sections.append(kind.section(found))
            for resource in found where seen.insert(resource.reference).inserted { entries.append(resource) }
        }
        // What is prescribed by reference is part of the document too.
        for resource in entries {
            guard let medicine = resource.reference("medicationReference"), seen.insert(medicine).inserted,
                let stored = try await work.find(medicine)
            else { continue }
            entries.append(stored)
        }
        return ClinicAnswer(resource: Self.document(patient, sections, entries, work))
    }

    private func resources(
        _ search: SummarySection.Search, _ patient: StoredResource, _ work: ClinicWork
    ) async throws -> [StoredResource] {
        var pairs = [("patient", patient.reference.text)] + search.pairs
        if let date = search.date {
            if let start = work.parameters.text("start") { pairs.append((date, "ge" + start)) }
            if let end = work.parameters.text("end") { pairs.append((date, "le" + end)) }
        }
        return try await work.search(search.type, pairs, limit: search.limit).filter { resource in
            let verification = resource.node["verificationStatus"]?["coding"]?.items.first?["code"]?.string
            return verification != "entered-in-error" && verification != "refuted"
        }
    }

    private static func document(
        _ patient: StoredResource, _ sections: [Composition.Section], _ entries: [StoredResource], _ work: ClinicWork
    ) -> [UInt8] {
        var composition = Composition()
        var meta = Meta()
        meta.profile = ["http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"]
        composition.meta = meta
        composition.status = "final"
        composition.type = .of("http://loinc.org", "60591-5", "Patient summary Document")
        composition.subject = .to(patient.reference)
        composition.date = .at(work.now)
        var author = Reference()
        author.display = "Martlet"
        composition.author = [author]
        if let custodian = patient.reference("managingOrganization") { composition.custodian = .to(custodian) }
        composition.title = "International Patient Summary"
        composition.section = sections
        let id = UUID().uuidString.lowercased()
        composition.id = id
        var narrative = Narrative()
        narrative.status = "generated"
        narrative.div = NarrativeText.div(list: sections.compactMap(\.title))
        composition.text = narrative
        return ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Bundle")
            writer.key("meta")
            writer.raw(#"{"profile":["http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"]}"#.utf8)
            writer.key("identifier")
            writer.raw(Identifier.of("urn:ietf:rfc:3986", "urn:uuid:" + UUID().uuidString.lowercased()).json)
            writer.member("type", "document")
            writer.member("timestamp", work.now.text)
            writer.key("entry")
            writer.beginArray()
            // Under an address of this server, by which the references of the Composition are relative ones.
            write("\(work.call.base)/Composition/\(id)", composition.json, to: &writer)
            for entry in entries {
                write("\(work.call.base)/\(entry.reference.text)", entry.saved(in: work.store).json, to: &writer)
            }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func write(_ url: String, _ json: [UInt8], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fullUrl", url)
        writer.key("resource")
        writer.raw(json)
        writer.endObject()
    }
}
